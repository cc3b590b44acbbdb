#include "core/feature_inside.h"

#include "core/base/date.h"
#include "core/base/mem.h"
#include "core/store/view_rows.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- Columns --------------------------------------------------------------------------------------------------------------

// Dates and what is kept in JSON have a column of their own in the tables of registers.
const char *feature_column(const struct layer *l, const struct property *p, char out[FEATURE_COLUMN])
{
    if (l->is_register)
        view_column(p, out);
    else
        snprintf(out, FEATURE_COLUMN, "%s", p->column);
    return out;
}

bool feature_is_kept_as_text(const struct layer *l, const struct property *p) { return p->type == PROPERTY_DATE && l->is_register; }

struct filter_scope feature_scope(const struct layer *l, const struct viewer *v, struct arena *a)
{
    static const enum filter_type types[PROPERTY_TYPES] = {
        [PROPERTY_TEXT] = FILTER_TEXT, [PROPERTY_NUMBER] = FILTER_NUMBER, [PROPERTY_INTEGER] = FILTER_INTEGER,
        [PROPERTY_DATE] = FILTER_DATE, [PROPERTY_INSTANT] = FILTER_INSTANT, [PROPERTY_BOOLEAN] = FILTER_BOOLEAN,
    };
    char column[FEATURE_COLUMN], window[FEATURE_COLUMN];
    struct filter_queryable *q = arena_get(a, ((size_t)l->properties + 2) * sizeof *q);
    int n = 0;
    for (int i = 0; i < l->properties; i++) {
        const struct property *p = &l->property[i];
        if (!visible_property(v, l, p))
            continue;
        q[n++] = (struct filter_queryable){ .name = p->name, .type = types[p->type], .column = arena_text(a, feature_column(l, p, column)),
                                            .kept = feature_is_kept_as_text(l, p) ? FILTER_AS_TEXT : FILTER_AS_SECONDS, .code = property_codes(p, a) };
    }
    if (layer_property(l, "id") == NULL)
        q[n++] = (struct filter_queryable){ .name = "id", .type = FILTER_TEXT, .column = "id" };
    snprintf(window, sizeof window, "idx_%s_%s", l->table, l->shape);
    q[n++] = (struct filter_queryable){ .name = "geometry", .type = FILTER_GEOMETRY, .column = l->shape, .row_column = "fid",
                                        .window_table = l->geometry == LAYER_ANY ? NULL : arena_text(a, window) };
    return (struct filter_scope){ q, n, FILTER_ALL_CLASSES };
}

// --- Values ---------------------------------------------------------------------------------------------------------------

bool feature_has(const struct feature *f, int property)
{
    return f->seen[property] && !rows_is_null(f->rows, FIRST_PROPERTY + property);
}

static const char *day_text(const struct feature *f, int property)
{
    enum { DAY_S = 86400 };
    double day = floor((double)(feature_integer(f, property) + f->zone_offset_s) / DAY_S);
    date_write(date_of_day((int32_t)day), f->day[property]);
    return f->day[property];
}

const char *feature_text(const struct feature *f, int property)
{
    const struct property *p = &f->layer->property[property];
    if (!feature_has(f, property))
        return NULL;
    return p->type == PROPERTY_DATE && !feature_is_kept_as_text(f->layer, p) ? day_text(f, property) : rows_text(f->rows, FIRST_PROPERTY + property);
}

double feature_number(const struct feature *f, int property) { return feature_has(f, property) ? rows_real(f->rows, FIRST_PROPERTY + property) : NAN; }
int64_t feature_integer(const struct feature *f, int property) { return rows_integer(f->rows, FIRST_PROPERTY + property); }

static struct tile_property text_value(const char *key, const char *text)
{
    return (struct tile_property){ .key = key, .kind = text != NULL ? TILE_TEXT : TILE_NULL, .text = text };
}

