#include "core/store/tally_rows.h"

#include "core/base/buf.h"
#include "core/base/mem.h"
#include <stdio.h>
#include <string.h>

enum { SQL_CEILING = 8192, FIRST_PLACES = 1024 };

const struct tallied tallied_list[] = {
    { "asset", "kind", "state" }, { "building", NULL, "standing" }, { "permit", NULL, "state" }, { "zone", "kind", NULL },
};
const int tallied_count = sizeof tallied_list / sizeof *tallied_list;

const struct tallied *tallied_find(const char *table)
{
    for (int i = 0; i < tallied_count; i++)
        if (strcmp(tallied_list[i].table, table) == 0)
            return &tallied_list[i];
    return NULL;
}

// --- The book of a load -----------------------------------------------------------------------------------------------------

struct entry { char *text; const char *kind, *community_code, *cell_code, *state; uint64_t key; int64_t count; };
struct tally_book { const struct tallied *what; struct entry *entry; size_t places, used; };  // open addressing; places is a power of two

struct tally_book *tally_book_open(const struct tallied *what)
{
    struct tally_book *b = mem_get(1, sizeof *b);
    *b = (struct tally_book){ .what = what, .entry = mem_get(FIRST_PLACES, sizeof *b->entry), .places = FIRST_PLACES };
    return b;
}

void tally_book_close(struct tally_book *b)
{
    if (b == NULL)
        return;
    for (size_t i = 0; i < b->places; i++)
        mem_free(b->entry[i].text);
    mem_free(b->entry);
    mem_free(b);
}

static uint64_t add_key(uint64_t key, const char *text)    // FNV-1a, with the ending zero
{
    for (const unsigned char *p = (const unsigned char *)text; ; p++) {
        key = (key ^ *p) * 1099511628211u;
        if (*p == '\0')
            return key;
    }
}

static bool is_row(const struct entry *e, const struct tally_row *r)
{
    return strcmp(e->cell_code, r->cell_code) == 0 && strcmp(e->state, r->state) == 0 && strcmp(e->community_code, r->community_code) == 0 &&
           strcmp(e->kind, r->kind) == 0;
}

static struct entry *place_of(struct tally_book *b, uint64_t key, const struct tally_row *r)
{
    for (size_t i = key & (b->places - 1); ; i = (i + 1) & (b->places - 1)) {
        struct entry *e = &b->entry[i];
        if (e->text == NULL || (e->key == key && is_row(e, r)))
            return e;
    }
}

static void make_room(struct tally_book *b)
{
    struct tally_book larger = { .entry = mem_get(b->places * 2, sizeof *b->entry), .places = b->places * 2 };
    for (size_t i = 0; i < b->places; i++) {
        const struct entry *e = &b->entry[i];
        if (e->text != NULL)
            *place_of(&larger, e->key, &(struct tally_row){ e->kind, e->community_code, e->cell_code, e->state }) = *e;
    }
    mem_free(b->entry);
    b->entry = larger.entry;
    b->places = larger.places;
}

// The four texts in one piece of memory.
static void begin_entry(struct entry *e, uint64_t key, const struct tally_row *r)
{
    const char *const from[] = { r->kind, r->community_code, r->cell_code, r->state };
    const char **to[] = { &e->kind, &e->community_code, &e->cell_code, &e->state };
    size_t bytes = 0;
    for (int i = 0; i < 4; i++)
        bytes += strlen(from[i]) + 1;
    char *at = e->text = mem_get(bytes, 1);
    for (int i = 0; i < 4; i++) {
        *to[i] = at;
        at = stpcpy(at, from[i]) + 1;
    }
    e->key = key;
}

void tally_book_add(struct tally_book *b, const struct tally_row *r)
{
    struct tally_row whole = { text_or_empty(r->kind), text_or_empty(r->community_code), text_or_empty(r->cell_code), text_or_empty(r->state) };
    uint64_t key = add_key(add_key(add_key(add_key(14695981039346656037u, whole.cell_code), whole.state), whole.community_code), whole.kind);
    struct entry *e = place_of(b, key, &whole);
    if (e->text == NULL && b->used * 2 >= b->places) {
        make_room(b);
        e = place_of(b, key, &whole);
    }
    if (e->text == NULL) {
        begin_entry(e, key, &whole);
        b->used++;
    }
    e->count++;
}

