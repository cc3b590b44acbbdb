#include "core/store/register_list_rows.h"

#include "core/base/buf.h"
#include "core/base/mem.h"
#include <string.h>

enum { SQL_CEILING = 8 << 20, VALUES_MOST = 40, PROPERTIES_MOST = 100, OWN_COLUMNS = 9 };

bool register_has_outline(const struct layer *l) { return strcmp(l->table, "asset") == 0 && l->geometry == LAYER_AREA; }
static bool is_asset(const struct layer *l) { return strcmp(l->table, "asset") == 0; }
static const char *shape_column(const struct layer *l) { return register_has_outline(l) ? "outline" : "geom"; }

// The column by which a table's rows are told apart by state; zones are of kinds.
static const char *state_column(const struct layer *l)
{
    return strcmp(l->table, "building") == 0 ? "standing" : strcmp(l->table, "zone") == 0 ? "kind" : "state";
}

// --- Writing the question ----------------------------------------------------------------------------------------------------

struct asking { const struct register_trip *t; struct buf sql; struct value value[VALUES_MOST]; int own; };

// The filter's values stand before ours.
static void bind(struct asking *a, const char *before, struct value v)
{
    must(a->own < VALUES_MOST);
    a->value[a->own++] = v;
    buf_printf(&a->sql, "%s$%d", before, (a->t->where != NULL ? a->t->where->values : 0) + a->own);
}

// What the road's index answers: n is the narrow side of the question, only columns of that index are named on it.
static void put_road(struct asking *a)
{
    const struct register_trip *t = a->t;
    buf_text(&a->sql, "n.valid_to_s IS NULL");
    if (is_asset(t->layer))
        bind(a, " AND n.kind = ", value_text(t->layer->key));
    switch (t->road) {
    case ROAD_CELL: bind(a, " AND n.cell_code = ", value_text(t->cell)); break;
    case ROAD_COMMUNITY: bind(a, " AND n.community_code = ", value_text(t->community)); break;
    case ROAD_STATE:
        buf_printf(&a->sql, " AND n.%s", state_column(t->layer));
        bind(a, " = ", value_text(t->state));
        if (t->usual != NULL)
            buf_printf(&a->sql, " AND n.%s <> '%s'", state_column(t->layer), t->usual);   // so the index over the others is seen to serve
        break;
    case ROAD_END: buf_printf(&a->sql, " AND n.%s IS NOT NULL", t->end_column); break;
    default: break;
    }
    // The index of a community holds the state too.
    if (t->road == ROAD_COMMUNITY && t->state != NULL) {
        buf_printf(&a->sql, " AND n.%s", state_column(t->layer));
        bind(a, " = ", value_text(t->state));
    }
}

static void put_window(struct asking *a)
{
    const struct filter_window *w = a->t->window;
    bind(a, "n.xmin <= ", value_real(w->east));
    bind(a, " AND n.xmax >= ", value_real(w->west));
    bind(a, " AND n.ymin <= ", value_real(w->north));
    bind(a, " AND n.ymax >= ", value_real(w->south));
}

// Boxes of the tree are a metre larger than their shapes. Who lies inside with his whole box needs no look at his outline.
static void put_exact_window(struct asking *a)
{
    const char *g = shape_column(a->t->layer);
    const struct filter_window *w = a->t->window;
    buf_printf(&a->sql, " AND ((MbrMinX(t.%s)", g);
    bind(a, " >= ", value_real(w->west));
    buf_printf(&a->sql, " AND MbrMaxX(t.%s)", g);
    bind(a, " <= ", value_real(w->east));
    buf_printf(&a->sql, " AND MbrMinY(t.%s)", g);
    bind(a, " >= ", value_real(w->south));
    buf_printf(&a->sql, " AND MbrMaxY(t.%s)", g);
    bind(a, " <= ", value_real(w->north));
    buf_text(&a->sql, ")");
    if (a->t->layer->geometry == LAYER_AREA) {
        buf_printf(&a->sql, " OR ST_Intersects(t.%s", g);
        bind(a, ", BuildMbr(", value_real(w->west));
        bind(a, ", ", value_real(w->south));
        bind(a, ", ", value_real(w->east));
        bind(a, ", ", value_real(w->north));
        buf_text(&a->sql, ", 4326)) = 1");
    }
    buf_text(&a->sql, ")");
}

static bool is_wide(enum register_road road) { return road == ROAD_WINDOW || road == ROAD_WORDS; }

// Conditions on the whole row. + keeps the planner from leaving the road for an index of t.
static void put_rest(struct asking *a)
{
    const struct register_trip *t = a->t;
    if (is_wide(t->road)) {
        buf_text(&a->sql, " AND t.valid_to_s IS NULL");
        if (is_asset(t->layer))
            bind(a, " AND +t.kind = ", value_text(t->layer->key));
    }
    if (t->cell != NULL && t->road != ROAD_CELL)
        bind(a, " AND +t.cell_code = ", value_text(t->cell));
    if (t->community != NULL && t->road != ROAD_COMMUNITY)
        bind(a, " AND +t.community_code = ", value_text(t->community));
    if (t->state != NULL && t->road != ROAD_STATE && t->road != ROAD_COMMUNITY) {
        buf_printf(&a->sql, " AND +t.%s", state_column(t->layer));
        bind(a, " = ", value_text(t->state));
    }
    if (t->window != NULL)
        put_exact_window(a);
    if (t->where != NULL)
        buf_printf(&a->sql, " AND %s", t->where->text);
}

