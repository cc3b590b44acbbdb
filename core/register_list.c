#include "core/register_list.h"

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/store/register_list_rows.h"
#include "core/store/tally_rows.h"
#include "core/visible.h"
#include "core/words.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t ARENA_BYTES = FILTER_ARENA_BYTES + (32u << 20);
enum { OWN_QUERYABLES = 6, MATCH_CEILING = 4096, PROPERTIES_MOST = 100, ROWS_ALWAYS_FEW = 2000, SIGHT_CEILING = 16 << 20 };

struct asked {
    struct work *w;
    const struct register_question *q;
    struct arena *arena;
    struct layer *layer;
    const struct tallied *tallied;
    const struct filter *filter;             // NULL: none
    struct filter_scope scope;
    struct filter_sql where;
    struct filter_window window;
    struct register_trip trip;
    struct viewer viewer;
    bool is_program, is_limited;             // the program itself sees all; limited: who asks sees some of the rows only
};

// --- What may be asked ----------------------------------------------------------------------------------------------------------

static enum filter_type type_of(const struct property *p)
{
    static const enum filter_type types[] = { [PROPERTY_TEXT] = FILTER_TEXT, [PROPERTY_NUMBER] = FILTER_NUMBER, [PROPERTY_INTEGER] = FILTER_INTEGER,
                                              [PROPERTY_DATE] = FILTER_DATE };
    return types[p->type];
}

static void make_scope(struct asked *a)
{
    const struct layer *l = a->layer;
    const char *shape = register_has_outline(l) ? "outline" : "geom";
    size_t room = strlen(l->table) + strlen(shape) + 8;
    char *tree = arena_get(a->arena, room);
    snprintf(tree, room, "idx_%s_%s", l->table, shape);
    struct filter_queryable own[OWN_QUERYABLES] = {
        { .name = "geometry", .type = FILTER_GEOMETRY, .column = shape, .window_table = tree, .row_column = "fid" },
        { .name = "id", .type = FILTER_TEXT, .column = "id" }, { .name = "source", .type = FILTER_TEXT, .column = "source" },
        { .name = "source_id", .type = FILTER_TEXT, .column = "source_id" }, { .name = "cell_code", .type = FILTER_TEXT, .column = "cell_code" },
        { .name = "community_code", .type = FILTER_TEXT, .column = "community_code" },
    };
    struct filter_queryable *list = arena_get(a->arena, (size_t)(OWN_QUERYABLES + l->properties) * sizeof *list);
    int count = 0;
    for (int i = 0; i < l->properties; i++) {
        const struct property *p = &l->property[i];
        if (!p->is_personal || (a->q->personal && (a->is_program || visible_property(&a->viewer, l, p))))
            list[count++] = (struct filter_queryable){ .name = p->name, .type = type_of(p), .column = p->held_in, .code = property_codes(p, a->arena),
                                                       .kept = p->column != NULL ? FILTER_AS_SECONDS : FILTER_AS_TEXT };
    }
    for (int i = 0; i < OWN_QUERYABLES; i++)
        if (layer_property(l, own[i].name) == NULL)
            list[count++] = own[i];
    a->scope = (struct filter_scope){ list, count, FILTER_ALL_CLASSES };
}

// "system" is the program at its own work: nobody's question is asked in its name.
static enum status find_viewer(struct asked *a)
{
    a->is_program = strcmp(a->w->actor, "system") == 0;
    if (a->is_program)
        return a->layer->is_register ? OK : err_set(a->w->e, NOT_FOUND, "there is no register \"%s\"", a->layer->key);
    enum status s = viewer_of(a->w, a->w->actor, a->arena, &a->viewer);
    if (s == OK && (!a->layer->is_register || !visible_layer(&a->viewer, a->layer)))
        s = err_set(a->w->e, NOT_FOUND, "there is no register \"%s\"", a->layer->key);
    a->is_limited = s == OK && !visible_whole(&a->viewer, a->layer);
    return s;
}

static enum status find_layer(struct asked *a)
{
    a->layer = arena_get(a->arena, sizeof *a->layer);
    enum status s = layer_get(a->w, a->arena, a->q->layer, a->layer);
    if (s != OK)
        return s;
    s = find_viewer(a);
    if (s != OK)
        return s;
    must(a->layer->properties <= PROPERTIES_MOST);
    a->tallied = tallied_find(a->layer->table);
    return OK;
}

