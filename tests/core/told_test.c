// Every value that people told is vouched for: one of each record is made, and then each column of it is changed with a plain SQLite
// tool, past the program. Verifying names the record, whichever column it was; nothing is named that was left alone.
#include "tests/core/case_telling.h"
#include "core/area.h"
#include "core/base/resource.h"
#include "core/cell.h"
#include "core/change.h"
#include "core/comparison.h"
#include "core/compartment.h"
#include "core/document.h"
#include "core/password.h"
#include "core/register.h"
#include "core/session.h"
#include "core/token.h"
#include "core/told.h"
#include "gis/footprint.h"

#include <sqlite3.h>

// Tables with what audit need not hold: row numbers, cells that follow the grid, what can be computed again. named: what stands in what is
// said. Columns of several families are changed together, for verifying takes longest; those of one name the same record.
static const struct { int family; const char *table, *named, *computed; } TABLES[] = {
    { 1, "case_file", "id", "fid cell_code community_code" }, { 1, "step", "thing_id", "" }, { 1, "clock_pause", "thing_id", "" }, { 1, "case_link", "case_id", "" },
    { 2, "lead", "id", "fid cell_code community_code" },      { 3, "finding", "id", "fid cell_code community_code" },          { 4, "proceeding", "id", "" },
    { 5, "actor", "id", "" }, { 5, "actor_area", "actor_id", "" }, { 5, "password", "actor_id", "" },
    { 6, "token", "id", "used_at_s" }, { 6, "session", "substr(sha256, 1, 16)", "csrf seen_at_s" }, { 6, "agency", "id", "" }, { 6, "compartment", "agency_id", "" },
    { 7, "document", "kind || '/' || name", "" }, { 7, "calendar", "id", "" }, { 7, "work_period", "fid", "" }, { 7, "evidence", "id", "" }, { 7, "paper", "id", "" },
    { 8, "survey", "id", "fid" }, { 8, "survey_file", "survey_id", "" },
    { 9, "area", "source", "fid state valid_to_s" }, { 9, "grid", "id", "is_default" }, { 9, "cell", "grid_id", "fid id state valid_from_s valid_to_s note" },
    { 10, "comparison", "id", "" }, { 10, "change", "id", "fid cell_code community_code" },
    { 11, "building", "id", "fid cell_code community_code area_m2" }, { 11, "district", "code", "one" },
    { 12, "permit", "id", "fid cell_code community_code area_m2" }, { 13, "zone", "id", "fid cell_code community_code area_m2" },
    { 14, "asset", "id", "fid cell_code community_code" },
};
enum { TABLES_ALL = sizeof TABLES / sizeof TABLES[0], FAMILIES = 14, COLUMNS_MOST = 128 };

// --- One of each -----------------------------------------------------------------------------------------------------------------------

struct making { struct fixture *f; const char *case_key, *change; struct walk lead; };

static enum status add_lead(struct work *w, void *ctx)
{
    struct making *m = ctx;
    struct walk k;
    enum status s = walk_get(w, "case", m->case_key, &k);
    return s == OK ? lead_draft(w, &m->f->desk, &(struct lead_spec){ .case_id = k.id.text, .agency = "natural_resources" }, &m->lead) : s;
}

static enum status add_finding(struct work *w, void *ctx)
{
    struct making *m = ctx;
    struct walk k;
    struct finding_spec f = { .text = "a sign on the pavement", .x = 121.07, .y = 32.07, .crs = "EPSG:4326", .accuracy_m = 4, .lon = 121.07, .lat = 32.07, .seen_at_s = w->now_s };
    return finding_record(w, &m->f->desk, &f, &k);
}

static enum status add_hours(struct work *w, void *ctx)
{
    struct making *m = ctx;
    struct calendar_report report = { 0 };
    return calendar_set_hours(w, &m->f->desk, "08:30-12:00", "2026-05-01", NULL, 31, &report);
}

