// filter_narrow.c - what must hold wherever an expression is true, so that an index can be asked before the rows.
#include "core/filter_tree.h"

#include <math.h>
#include <string.h>

// --- The window ---------------------------------------------------------------------------------------------------------------

static bool is_property(const struct filter *f, const char *name)
{
    return f->op == OP_PROPERTY && strcmp(f->text, name) == 0;
}

// A property and a literal, in any order.
static const struct filter *literal_beside(const struct filter *f, const char *property, enum filter_op literal)
{
    if (f->count != 2)
        return NULL;
    if (is_property(f->first, property) && f->last->op == literal)
        return f->last;
    return is_property(f->last, property) && f->first->op == literal ? f->first : NULL;
}

static bool window_of_relation(const struct filter *f, const char *geometry, struct filter_window *out)
{
    const struct filter *shape = f->op != OP_S_DISJOINT ? literal_beside(f, geometry, OP_GEOMETRY) : NULL;
    if (shape == NULL)
        return false;
    struct filter_box b = filter_shape_box(shape->shape);
    *out = (struct filter_window){ b.west, b.south, b.east, b.north };
    return b.west <= b.east;             // else it crosses the antimeridian
}

static void meet(struct filter_window *a, const struct filter_window *b)
{
    *a = (struct filter_window){ fmax(a->west, b->west), fmax(a->south, b->south), fmin(a->east, b->east), fmin(a->north, b->north) };
}

static void join(struct filter_window *a, const struct filter_window *b)
{
    *a = (struct filter_window){ fmin(a->west, b->west), fmin(a->south, b->south), fmax(a->east, b->east), fmax(a->north, b->north) };
}

bool filter_window(const struct filter *f, const char *geometry, struct filter_window *out)
{
    bool all = f->op == OP_OR, found = false;
    if (filter_is_spatial(f))
        return window_of_relation(f, geometry, out);
    if (f->op != OP_AND && f->op != OP_OR)
        return false;
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next) {
        struct filter_window one;
        if (!filter_window(arg, geometry, &one)) {
            if (all)
                return false;
            continue;
        }
        if (!found)
            *out = one;
        else if (all)
            join(out, &one);
        else
            meet(out, &one);
        found = true;
    }
    return found;
}

// --- A word -------------------------------------------------------------------------------------------------------------------

const char *filter_equal(const struct filter *f, const char *property)
{
    const char *word = NULL;
    if (f->op == OP_EQ) {
        const struct filter *text = literal_beside(f, property, OP_TEXT);
        return text != NULL ? text->text : NULL;
    }
    if (f->op != OP_AND)
        return NULL;
    for (const struct filter *arg = f->first; word == NULL && arg != NULL; arg = arg->next)
        word = filter_equal(arg, property);
    return word;
}
