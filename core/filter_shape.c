// filter_shape.c - the geometries of an expression: made, held to their rules, written as WKT and as WKB.
#include "core/filter_tree.h"
#include "core/base/buf.h"
#include "core/base/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct { const char *word; enum filter_shape_kind part; } shapes[] = {
    [SHAPE_POINT] = { "POINT", 0 },
    [SHAPE_LINE] = { "LINESTRING", 0 },
    [SHAPE_POLYGON] = { "POLYGON", SHAPE_RING },
    [SHAPE_MULTIPOINT] = { "MULTIPOINT", SHAPE_POINT },
    [SHAPE_MULTILINE] = { "MULTILINESTRING", SHAPE_LINE },
    [SHAPE_MULTIPOLYGON] = { "MULTIPOLYGON", SHAPE_POLYGON },
    [SHAPE_COLLECTION] = { "GEOMETRYCOLLECTION", 0 },
    [SHAPE_BOX] = { "BBOX", 0 },
    [SHAPE_RING] = { NULL, 0 },
};

const char *filter_shape_word(enum filter_shape_kind kind)
{
    return shapes[kind].word;
}

enum filter_shape_kind filter_shape_of_word(const char *word, size_t len)
{
    for (enum filter_shape_kind k = SHAPE_POINT; k <= SHAPE_BOX; k++)
        if (strlen(shapes[k].word) == len && strncasecmp(shapes[k].word, word, len) == 0)
            return k;
    return 0;
}

enum filter_shape_kind filter_shape_part(enum filter_shape_kind kind)
{
    return shapes[kind].part;
}

struct filter_shape *filter_shape_make(struct filter_tree *t, enum filter_shape_kind kind)
{
    struct filter_shape *s = arena_get(t->arena, sizeof *s);
    s->kind = kind;
    return s;
}

void filter_shape_add(struct filter_shape *to, struct filter_shape *part)
{
    if (to->last != NULL)
        to->last->next = part;
    else
        to->first = part;
    to->last = part;
    to->parts++;
    to->has_z |= part->has_z;
}

enum status filter_shape_vertex(struct filter_tree *t, struct filter_shape *s, const double *ordinate, int n)
{
    if (++t->vertices > FILTER_VERTICES_MOST)
        return filter_fail(t, err_set(t->e, TOO_BIG, "the geometries of the filter have more than %d vertices; simplify them",
                                      FILTER_VERTICES_MOST));
    for (int i = 0; i < n; i++)
        if (!isfinite(ordinate[i]))
            return filter_fail(t, err_set(t->e, INVALID, "a coordinate of the filter is not finite"));
    if (s->vertices > 0 && s->has_z != (n == 3))
        return filter_fail(t, err_set(t->e, INVALID, "vertex %d of a %s has %d coordinates, those before it have %d", s->vertices + 1,
                                      s->kind == SHAPE_RING ? "POLYGON" : shapes[s->kind].word, n, s->has_z ? 3 : 2));
    s->has_z = n == 3;
    if (s->vertices == s->room) {   // doubling: the arena keeps the old ones, twice the vertices in all
        int room = s->room > 0 ? s->room * 2 : s->kind == SHAPE_POINT ? 1 : 8;
        double *more = arena_get(t->arena, (size_t)room * 3 * sizeof *more);
        if (s->vertices > 0)
            memcpy(more, s->ordinate, (size_t)s->vertices * (s->has_z ? 3 : 2) * sizeof *more);
        s->ordinate = more;
        s->room = room;
    }
    for (int i = 0; i < n; i++)
        s->ordinate[s->vertices * n + i] = ordinate[i] + 0.0;
    s->vertices++;
    return OK;
}

static int dims(const struct filter_shape *s)
{
    return s->has_z ? 3 : 2;
}

enum status filter_shape_check(struct filter_tree *t, const struct filter_shape *s)
{
    if (s->kind == SHAPE_LINE && s->vertices < 2)
        return filter_fail(t, err_set(t->e, INVALID, "a LINESTRING of the filter has %d points, it needs at least 2", s->vertices));
    if (s->kind == SHAPE_RING && s->vertices < 4)
        return filter_fail(t, err_set(t->e, INVALID, "a ring of a POLYGON has %d points, it needs at least 4", s->vertices));
    if (s->kind == SHAPE_RING) {
        const double *first = s->ordinate, *last = s->ordinate + (s->vertices - 1) * dims(s);
        if (first[0] != last[0] || first[1] != last[1])
            return filter_fail(t, err_set(t->e, INVALID, "a ring of a POLYGON does not close: it begins at %.10g %.10g and ends at %.10g %.10g",
                                          first[0], first[1], last[0], last[1]));
    }
    if (s->kind == SHAPE_BOX && s->ordinate[1] > s->ordinate[dims(s) + 1])
        return filter_fail(t, err_set(t->e, INVALID, "BBOX: its south %.10g lies north of its north %.10g", s->ordinate[1], s->ordinate[dims(s) + 1]));
    for (const struct filter_shape *part = s->first; part != NULL; part = part->next)
        if (filter_shape_check(t, part) != OK)
            return t->status;
    return OK;
}

