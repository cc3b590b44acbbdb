// case_moves.c - durable moves of cases a second: many threads, each answer after its commit; and, turn by turn in the same run, a
// bare SQLite program that writes the same rows in groups of the same size, with the station's own settings. Prints the medians
// of both, what a move costs the processor, and the ratio.
//
//     case_moves [THREADS [SECONDS [TURNS]]]
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

enum { THREADS_MOST = 512, CASES_EACH = 64, CASES_MOST = THREADS_MOST * CASES_EACH, TURNS_MOST = 25 };
enum { NOW_S = 1772413200 };          // 2026-03-02 09:00 Beijing

struct bench {
    struct station *station;
    struct desk desk;                 // jobs of the store run one after the other
    int threads, turns;
    double seconds, end_s;
    atomic_llong moves;
    char officer[ID_TEXT], checker[ID_TEXT], coordinator[ID_TEXT], number[CASES_MOST][WALK_NUMBER];
    unsigned char done[CASES_MOST];   // of the round of three moves
};
struct cost { double a_second, cpu_us; };   // moves, and processor time of one

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
    return station_write_repeatable(b->station, &(struct station_call){ NOW_S, person }, take, &j, e);
}

// --- Moves --------------------------------------------------------------------------------------------------------------------------

struct thread { struct bench *bench; int which; pthread_t id; };

// Around and around a desk of cases: answer, check, check failed.
static void *work_on(void *ctx)
{
    const struct thread *t = ctx;
    struct bench *b = t->bench;
    static const char *const verbs[] = { "feedback", "check", "fail" };
    struct err e = { 0 };
    for (int i = 0; when_monotonic_s() < b->end_s; i = (i + 1) % CASES_EACH) {
        int at = t->which * CASES_EACH + i, turn = b->done[at];
        CHECK(move(b, turn == 0 ? b->officer : b->checker, b->number[at], verbs[turn], NULL, &e), e);
        b->done[at] = (unsigned char)((turn + 1) % 3);
        atomic_fetch_add(&b->moves, 1);
    }
    return NULL;
}

static void *open_desk(void *ctx)
{
    const struct thread *t = ctx;
    struct bench *b = t->bench;
    struct err e = { 0 };
    for (int i = t->which * CASES_EACH; i < (t->which + 1) * CASES_EACH; i++) {
        struct opening n = { b, i };
        CHECK(station_write(b->station, &(struct station_call){ NOW_S, b->checker }, open_one, &n, &e), e);
        CHECK(move(b, b->checker, b->number[i], "submit", NULL, &e), e);
        CHECK(move(b, b->checker, b->number[i], "register", NULL, &e), e);
        CHECK(move(b, b->coordinator, b->number[i], "dispatch", "urban_management", &e), e);
        CHECK(move(b, b->officer, b->number[i], "accept", NULL, &e), e);
    }
    return NULL;
}

static void all_threads(struct bench *b, void *(*work)(void *))
{
    struct thread t[THREADS_MOST];
    for (int i = 0; i < b->threads; i++) {
        t[i] = (struct thread){ b, i, 0 };
        if (pthread_create(&t[i].id, NULL, work, &t[i]) != 0)
            exit(1);
    }
    for (int i = 0; i < b->threads; i++)
        pthread_join(t[i].id, NULL);
}

static void prepare(struct bench *b, const char *folder)
{
    struct err e = { 0 };
    struct district d = { .code = "320612", .name_zh = "bench", .name_en = "bench", .zone_offset_s = 28800, .metric_crs = (char *)"EPSG:4549",
                          .street_digits = 3, .community_digits = 3, .sequence_digits = 3, .made_at_s = NOW_S };
    CHECK(station_make(folder, &d, "admin", &e), e);
    CHECK(station_open(folder, &b->station, &e), e);
    CHECK(station_write(b->station, &(struct station_call){ NOW_S, "system" }, settle, b, &e), e);
    all_threads(b, open_desk);
}

static struct cost cost_of(int64_t moves, double start_s, double start_cpu_s)
{
    return (struct cost){ (double)moves / (when_monotonic_s() - start_s), (when_cpu_s() - start_cpu_s) / (double)moves * 1e6 };
}