// One row of the book is told three times: of the district, of its community, of its cell.
static enum status add_to_level(struct db *db, const struct tallied *what, const char *level, const struct entry *one, struct err *e)
{
    bool is_cell = strcmp(level, "cell") == 0, is_district = strcmp(level, "district") == 0;
    return db_run(db, "INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                      "ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n",
                  VALUES(value_text(what->table), value_text(one->kind), value_text(level), value_text(is_district ? "" : one->community_code),
                         value_text(is_cell ? one->cell_code : ""), value_text(one->state), value_integer(one->count)), e);
}

enum status tally_book_write(struct tally_book *b, struct db *db, struct err *e)
{
    static const char *const levels[] = { "district", "community", "cell" };
    enum status s = OK;
    for (size_t i = 0; s == OK && i < b->places; i++)
        for (int k = 0; s == OK && k < 3 && b->entry[i].text != NULL; k++)
            s = add_to_level(db, b->what, levels[k], &b->entry[i], e);
    return s;
}

// --- Counted anew ---------------------------------------------------------------------------------------------------------------

static void write_recount(struct buf *b, const struct tallied *t)
{
    buf_printf(b, "SELECT %s, coalesce(community_code, ''), coalesce(cell_code, ''), %s, count(*) FROM %s WHERE valid_to_s IS NULL GROUP BY 1, 2, 3, 4",
               t->kind_column != NULL ? t->kind_column : "''", t->state_column != NULL ? t->state_column : "''", t->table);
}

enum status tally_pause(struct db *db, const struct tallied *what, struct tally_paused *out, struct err *e)
{
    char sql[128];
    snprintf(sql, sizeof sql, "%s_recounted", what->table);
    *out = (struct tally_paused){ .what = what };
    enum status s = db_text(db, "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = $1", VALUES(value_text(sql)), out->trigger, sizeof out->trigger, e);
    if (s != OK)
        return s;
    must(strlen(out->trigger) + 1 < sizeof out->trigger);
    snprintf(sql, sizeof sql, "DROP TRIGGER %s_recounted", what->table);
    return db_script(db, sql, e);
}

enum status tally_resume(struct db *db, const struct tally_paused *p, struct err *e)
{
    struct buf b;
    buf_init(&b, SQL_CEILING);
    buf_printf(&b, "INSERT INTO tally (kind, community_code, cell_code, state, n, thing, level) SELECT counted.*, '%s', 'cell' FROM (", p->what->table);
    write_recount(&b, p->what);
    buf_text(&b, ") AS counted");
    must(!b.full);
    const struct values of = VALUES(value_text(p->what->table));
    enum status s = db_run(db, "DELETE FROM tally WHERE thing = $1", of, e);
    if (s == OK)
        s = db_script(db, b.data, e);
    if (s == OK)
        s = db_run(db, "INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n) SELECT thing, kind, 'community', community_code, '', state, "
                       "sum(n) FROM tally WHERE thing = $1 AND level = 'cell' GROUP BY thing, kind, community_code, state", of, e);
    if (s == OK)
        s = db_run(db, "INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n) SELECT thing, kind, 'district', '', '', state, "
                       "sum(n) FROM tally WHERE thing = $1 AND level = 'community' GROUP BY thing, kind, state", of, e);
    buf_clear(&b);
    return s == OK ? db_script(db, p->trigger, e) : s;
}

// Each level against the rows: cells one by one, the others as sums of them.
enum status tally_differences(struct db *db, const struct tallied *what, int64_t *out, struct err *e)
{
    static const char KEPT[] = "SELECT kind, community_code, cell_code, state, n FROM tally WHERE thing = $1 AND level = 'cell' AND n <> 0";
    struct buf b;
    int64_t cells = 0, sums = 0;
    buf_init(&b, SQL_CEILING);
    buf_text(&b, "SELECT count(*) FROM (SELECT * FROM (");
    write_recount(&b, what);
    buf_printf(&b, " EXCEPT %s) UNION ALL SELECT * FROM (%s EXCEPT ", KEPT, KEPT);
    write_recount(&b, what);
    buf_text(&b, ")) AS differences");
    must(!b.full);
    enum status s = db_integer(db, b.data, VALUES(value_text(what->table)), &cells, e);
    buf_clear(&b);
    if (s == OK)
        s = db_integer(db, "SELECT count(*) FROM (SELECT kind, community_code, state, sum(CASE level WHEN 'community' THEN n WHEN 'cell' THEN -n ELSE 0 END) AS d "
                           "FROM tally WHERE thing = $1 AND level <> 'district' GROUP BY 1, 2, 3 HAVING d <> 0 UNION ALL SELECT kind, '', state, "
                           "sum(CASE level WHEN 'district' THEN n WHEN 'community' THEN -n ELSE 0 END) AS d FROM tally WHERE thing = $1 AND level <> 'cell' "
                           "GROUP BY 1, 2, 3 HAVING d <> 0) AS sums", VALUES(value_text(what->table)), &sums, e);
    *out = cells + sums;
    return s;
}