static const struct property *held_in(const struct layer *l, const char *column)
{
    for (int i = 0; column != NULL && i < l->properties; i++)
        if (strcmp(l->property[i].held_in, column) == 0)
            return &l->property[i];
    return NULL;
}

// --- The question made out ------------------------------------------------------------------------------------------------------

static enum status read_filter(struct asked *a)
{
    if (a->q->where == NULL)
        return OK;
    struct filter_sql_options how = { .dialect = FILTER_SPATIALITE, .alias = "t", .first_parameter = 1 };
    enum status s = filter_parse(a->arena, a->q->where, &a->filter, a->w->e);
    if (s == OK)
        s = filter_compile(a->filter, &a->scope, &how, a->arena, &a->where, a->w->e);
    if (s == OK)
        a->trip.where = &a->where;
    return s;
}

// The one rule of who sees what (core/visible.h) is one condition more of the filter.
static enum status read_sight(struct asked *a)
{
    struct clause c;
    if (!a->is_limited)
        return OK;
    clause_init(&c, SIGHT_CEILING);
    clause_bind_all(&c, (struct values){ a->where.value, a->where.values });
    buf_printf(&c.text, "(%s)", a->trip.where != NULL ? a->where.text : "TRUE");
    visible_where(&a->viewer, a->layer, "t", &c);
    enum status s = clause_check(&c, a->w->e);
    if (s == OK) {
        struct value *v = arena_get(a->arena, ((size_t)c.values + 1) * sizeof *v);
        memcpy(v, c.value, (size_t)c.values * sizeof *v);
        a->where = (struct filter_sql){ arena_text(a->arena, c.text.data), v, c.values };
        a->trip.where = &a->where;
    }
    clause_clear(&c);
    return s;
}

static enum status read_words(struct asked *a)
{
    if (a->q->words == NULL)
        return OK;
    struct buf match;
    buf_init(&match, MATCH_CEILING);
    enum status s = words_question(a->q->words, &match, a->w->e);
    if (s == OK)
        a->trip.match = arena_text(a->arena, match.data);
    buf_clear(&match);
    return s;
}

static enum status read_window(struct asked *a)
{
    const struct filter_window *w = a->q->window;
    if (w != NULL && !(w->west <= w->east && w->south <= w->north && fabs(w->west) <= 180 && fabs(w->east) <= 180 && fabs(w->south) <= 90 &&
                       fabs(w->north) <= 90))
        return err_set(a->w->e, INVALID, "a window is west, south, east, north in degrees, west before east and south before north; %g, %g, %g, %g is none",
                       w->west, w->south, w->east, w->north);
    if (w != NULL)
        a->window = *w;
    if (w != NULL)
        a->trip.window = &a->window;
    return OK;
}

static enum status read_after(struct asked *a)
{
    struct register_trip *t = &a->trip;
    const char *text = a->q->after;
    char *end = NULL;
    if (text == NULL || text[0] == '\0')
        return OK;
    t->after_fid = strtoll(text, &end, 10);
    if (t->order == REGISTER_BY_END && *end == ':') {
        t->after_end_s = t->after_fid;
        t->after_fid = strtoll(end + 1, &end, 10);
    } else if (t->order == REGISTER_BY_END) {
        end = NULL;
    }
    if (end == NULL || *end != '\0' || end == text)
        return err_set(a->w->e, INVALID, "\"%.60s\" is no mark of a page: give the one that came with the page before, in the same order", text);
    t->has_after = true;
    return OK;
}

static enum status read_order(struct asked *a)
{
    const struct property *end = held_in(a->layer, "permit_until_s");
    a->trip.order = a->q->order;
    a->trip.end_column = end != NULL ? end->held_in : NULL;
    if (a->q->order == REGISTER_BY_END && end == NULL)
        return err_set(a->w->e, INVALID, "\"%s\" has no day on which a permit ends to be ordered by", a->layer->key);
    if (a->q->limit < 1 || a->q->limit > REGISTER_LIMIT_MOST)
        return err_set(a->w->e, INVALID, "a page has 1 to %d lines, %d are asked for", REGISTER_LIMIT_MOST, a->q->limit);
    return OK;
}