static struct cost ours(struct bench *b)
{
    double start_s = when_monotonic_s(), start_cpu_s = when_cpu_s();
    b->moves = 0;
    b->end_s = start_s + b->seconds;
    all_threads(b, work_on);
    return cost_of(b->moves, start_s, start_cpu_s);
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

struct bare { sqlite3 *db; sqlite3_stmt *s[BARES]; char (*id)[ID_TEXT]; int cases; int64_t written; };

static void bare_open(struct bare *b, const char *path)
{
    sqlite3_stmt *ids;
    MUST(sqlite3_open(path, &b->db), b->db);
    MUST(sqlite3_exec(b->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824; "
                             "PRAGMA wal_autocheckpoint = 16384", NULL, NULL, NULL), b->db);
    drop_triggers(b->db);
    b->id = calloc(CASES_MOST, ID_TEXT);
    MUST(sqlite3_prepare_v2(b->db, "SELECT id FROM case_file", -1, &ids, NULL), b->db);
    while (sqlite3_step(ids) == SQLITE_ROW && b->cases < CASES_MOST)
        snprintf(b->id[b->cases++], ID_TEXT, "%s", sqlite3_column_text(ids, 0));
    sqlite3_finalize(ids);
    for (int i = 0; i < BARES; i++)
        MUST(sqlite3_prepare_v2(b->db, BARE[i], -1, &b->s[i], NULL), b->db);
}

static struct cost bare(struct bare *b, double seconds, int group)
{
    double start_s = when_monotonic_s(), start_cpu_s = when_cpu_s();
    int64_t first = b->written;
    while (when_monotonic_s() < start_s + seconds) {
        MUST(sqlite3_exec(b->db, "BEGIN IMMEDIATE", NULL, NULL, NULL), b->db);
        for (int i = 0; i < group; i++, b->written++)
            for (int k = 0; k < BARES; k++)
                write_row(b->db, b->s[k], b->id[b->written * CASES_EACH % b->cases + b->written / group % CASES_EACH], 1000000000 + b->written);
        MUST(sqlite3_exec(b->db, "COMMIT", NULL, NULL, NULL), b->db);
    }
    return cost_of(b->written - first, start_s, start_cpu_s);
}

static void bare_close(struct bare *b)
{
    for (int i = 0; i < BARES; i++)
        sqlite3_finalize(b->s[i]);
    sqlite3_close(b->db);
    free(b->id);
}

// --- Turn by turn --------------------------------------------------------------------------------------------------------------------

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct cost median(const struct cost *cost, int count)
{
    double a_second[TURNS_MOST], cpu_us[TURNS_MOST];
    for (int i = 0; i < count; i++) {
        a_second[i] = cost[i].a_second;
        cpu_us[i] = cost[i].cpu_us;
    }
    qsort(a_second, (size_t)count, sizeof *a_second, by_size);
    qsort(cpu_us, (size_t)count, sizeof *cpu_us, by_size);
    return (struct cost){ a_second[count / 2], cpu_us[count / 2] };
}

static void race(struct bench *b, struct bare *other)
{
    struct cost mine[TURNS_MOST], theirs[TURNS_MOST];
    for (int i = 0; i < b->turns; i++) {
        mine[i] = ours(b);
        theirs[i] = bare(other, b->seconds, b->threads);
    }
    struct cost m = median(mine, b->turns), t = median(theirs, b->turns);
    printf("%d threads, %d cases: %.0f durable moves/s, %.0f us of the processor each; bare SQLite, the same rows %d a commit: %.0f/s, %.0f us; "
           "ratio %.2f\n", b->threads, b->threads * CASES_EACH, m.a_second, m.cpu_us, b->threads, t.a_second, t.cpu_us, m.a_second / t.a_second);
}

int main(int argc, char **argv)
{
    static struct bench b;
    struct bare other = { 0 };
    char home[] = "/tmp/gridpatrol-moves-XXXXXX", folder[128], copy[128], command[160];
    struct err e = { 0 };
    b.threads = argc > 1 ? atoi(argv[1]) : 64;
    b.seconds = argc > 2 ? atof(argv[2]) : 2;
    b.turns = argc > 3 ? atoi(argv[3]) : 5;
    if (b.threads < 1 || b.threads > THREADS_MOST || b.turns < 1 || b.turns > TURNS_MOST || !(b.seconds > 0) || mkdtemp(home) == NULL)
        return fprintf(stderr, "usage: case_moves [THREADS [SECONDS [TURNS]]]\n"), 2;
    snprintf(folder, sizeof folder, "%s/station", home);
    snprintf(copy, sizeof copy, "%s/bare.sqlite", home);
    prepare(&b, folder);
    CHECK(store_copy(station_store(b.station), copy, &e), e);
    bare_open(&other, copy);
    race(&b, &other);
    bare_close(&other);
    desk_clear(&b.desk);
    station_close(b.station);
    snprintf(command, sizeof command, "rm -rf '%s'", home);
    return system(command);
}
