// case_moves.c - durable moves of cases a second: many threads, each answer after its commit; and, in the same run, a bare
// SQLite program that writes the same rows in groups of the same size. Prints both and their ratio.
//
//     case_moves [THREADS] [SECONDS]
#include "core/actor.h"
#include "core/agency.h"
#include "core/base/when.h"
#include "core/case_file.h"
#include "core/evidence.h"
#include "core/station.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS_MOST = 512, NOW_S = 1772413200 };  // 2026-03-02 09:00 Beijing

struct bench {
    struct station *station;
    struct desk desk;                 // jobs of the store run one after the other
    double seconds, end_s;
    atomic_llong moves;
    char officer[ID_TEXT], checker[ID_TEXT], coordinator[ID_TEXT], number[THREADS_MOST][WALK_NUMBER];
};

#define CHECK(call, e) do { if ((call) != OK) { fprintf(stderr, "case_moves: %s\n", (e).text); exit(1); } } while (0)

// --- The place ----------------------------------------------------------------------------------------------------------------------

static enum status add_person(struct work *w, const char *name, const char *role, const struct agency *unit, char id[ID_TEXT])
{
    struct actor a = { 0 };
    strcpy(a.name, name);
    strcpy(a.role, role);
    if (unit != NULL)
        a.agency = unit->id;
    enum status s = actor_record(w, &a);
    strcpy(id, a.id.text);
    return s;
}

static enum status settle(struct work *w, void *ctx)
{
    struct bench *b = ctx;
    struct agency unit;
    int64_t added;
    enum status s = desk_ready(w, &b->desk);
    if (s == OK)
        s = agency_record_missing(w, &b->desk.agencies, &added);
    if (s == OK)
        s = agency_get(w, "urban_management", &unit);
    if (s == OK)
        s = add_person(w, "Li", "officer", &unit, b->officer);
    if (s == OK)
        s = add_person(w, "Sun", "coordinator", NULL, b->coordinator);
    return s == OK ? add_person(w, "Zhao", "checker", NULL, b->checker) : s;
}

struct opening { struct bench *bench; int which; };
static enum status open_one(struct work *w, void *ctx)
{
    const struct opening *n = ctx;
    struct walk k;
    enum status s = case_open(w, &n->bench->desk, &(struct case_spec){ .kind = "illegal_building", .lon = 121.07, .lat = 32.07, .area_m2 = 100 }, &k);
    if (s != OK)
        return s;
    strcpy(n->bench->number[n->which], k.number);
    return evidence_record(w, &(struct evidence){ .thing = "case", .thing_id = k.id.text, .part = "near", .name = "near.jpg", .blob = { .sha256 = "0" },
                                                  .lon = 121.07, .lat = 32.07, .captured_at_s = w->now_s });
}

struct move_job { struct bench *bench; struct step step; };
static enum status take(struct work *w, void *ctx)
{
    struct move_job *j = ctx;
    struct step_taken done;
    return step_take(w, &j->bench->desk, &j->step, &done);
}

static enum status move(struct bench *b, const char *person, const char *key, const char *verb, const char *agency, struct err *e)
{
    struct move_job j = { b, { "case", key, verb, { .note = "seen and noted", .agency = agency } } };
    return station_write(b->station, &(struct station_call){ NOW_S, person }, take, &j, e);
}

// --- Moves --------------------------------------------------------------------------------------------------------------------------

struct thread { struct bench *bench; int which; pthread_t id; };

// Around and around: answer, check, check failed.
static void *work_on(void *ctx)
{
    const struct thread *t = ctx;
    struct bench *b = t->bench;
    static const char *const verbs[] = { "feedback", "check", "fail" };
    struct err e = { 0 };
    for (int i = 0; when_monotonic_s() < b->end_s; i = (i + 1) % 3) {
        CHECK(move(b, i == 0 ? b->officer : b->checker, b->number[t->which], verbs[i], NULL, &e), e);
        atomic_fetch_add(&b->moves, 1);
    }
    return NULL;
}

static void prepare(struct bench *b, int threads, const char *folder)
{
    struct err e = { 0 };
    struct district d = { .code = "320612", .name_zh = "bench", .name_en = "bench", .zone_offset_s = 28800, .metric_crs = (char *)"EPSG:4549",
                          .street_digits = 3, .community_digits = 3, .sequence_digits = 3, .made_at_s = NOW_S };
    CHECK(station_make(folder, &d, "admin", &e), e);
    CHECK(station_open(folder, &b->station, &e), e);
    CHECK(station_write(b->station, &(struct station_call){ NOW_S, "system" }, settle, b, &e), e);
    for (int i = 0; i < threads; i++) {
        struct opening n = { b, i };
        CHECK(station_write(b->station, &(struct station_call){ NOW_S, b->checker }, open_one, &n, &e), e);
        CHECK(move(b, b->checker, b->number[i], "submit", NULL, &e), e);
        CHECK(move(b, b->checker, b->number[i], "register", NULL, &e), e);
        CHECK(move(b, b->coordinator, b->number[i], "dispatch", "urban_management", &e), e);
        CHECK(move(b, b->officer, b->number[i], "accept", NULL, &e), e);
    }
}

