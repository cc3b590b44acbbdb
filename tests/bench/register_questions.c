// register_questions.c - how long a station takes to answer about its register, question by question, beside a bare SQLite program
// that asks the same of the same file: the R*Tree and the table by hand, prepared once, every row read.
//
//     register_questions STATION LAYER [TURNS]       prints a table: rows, milliseconds (median, 99 of 100, most), bare, ratio
#include "core/base/hash.h"
#include "core/base/when.h"
#include "core/register_list.h"
#include "core/station.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TURNS_MOST = 2000, CODES_MOST = 512, CODE = 32, PARAMETERS = 5, BARE_NONE = 0 };
struct bench {
    struct station *station;
    sqlite3 *db;
    const char *layer;
    int turns;
    uint64_t seed;
    struct filter_window extent;
    int64_t last_fid, rows;
    double window_deg;                               // side of a window that holds some hundred things
    char cell[CODES_MOST][CODE], community[CODES_MOST][CODE];
    int cells, communities;
};

#define MUST(what, db) do { if ((what) != SQLITE_OK) { fprintf(stderr, "register_questions: %s\n", sqlite3_errmsg(db)); exit(1); } } while (0)

static double unit(struct bench *b)
{
    b->seed = hash_mix(b->seed + 0x9e3779b97f4a7c15u);
    return (double)(b->seed >> 11) * 0x1p-53;
}

// --- What is asked -----------------------------------------------------------------------------------------------------------------

// One turn of a question: what core is asked, and the parameters of the bare statement.
struct turn { struct register_question q; struct filter_window window; char after[REGISTER_TOKEN]; sqlite3_int64 number[PARAMETERS]; double real[PARAMETERS]; const char *text[PARAMETERS]; };
typedef void make_turn(struct bench *b, struct turn *t);
enum answer { LIST, COUNT, GROUPS };

static void first_page(struct bench *b, struct turn *t) { (void)b; t->q.limit = 100; }

static void deep_page(struct bench *b, struct turn *t)
{
    t->q.limit = 100;
    t->number[1] = (sqlite3_int64)(unit(b) * (double)b->last_fid);
    snprintf(t->after, sizeof t->after, "%lld", (long long)t->number[1]);
}

static void of_cell(struct bench *b, struct turn *t) { t->q.limit = 100; t->q.cell = t->text[1] = b->cell[(int)(unit(b) * b->cells)]; }
static void of_community(struct bench *b, struct turn *t) { deep_page(b, t); t->q.community = t->text[1] = b->community[(int)(unit(b) * b->communities)]; t->after[0] = '\0'; }
static void damaged(struct bench *b, struct turn *t) { deep_page(b, t); t->q.state = "damaged"; }
static void damaged_of_community(struct bench *b, struct turn *t) { of_community(b, t); t->q.state = "damaged"; }
static void by_end(struct bench *b, struct turn *t)
{
    t->q.limit = 100;
    t->q.order = REGISTER_BY_END;
    t->number[1] = 1790000000 + (sqlite3_int64)(unit(b) * 6e7);
    snprintf(t->after, sizeof t->after, "%lld:0", (long long)t->number[1]);
}

static void place_window(struct bench *b, struct turn *t, double side)
{
    double x = b->extent.west + unit(b) * (b->extent.east - b->extent.west - side), y = b->extent.south + unit(b) * (b->extent.north - b->extent.south - side);
    t->window = (struct filter_window){ x, y, x + side, y + side };
    t->q.window = &t->window;
    t->q.limit = 1000;
    const double sides[] = { 0, x + side, x, y + side, y };
    memcpy(t->real, sides, sizeof sides);
}

static void some_hundred(struct bench *b, struct turn *t) { place_window(b, t, b->window_deg); }
static void a_street(struct bench *b, struct turn *t) { place_window(b, t, b->window_deg * 5); t->q.limit = 100; }
static void everywhere(struct bench *b, struct turn *t) { deep_page(b, t); t->window = b->extent; t->q.window = &t->window; }
static void damaged_there(struct bench *b, struct turn *t) { some_hundred(b, t); t->q.state = "damaged"; }