// --- What counts now ----------------------------------------------------------------------------------------------------------

// A cell without its community is looked for among all of them.
enum level { LEVEL_DISTRICT, LEVEL_COMMUNITY, LEVEL_CELL };
#define ALL_OF(level) "FROM tally WHERE thing = $1 AND ($2 IS NULL OR kind = $2) AND level = '" level "' AND ($3 IS NULL OR community_code = $3) AND " \
                      "($4 IS NULL OR cell_code = $4) AND ($5 IS NULL OR state = $5) AND n > 0"
#define KIND_OF(level) "FROM tally WHERE thing = $1 AND kind = $2 AND level = '" level "' AND ($3 IS NULL OR community_code = $3) AND " \
                       "($4 IS NULL OR cell_code = $4) AND ($5 IS NULL OR state = $5) AND n > 0"
#define COMMUNITY_OF(level) "FROM tally WHERE thing = $1 AND kind = $2 AND level = '" level "' AND community_code = $3 AND ($4 IS NULL OR cell_code = $4) " \
                            "AND ($5 IS NULL OR state = $5) AND n > 0"
#define LEVELS(before, after) { { before ALL_OF("district") after, before KIND_OF("district") after, before KIND_OF("district") after }, \
                                { before ALL_OF("community") after, before KIND_OF("community") after, before COMMUNITY_OF("community") after }, \
                                { before ALL_OF("cell") after, before KIND_OF("cell") after, before COMMUNITY_OF("cell") after } }

static int narrowness(const struct tally_row *r)
{
    return r->kind == NULL ? 0 : r->community_code == NULL ? 1 : 2;
}

static enum level level_of(const struct tally_row *r)
{
    return r->cell_code != NULL ? LEVEL_CELL : r->community_code != NULL ? LEVEL_COMMUNITY : LEVEL_DISTRICT;
}

#define ROW(what, r) VALUES(value_text((what)->table), value_text((r)->kind), value_text((r)->community_code), value_text((r)->cell_code), value_text((r)->state))

enum status tally_count(struct db *db, const struct tallied *what, const struct tally_row *r, int64_t *out, struct err *e)
{
    static const char *const sql[3][3] = LEVELS("SELECT coalesce(sum(n), 0) ", "");
    return db_integer(db, sql[level_of(r)][narrowness(r)], ROW(what, r), out, e);
}

enum status tally_each(struct db *db, const struct tallied *what, const struct tally_row *r, enum tally_by by, tally_visit *fn, void *ctx, struct err *e)
{
    static const char *const sql[][3][3] = {
        [TALLY_STATE] = LEVELS("SELECT state, sum(n) ", " GROUP BY state ORDER BY state"),
        [TALLY_COMMUNITY] = LEVELS("SELECT community_code, sum(n) ", " GROUP BY community_code ORDER BY community_code"),
        [TALLY_CELL] = LEVELS("SELECT cell_code, sum(n) ", " GROUP BY community_code, cell_code ORDER BY community_code, cell_code"),
    };
    static const enum level least[] = { [TALLY_STATE] = LEVEL_DISTRICT, [TALLY_COMMUNITY] = LEVEL_COMMUNITY, [TALLY_CELL] = LEVEL_CELL };
    enum level level = level_of(r) > least[by] ? level_of(r) : least[by];
    struct rows *rows = NULL;
    enum status s = db_ask(db, sql[by][level][narrowness(r)], ROW(what, r), &rows, e);
    for (bool more = true; s == OK && (s = rows_next(rows, &more, e)) == OK && more; )
        s = fn(ctx, rows_text(rows, 0), rows_integer(rows, 1), e);
    rows_done(rows);
    return s;
}