struct tile_property feature_value(const struct feature *f, int property, char moment[WHEN_TEXT])
{
    const struct property *p = &f->layer->property[property];
    if (!feature_has(f, property))
        return (struct tile_property){ .key = p->name, .kind = TILE_NULL };
    switch (p->type) {
    case PROPERTY_NUMBER: return (struct tile_property){ .key = p->name, .kind = TILE_REAL, .real = feature_number(f, property) };
    case PROPERTY_INTEGER: return (struct tile_property){ .key = p->name, .kind = TILE_INTEGER, .integer = feature_integer(f, property) };
    case PROPERTY_BOOLEAN: return (struct tile_property){ .key = p->name, .kind = TILE_TRUTH, .truth = feature_integer(f, property) != 0 };
    case PROPERTY_INSTANT: return text_value(p->name, when_write(feature_integer(f, property), moment) ? moment : NULL);
    default: return text_value(p->name, feature_text(f, property));
    }
}

// --- Asking ---------------------------------------------------------------------------------------------------------------

// Asked once for a query, not for each value.
static const bool *properties_seen(const struct feature_query *q, struct arena *a)
{
    const struct layer *l = q->layer;
    bool *seen = arena_get(a, ((size_t)l->properties + 1) * sizeof *seen);
    for (int i = 0; i < l->properties; i++)
        seen[i] = visible_property(q->viewer, l, &l->property[i]) && (!q->for_map || (l->property[i].is_on_map && !l->property[i].is_personal));
    return seen;
}

// What is read of each row: id, fid, shape, then every property in the layer's order.
static void write_select(const struct feature_query *q, const bool *seen, struct buf *sql)
{
    char column[FEATURE_COLUMN];
    const struct layer *l = q->layer;
    buf_printf(sql, "SELECT t.id, t.fid, %s, ", l->is_register ? "t.version" : "0");
    if (q->shapeless)
        buf_text(sql, "NULL");
    else
        buf_printf(sql, "ST_AsBinary(t.%s)", l->shape);
    for (int i = 0; i < l->properties; i++)
        buf_printf(sql, ", %s%s", seen[i] ? "t." : "", seen[i] ? feature_column(l, &l->property[i], column) : "NULL");
}

static struct feature feature_of(const struct feature_query *q, const bool *seen, const struct rows *r)
{
    struct feature f = { .layer = q->layer, .viewer = q->viewer, .id = rows_text(r, ID_COLUMN), .fid = rows_integer(r, FID_COLUMN),
                         .version = rows_integer(r, VERSION_COLUMN), .rows = r, .seen = seen };
    if (!rows_is_null(r, SHAPE_COLUMN))
        f.wkb = rows_bytes(r, SHAPE_COLUMN, &f.wkb_len);
    return f;
}

struct visit { feature_visit *fn; void *ctx; const bool *seen; };

// One more than asked for tells whether there is a next page.
static enum status visit_rows(struct work *w, const struct feature_query *q, struct rows *r, const struct visit *v, char next[FEATURE_CURSOR])
{
    char cursor[FEATURE_CURSOR] = "";
    enum status s = OK;
    bool more = true;
    int64_t count = 0;
    char day[FEATURE_PROPERTIES][11];
    while (s == OK && (s = rows_next(r, &more, w->e)) == OK && more) {
        if (q->limit > 0 && count == q->limit)
            break;
        struct feature f = feature_of(q, v->seen, r);
        f.zone_offset_s = w->district->zone_offset_s;
        f.day = day;
        count++;
        if (next != NULL && count == q->limit)
            feature_cursor(&f, q, cursor);
        s = v->fn(v->ctx, &f, w->e);
    }
    if (next != NULL)
        memcpy(next, more && s == OK ? cursor : "", more && s == OK ? sizeof cursor : 1);
    return s;
}

enum status feature_each(struct work *w, const struct feature_query *q, feature_visit *fn, void *ctx, char next[FEATURE_CURSOR])
{
    struct visit visit = { .fn = fn, .ctx = ctx };
    struct question a;
    struct rows *r = NULL;
    struct buf sql;
    question_begin(&a);
    buf_init(&sql, FEATURE_SQL_CEILING);
    enum status s = question_ask(w, q, &a);
    if (s == OK)
        s = page_after(q, &a, w->e);
    if (s == OK) {
        page_order(q, &a);
        visit.seen = properties_seen(q, a.arena);
        write_select(q, visit.seen, &sql);
        buf_text(&sql, a.clause.text.data);
        if (q->limit > 0)
            buf_printf(&sql, " LIMIT %lld", (long long)q->limit + 1);
        s = sql.full || a.clause.text.full ? err_set(w->e, TOO_BIG, "the query is too long") : db_ask(w->db, sql.data, (struct values){ a.value, a.values }, &r, w->e);
    }
    if (s == OK)
        s = visit_rows(w, q, r, &visit, next);
    rows_done(r);
    buf_clear(&sql);
    question_end(&a);
    return s;
}