static void a_word(struct bench *b, struct turn *t)
{
    static char word[32];
    snprintf(word, sizeof word, "%08d", 1 + (int)(unit(b) * 1e6) % 1000000);
    t->q.limit = 100;
    t->q.words = word;
}

static void common_words(struct bench *b, struct turn *t) { deep_page(b, t); t->q.words = "社区 店招"; }
static void a_filter(struct bench *b, struct turn *t) { some_hundred(b, t); t->q.window = NULL; t->q.limit = 1000;
    static char where[256];
    snprintf(where, sizeof where, "S_INTERSECTS(geometry, BBOX(%.9f, %.9f, %.9f, %.9f)) AND width_m > 7", t->window.west, t->window.south, t->window.east, t->window.north);
    t->q.where = where; }
static void a_search(struct bench *b, struct turn *t) { (void)b; t->q.limit = 1; t->q.where = "width_m > 11.5 AND owner LIKE '%物流%'"; }

#define ROW "a.fid, a.id, a.source, a.source_id, a.version, a.valid_from_s, a.cell_code, a.community_code, a.name, a.state, a.owner, a.permit_number, a.permit_until_s, a.geom"
#define NOW " FROM asset a WHERE a.valid_to_s IS NULL AND a.kind = ?1 "
static const char IN_WINDOW[] = "SELECT " ROW " FROM idx_asset_geom i CROSS JOIN asset a ON a.fid = i.pkid WHERE i.xmin <= ?2 AND i.xmax >= ?3 AND i.ymin <= ?4 AND i.ymax >= ?5 "
                                "AND a.valid_to_s IS NULL AND +a.kind = ?1";