static enum status read_state(struct asked *a)
{
    const struct property *state = held_in(a->layer, a->tallied->state_column);
    a->trip.cell = a->q->cell;
    a->trip.community = a->q->community;
    a->trip.state = a->q->state;
    if (a->q->state != NULL && state == NULL)
        return err_set(a->w->e, INVALID, "\"%s\" has no state to ask for", a->layer->key);
    a->trip.usual = state != NULL ? state->fallback : NULL;
    return OK;
}

// What a filter says anyway narrows the road.
static void narrow_by_filter(struct asked *a)
{
    const struct property *state = held_in(a->layer, a->tallied->state_column);
    struct filter_window window;
    struct register_trip *t = &a->trip;
    if (a->filter == NULL)
        return;
    if (t->cell == NULL)
        t->cell = filter_equal(a->filter, "cell_code");
    if (t->community == NULL)
        t->community = filter_equal(a->filter, "community_code");
    if (t->state == NULL && state != NULL)
        t->state = filter_equal(a->filter, state->name);
    if (t->window == NULL && filter_window(a->filter, "geometry", &window)) {
        a->window = window;
        t->window = &a->window;
    }
}

// --- The road ---------------------------------------------------------------------------------------------------------------------

static enum status count_kept(const struct asked *a, const char *community, const char *cell, const char *state, int64_t *out)
{
    const char *kind = strcmp(a->layer->table, "asset") == 0 ? a->layer->key : a->tallied->kind_column == NULL ? "" : NULL;
    return tally_count(a->w->db, a->tallied, &(struct tally_row){ kind, community, cell, state }, out, a->w->e);
}

// Boxes in the window are found in no order, so all of them are looked at; row after row a page is full after limit / share of
// them. The two meet at sqrt(limit * all), a little before it since boxes lead to rows in no order.
static enum status choose_window(struct asked *a, enum register_road *out)
{
    int64_t all = 0, found = 0;
    enum status s = register_window_count(a->w->db, a->layer, a->trip.window, ROWS_ALWAYS_FEW, &found, a->w->e);
    if (s == OK && found == ROWS_ALWAYS_FEW)
        s = register_rows_about(a->w->db, a->layer, &all, a->w->e);
    int64_t most = (int64_t)sqrt((double)a->q->limit * (double)all / 2);
    if (s == OK && most > ROWS_ALWAYS_FEW)
        s = register_window_count(a->w->db, a->layer, a->trip.window, most, &found, a->w->e);
    if (s == OK && (found < ROWS_ALWAYS_FEW || found < most))
        *out = ROAD_WINDOW;
    return s;
}

static enum status choose_road(struct asked *a, bool in_order)
{
    struct register_trip *t = &a->trip;
    bool is_unusual = t->state != NULL && (t->usual == NULL || strcmp(t->state, t->usual) != 0);
    if (t->match != NULL)
        t->road = ROAD_WORDS;
    else if (t->cell != NULL)
        t->road = ROAD_CELL;
    else if (t->community != NULL)
        t->road = ROAD_COMMUNITY;
    else if (t->order == REGISTER_BY_END)
        t->road = ROAD_END;
    else
        t->road = is_unusual ? ROAD_STATE : ROAD_TAKEN;
    bool is_long = t->road == ROAD_TAKEN || t->road == ROAD_STATE || t->road == ROAD_END;
    if (t->window == NULL || !is_long)
        return OK;
    if (in_order)
        return choose_window(a, &t->road);
    t->road = ROAD_WINDOW;                   // who counts looks at all of them anyway
    return OK;
}

static enum status make_out(struct asked *a, struct work *w, const struct register_question *q)
{
    *a = (struct asked){ .w = w, .q = q, .arena = arena_open(ARENA_BYTES) };
    enum status s = find_layer(a);
    if (s == OK)
        s = layer_check(w->db, a->arena, a->layer, w->e);
    if (s != OK)
        return s;
    a->trip.layer = a->layer;
    make_scope(a);
    s = read_order(a);
    if (s == OK)
        s = read_state(a);
    if (s == OK)
        s = read_filter(a);
    if (s == OK)
        s = read_sight(a);
    if (s == OK)
        s = read_words(a);
    if (s == OK)
        s = read_window(a);
    if (s == OK)
        s = read_after(a);
    if (s == OK)
        narrow_by_filter(a);
    return s;
}