// --- Text --------------------------------------------------------------------------------------------------------------

static void print_number(double x, struct buf *out)
{
    char text[40];
    for (int precision = 15; precision <= 17; precision++) {
        double again = 0;
        snprintf(text, sizeof text, "%.*g", precision, x);
        sscanf(text, "%lf", &again);
        if (again == x)
            break;
    }
    buf_text(out, text);
}

static void print_vertices(const struct filter_shape *s, struct buf *out)
{
    for (int i = 0; i < s->vertices; i++)
        for (int d = 0; d < dims(s); d++) {
            if (i > 0 || d > 0)
                buf_text(out, s->kind == SHAPE_BOX || d == 0 ? ", " : " ");
            print_number(s->ordinate[i * dims(s) + d], out);
        }
}

static void print_body(const struct filter_shape *s, struct buf *out)
{
    buf_text(out, "(");
    print_vertices(s, out);
    for (const struct filter_shape *part = s->first; part != NULL; part = part->next) {
        if (part != s->first)
            buf_text(out, ", ");
        if (s->kind == SHAPE_COLLECTION)
            filter_shape_print(part, out);
        else
            print_body(part, out);
    }
    buf_text(out, ")");
}

void filter_shape_print(const struct filter_shape *s, struct buf *out)
{
    buf_text(out, shapes[s->kind].word);
    if (s->kind != SHAPE_BOX)
        buf_text(out, s->has_z && s->kind != SHAPE_COLLECTION ? " Z " : " ");
    print_body(s, out);
}

// --- WKB ---------------------------------------------------------------------------------------------------------------

static void put_u32(uint32_t v, struct buf *out)
{
    uint8_t bytes[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };
    buf_add(out, bytes, sizeof bytes);
}

static void put_double(double x, struct buf *out)
{
    uint64_t v;
    memcpy(&v, &x, sizeof v);
    put_u32((uint32_t)v, out);
    put_u32((uint32_t)(v >> 32), out);
}

static void put_head(uint32_t kind, struct buf *out)
{
    buf_add(out, "\1", 1);
    put_u32(kind, out);
}

static void put_box(double west, double south, double east, double north, struct buf *out)
{
    const double corner[5][2] = { { west, south }, { east, south }, { east, north }, { west, north }, { west, south } };
    put_head(SHAPE_POLYGON, out);
    put_u32(1, out);
    put_u32(5, out);
    for (int i = 0; i < 5; i++) {
        put_double(corner[i][0], out);
        put_double(corner[i][1], out);
    }
}

static void box_wkb(const struct filter_shape *s, struct buf *out)
{
    const double *low = s->ordinate, *high = s->ordinate + dims(s);
    if (low[0] <= high[0]) {
        put_box(low[0], low[1], high[0], high[1], out);
        return;
    }
    put_head(SHAPE_MULTIPOLYGON, out);
    put_u32(2, out);
    put_box(low[0], low[1], 180, high[1], out);
    put_box(-180, low[1], high[0], high[1], out);
}

static void put_vertices(const struct filter_shape *s, struct buf *out)
{
    for (int i = 0; i < s->vertices; i++) {
        put_double(s->ordinate[i * dims(s)], out);
        put_double(s->ordinate[i * dims(s) + 1], out);
    }
}

void filter_shape_wkb(const struct filter_shape *s, struct buf *out)
{
    if (s->kind == SHAPE_BOX) {
        box_wkb(s, out);
        return;
    }
    if (s->kind != SHAPE_RING)
        put_head(s->kind, out);
    if (s->kind == SHAPE_LINE || s->kind == SHAPE_RING)
        put_u32((uint32_t)s->vertices, out);
    else if (s->kind != SHAPE_POINT)
        put_u32((uint32_t)s->parts, out);
    put_vertices(s, out);
    for (const struct filter_shape *part = s->first; part != NULL; part = part->next)
        filter_shape_wkb(part, out);
}

// --- Extent ------------------------------------------------------------------------------------------------------------

static void grow(struct filter_box *b, const struct filter_shape *s)
{
    for (int i = 0; i < s->vertices; i++) {
        double x = s->ordinate[i * dims(s)], y = s->ordinate[i * dims(s) + 1];
        b->west = fmin(b->west, x);
        b->east = fmax(b->east, x);
        b->south = fmin(b->south, y);
        b->north = fmax(b->north, y);
    }
    if (s->kind == SHAPE_BOX && s->ordinate[0] > s->ordinate[dims(s)]) {    // around the back of the Earth
        b->west = -180;
        b->east = 180;
    }
    for (const struct filter_shape *part = s->first; part != NULL; part = part->next)
        grow(b, part);
}

struct filter_box filter_shape_box(const struct filter_shape *s)
{
    struct filter_box b = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    grow(&b, s);
    return b;
}

bool filter_shape_on_earth(const struct filter_shape *s)
{
    struct filter_box b = filter_shape_box(s);
    return b.west >= -180 && b.east <= 180 && b.south >= -90 && b.north <= 90;
}
