#include "core/store/register_told.h"

#include "core/base/buf.h"
#include "core/base/hash.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_CEILING = 256 << 20, SQL_CEILING = 32768 };

// What a source may say into a column of its own; usual: the column's DEFAULT. By table, then by name.
static const struct column { const char *table, *name; char type; const char *usual; } COLUMNS[] = {
    { "asset", "checked_at_s", 'i', NULL },      { "asset", "code", 't', NULL },               { "asset", "keeper", 't', "" },
    { "asset", "name", 't', "" },                { "asset", "owner", 't', "" },                { "asset", "permit_number", 't', NULL },
    { "asset", "permit_until_s", 'i', NULL },    { "asset", "state", 't', "present" },
    { "building", "address", 't', "" },          { "building", "floors", 'r', NULL },          { "building", "height_m", 'r', NULL },
    { "building", "name", 't', "" },             { "building", "owner", 't', "" },             { "building", "permit_number", 't', NULL },
    { "building", "standing", 't', "unverified" },
    { "permit", "holder", 't', "" },             { "permit", "number", 't', NULL },            { "permit", "permit_from_s", 'i', NULL },
    { "permit", "permit_until_s", 'i', NULL },   { "permit", "permitted_floor_area_m2", 'r', NULL },
    { "permit", "permitted_footprint_m2", 'r', NULL }, { "permit", "permitted_height_m", 'r', NULL },
    { "permit", "purpose", 't', "" },            { "permit", "state", 't', "granted" },
    { "zone", "kind", 't', NULL },               { "zone", "law", 't', "" },                   { "zone", "name", 't', "" },
    { "zone", "weight", 'r', NULL },
};
enum { COLUMNS_ALL = sizeof COLUMNS / sizeof COLUMNS[0] };

// --- One row ------------------------------------------------------------------------------------------------------------------------

static void add_bytes(struct buf *b, const void *bytes, size_t len)
{
    uint64_t length = len;
    buf_add(b, &length, sizeof length);
    buf_add(b, bytes, len);
}

static void add_text(struct buf *b, const char *text) { add_bytes(b, text, strlen(text)); }

// Nothing said is as good as the usual.
static void add_value(struct buf *b, const struct column *c, const struct value *v)
{
    int64_t integer = v->integer;
    double real = v->kind == VALUE_REAL ? v->real : v->kind == VALUE_TEXT ? strtod(v->bytes, NULL) : (double)v->integer;
    if (v->kind == VALUE_NULL || (v->kind == VALUE_TEXT && c->usual != NULL && strcmp(v->bytes, c->usual) == 0))
        return;
    add_text(b, c->name);
    if (c->type == 't')
        add_bytes(b, v->bytes, v->len);
    else if (c->type == 'r')
        add_bytes(b, &real, sizeof real);
    else
        add_bytes(b, &integer, sizeof integer);
}

struct said { const char *source, *source_id, *crs, *properties; double accuracy_m; const void *wkb; size_t wkb_len; };

static void add_said(struct buf *b, const struct said *s)
{
    const char *words[] = { s->source, s->source_id, s->crs, s->properties };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        add_text(b, text_or_empty(words[i]));
    add_bytes(b, &s->accuracy_m, sizeof s->accuracy_m);
    add_bytes(b, s->wkb, s->wkb_len);
}

// Asked for each column of each row of a load: most words differ in their first letter.
static bool is_same(const char *a, const char *b) { return a[0] == b[0] && strcmp(a, b) == 0; }

static const struct value *value_of(const struct layer *l, const struct register_row *r, const char *column)
{
    for (int i = 0; i < l->properties; i++)
        if (l->property[i].column != NULL && is_same(l->property[i].column, column))
            return &r->column[i];
    return NULL;
}