struct single { feature_visit *fn; void *ctx; bool found; };

static enum status visit_single(void *ctx, const struct feature *f, struct err *e)
{
    struct single *one = ctx;
    one->found = true;
    return one->fn(one->ctx, f, e);
}

enum status feature_get(struct work *w, const struct layer *l, const struct viewer *v, const char *id, feature_visit *fn, void *ctx)
{
    static const struct property by_id = { .name = "id", .type = PROPERTY_TEXT, .column = "id", .held_in = "id" };
    struct feature_query q = { .layer = l, .viewer = v, .equal = { { &by_id, id } }, .equals = 1, .limit = 1 };
    struct single one = { fn, ctx, false };
    enum status s = feature_each(w, &q, visit_single, &one, NULL);
    return s == OK && !one.found ? err_set(w->e, NOT_FOUND, "there is no feature \"%.60s\" in %s", id, l->key) : s;
}

// --- Extent ---------------------------------------------------------------------------------------------------------------

static void read_extent(const struct rows *r, struct lonlat_box *box, bool *found, int64_t *from_s, int64_t *to_s)
{
    *found = !rows_is_null(r, 0);
    if (*found)
        *box = (struct lonlat_box){ rows_real(r, 0), rows_real(r, 1), rows_real(r, 2), rows_real(r, 3) };
    if (from_s == NULL)
        return;
    *from_s = rows_is_null(r, 4) ? INT64_MIN : rows_integer(r, 4);
    *to_s = rows_is_null(r, 5) ? INT64_MAX : rows_integer(r, 5);
}

static void write_times(const struct layer *l, struct buf *sql)
{
    const struct property *to = l->time_end != NULL ? l->time_end : l->time;
    if (l->time != NULL && l->time->column != NULL && to->column != NULL)
        buf_printf(sql, ", min(t.%s), max(t.%s)", l->time->column, to->column);
    else
        buf_text(sql, ", NULL, NULL");
}

// Of a large register the tree knows, also for rows that are past: it reaches as far, or a little further.
static bool is_told_by_tree(const struct layer *l, bool is_large) { return is_large && strcmp(l->table, "asset") != 0; }

static void write_extent(const struct layer *l, bool is_large, const struct question *a, struct buf *sql)
{
    if (is_told_by_tree(l, is_large)) {
        buf_printf(sql, "SELECT min(xmin), min(ymin), max(xmax), max(ymax), NULL, NULL FROM idx_%s_%s", l->table, l->shape);
        return;
    }
    buf_printf(sql, "SELECT min(MbrMinX(t.%s)), min(MbrMinY(t.%s)), max(MbrMaxX(t.%s)), max(MbrMaxY(t.%s))", l->shape, l->shape, l->shape, l->shape);
    if (is_large)
        buf_text(sql, ", NULL, NULL");
    else
        write_times(l, sql);
    buf_text(sql, a->clause.text.data);
}

enum status feature_extent(struct work *w, const struct layer *l, const struct viewer *v, struct lonlat_box *box, bool *found, int64_t *from_s,
                           int64_t *to_s)
{
    struct feature_query q = { .layer = l, .viewer = v };
    bool is_large = feature_is_large(w, l, v), more = false;
    struct question a;
    struct rows *r = NULL;
    struct buf sql;
    question_begin(&a);
    buf_init(&sql, FEATURE_SQL_CEILING);
    enum status s = question_ask(w, &q, &a);
    if (s == OK) {
        write_extent(l, is_large, &a, &sql);
        s = db_ask(w->db, sql.data, is_told_by_tree(l, is_large) ? NO_VALUES : (struct values){ a.value, a.values }, &r, w->e);
    }
    if (s == OK)
        s = rows_next(r, &more, w->e);
    if (s == OK && more)
        read_extent(r, box, found, from_s, to_s);
    rows_done(r);
    buf_clear(&sql);
    question_end(&a);
    return s;
}
