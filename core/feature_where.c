#include "core/feature_inside.h"

#include "core/base/date.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- The condition ----------------------------------------------------------------------------------------------------------

// Boxes of the tree are those of the shapes, and a little more: the shape itself has to meet this one.
static void add_meeting(const struct layer *l, double west, double east, const struct lonlat_box *b, struct clause *c)
{
    buf_printf(&c->text, " AND MeetsBox(t.%s, ", l->shape);
    buf_text(&c->text, clause_bind(c, value_real(west)));
    buf_text(&c->text, ", ");
    buf_text(&c->text, clause_bind(c, value_real(b->south)));
    buf_text(&c->text, ", ");
    buf_text(&c->text, clause_bind(c, value_real(east)));
    buf_text(&c->text, ", ");
    buf_text(&c->text, clause_bind(c, value_real(b->north)));
    buf_text(&c->text, ")");
}

// One in 256 of all is so little that each is looked at; the tree would name all that are there.
static void add_far_window(const struct layer *l, double west, double east, const struct lonlat_box *b, struct clause *c)
{
    static const char *const side[] = { "MbrMaxX(t.%s) >= ", " AND MbrMinX(t.%s) <= ", " AND MbrMaxY(t.%s) >= ", " AND MbrMinY(t.%s) <= " };
    const double bound[] = { west, east, b->south, b->north };
    buf_text(&c->text, "(");
    for (int i = 0; i < 4; i++) {
        char text[FEATURE_COLUMN];
        snprintf(text, sizeof text, side[i], l->shape);
        buf_text(&c->text, text);
        buf_text(&c->text, clause_bind(c, value_real(bound[i])));
    }
    buf_text(&c->text, ")");
}

static void add_window(const struct feature_query *q, double west, double east, const struct lonlat_box *b, struct clause *c)
{
    const struct layer *l = q->layer;
    if (q->thinned == 2) {
        add_far_window(l, west, east, b, c);
        return;
    }
    if (q->reach == REACH_WIDE) {
        buf_text(&c->text, "1");
        add_meeting(l, west, east, b, c);
        return;
    }
    buf_printf(&c->text, "(t.fid IN (SELECT pkid FROM idx_%s_%s WHERE xmax >= ", l->table, l->shape);
    buf_text(&c->text, clause_bind(c, value_real(west)));
    buf_text(&c->text, " AND xmin <= ");
    buf_text(&c->text, clause_bind(c, value_real(east)));
    buf_text(&c->text, " AND ymax >= ");
    buf_text(&c->text, clause_bind(c, value_real(b->south)));
    buf_text(&c->text, " AND ymin <= ");
    buf_text(&c->text, clause_bind(c, value_real(b->north)));
    buf_text(&c->text, ")");
    if (l->geometry == LAYER_ANY) {
        buf_text(&c->text, " OR t.fid IN (SELECT fid FROM ");
        buf_printf(&c->text, "%s WHERE %s IS NULL AND lon BETWEEN ", l->table, l->shape);
        buf_text(&c->text, clause_bind(c, value_real(west)));
        buf_text(&c->text, " AND ");
        buf_text(&c->text, clause_bind(c, value_real(east)));
        buf_text(&c->text, ")");
    }
    buf_text(&c->text, ")");
    if (!q->for_map)
        add_meeting(l, west, east, b, c);
}

// Over the antimeridian it is two boxes.
static void add_box(const struct feature_query *q, struct clause *c)
{
    const struct lonlat_box *b = q->box;
    if (b == NULL)
        return;
    buf_text(&c->text, " AND (");
    if (b->west <= b->east) {
        add_window(q, b->west, b->east, b, c);
    } else {
        add_window(q, b->west, 180, b, c);
        buf_text(&c->text, " OR ");
        add_window(q, -180, b->east, b, c);
    }
    buf_text(&c->text, ")");
}

// A day as "2026-11-22", a moment in seconds; what is at neither end of the interval.
static struct value time_value(const struct work *w, const struct layer *l, const struct property *p, int64_t at_s, struct arena *a)
{
    static const int64_t LAST_S = 253402300799, FIRST_S = -62135596800; // years 1 to 9999
    char day[11];
    if (!feature_is_kept_as_text(l, p))
        return value_integer(at_s);
    int64_t local_s = (at_s < FIRST_S ? FIRST_S : at_s > LAST_S ? LAST_S : at_s) + w->district->zone_offset_s;
    date_write(date_of_day((int32_t)floor((double)local_s / 86400)), day);
    return value_text(arena_text(a, day));
}

static void add_end(const struct work *w, const struct feature_query *q, const struct property *p, const char *than, int64_t at_s, struct arena *a,
                    struct clause *c)
{
    char column[FEATURE_COLUMN];
    feature_column(q->layer, p, column);
    buf_printf(&c->text, " AND (t.%s IS NULL OR t.%s %s ", column, column, than);
    buf_text(&c->text, clause_bind(c, time_value(w, q->layer, p, at_s, a)));
    buf_text(&c->text, ")");
}

static void add_time(const struct work *w, const struct feature_query *q, struct arena *a, struct clause *c)
{
    const struct layer *l = q->layer;
    if (!q->has_time || l->time == NULL)
        return;
    if (q->to_s != INT64_MAX)
        add_end(w, q, l->time, "<=", q->to_s, a, c);
    if (q->from_s != INT64_MIN)
        add_end(w, q, l->time_end != NULL ? l->time_end : l->time, ">=", q->from_s, a, c);
}

