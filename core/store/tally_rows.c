#include "core/store/tally_rows.h"

#include "core/base/buf.h"
#include "core/base/mem.h"
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

enum status tally_book_write(struct tally_book *b, struct db *db, struct err *e)
{
    enum status s = OK;
    for (size_t i = 0; s == OK && i < b->places; i++) {
        const struct entry *one = &b->entry[i];
        if (one->text != NULL)
            s = db_run(db, "INSERT INTO tally (thing, kind, community_code, cell_code, state, n) VALUES ($1, $2, $3, $4, $5, $6) "
                           "ON CONFLICT (thing, kind, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n",
                       VALUES(value_text(b->what->table), value_text(one->kind), value_text(one->community_code), value_text(one->cell_code),
                              value_text(one->state), value_integer(one->count)), e);
    }
    return s;
}

// --- What counts now ----------------------------------------------------------------------------------------------------------

#define THESE "FROM tally WHERE thing = $1 AND ($2 IS NULL OR kind = $2) AND ($3 IS NULL OR community_code = $3) AND ($4 IS NULL OR cell_code = $4) " \
              "AND ($5 IS NULL OR state = $5) AND n > 0"
// The two questions asked most are a range of the key.
#define OF_KIND "FROM tally WHERE thing = $1 AND kind = $2 AND ($3 IS NULL OR community_code = $3) AND ($4 IS NULL OR cell_code = $4) " \
                "AND ($5 IS NULL OR state = $5) AND n > 0"
#define OF_COMMUNITY "FROM tally WHERE thing = $1 AND kind = $2 AND community_code = $3 AND ($4 IS NULL OR cell_code = $4) AND ($5 IS NULL OR state = $5) " \
                     "AND n > 0"
enum from { FROM_ALL, FROM_KIND, FROM_COMMUNITY };
#define EACH_FROM(before, after) { before THESE after, before OF_KIND after, before OF_COMMUNITY after }

static enum from from_of(const struct tally_row *r)
{
    return r->kind == NULL ? FROM_ALL : r->community_code == NULL ? FROM_KIND : FROM_COMMUNITY;
}

enum status tally_count(struct db *db, const struct tallied *what, const struct tally_row *r, int64_t *out, struct err *e)
{
    static const char *const sql[] = EACH_FROM("SELECT coalesce(sum(n), 0) ", "");
    return db_integer(db, sql[from_of(r)], VALUES(value_text(what->table), value_text(r->kind), value_text(r->community_code),
                                                  value_text(r->cell_code), value_text(r->state)), out, e);
}

enum status tally_each(struct db *db, const struct tallied *what, const struct tally_row *r, enum tally_by by, tally_visit *fn, void *ctx, struct err *e)
{
    static const char *const sql[][3] = {
        [TALLY_STATE] = EACH_FROM("SELECT state, sum(n) ", " GROUP BY state ORDER BY state"),
        [TALLY_COMMUNITY] = EACH_FROM("SELECT community_code, sum(n) ", " GROUP BY community_code ORDER BY community_code"),
        [TALLY_CELL] = EACH_FROM("SELECT cell_code, sum(n) ", " GROUP BY cell_code ORDER BY cell_code"),
    };
    struct rows *rows = NULL;
    enum status s = db_ask(db, sql[by][from_of(r)], VALUES(value_text(what->table), value_text(r->kind), value_text(r->community_code),
                                                           value_text(r->cell_code), value_text(r->state)), &rows, e);
    for (bool more = true; s == OK && (s = rows_next(rows, &more, e)) == OK && more; )
        s = fn(ctx, rows_text(rows, 0), rows_integer(rows, 1), e);
    rows_done(rows);
    return s;
}

static void write_recount(struct buf *b, const struct tallied *t)
{
    buf_printf(b, "SELECT %s, coalesce(community_code, ''), coalesce(cell_code, ''), %s, count(*) FROM %s WHERE valid_to_s IS NULL GROUP BY 1, 2, 3, 4",
               t->kind_column != NULL ? t->kind_column : "''", t->state_column != NULL ? t->state_column : "''", t->table);
}

enum status tally_differences(struct db *db, const struct tallied *what, int64_t *out, struct err *e)
{
    static const char KEPT[] = "SELECT kind, community_code, cell_code, state, n FROM tally WHERE thing = $1 AND n > 0";
    struct buf b;
    buf_init(&b, SQL_CEILING);
    buf_text(&b, "SELECT count(*) FROM (SELECT * FROM (");
    write_recount(&b, what);
    buf_printf(&b, " EXCEPT %s) UNION ALL SELECT * FROM (%s EXCEPT ", KEPT, KEPT);
    write_recount(&b, what);
    buf_text(&b, ")) AS differences");
    must(!b.full);
    enum status s = db_integer(db, b.data, VALUES(value_text(what->table)), out, e);
    buf_clear(&b);
    return s;
}