static const struct asked { const char *name; enum answer answer; make_turn *make; const char *bare; enum register_by by; int fewer; } questions[] = {
    { "first page of 100", LIST, first_page, "SELECT " ROW NOW "ORDER BY a.fid LIMIT 100", 0, 1 },
    { "any page of 100", LIST, deep_page, "SELECT " ROW NOW "AND a.fid > ?2 ORDER BY a.fid LIMIT 100", 0, 1 },
    { "a cell", LIST, of_cell, "SELECT " ROW NOW "AND a.cell_code = ?2 ORDER BY a.fid LIMIT 100", 0, 1 },
    { "a community", LIST, of_community, "SELECT " ROW NOW "AND a.community_code = ?2 ORDER BY a.fid LIMIT 100", 0, 1 },
    { "damaged, any page", LIST, damaged, "SELECT " ROW NOW "AND a.state = 'damaged' AND a.state <> 'present' AND a.fid > ?2 ORDER BY a.fid LIMIT 100", 0, 1 },
    { "damaged, a community", LIST, damaged_of_community, "SELECT " ROW NOW "AND a.community_code = ?2 AND a.state = 'damaged' ORDER BY a.fid LIMIT 100", 0, 1 },
    { "next to expire", LIST, by_end, "SELECT " ROW NOW "AND a.permit_until_s > ?2 ORDER BY a.permit_until_s, a.fid LIMIT 100", 0, 1 },
    { "window, some hundred", LIST, some_hundred, IN_WINDOW, 0, 1 },
    { "window, damaged", LIST, damaged_there, IN_WINDOW, 0, 1 },
    { "window of 25 times", LIST, a_street, IN_WINDOW, 0, 1 },
    { "whole district, a page", LIST, everywhere, "SELECT " ROW NOW "AND a.fid > ?2 ORDER BY a.fid LIMIT 100", 0, 1 },
    { "window and filter", LIST, a_filter, IN_WINDOW, 0, 1 },
    { "a rare word", LIST, a_word, NULL, 0, 1 },
    { "common words, any page", LIST, common_words, NULL, 0, 1 },
    { "how many", COUNT, first_page, "SELECT count(*)" NOW, 0, 10 },
    { "how many damaged", COUNT, damaged, "SELECT count(*)" NOW "AND a.state = 'damaged' AND a.state <> 'present'", 0, 10 },
    { "how many in a community", COUNT, of_community, "SELECT count(*)" NOW "AND a.community_code = ?2", 0, 1 },
    { "how many in a window", COUNT, some_hundred, "SELECT count(*) FROM (" "SELECT a.fid FROM idx_asset_geom i CROSS JOIN asset a ON a.fid = i.pkid WHERE i.xmin <= ?2 AND "
      "i.xmax >= ?3 AND i.ymin <= ?4 AND i.ymax >= ?5 AND a.valid_to_s IS NULL AND +a.kind = ?1)", 0, 1 },
    { "by state", GROUPS, first_page, "SELECT a.state, count(*)" NOW "GROUP BY a.state", REGISTER_BY_STATE, 20 },
    { "by community", GROUPS, first_page, "SELECT a.community_code, count(*)" NOW "GROUP BY a.community_code", REGISTER_BY_COMMUNITY, 20 },
    { "by cell", GROUPS, first_page, "SELECT a.cell_code, count(*)" NOW "GROUP BY a.cell_code", REGISTER_BY_CELL, 20 },
    { "a search through all", COUNT, a_search, "SELECT count(*)" NOW "AND a.shop_sign_width_m > 11.5 AND a.owner GLOB '*物流*'", 0, 50 },
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

// --- Asked -----------------------------------------------------------------------------------------------------------------------

struct asking { struct turn *turn; const struct asked *what; int64_t rows; uint64_t sum; };

static enum status take_line(void *ctx, const struct register_line *line, struct err *e)
{
    struct asking *a = ctx;
    (void)e;
    a->rows++;
    a->sum += (uint64_t)line->fid + line->wkb_len;
    return OK;
}

static enum status take_group(void *ctx, const char *key, int64_t count, struct err *e)
{
    struct asking *a = ctx;
    (void)key, (void)e;
    a->rows++;
    a->sum += (uint64_t)count;
    return OK;
}

static enum status ask_job(struct work *w, void *ctx)
{
    struct asking *a = ctx;
    char next[REGISTER_TOKEN];
    struct register_number n = { 0 };
    enum status s = OK;
    switch (a->what->answer) {
    case LIST: return register_list(w, &a->turn->q, take_line, a, next);
    case GROUPS: return register_groups(w, &a->turn->q, a->what->by, take_group, a);
    case COUNT: s = register_count(w, &a->turn->q, 0, &n); a->rows = n.count; return s;
    }
    return s;
}

static double ask_core(struct bench *b, struct asking *a)
{
    struct err e = { .lang = LANG_EN };
    double start_s = when_monotonic_s();
    if (station_read(b->station, &(struct station_call){ 1795700000, "system" }, ask_job, a, &e) != OK) {
        fprintf(stderr, "register_questions: %s: %s\n", a->what->name, e.text);
        exit(1);
    }
    return when_monotonic_s() - start_s;
}

static double ask_bare(struct bench *b, sqlite3_stmt *s, const struct turn *t)
{
    double start_s = when_monotonic_s();
    sqlite3_bind_text(s, 1, b->layer, -1, SQLITE_STATIC);
    for (int i = 1; i < PARAMETERS && i < sqlite3_bind_parameter_count(s); i++)
        MUST(t->text[i] != NULL ? sqlite3_bind_text(s, i + 1, t->text[i], -1, SQLITE_STATIC) : t->q.window != NULL || t->real[i] != 0 ? sqlite3_bind_double(s, i + 1, t->real[i])
             : sqlite3_bind_int64(s, i + 1, t->number[i]), b->db);
    uint64_t sum = 0;
    while (sqlite3_step(s) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(s); i++)
            sum += (uint64_t)sqlite3_column_bytes(s, i);
    sqlite3_reset(s);
    b->seed += sum & 0;
    return when_monotonic_s() - start_s;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void race(struct bench *b, const struct asked *what)
{
    static double mine[TURNS_MOST], bare[TURNS_MOST];
    int turns = b->turns / what->fewer > 3 ? b->turns / what->fewer : 3;
    int64_t rows = 0;
    sqlite3_stmt *s = NULL;
    if (what->bare != NULL)
        MUST(sqlite3_prepare_v2(b->db, what->bare, -1, &s, NULL), b->db);
    for (int i = -2; i < turns; i++) {                       // two to warm up
        struct turn t = { .q = { .layer = b->layer } };
        struct asking a = { .turn = &t, .what = what };
        what->make(b, &t);
        t.q.after = t.after[0] != '\0' ? t.after : NULL;
        double mine_s = ask_core(b, &a), bare_s = s != NULL ? ask_bare(b, s, &t) : NAN;
        if (i >= 0) {
            mine[i] = mine_s * 1000;
            bare[i] = bare_s * 1000;
            rows += a.rows;
        }
    }
    sqlite3_finalize(s);
    qsort(mine, (size_t)turns, sizeof *mine, by_size);
    qsort(bare, (size_t)turns, sizeof *bare, by_size);
    printf("%-26s %9.0f %9.2f %9.2f %9.2f", what->name, (double)rows / turns, mine[turns / 2], mine[turns * 99 / 100], mine[turns - 1]);
    printf(what->bare != NULL ? " %9.2f %7.2f\n" : "         -       -\n", bare[turns / 2], mine[turns / 2] / bare[turns / 2]);
}

// --- The place ---------------------------------------------------------------------------------------------------------------------

static void read_codes(struct bench *b, const char *sql, char code[CODES_MOST][CODE], int *count)
{
    sqlite3_stmt *s;
    MUST(sqlite3_prepare_v2(b->db, sql, -1, &s, NULL), b->db);
    while (sqlite3_step(s) == SQLITE_ROW && *count < CODES_MOST)
        snprintf(code[(*count)++], CODE, "%s", sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
}

static void look_around(struct bench *b)
{
    sqlite3_stmt *s;
    MUST(sqlite3_prepare_v2(b->db, "SELECT min(xmin), min(ymin), max(xmax), max(ymax), count(*) FROM idx_asset_geom", -1, &s, NULL), b->db);
    if (sqlite3_step(s) == SQLITE_ROW)
        b->extent = (struct filter_window){ sqlite3_column_double(s, 0), sqlite3_column_double(s, 1), sqlite3_column_double(s, 2), sqlite3_column_double(s, 3) };
    b->rows = sqlite3_column_int64(s, 4);
    sqlite3_finalize(s);
    MUST(sqlite3_prepare_v2(b->db, "SELECT max(fid) FROM asset", -1, &s, NULL), b->db);
    if (sqlite3_step(s) == SQLITE_ROW)
        b->last_fid = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    read_codes(b, "SELECT cell_code FROM tally WHERE thing = 'asset' AND level = 'cell' AND n > 0 AND cell_code <> '' ORDER BY cell_code", b->cell, &b->cells);
    read_codes(b, "SELECT DISTINCT community_code FROM tally WHERE thing = 'asset' AND level = 'community' AND n > 0 AND community_code <> ''", b->community, &b->communities);
    b->window_deg = sqrt((b->extent.east - b->extent.west) * (b->extent.north - b->extent.south) * 400 / (double)b->rows);
}

int main(int argc, char **argv)
{
    static struct bench b = { .seed = 1 };
    struct err e = { .lang = LANG_EN };
    char path[4096];
    if (argc < 3)
        return fprintf(stderr, "usage: register_questions STATION LAYER [TURNS]\n"), 2;
    b.layer = argv[2];
    b.turns = argc > 3 ? atoi(argv[3]) : 200;
    if (b.turns < 1 || b.turns > TURNS_MOST)
        return 2;
    if (station_open(argv[1], &b.station, &e) != OK)
        return fprintf(stderr, "register_questions: %s\n", e.text), 1;
    snprintf(path, sizeof path, "%s/gridpatrol.sqlite", argv[1]);
    MUST(sqlite3_open_v2(path, &b.db, SQLITE_OPEN_READONLY, NULL), b.db);
    MUST(sqlite3_exec(b.db, "PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824", NULL, NULL, NULL), b.db);
    look_around(&b);
    printf("%-26s %9s %9s %9s %9s %9s %7s\n", "question", "rows", "ms", "99 of 100", "most", "bare", "times");
    for (int i = 0; i < QUESTIONS; i++)
        race(&b, &questions[i]);
    sqlite3_close(b.db);
    station_close(b.station);
    return 0;
}