bool register_digest(const struct layer *l, const struct register_row *r, struct buf *room, char out[TOLD_DIGEST])
{
    add_said(room, &(struct said){ r->source, r->source_id, r->crs, r->properties, r->accuracy_m, r->wkb, r->wkb_len });
    for (int i = 0; i < COLUMNS_ALL; i++) {
        const struct value *v = is_same(COLUMNS[i].table, l->table) ? value_of(l, r, COLUMNS[i].name) : NULL;
        if (v != NULL)
            add_value(room, &COLUMNS[i], v);
    }
    if (!room->full)
        told_digest_write(room, out);
    return !room->full;
}

bool register_is_said(const char *digest, const char *said) { return strncmp(digest, said, TOLD_DIGEST - 1) == 0; }

const char *register_digest_held(const char *digest)
{
    const char *held = strchr(digest, '/');
    return held != NULL ? held + 1 : digest;
}

void register_digest_edited(const char *was, const char *now, char out[REGISTER_DIGEST])
{
    snprintf(out, REGISTER_DIGEST, "%.*s/%s", TOLD_DIGEST - 1, was, now);
}

// --- As it lies in the table ------------------------------------------------------------------------------------------------------

enum { AT_ID, AT_VERSION, AT_DIGEST, AT_SOURCE, AT_SOURCE_ID, AT_CRS, AT_PROPERTIES, AT_ACCURACY, AT_SHAPE, AT_COLUMNS };

static bool is_asset(const struct layer *l) { return strcmp(l->table, "asset") == 0; }

static void digest_of_row(const struct layer *l, const struct rows *r, char out[TOLD_DIGEST])
{
    struct buf b;
    struct said s = { rows_text(r, AT_SOURCE), rows_text(r, AT_SOURCE_ID), rows_text(r, AT_CRS), rows_text(r, AT_PROPERTIES), rows_real(r, AT_ACCURACY), NULL, 0 };
    s.wkb = rows_bytes(r, AT_SHAPE, &s.wkb_len);
    buf_init(&b, ROW_CEILING);
    add_said(&b, &s);
    for (int i = 0, at = AT_COLUMNS; i < COLUMNS_ALL; i++) {
        if (strcmp(COLUMNS[i].table, l->table) != 0)
            continue;
        struct value v = COLUMNS[i].type == 't' ? value_text(rows_text(r, at)) : COLUMNS[i].type == 'r' ? value_real(rows_real(r, at)) : value_integer(rows_integer(r, at));
        if (!rows_is_null(r, at))
            add_value(&b, &COLUMNS[i], &v);
        at++;
    }
    told_digest_close(&b, out);
}

// What stands in the JSON stands in a column of its own too; a number there has all its digits. In a text U+FFFD stands for what was no
// character.
static void ask_copy(const struct property *p, struct buf *b)
{
    char json[256];
    must(snprintf(json, sizeof json, "json_extract(properties, '$.%s')", p->name) < (int)sizeof json);
    const char *h = p->held_in;
    if (p->type == PROPERTY_TEXT)
        buf_printf(b, " OR (%s IS NOT %s AND instr(coalesce(%s, ''), char(65533)) = 0)", h, json, json);
    else if (p->type == PROPERTY_DATE)
        buf_printf(b, " OR %s IS NOT date(%s + (SELECT zone_offset_s FROM district), 'unixepoch')", h, json);
    else if (p->type == PROPERTY_INTEGER)
        buf_printf(b, " OR %s IS NOT %s", h, json);
    else
        buf_printf(b, " OR (%s IS NULL) <> (%s IS NULL) OR abs(%s - %s) > 1e-9 * max(1, abs(%s))", h, json, h, json, h);
}

// 1 where a copy is not what it is a copy of, or another kind's column is not empty.
static void ask_copies(const struct layer *l, const struct layer_list *all, struct buf *b)
{
    buf_text(b, ", CASE WHEN json_valid(properties) THEN 0");
    for (int i = 0; i < all->count; i++)
        for (int k = 0; strcmp(all->layer[i].table, l->table) == 0 && k < all->layer[i].properties; k++) {
            const struct property *p = &all->layer[i].property[k];
            if (p->column == NULL && strcmp(all->layer[i].key, l->key) == 0)
                ask_copy(p, b);
            else if (p->column == NULL)
                buf_printf(b, " OR %s IS NOT NULL", p->held_in);
        }
    buf_text(b, " ELSE 1 END");
}