static bool needs_row(const struct register_trip *t)
{
    bool state_left = t->state != NULL && t->road != ROAD_STATE && t->road != ROAD_COMMUNITY;
    return is_wide(t->road) || (t->cell != NULL && t->road != ROAD_CELL) || (t->community != NULL && t->road != ROAD_COMMUNITY) || state_left ||
           t->window != NULL || t->where != NULL || (t->order == REGISTER_BY_END && t->road != ROAD_END);
}

static void put_from(struct asking *a)
{
    const struct register_trip *t = a->t;
    const char *key = "fid";
    if (t->road == ROAD_WINDOW) {
        buf_printf(&a->sql, " FROM \"idx_%s_%s\" AS n", t->layer->table, shape_column(t->layer));
        key = "pkid";
    } else if (t->road == ROAD_WORDS) {
        buf_printf(&a->sql, " FROM %s_words(", t->layer->table);
        bind(a, "", value_text(t->match));
        buf_text(&a->sql, ") AS n");
        key = "rowid";
    } else {
        buf_printf(&a->sql, " FROM %s AS n", t->layer->table);
    }
    if (needs_row(t))
        buf_printf(&a->sql, " CROSS JOIN %s AS t ON t.fid = n.%s", t->layer->table, key);
}

static const char *fid_of(const struct register_trip *t)
{
    return t->road == ROAD_WINDOW ? "n.pkid" : t->road == ROAD_WORDS ? "n.rowid" : "n.fid";
}

static void put_end(struct asking *a)
{
    buf_printf(&a->sql, "%s.%s", a->t->road == ROAD_END ? "n" : "t", a->t->end_column);
}

static void put_after(struct asking *a)
{
    const struct register_trip *t = a->t;
    if (t->order == REGISTER_BY_END && t->road != ROAD_END) {
        buf_text(&a->sql, " AND ");
        put_end(a);
        buf_text(&a->sql, " IS NOT NULL");
    }
    if (!t->has_after)
        return;
    if (t->order == REGISTER_AS_TAKEN) {
        buf_printf(&a->sql, " AND %s", fid_of(t));
        bind(a, " > ", value_integer(t->after_fid));
        return;
    }
    buf_text(&a->sql, " AND (");
    put_end(a);
    buf_printf(&a->sql, ", %s)", fid_of(t));
    bind(a, " > (", value_integer(t->after_end_s));
    bind(a, ", ", value_integer(t->after_fid));
    buf_text(&a->sql, ")");
}

// The fids of the page, in their order: only what decides is looked at.
static void put_fids(struct asking *a)
{
    const struct register_trip *t = a->t;
    buf_printf(&a->sql, "SELECT %s AS fid", fid_of(t));
    if (t->order == REGISTER_BY_END) {
        buf_text(&a->sql, ", ");
        put_end(a);
        buf_text(&a->sql, " AS ends");
    }
    put_from(a);
    buf_text(&a->sql, " WHERE ");
    if (t->road == ROAD_WINDOW)
        put_window(a);
    else if (t->road == ROAD_WORDS)
        buf_text(&a->sql, "TRUE");
    else
        put_road(a);
    put_rest(a);
    put_after(a);
}

static void put_order(struct asking *a)
{
    const struct register_trip *t = a->t;
    buf_text(&a->sql, " ORDER BY ");
    if (t->order == REGISTER_BY_END) {
        put_end(a);
        buf_text(&a->sql, ", ");
    }
    buf_text(&a->sql, fid_of(t));
    bind(a, " LIMIT ", value_integer(t->limit));
}

static void put_page(struct asking *a)
{
    const struct layer *l = a->t->layer;
    buf_text(&a->sql, "SELECT r.fid, r.id, r.source, r.source_id, r.version, r.valid_from_s, r.cell_code, r.community_code");
    buf_text(&a->sql, a->t->order == REGISTER_BY_END ? ", page.ends" : ", 0");
    for (int i = 0; i < l->properties; i++)
        buf_printf(&a->sql, ", r.%s", l->property[i].held_in);
    buf_printf(&a->sql, ", ST_AsBinary(r.%s) FROM (", shape_column(l));
    put_fids(a);
    put_order(a);
    buf_printf(&a->sql, ") AS page CROSS JOIN %s AS r ON r.fid = page.fid ORDER BY %spage.fid", l->table,
               a->t->order == REGISTER_BY_END ? "page.ends, " : "");
}

// --- Asking ----------------------------------------------------------------------------------------------------------------------