static double ours(struct bench *b, int threads)
{
    struct thread t[THREADS_MOST];
    double start_s = when_monotonic_s();
    b->end_s = start_s + b->seconds;
    for (int i = 0; i < threads; i++) {
        t[i] = (struct thread){ b, i, 0 };
        if (pthread_create(&t[i].id, NULL, work_on, &t[i]) != 0)
            exit(1);
    }
    for (int i = 0; i < threads; i++)
        pthread_join(t[i].id, NULL);
    return (double)b->moves / (when_monotonic_s() - start_s);
}

// --- The same rows, bare ------------------------------------------------------------------------------------------------------------

#define MUST(what, db) do { if ((what) != SQLITE_OK) { fprintf(stderr, "bare: %s\n", sqlite3_errmsg(db)); exit(1); } } while (0)

static void drop_triggers(sqlite3 *db)
{
    sqlite3_stmt *s;
    char names[64][128], sql[160];
    int count = 0;
    MUST(sqlite3_prepare_v2(db, "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('case_file', 'step', 'audit', 'audit_head')", -1, &s, NULL), db);
    while (sqlite3_step(s) == SQLITE_ROW && count < 64)
        snprintf(names[count++], sizeof names[0], "%.127s", (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    for (int i = 0; i < count; i++) {
        snprintf(sql, sizeof sql, "DROP TRIGGER \"%.127s\"", names[i]);
        MUST(sqlite3_exec(db, sql, NULL, NULL, NULL), db);
    }
}

static const char *const BARE[] = {
    "UPDATE case_file SET state = ?2, steps = steps + 1, stage = 'check', stage_at_s = ?3, due_at_s = ?3, handled_at_s = ?3 WHERE id = ?1",
    "INSERT INTO step (thing, thing_id, seq, at_s, verb, from_state, to_state, stage, due_at_s, actor_id, agency_id, note) VALUES ('case', ?1, ?3, ?3, "
    "'feedback', 'handling', ?2, 'handle', ?3, ?1, ?1, 'seen and noted')",
    "INSERT INTO audit (seq, at_s, actor, verb, thing, thing_id, note, before_sha256, after_sha256, hash) VALUES (?3, ?3, ?1, 'feedback', 'case', ?1, "
    "'seen and noted', ?4, ?4, ?4)",
    "UPDATE audit_head SET seq = ?3, hash = ?4",
};
enum { BARES = sizeof BARE / sizeof BARE[0] };
static const char HASH[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void write_row(sqlite3 *db, sqlite3_stmt *s, const char *id, int64_t n)
{
    static const char *const values[] = { NULL, NULL, "handled", NULL, HASH };
    for (int i = 1; i <= sqlite3_bind_parameter_count(s); i++)
        MUST(i == 1 ? sqlite3_bind_text(s, i, id, -1, SQLITE_STATIC) : i == 3 ? sqlite3_bind_int64(s, i, n) : sqlite3_bind_text(s, i, values[i], -1, SQLITE_STATIC), db);
    if (sqlite3_step(s) != SQLITE_DONE)
        MUST(SQLITE_ERROR, db);
    MUST(sqlite3_reset(s), db);
}

static double bare(const char *path, double seconds, int group)
{
    sqlite3 *db;
    sqlite3_stmt *s[BARES], *ids;
    char id[THREADS_MOST][ID_TEXT];
    int cases = 0;
    MUST(sqlite3_open(path, &db), db);
    MUST(sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", NULL, NULL, NULL), db);
    drop_triggers(db);
    MUST(sqlite3_prepare_v2(db, "SELECT id FROM case_file", -1, &ids, NULL), db);
    while (sqlite3_step(ids) == SQLITE_ROW && cases < THREADS_MOST)
        snprintf(id[cases++], ID_TEXT, "%s", sqlite3_column_text(ids, 0));
    sqlite3_finalize(ids);
    for (int i = 0; i < BARES; i++)
        MUST(sqlite3_prepare_v2(db, BARE[i], -1, &s[i], NULL), db);
    double start_s = when_monotonic_s();
    int64_t n = 0;
    while (when_monotonic_s() < start_s + seconds) {
        MUST(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), db);
        for (int i = 0; i < group; i++, n++)
            for (int k = 0; k < BARES; k++)
                write_row(db, s[k], id[n % cases], 1000000000 + n);
        MUST(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), db);
    }
    double rate = (double)n / (when_monotonic_s() - start_s);
    for (int i = 0; i < BARES; i++)
        sqlite3_finalize(s[i]);
    sqlite3_close(db);
    return rate;
}

int main(int argc, char **argv)
{
    static struct bench b;
    char home[] = "/tmp/gridpatrol-moves-XXXXXX", folder[128], copy[128], command[160];
    struct err e = { 0 };
    int threads = argc > 1 ? atoi(argv[1]) : 64;
    b.seconds = argc > 2 ? atof(argv[2]) : 5;
    if (threads < 1 || threads > THREADS_MOST || mkdtemp(home) == NULL)
        return 2;
    snprintf(folder, sizeof folder, "%s/station", home);
    snprintf(copy, sizeof copy, "%s/bare.sqlite", home);
    prepare(&b, threads, folder);
    CHECK(store_copy(station_store(b.station), copy, &e), e);
    double a = ours(&b, threads), plain = bare(copy, b.seconds, threads);
    printf("%d threads: %.0f durable moves/s; bare SQLite, the same rows %d a commit: %.0f/s; ratio %.2f\n", threads, a, threads, plain, a / plain);
    desk_clear(&b.desk);
    station_close(b.station);
    snprintf(command, sizeof command, "rm -rf '%s'", home);
    return system(command);
}