static enum status add_grid(struct work *w, void *ctx)
{
    static const uint8_t square[] = { 1, 6, 0, 0, 0, 1, 0, 0, 0, 1, 3, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0 };
    static const double corner[] = { 121, 32, 121.001, 32, 121, 32.001, 121, 32 };
    uint8_t wkb[sizeof square + sizeof corner];
    struct grid g = { .key = "duty", .name_zh = "责任网格", .name_en = "duty", .target_area_m2 = 10000, .min_area_m2 = 5000, .max_area_m2 = 20000 };
    struct cell c = { .code = "320612001001001", .community_code = "320612001001", .name = "one", .area_m2 = 5000, .wkb = wkb, .wkb_len = sizeof wkb };
    struct as_told empty;
    (void)ctx;
    memcpy(wkb, square, sizeof square);
    memcpy(wkb + sizeof square, corner, sizeof corner);
    enum status s = grid_record(w, &g);
    if (s == OK)
        s = told_of(w, "grid", g.id.text, &empty);
    if (s == OK)
        s = cell_record(w, &g, &c);
    return s == OK ? told_note(w, &(struct deed){ .verb = "load", .thing = "grid", .thing_id = g.id.text }, &empty) : s;
}

static const char LIMITS[] = "{\"scheme\":\"gbt30428.2-2013\",\"version\":\"t\",\"title_zh\":\"t\",\"title_en\":\"t\",\"limits\":["
    "{\"code\":\"0101\",\"condition_no\":2,\"condition_zh\":\"t\",\"condition_en\":\"t\",\"stage\":\"handle\",\"amount\":3,\"unit\":\"work_day\"}]}";

// What a chief lays down: a document, and a compartment.
static enum status lay_down(struct work *w)
{
    struct compartment_key key;
    char name[DOCUMENT_NAME];
    int64_t version, resealed;
    bool same;
    enum status s = document_load(w, &(struct document_file){ "limits", "own.json", LIMITS, strlen(LIMITS) }, name, &version, &same);
    return s == OK ? compartment_make(w, "discipline", &key, &resealed) : s;
}

// An account with an area, and with all it is let in by.
static enum status let_in(struct work *w, const struct actor *who)
{
    static const char *const area[] = { "320612001" };
    char text[TOKEN_TEXT], id[SECRET_TEXT];
    struct token token;
    struct session session;
    struct actor out;
    enum status s = actor_alter(w, who->name, &(struct actor_change){ .area = area, .areas = 1 }, &out);
    if (s == OK)
        s = password_set(w, who->name, "$argon2id$not really one");
    if (s == OK)
        s = token_make(w, &(struct token_spec){ .actor = who->name, .name = "map", .scope = TOKEN_ALL }, text, &token);
    if (s == OK)
        s = token_revoke(w, token.id);
    return s == OK ? session_begin(w, who->id.text, &(struct session_from){ "127.0.0.1", "a browser" }, id, &session) : s;
}

static enum status add_access(struct work *w, void *ctx)
{
    struct actor chief;
    struct work program = *w, by_chief = *w;
    (void)ctx;
    program.actor = "system";
    enum status s = actor_get(w, "Deng", &chief);
    by_chief.actor = chief.id.text;
    if (s == OK)
        s = lay_down(&by_chief);
    return s == OK ? let_in(&program, &chief) : s;
}