static void write_question(const struct layer *l, const struct layer_list *all, struct buf *b)
{
    buf_init(b, SQL_CEILING);
    buf_printf(b, "SELECT id, version, digest, source, source_id, crs, properties, accuracy_m, ST_AsBinary(%s)", is_asset(l) ? "coalesce(outline, geom)" : "geom");
    for (int i = 0; i < COLUMNS_ALL; i++)
        if (strcmp(COLUMNS[i].table, l->table) == 0)
            buf_printf(b, ", %s", COLUMNS[i].name);
    ask_copies(l, all, b);
    buf_printf(b, " FROM %s%s ORDER BY fid", l->table, is_asset(l) ? " WHERE kind = $1" : "");
    must(!b->full);
}

static bool is_as_loaded(const struct layer *l, const struct rows *r)
{
    char now[TOLD_DIGEST];
    if (rows_integer(r, rows_columns(r) - 1) != 0)
        return false;
    digest_of_row(l, r, now);
    return strcmp(now, register_digest_held(text_or_empty(rows_text(r, AT_DIGEST)))) == 0;
}

static struct values of_layer(const struct layer *l, struct value *room)
{
    *room = value_text(l->key);
    return (struct values){ room, is_asset(l) };
}

enum status register_each_changed(struct db *db, const struct layer *l, const struct layer_list *all, register_fault *fn, void *ctx, struct err *e)
{
    struct buf sql;
    struct value key;
    struct rows *r = NULL;
    write_question(l, all, &sql);
    enum status s = db_ask(db, sql.data, of_layer(l, &key), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        if (!is_as_loaded(l, r))
            s = fn(ctx, rows_text(r, AT_SOURCE), rows_text(r, AT_SOURCE_ID), rows_text(r, AT_ID), rows_integer(r, AT_VERSION), e);
    rows_done(r);
    buf_clear(&sql);
    return s;
}

// Whatever does not count any more was followed by its next version, or taken out.
static void write_hidden(const struct layer *l, struct buf *b)
{
    buf_printf(b, "SELECT source, source_id, id, version FROM %s t WHERE valid_to_s IS NOT NULL%s AND NOT EXISTS (SELECT 1 FROM %s n WHERE n.id = t.id AND "
                  "n.version = t.version + 1 AND n.valid_from_s = t.valid_to_s) AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.thing = '%s' AND a.thing_id = t.id "
                  "AND a.verb = 'take_out' AND a.at_s = t.valid_to_s) ORDER BY fid", l->table, is_asset(l) ? " AND kind = $1" : "", l->table, l->table);
}

// What was followed, or taken out, and counts all the same.
static void write_back_again(const struct layer *l, struct buf *b)
{
    const char *kind = is_asset(l) ? " AND t.kind = $1" : "";
    buf_printf(b, "SELECT t.source, t.source_id, t.id, t.version FROM %s n JOIN %s t ON t.id = n.id AND t.version = n.version - 1 WHERE n.version > 1 AND "
                  "t.valid_to_s IS NULL%s UNION ALL SELECT t.source, t.source_id, t.id, t.version FROM audit a JOIN %s t ON t.id = a.thing_id WHERE a.thing = '%s' "
                  "AND a.verb = 'take_out' AND t.valid_to_s IS NULL%s", l->table, l->table, kind, l->table, l->table, kind);
}

static enum status each_of(struct db *db, const struct layer *l, void (*write)(const struct layer *l, struct buf *b), register_fault *fn, void *ctx, struct err *e)
{
    struct buf sql;
    struct value key;
    struct rows *r = NULL;
    buf_init(&sql, SQL_CEILING);
    write(l, &sql);
    enum status s = db_ask(db, sql.data, of_layer(l, &key), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        s = fn(ctx, rows_text(r, 0), rows_text(r, 1), rows_text(r, 2), rows_integer(r, 3), e);
    rows_done(r);
    buf_clear(&sql);
    return s;
}

enum status register_each_hidden(struct db *db, const struct layer *l, register_fault *fn, void *ctx, struct err *e)
{
    return each_of(db, l, write_hidden, fn, ctx, e);
}

enum status register_each_back_again(struct db *db, const struct layer *l, register_fault *fn, void *ctx, struct err *e)
{
    return each_of(db, l, write_back_again, fn, ctx, e);
}

// --- All of them ----------------------------------------------------------------------------------------------------------------------

static int digit_of(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

bool register_sum_read(const char *digest, struct register_sum *out)
{
    *out = (struct register_sum){ { 0 } };
    if (strlen(digest) != TOLD_DIGEST - 1)
        return false;
    for (int i = 0; i < 64; i++) {
        int digit = digit_of(digest[i]);
        if (digit < 0)
            return false;
        out->part[i / 16] = out->part[i / 16] << 4 | (uint64_t)digit;
    }
    return true;
}

void register_sum_write(const struct register_sum *s, char out[TOLD_DIGEST])
{
    snprintf(out, TOLD_DIGEST, "%016llx%016llx%016llx%016llx", (unsigned long long)s->part[0], (unsigned long long)s->part[1],
             (unsigned long long)s->part[2], (unsigned long long)s->part[3]);
}

// As numbers of 256 bits, part[0] the highest.
static void add_sum(struct register_sum *sum, const struct register_sum *more)
{
    uint64_t carry = 0;
    for (int i = 3; i >= 0; i--) {
        uint64_t before = sum->part[i];
        sum->part[i] += more->part[i] + carry;
        carry = sum->part[i] < before || (carry != 0 && sum->part[i] == before);
    }
}

static void add_row(struct register_sum *sum, const struct rows *r)
{
    struct register_sum one;
    char words[384], hash[TOLD_DIGEST];
    int len = snprintf(words, sizeof words, "%s %lld %s %lld", rows_text(r, 0), (long long)rows_integer(r, 1), rows_text(r, 2), (long long)rows_integer(r, 3));
    hash_sha256(words, (size_t)(len < (int)sizeof words ? len : (int)sizeof words - 1), hash);
    must(register_sum_read(hash, &one));
    add_sum(sum, &one);
}

enum status register_sum_rows(struct db *db, const struct layer *l, int64_t after_fid, struct register_sum *sum, struct err *e)
{
    struct buf sql;
    struct rows *r = NULL;
    struct value v[] = { value_integer(after_fid), value_text(l->key) };
    buf_init(&sql, SQL_CEILING);
    buf_printf(&sql, "SELECT id, version, digest, valid_from_s FROM %s WHERE fid > $1%s", l->table, is_asset(l) ? " AND kind = $2" : "");
    enum status s = db_ask(db, sql.data, (struct values){ v, is_asset(l) ? 2 : 1 }, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        add_row(sum, r);
    rows_done(r);
    buf_clear(&sql);
    return s;
}

enum status register_last_fid(struct db *db, const struct layer *l, int64_t *out, struct err *e)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT coalesce(max(fid), 0) FROM %s", l->table);
    return db_integer(db, sql, NO_VALUES, out, e);
}

enum status register_sum_noted(struct db *db, const char *layer, char out[TOLD_DIGEST], int64_t *seq, struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(db, "SELECT after_sha256, seq FROM audit WHERE thing = 'layer' AND thing_id = $1 AND after_sha256 <> '' ORDER BY seq DESC LIMIT 1",
                           VALUES(value_text(layer)), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && more) {
        rows_copy(r, 0, out, TOLD_DIGEST);
        *seq = rows_integer(r, 1);
    }
    rows_done(r);
    return s == OK && !more ? NOT_FOUND : s;
}