static void begin(struct asking *a, const struct register_trip *t)
{
    *a = (struct asking){ .t = t };
    buf_init(&a->sql, SQL_CEILING);
}

// The filter's values, then ours. Give *all to mem_free.
static struct values values_of(const struct asking *a, struct value **all)
{
    int first = a->t->where != NULL ? a->t->where->values : 0;
    *all = mem_get((size_t)(first + a->own), sizeof **all);
    if (first > 0)
        memcpy(*all, a->t->where->value, (size_t)first * sizeof **all);
    memcpy(*all + first, a->value, (size_t)a->own * sizeof **all);
    return (struct values){ *all, first + a->own };
}

static enum status ask(struct db *db, struct asking *a, struct value **all, struct rows **out, struct err *e)
{
    *all = NULL;
    if (a->sql.full)
        return err_set(e, TOO_BIG, "the filter is too large for a query");
    return db_ask(db, a->sql.data, values_of(a, all), out, e);
}

static struct value value_at(const struct rows *r, int column, enum property_type type)
{
    if (rows_is_null(r, column))
        return value_null();
    switch (type) {
    case PROPERTY_INTEGER: return value_integer(rows_integer(r, column));
    case PROPERTY_NUMBER: return value_real(rows_real(r, column));
    default: return value_text(rows_text(r, column));
    }
}

static enum status visit(const struct rows *r, const struct layer *l, register_line_visit *fn, void *ctx, struct err *e)
{
    struct value value[PROPERTIES_MOST];
    for (int i = 0; i < l->properties; i++) {
        const struct property *p = &l->property[i];
        bool is_seconds = p->type == PROPERTY_DATE && p->column != NULL;
        value[i] = value_at(r, OWN_COLUMNS + i, is_seconds ? PROPERTY_INTEGER : p->type);
    }
    struct register_line line = { .layer = l, .fid = rows_integer(r, 0), .id = rows_text(r, 1), .source = rows_text(r, 2), .source_id = rows_text(r, 3),
                                  .version = rows_integer(r, 4), .valid_from_s = rows_integer(r, 5), .cell_code = rows_text(r, 6),
                                  .community_code = rows_text(r, 7), .value = value };
    line.wkb = rows_bytes(r, OWN_COLUMNS + l->properties, &line.wkb_len);
    return fn(ctx, &line, e);
}

enum status register_trip_each(struct db *db, const struct register_trip *t, register_line_visit *fn, void *ctx, int64_t *last_end_s, struct err *e)
{
    struct asking a;
    struct value *all;
    struct rows *r = NULL;
    begin(&a, t);
    put_page(&a);
    enum status s = ask(db, &a, &all, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        *last_end_s = rows_integer(r, 8);
        s = visit(r, t->layer, fn, ctx, e);
    }
    rows_done(r);
    mem_free(all);
    buf_clear(&a.sql);
    return s;
}

enum status register_trip_count(struct db *db, const struct register_trip *t, int64_t *out, struct err *e)
{
    struct asking a;
    struct value *all;
    begin(&a, t);
    buf_text(&a.sql, "SELECT count(*) FROM (");
    put_fids(&a);
    bind(&a, " LIMIT ", value_integer(t->limit));
    buf_text(&a.sql, ") AS counted");
    struct values v = values_of(&a, &all);
    enum status s = a.sql.full ? err_set(e, TOO_BIG, "the filter is too large for a query") : db_integer(db, a.sql.data, v, out, e);
    mem_free(all);
    buf_clear(&a.sql);
    return s;
}

enum status register_trip_explain(struct db *db, const struct register_trip *t, struct buf *out, struct err *e)
{
    struct asking a;
    struct value *all;
    struct rows *r = NULL;
    begin(&a, t);
    buf_text(&a.sql, "EXPLAIN QUERY PLAN ");
    put_page(&a);
    enum status s = ask(db, &a, &all, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        buf_text(out, rows_text(r, 3));
        buf_text(out, "\n");
    }
    rows_done(r);
    mem_free(all);
    buf_clear(&a.sql);
    return s;
}

enum status register_rows_about(struct db *db, const struct layer *l, int64_t *out, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_CEILING);
    buf_printf(&sql, "SELECT coalesce(max(fid), 0) FROM %s", l->table);
    enum status s = db_integer(db, sql.data, NO_VALUES, out, e);
    buf_clear(&sql);
    return s;
}

enum status register_window_count(struct db *db, const struct layer *l, const struct filter_window *w, int64_t most, int64_t *out, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_CEILING);
    buf_printf(&sql, "SELECT count(*) FROM (SELECT 1 FROM \"idx_%s_%s\" WHERE xmin <= $1 AND xmax >= $2 AND ymin <= $3 AND ymax >= $4 LIMIT $5) AS boxes",
               l->table, shape_column(l));
    enum status s = db_integer(db, sql.data, VALUES(value_real(w->east), value_real(w->west), value_real(w->north), value_real(w->south),
                                                    value_integer(most)), out, e);
    buf_clear(&sql);
    return s;
}