static enum status read_equal(const struct property *p, const char *text, struct value *out, struct err *e)
{
    char *end = NULL;
    double number = strtod(text, &end);
    bool is_number = text[0] != '\0' && *end == '\0' && isfinite(number);
    switch (p->type) {
    case PROPERTY_NUMBER: *out = value_real(number); break;
    case PROPERTY_INTEGER: *out = value_integer((int64_t)number); break;
    case PROPERTY_BOOLEAN: *out = value_integer(strcmp(text, "true") == 0); is_number = strcmp(text, "true") == 0 || strcmp(text, "false") == 0; break;
    default: *out = value_text(text); return OK;
    }
    return is_number ? OK : err_set(e, INVALID, p->type == PROPERTY_BOOLEAN ? "%s is true or false; \"%.60s\" was given" : "%s is a number; \"%.60s\" was given",
                                    p->name, text);
}

// A moment is asked for as an interval: a day means the whole of it.
static enum status add_instant(const struct property *p, const char *text, struct clause *c, struct err *e)
{
    int64_t from_s, to_s;
    if (!when_read_interval(text, &from_s, &to_s))
        return err_set(e, INVALID, "%s is a time like 2026-03-01T08:00:00Z or a day like 2026-03-01; \"%.60s\" was given", p->name, text);
    buf_printf(&c->text, " AND t.%s BETWEEN ", p->column);
    buf_text(&c->text, clause_bind(c, value_integer(from_s)));
    buf_text(&c->text, " AND ");
    buf_text(&c->text, clause_bind(c, value_integer(to_s)));
    return OK;
}

static enum status add_equals(const struct feature_query *q, struct clause *c, struct err *e)
{
    char column[FEATURE_COLUMN];
    enum status s = OK;
    for (int i = 0; i < q->equals && s == OK; i++) {
        const struct property *p = q->equal[i].property;
        struct value v;
        if (p->type == PROPERTY_INSTANT) {
            s = add_instant(p, q->equal[i].text, c, e);
            continue;
        }
        s = read_equal(p, q->equal[i].text, &v, e);
        buf_printf(&c->text, " AND t.%s = ", feature_column(q->layer, p, column));
        buf_text(&c->text, clause_bind(c, v));
    }
    return s;
}

void question_begin(struct question *a)
{
    *a = (struct question){ .arena = arena_open(FILTER_ARENA_BYTES) };
    clause_init(&a->clause, FEATURE_SQL_CEILING);
}

void question_end(struct question *a)
{
    clause_clear(&a->clause);
    arena_close(a->arena);
}

enum { VALUES_BEHIND = 64 };       // of the page

const char *question_bind(struct question *a, struct value v)
{
    a->value[a->values++] = v;
    snprintf(a->clause.place, sizeof a->clause.place, "$%d", a->values);
    return a->clause.place;
}

// A filter may name more values than a clause has room for: all of them go into an array of their own.
static enum status add_filter(const struct feature_query *q, struct question *a, struct err *e)
{
    struct clause *c = &a->clause;
    struct filter_sql sql = { .text = "" };
    struct filter_scope scope = feature_scope(q->layer, q->viewer, a->arena);
    struct filter_sql_options how = { .dialect = FILTER_SPATIALITE, .alias = "t", .first_parameter = c->values + 1, .windows = q->reach != REACH_WIDE };
    enum status s = q->filter != NULL ? filter_compile(q->filter, &scope, &how, a->arena, &sql, e) : OK;
    if (s != OK)
        return s;
    if (q->filter != NULL)
        buf_printf(&c->text, " AND %s", sql.text);
    a->value = arena_get(a->arena, (size_t)(c->values + sql.values + VALUES_BEHIND) * sizeof *a->value);
    memcpy(a->value, c->value, (size_t)c->values * sizeof *a->value);
    if (sql.values > 0)
        memcpy(a->value + c->values, sql.value, (size_t)sql.values * sizeof *a->value);
    a->values = c->values + sql.values;
    return OK;
}

enum status question_ask(struct work *w, const struct feature_query *q, struct question *a)
{
    struct clause *c = &a->clause;
    if (!visible_layer(q->viewer, q->layer))
        return err_set(w->e, NOT_FOUND, "there is no collection \"%.60s\"", q->layer->key);
    buf_printf(&c->text, " FROM %s AS t", q->layer->read);
    if (q->thinned == 2)
        buf_printf(&c->text, " INDEXED BY %s_far", q->layer->table);
    buf_text(&c->text, " WHERE 1");
    layer_rows(q->layer, "t", &c->text);
    if (q->thinned > 0)
        buf_text(&c->text, q->thinned == 1 ? " AND substr(t.id, -1) = '0'" : " AND substr(t.id, -2) = '00'");
    visible_where(q->viewer, q->layer, "t", c);
    if (q->fid != 0)
        buf_printf(&c->text, " AND t.fid = %s", clause_bind(c, value_integer(q->fid)));
    add_box(q, c);
    add_time(w, q, a->arena, c);
    enum status s = add_equals(q, c, w->e);
    if (s == OK)
        s = clause_check(c, w->e);
    return s == OK ? add_filter(q, a, w->e) : s;
}
