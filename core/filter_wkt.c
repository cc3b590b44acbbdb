// filter_wkt.c - geometries of CQL2 text: WKT and BBOX.
#include "core/filter_scan.h"

#include <stdlib.h>
#include <string.h>

// [sign] number
static enum status ordinate(struct filter_scan *s, double *out)
{
    bool minus = filter_scan_is(s, "-");
    if (minus || filter_scan_is(s, "+"))
        filter_scan_next(s);
    if (s->token.kind != TOKEN_NUMBER)
        return filter_scan_expected(s, "a coordinate");
    double value = strtod(s->text + s->token.at, NULL);
    *out = minus ? -value : value;
    filter_scan_next(s);
    return OK;
}

static enum status vertex(struct filter_scan *s, struct filter_shape *to)
{
    double place[3];
    int n = 0;
    do {
        if (ordinate(s, &place[n]) != OK)
            return s->tree.status;
        n++;
    } while (n < 2 || (n < 3 && !filter_scan_is(s, ",") && !filter_scan_is(s, ")")));
    return filter_shape_vertex(&s->tree, to, place, n);
}

// x y [z], ... without the brackets.
static enum status vertices(struct filter_scan *s, struct filter_shape *to)
{
    do {
        if (vertex(s, to) != OK)
            return s->tree.status;
    } while (to->kind != SHAPE_POINT && filter_scan_take(s, ","));
    return OK;
}

static enum status box(struct filter_scan *s, struct filter_shape *to)
{
    double side[6];
    int n = 0;
    do {
        if (ordinate(s, &side[n++]) != OK)
            return s->tree.status;
    } while (n < 6 && filter_scan_take(s, ","));
    if (n != 4 && n != 6)
        return filter_fail(&s->tree, err_set(s->tree.e, INVALID, "BBOX takes 4 or 6 numbers, not %d", n));
    enum status low = filter_shape_vertex(&s->tree, to, side, n / 2);
    return low != OK ? low : filter_shape_vertex(&s->tree, to, side + n / 2, n / 2);
}

static enum status body(struct filter_scan *s, struct filter_shape *to);

static enum status parts(struct filter_scan *s, struct filter_shape *to)
{
    do {
        struct filter_shape *part;
        if (to->kind == SHAPE_COLLECTION) {
            part = filter_scan_shape(s);
        } else {
            part = filter_shape_make(&s->tree, filter_shape_part(to->kind));
            bool bare = part->kind == SHAPE_POINT && !filter_scan_is(s, "(");   // MULTIPOINT (1 2, 3 4), as many write it
            if ((bare ? vertices(s, part) : body(s, part)) != OK)
                return s->tree.status;
        }
        if (part == NULL)
            return s->tree.status;
        filter_shape_add(to, part);
    } while (filter_scan_take(s, ","));
    return OK;
}

static enum status body(struct filter_scan *s, struct filter_shape *to)
{
    if (filter_scan_need(s, "(") != OK)
        return s->tree.status;
    bool flat = to->kind == SHAPE_POINT || to->kind == SHAPE_LINE || to->kind == SHAPE_RING;
    if ((to->kind == SHAPE_BOX ? box(s, to) : flat ? vertices(s, to) : parts(s, to)) != OK)
        return s->tree.status;
    return filter_scan_need(s, ")");
}

struct filter_shape *filter_scan_shape(struct filter_scan *s)
{
    enum filter_shape_kind kind = s->token.kind == TOKEN_NAME ? filter_shape_of_word(s->text + s->token.at, s->token.len) : 0;
    if (kind == 0) {
        filter_scan_expected(s, "a geometry");
        return NULL;
    }
    if (filter_scan_deeper(s) != OK)
        return NULL;
    filter_scan_next(s);
    if (kind != SHAPE_BOX)
        filter_scan_take(s, "Z");
    struct filter_shape *shape = filter_shape_make(&s->tree, kind);
    if (body(s, shape) != OK || filter_shape_check(&s->tree, shape) != OK)
        return NULL;
    s->nesting--;
    return shape;
}