// --- Answers ------------------------------------------------------------------------------------------------------------------------

struct paging { register_line_visit *fn; void *ctx; int limit, told; int64_t fid, end_s, read_end_s; bool is_more; };

// One line more than wanted is read: it tells that there are more, and nothing else of it is told.
static enum status take_line(void *ctx, const struct register_line *line, struct err *e)
{
    struct paging *p = ctx;
    if (p->told == p->limit) {
        p->is_more = true;
        return OK;
    }
    p->told++;
    p->fid = line->fid;
    p->end_s = p->read_end_s;
    return p->fn(p->ctx, line, e);
}

static void write_token(const struct paging *p, enum register_order order, char out[REGISTER_TOKEN])
{
    out[0] = '\0';
    if (p->is_more && order == REGISTER_BY_END)
        snprintf(out, REGISTER_TOKEN, "%" PRId64 ":%" PRId64, p->end_s, p->fid);
    else if (p->is_more)
        snprintf(out, REGISTER_TOKEN, "%" PRId64, p->fid);
}

enum status register_list(struct work *w, const struct register_question *q, register_line_visit *fn, void *ctx, char next[REGISTER_TOKEN])
{
    struct asked a;
    struct paging p = { .fn = fn, .ctx = ctx, .limit = q->limit };
    enum status s = make_out(&a, w, q);
    if (s == OK)
        s = choose_road(&a, true);
    a.trip.limit = q->limit + 1;
    if (s == OK)
        s = register_trip_each(w->db, &a.trip, take_line, &p, &p.read_end_s, w->e);
    if (s == OK)
        write_token(&p, q->order, next);
    arena_close(a.arena);
    return s;
}

static bool is_known(const struct asked *a) { return !a->is_limited && a->filter == NULL && a->trip.match == NULL && a->trip.window == NULL; }

enum status register_count(struct work *w, const struct register_question *q, int64_t most, struct register_number *out)
{
    struct asked a;
    struct register_question whole = *q;
    int64_t count = 0;
    whole.order = REGISTER_AS_TAKEN;
    whole.after = NULL;
    whole.limit = 1;
    enum status s = make_out(&a, w, &whole);
    if (s == OK && is_known(&a)) {
        s = count_kept(&a, q->community, q->cell, q->state, &count);
    } else if (s == OK) {
        s = choose_road(&a, false);
        a.trip.limit = most > 0 ? most + 1 : -1;
        if (s == OK)
            s = register_trip_count(w->db, &a.trip, &count, w->e);
    }
    arena_close(a.arena);
    if (s == OK)
        *out = most > 0 && !is_known(&a) && count > most ? (struct register_number){ most, true } : (struct register_number){ count, false };
    return s;
}

enum status register_groups(struct work *w, const struct register_question *q, enum register_by by, register_group_visit *fn, void *ctx)
{
    static const enum tally_by bys[] = { [REGISTER_BY_STATE] = TALLY_STATE, [REGISTER_BY_COMMUNITY] = TALLY_COMMUNITY, [REGISTER_BY_CELL] = TALLY_CELL };
    struct asked a = { .w = w, .q = q, .arena = arena_open(ARENA_BYTES) };
    enum status s = find_layer(&a);
    if (s == OK && a.is_limited)
        s = err_set(w->e, NOT_FOUND, "figures of the whole district are for those whose view no area limits");
    if (s == OK && (q->where != NULL || q->words != NULL || q->window != NULL))
        s = err_set(w->e, INVALID, "numbers by group are kept for a layer, its cells, communities and states; a window, words or a filter are counted one by one");
    if (s == OK) {
        const char *kind = strcmp(a.layer->table, "asset") == 0 ? a.layer->key : a.tallied->kind_column == NULL ? "" : NULL;
        s = tally_each(w->db, a.tallied, &(struct tally_row){ kind, q->community, q->cell, q->state }, bys[by], fn, ctx, w->e);
    }
    arena_close(a.arena);
    return s;
}

enum status register_explain(struct work *w, const struct register_question *q, struct buf *out)
{
    struct asked a;
    enum status s = make_out(&a, w, q);
    if (s == OK)
        s = choose_road(&a, true);
    a.trip.limit = q->limit + 1;
    if (s == OK)
        s = register_trip_explain(w->db, &a.trip, out, w->e);
    arena_close(a.arena);
    return s;
}