static void write_text(const struct fixture *f, const char *name, const char *text, char path[160])
{
    snprintf(path, 160, "%s/%s", f->at.home, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void add_survey(struct fixture *f, const char *name, const char *east)
{
    char path[160], text[512];
    struct survey out;
    bool same;
    snprintf(text, sizeof text, "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::4549\"}},\"features\":["
             "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[500000,3540000],[%s,3540000],[%s,3540010],[500000,3540010],"
             "[500000,3540000]]]}}]}", east, east);
    write_text(f, name, text, path);
    struct survey_spec spec = { .path = path, .survey = { .kind = "footprints", .taken_at_s = f->now_s, .outline = "unknown", .accuracy_m = 0.2, .min_area_m2 = NAN } };
    snprintf(spec.survey.name, sizeof spec.survey.name, "%s", name);
    assert_ok(f, survey_record(f->station, &(struct station_call){ f->now_s, f->actor }, &spec, NULL, &out, &same, &f->e));
}

static enum status review(struct work *w, void *ctx)
{
    char state[16];
    struct id id;
    (void)ctx;
    return change_decide(w, &(struct change_review){ .change = "1", .verb = "confirm", .role = "analyst", .note = "it stands there" }, &id, state);
}

static void no_refusal(void *ctx, int64_t row, int64_t fid, const char *sentence)
{
    (void)ctx, (void)row, (void)fid;
    fail_msg("%s", sentence);
}

static void load(struct fixture *f, const char *layer, const char *properties, const char *geometry)
{
    char path[160], text[1024];
    struct register_report report;
    snprintf(text, sizeof text, "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{%s},\"geometry\":%s}]}", properties, geometry);
    write_text(f, layer, text, path);
    assert_ok(f, register_load(f->station, &(struct station_call){ f->now_s, f->actor }, &(struct register_spec){ .layer = layer, .path = path, .source = "delivery" },
                               NULL, no_refusal, NULL, &report, &f->e));
    assert_int_equal(report.added + report.changed, 1);
}

#define POINT "{\"type\":\"Point\",\"coordinates\":[121.07,32.07]}"
#define SQUARE "{\"type\":\"Polygon\",\"coordinates\":[[[121.07,32.07],[121.08,32.07],[121.08,32.08],[121.07,32.08],[121.07,32.07]]]}"

// Each with values in columns, values beside them, and defaults.
static void add_registered(struct fixture *f)
{
    footprint_open_library();
    load(f, "building", "\"name\":\"hall\",\"height\":7.123456789012,\"owner\":\"Xu\"", SQUARE);
    load(f, "permit", "\"number\":\"G-7\",\"holder\":\"Xu\",\"permitted_area_m2\":120.5,\"permit_until\":\"2027-01-01\"", SQUARE);
    load(f, "zone", "\"kind\":\"farmland\",\"weight\":0.7", SQUARE);
    load(f, "billboard", "\"name\":\"a large one\",\"width_m\":3.3333333333333,\"permit_number\":\"B-1\"", POINT);
    load(f, "billboard", "\"name\":\"a larger one\",\"width_m\":4", POINT);           // the second version of the same
    load(f, "construction_site", "\"name\":\"a site\"", SQUARE);
}

static void add_survey_things(struct fixture *f)
{
    char path[160];
    struct comparison_report report;
    struct area_report areas;
    struct station_call call = { f->now_s, f->actor };
    footprint_open_library();
    add_survey(f, "a.geojson", "500012");
    add_survey(f, "b.geojson", "500030");
    assert_ok(f, comparison_run(f->station, &call, &(struct comparison_spec){ .before = "a.geojson", .after = "b.geojson", .program_version = "test" }, NULL, &report, &f->e));
    assert_ok(f, run(f, review, NULL));
    write_text(f, "streets.csv", "code,name\n320612001,first street\n", path);
    assert_ok(f, area_load(f->station, &call, &(struct area_spec){ .path = path, .source = "register", .code_field = "code", .name_field = "name" }, no_refusal, NULL,
                           &areas, &f->e));
}

static char case_key[WALK_NUMBER];

static void add_all(struct fixture *f)
{
    struct making m = { .f = f, .case_key = case_key };
    struct told t = TELL(f, "case", "", DISPATCHED("2026-03-03"),
        { "2026-03-03 10:00", "Li", "accept", { 0 }, "handling", NULL },
        { "2026-03-03 10:01", "Li", "extension.request", { NOTE, .amount = 2 }, "requested", NULL },
        { "2026-03-03 10:02", "Li", "enforcement.find", { 0 }, "found", NULL },
        { "2026-03-03 10:03", "Zhao", "conference.call", { .agency = "township" }, "called", NULL },
        { "2026-03-03 10:04", "Zhao", "notice.draft", { 0 }, "draft", NULL },
        { "2026-03-03 10:05", "Li", "paper decision D-1 - served", { 0 }, "handling", NULL },
        { "2026-03-20 10:06", "Li", "appeal.file", { NOTE }, "filed", NULL },
        { "2026-03-20 10:07", "Chen", "suspend", { NOTE, .review_at_s = 1777600000 }, "suspended", NULL },
        { "2026-03-20 10:08", "Sun", "resume", { 0 }, "handling", NULL });
    strcpy(case_key, t.key);
    struct told clerk = { .f = f, .line = &(struct line){ .who = "Zhao" } };
    assert_ok(f, run(f, find_actor, &clerk));
    assert_ok(f, run(f, add_lead, &m));
    assert_ok(f, run(f, add_finding, &m));
    assert_ok(f, run(f, add_hours, &m));
    assert_ok(f, run(f, add_grid, &m));
    assert_ok(f, run(f, add_access, &m));
    add_survey_things(f);
    add_registered(f);
    TELL(f, "finding", "320612-SB-2026-00001", { "2026-03-20 11:00", "Zhou", "photo near", { 0 }, "reported", NULL },
         { "2026-03-20 11:01", "Wang", "confirm", { 0 }, "verified", NULL }, { "2026-03-20 11:02", "Sun", "join_case", { .master = case_key }, "verified", NULL });
}

// Made once; each test has a copy.
static struct fixture *made;

static int make_all(void **state)
{
    set_up(state);
    made = *state;
    add_all(made);
    station_close(made->station);
    made->station = NULL;
    return 0;
}

static int forget_all(void **state)
{
    *state = made;
    return tear_down(state);
}

static int copy_all(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char command[320];
    f->now_s = made->now_s;
    strcpy(f->actor, made->actor);
    strcpy(f->at.home, "/tmp/gridpatrol-test-XXXXXX");
    assert_non_null(mkdtemp(f->at.home));
    snprintf(f->at.folder, sizeof f->at.folder, "%s/station", f->at.home);
    snprintf(command, sizeof command, "cp -r '%s' '%s'", made->at.folder, f->at.folder);
    assert_int_equal(system(command), 0);
    assert_ok(f, station_open(f->at.folder, &f->station, &f->e));
    *state = f;
    return 0;
}

// --- Past the program --------------------------------------------------------------------------------------------------------------------

struct faults { int count; char text[65536]; };

static void add_fault(void *ctx, const char *sentence)
{
    struct faults *f = ctx;
    size_t used = strlen(f->text);
    f->count++;
    snprintf(f->text + used, sizeof f->text - used, "%s\n", sentence);
}

static enum status look(struct work *w, void *ctx) { return told_verify(w->db, add_fault, ctx, w->e); }

static struct faults faults_of(struct fixture *f)
{
    struct faults found = { 0 };
    assert_ok(f, station_read(f->station, &(struct station_call){ f->now_s, "system" }, look, &found, &f->e));
    return found;
}

static void by_hand(sqlite3 *db, const char *sql)
{
    char *words = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
        fail_msg("%s: %s", sql, words);
}

static int drop_trigger(void *ctx, int columns, char **value, char **name)
{
    char sql[256];
    (void)columns, (void)name;
    snprintf(sql, sizeof sql, "DROP TRIGGER \"%s\"", value[0]);
    by_hand(ctx, sql);
    return 0;
}

static sqlite3 *open_plain(const struct fixture *f)
{
    char path[192];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/gridpatrol.sqlite", f->at.folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    by_hand(db, "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF");
    return db;
}

// Whoever has the file has its triggers and checks too.
static sqlite3 *open_file(const struct fixture *f)
{
    sqlite3 *db = open_plain(f);
    assert_int_equal(sqlite3_exec(db, "SELECT name FROM sqlite_master WHERE type = 'trigger'", drop_trigger, db, NULL), SQLITE_OK);
    return db;
}

static int note_column(void *ctx, int columns, char **value, char **name)
{
    char(*list)[64] = ctx;
    (void)columns, (void)name;
    int n = 0;
    while (list[n][0] != '\0')
        n++;
    snprintf(list[n], 64, "%s", value[1]);
    return 0;
}

static bool is_in(const char *word, const char *list)
{
    size_t len = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += len)
        if ((at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

struct column { size_t table; char name[64]; };
struct family { struct column column[COLUMNS_MOST]; int columns; };

static void list_columns(sqlite3 *db, const char *table, char column[COLUMNS_MOST][64])
{
    char sql[128];
    column[0][0] = '\0';
    snprintf(sql, sizeof sql, "PRAGMA table_info(\"%s\")", table);
    assert_int_equal(sqlite3_exec(db, sql, note_column, column, NULL), SQLITE_OK);
}

static void list_told(sqlite3 *db, size_t table, struct family *f)
{
    char column[COLUMNS_MOST][64] = { "" };
    list_columns(db, TABLES[table].table, column);
    for (int i = 0; column[i][0] != '\0'; i++)
        if (!is_in(column[i], TABLES[table].computed)) {
            f->column[f->columns].table = table;
            snprintf(f->column[f->columns++].name, 64, "%s", column[i]);
        }
}

// All rows of a column changed a little, each after its type; the old rows lie aside.
static void change_column(sqlite3 *db, const struct column *c)
{
    char sql[768];
    const char *table = TABLES[c->table].table, *n = c->name;
    snprintf(sql, sizeof sql, "CREATE TEMP TABLE \"old_%s\" AS SELECT * FROM \"%s\"; UPDATE OR IGNORE \"%s\" SET \"%s\" = CASE typeof(\"%s\") WHEN 'integer' THEN \"%s\" + 1 "
                              "WHEN 'real' THEN \"%s\" + 0.5 WHEN 'null' THEN 7 WHEN 'blob' THEN X'00' ELSE \"%s\" || '%s' END",
             table, table, table, n, n, n, n, n, strcmp(n, "properties") == 0 ? " " : "x");
    by_hand(db, sql);
}

// Column by column: what a table makes of its own columns by itself is not put in.
static void change_back(sqlite3 *db, const struct column *c)
{
    char column[COLUMNS_MOST][64] = { "" }, list[4096] = "", sql[9000];
    const char *table = TABLES[c->table].table;
    size_t used = 0;
    list_columns(db, table, column);
    for (int i = 0; column[i][0] != '\0'; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s\"%s\"", i > 0 ? ", " : "", column[i]);
    snprintf(sql, sizeof sql, "DELETE FROM \"%s\"; INSERT INTO \"%s\" (%s) SELECT %s FROM temp.\"old_%s\"; DROP TABLE temp.\"old_%s\"", table, table, list, list,
             table, table);
    by_hand(db, sql);
}

static void first_name(sqlite3 *db, size_t t, char out[64])
{
    char sql[192];
    sqlite3_stmt *stmt = NULL;
    snprintf(sql, sizeof sql, "SELECT %s FROM \"%s\" ORDER BY 1 LIMIT 1", TABLES[t].named, TABLES[t].table);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    if (sqlite3_step(stmt) != SQLITE_ROW)
        fail_msg("there is nothing in table %s to be changed", TABLES[t].table);
    snprintf(out, 64, "%s", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
}

// Who is who in a register is a matter of the whole layer; what was found one of the comparison, and what people say of it one of the change.
static bool is_named(const struct column *c, const char *name, const char *said)
{
    char whole[96];
    const char *table = TABLES[c->table].table;
    bool is_change = strcmp(table, "change") == 0, is_review = is_in(c->name, "state reviewed_by reviewed_at_s review_note inherited_from");
    bool is_of_whole = is_change ? !is_review : is_in(c->name, "id version digest valid_from_s kind");
    snprintf(whole, sizeof whole, "%s %s", is_change ? "comparison" : "layer", is_change ? "" : strcmp(table, "asset") == 0 ? "billboard:" : table);
    return strstr(said, name) != NULL || (is_of_whole && strstr(said, whole) != NULL);
}

// One column of each family: the i-th.
static int change_some(struct fixture *f, sqlite3 *db, const struct family *family, int i)
{
    char name[FAMILIES][64];
    int changed = 0;
    by_hand(db, "BEGIN");
    for (int k = 0; k < FAMILIES; k++)
        if (i < family[k].columns) {
            first_name(db, family[k].column[i].table, name[k]);
            change_column(db, &family[k].column[i]);
        }
    by_hand(db, "COMMIT");
    struct faults found = faults_of(f);
    by_hand(db, "BEGIN");
    for (int k = 0; k < FAMILIES; k++) {
        const struct column *c = &family[k].column[i];
        if (i >= family[k].columns)
            continue;
        if (!is_named(c, name[k], found.text))
            fail_msg("%s.%s was changed past the program, and %s was not named: %s", TABLES[c->table].table, c->name, name[k], found.text);
        change_back(db, c);
        changed++;
    }
    by_hand(db, "COMMIT");
    return changed;
}

// Each table of the schema is above, or says here why it need not be.
static void every_table_is_told_or_is_known_not_to_be(void **state)
{
    static const char NOT[] = "audit audit_head " // the chain itself
                              "code "             // filled by nobody
                              "job upload "       // of the moment: they end by themselves
                              "layer tally "      // made of data/layers and of the rows
                              "number_series "    // the numbers that were given stand in the records, each once
                              "sealed";           // held against the chain by its own check (core/verify.c)
    int told = 0;
    (void)state;
    for (const struct resource *r = NULL; (r = resource_next("schema/", r)) != NULL; )
        for (const char *at = r->text; (at = strstr(at, "\nCREATE TABLE ")) != NULL; ) {
            char name[64];
            at += strlen("\nCREATE TABLE ");
            snprintf(name, sizeof name, "%.*s", (int)strcspn(at, " ("), at);
            bool is_told = is_in(name, NOT);
            for (size_t t = 0; t < TABLES_ALL; t++)
                is_told |= strcmp(TABLES[t].table, name) == 0;
            if (!is_told)
                fail_msg("nothing holds table %s against audit: give it a shelf in core/store/told_rows.c, and a line here", name);
            told++;
        }
    assert_true(told > 30);
}

static void every_told_column_is_vouched_for(void **state)
{
    struct fixture *f = *state;
    struct family *family = calloc(FAMILIES, sizeof *family);
    int changed = 0, all = 0;
    struct faults before = faults_of(f);
    if (before.count > 0)
        fail_msg("nothing was touched yet: %s", before.text);
    sqlite3 *db = open_file(f);
    for (size_t t = 0; t < TABLES_ALL; t++)
        list_told(db, t, &family[TABLES[t].family - 1]);
    for (int i = 0; i < COLUMNS_MOST; i++)
        changed += change_some(f, db, family, i);
    for (int k = 0; k < FAMILIES; k++)
        all += family[k].columns;
    sqlite3_close(db);
    free(family);
    struct faults after = faults_of(f);
    if (after.count > 0)
        fail_msg("all is as it was: %s", after.text);
    assert_int_equal(changed, all);
    print_message("%d columns of %d tables\n", changed, (int)TABLES_ALL);
}

// --- What is said ------------------------------------------------------------------------------------------------------------------------

static void expect(struct fixture *f, sqlite3 *db, const char *sql, const char *said)
{
    by_hand(db, sql);
    struct faults found = faults_of(f);
    if (strstr(found.text, said) == NULL)
        fail_msg("%s: \"%s\" was expected, said was: %s", sql, said, found.text);
}

static void the_record_is_named(void **state)
{
    struct fixture *f = *state;
    sqlite3 *db = open_file(f);
    expect(f, db, "UPDATE case_file SET party = 'somebody else'", "case 320612-WJ-2026-00001 (");
    expect(f, db, "UPDATE case_file SET party = 'Mr Xu'; UPDATE case_file SET area_m2 = 12", "it was changed past the program");
    expect(f, db, "UPDATE case_file SET area_m2 = 120; UPDATE lead SET snapshot = replace(snapshot, 'Mr Xu', 'nobody')", "lead 320612-XS-2026-00001 (");
    expect(f, db, "UPDATE lead SET snapshot = replace(snapshot, 'nobody', 'Mr Xu'); UPDATE step SET note = 'quite another reason' WHERE verb = 'accept'",
           "its step 6 is not what was written");
    expect(f, db, "UPDATE step SET note = '' WHERE verb = 'accept'; DELETE FROM step WHERE verb = 'accept'", "its step 6 is not there any more");
    expect(f, db, "UPDATE agency SET name_zh = 'x' WHERE key = 'police'", "agency police (");
    expect(f, db, "DELETE FROM paper", "it is not there any more");
    expect(f, db, "INSERT INTO actor (id, name, role, made_at_s) VALUES ('1', 'nobody', 'chief', 0)", "person nobody (1): it stands in no row of audit");
    expect(f, db, "UPDATE building SET owner = 'Mo'", "building 0 of delivery (");
    expect(f, db, "UPDATE building SET owner = 'Xu', properties = '{\"a\":1}'", "building 0 of delivery (");
    expect(f, db, "UPDATE building SET properties = '{}', valid_to_s = 1", "it was put aside");
    expect(f, db, "UPDATE building SET valid_to_s = NULL; DELETE FROM asset WHERE version = 1 AND kind = 'billboard'", "layer billboard: its rows are not those");
    expect(f, db, "INSERT INTO asset (id, kind, source, source_id, crs, accuracy_m, valid_from_s, geom) SELECT '7', 'public_toilet', source, source_id, crs, "
                  "accuracy_m, valid_from_s, geom FROM asset WHERE kind = 'billboard' LIMIT 1", "layer public_toilet: it has rows, and no row of audit");
    expect(f, db, "UPDATE change SET state = 'dismissed' WHERE reviewed_by IS NOT NULL", "change 1 (");
    sqlite3_close(db);
}

// Something is changed by hand, and then a deed is done: how many faults are there, and what is said?
static int deed_after(struct fixture *f, const char *sql, const struct line *deed, const char *said)
{
    sqlite3 *db = open_plain(f);
    by_hand(db, sql);
    sqlite3_close(db);
    struct told t = { .f = f, .thing = "case", .line = deed };
    strcpy(t.key, case_key);
    f->now_s = notice_time(deed->at);
    assert_ok(f, run(f, find_actor, &t));
    assert_ok(f, run(f, do_line, &t));
    struct faults found = faults_of(f);
    if (strstr(found.text, said) == NULL)
        fail_msg("%s: \"%s\" was expected, said was: %s", sql, said, found.text);
    return found.count;
}

// The next deed keeps what it finds, of what it moves; that it found something else than was left shows all the same. The rest it takes in
// only where it changes some of it, and then that shows too.
static void a_later_deed_covers_nothing_up(void **state)
{
    static const char between[] = "was changed past the program between audit rows";
    const struct line remind = { "2026-03-21 10:00", "Zhao", "remind", { 0 }, "", NULL };
    const struct line defer = { "2026-03-21 11:00", "Chen", "defer", { NOTE, .review_at_s = 1777600000 }, "", NULL };
    assert_int_equal(deed_after(*state, "UPDATE case_file SET party = 'somebody else'", &remind, "it is not what audit row"), 1);
    assert_int_equal(deed_after(*state, "UPDATE case_file SET party = 'Mr Xu'; UPDATE case_file SET stage_at_s = stage_at_s - 60", &remind, between), 1);
    assert_int_equal(deed_after(*state, "UPDATE case_file SET party = 'somebody else'", &defer, between), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_is_told_or_is_known_not_to_be),
        cmocka_unit_test_setup_teardown(every_told_column_is_vouched_for, copy_all, tear_down),
        cmocka_unit_test_setup_teardown(the_record_is_named, copy_all, tear_down),
        cmocka_unit_test_setup_teardown(a_later_deed_covers_nothing_up, copy_all, tear_down),
    };
    return cmocka_run_group_tests(tests, make_all, forget_all);
}
