// filter_eval.c - a tree asked of one row of facts, with the same answers that its SQL gives.
#include "core/filter_tree.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/fold.h"
#include "gis/overlay.h"

#include <math.h>
#include <string.h>

struct eval { const struct filter_facts *facts; struct arena *arena; struct err *e; enum status status; };

static struct filter_value value_of(struct eval *v, const struct filter *f);

static struct filter_value nothing(void) { return (struct filter_value){ .kind = FILTER_VALUE_NULL }; }
static struct filter_value truth(bool is) { return (struct filter_value){ .kind = FILTER_VALUE_BOOLEAN, .integer = is }; }

static struct filter_value real(double x)   // what is no number is nothing, as in SQLite
{
    return isnan(x) ? nothing() : (struct filter_value){ .kind = FILTER_VALUE_REAL, .real = x };
}

static struct filter_value refuse(struct eval *v, enum status s)
{
    if (v->status == OK)
        v->status = s;
    return nothing();
}

static struct filter_value unlike(struct eval *v, const struct filter *f)
{
    return refuse(v, v->status != OK ? v->status
                : err_set(v->e, INVALID, "%s: the facts of this row cannot be compared so", filter_word(f->op)->text));
}

// --- Comparing two values ------------------------------------------------------------------------------------------------

static bool is_number(const struct filter_value *x)
{
    return x->kind == FILTER_VALUE_INTEGER || x->kind == FILTER_VALUE_REAL;
}

static double number(const struct filter_value *x)
{
    return x->kind == FILTER_VALUE_REAL ? x->real : (double)x->integer;
}

// A fact of a time may be told as text or as seconds.
static bool time_of(const struct filter_value *x, struct filter_time *out)
{
    if (x->kind == FILTER_VALUE_TEXT)
        return filter_time_of_date(x->text, out) || filter_time_of_timestamp(x->text, out);
    *out = (struct filter_time){ .s = x->integer, .ns = x->ns };
    return x->kind == FILTER_VALUE_TIME || x->kind == FILTER_VALUE_INTEGER;
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

// -1, 0, 1 into *out; false: they are of kinds that have no order among them.
static bool order(const struct filter_value *a, const struct filter_value *b, int *out)
{
    struct filter_time s, t;
    if (a->kind == FILTER_VALUE_TIME || b->kind == FILTER_VALUE_TIME) {
        if (!time_of(a, &s) || !time_of(b, &t))
            return false;
        *out = s.s != t.s ? ORDER(s.s, t.s) : ORDER(s.ns, t.ns);
    } else if (a->kind == FILTER_VALUE_TEXT && b->kind == FILTER_VALUE_TEXT) {
        *out = ORDER(strcmp(a->text, b->text), 0);
    } else if ((a->kind == FILTER_VALUE_INTEGER || a->kind == FILTER_VALUE_BOOLEAN) && a->kind == b->kind) {
        *out = ORDER(a->integer, b->integer);
    } else if (is_number(a) && is_number(b)) {
        *out = ORDER(number(a), number(b));
    } else {
        return false;
    }
    return true;
}

static bool holds(enum filter_op op, int order_of_them)
{
    switch (op) {
    case OP_EQ: return order_of_them == 0;
    case OP_NE: return order_of_them != 0;
    case OP_LT: return order_of_them < 0;
    case OP_GT: return order_of_them > 0;
    case OP_LE: return order_of_them <= 0;
    default: return order_of_them >= 0;
    }
}

static struct filter_value compare(struct eval *v, const struct filter *f, enum filter_op op, struct filter_value a, struct filter_value b)
{
    int way;
    if (a.kind == FILTER_VALUE_NULL || b.kind == FILTER_VALUE_NULL)
        return nothing();
    return order(&a, &b, &way) ? truth(holds(op, way)) : unlike(v, f);
}

// --- Three-valued logic ----------------------------------------------------------------------------------------------------

static bool is_truth(const struct filter_value *x, bool wanted)
{
    return x->kind == FILTER_VALUE_BOOLEAN && (x->integer != 0) == wanted;
}

// One decisive answer decides; else one unknown leaves it unknown.
static struct filter_value joined(struct filter_value all, struct filter_value next, bool decisive)
{
    if (is_truth(&all, decisive) || is_truth(&next, decisive))
        return truth(decisive);
    return all.kind == FILTER_VALUE_NULL ? all : next;
}

static struct filter_value negated(struct filter_value x)
{
    return x.kind == FILTER_VALUE_NULL ? x : truth(x.integer == 0);
}

static struct filter_value condition(struct eval *v, const struct filter *f, const struct filter *arg)
{
    struct filter_value x = value_of(v, arg);
    if (x.kind == FILTER_VALUE_INTEGER)     // a boolean told as 0 or 1
        x.kind = FILTER_VALUE_BOOLEAN;
    return x.kind == FILTER_VALUE_NULL || x.kind == FILTER_VALUE_BOOLEAN ? x : unlike(v, f);
}

static struct filter_value logic(struct eval *v, const struct filter *f)
{
    if (f->op == OP_NOT)
        return negated(condition(v, f, f->first));
    bool decisive = f->op == OP_OR;
    struct filter_value all = truth(!decisive);
    for (const struct filter *arg = f->first; arg != NULL && !is_truth(&all, decisive); arg = arg->next)
        all = joined(all, condition(v, f, arg), decisive);
    return all;
}

static struct filter_value in_list(struct eval *v, const struct filter *f)
{
    struct filter_value x = value_of(v, f->first), any = truth(false);
    for (const struct filter *arg = f->first->next; arg != NULL; arg = arg->next)
        any = joined(any, compare(v, f, OP_EQ, x, value_of(v, arg)), true);
    return any;
}

static struct filter_value between(struct eval *v, const struct filter *f)
{
    struct filter_value x = value_of(v, f->first);
    struct filter_value low = compare(v, f, OP_GE, x, value_of(v, filter_arg(f, 1)));
    return joined(low, compare(v, f, OP_LE, x, value_of(v, filter_arg(f, 2))), false);
}

// --- Text --------------------------------------------------------------------------------------------------------------------

static const char *after_character(const char *s)
{
    s++;
    while (((unsigned char)*s & 0xc0) == 0x80)
        s++;
    return s;
}

// % any text, _ one character, \ takes the next as it is. Goes back to the last % only, so the time is a product at worst.
static bool matches(const char *s, const char *pattern)
{
    const char *wild = NULL, *from = NULL;
    while (*s != '\0') {
        bool escaped = *pattern == '\\' && pattern[1] != '\0';
        if (*pattern == '%') {
            wild = ++pattern;
            from = s;
        } else if (*pattern == '_') {
            pattern++;
            s = after_character(s);
        } else if (pattern[escaped] == *s) {
            pattern += 1 + escaped;
            s++;
        } else if (wild != NULL) {
            pattern = wild;
            s = from = after_character(from);
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "%")] == '\0';
}

static struct filter_value folded(struct eval *v, const struct filter *f)
{
    struct filter_value x = value_of(v, f->first);
    if (x.kind == FILTER_VALUE_NULL)
        return x;
    if (x.kind != FILTER_VALUE_TEXT)
        return unlike(v, f);
    char *text = f->op == OP_CASEI ? fold_case(x.text) : fold_accents(x.text);
    x.text = arena_text(v->arena, text);
    mem_free(text);
    return x;
}

static struct filter_value like(struct eval *v, const struct filter *f)
{
    struct filter_value x = value_of(v, f->first), pattern = value_of(v, f->last);
    if (x.kind == FILTER_VALUE_NULL || pattern.kind == FILTER_VALUE_NULL)
        return nothing();
    if (x.kind != FILTER_VALUE_TEXT || pattern.kind != FILTER_VALUE_TEXT)
        return unlike(v, f);
    return truth(matches(x.text, pattern.text));
}

// --- Numbers -----------------------------------------------------------------------------------------------------------------

static struct filter_value raised(double a, double b)   // SpatiaLite's power() gives nothing rather than infinity
{
    double x = pow(a, b);
    return isfinite(x) ? real(x) : nothing();
}

static struct filter_value arithmetic(struct eval *v, const struct filter *f)
{
    struct filter_value left = value_of(v, f->first), right = value_of(v, f->last);
    if (left.kind == FILTER_VALUE_NULL || right.kind == FILTER_VALUE_NULL)
        return nothing();
    if (!is_number(&left) || !is_number(&right))
        return unlike(v, f);
    double a = number(&left), b = number(&right);
    bool divides = f->op == OP_DIVIDE || f->op == OP_DIV || f->op == OP_MODULO;
    if (divides && b == 0)
        return nothing();
    switch (f->op) {
    case OP_ADD: return real(a + b);
    case OP_SUBTRACT: return real(a - b);
    case OP_MULTIPLY: return real(a * b);
    case OP_DIVIDE: return real(a / b);
    case OP_DIV: return real(trunc(a / b));
    case OP_MODULO: return real(fmod(a, b));
    default: return raised(a, b);
    }
}

// --- Time --------------------------------------------------------------------------------------------------------------------

static struct filter_value end_of(struct eval *v, const struct filter *f, char which)
{
    struct filter_value x = value_of(v, f->op != OP_INTERVAL ? f : which == 's' ? f->first : f->last);
    struct filter_time t;
    if (x.kind == FILTER_VALUE_NULL)
        return x;
    if (!time_of(&x, &t))
        return unlike(v, f);
    return (struct filter_value){ .kind = FILTER_VALUE_TIME, .integer = t.s, .ns = t.ns };
}

static struct filter_value temporal(struct eval *v, const struct filter *f)
{
    const struct filter_relation *r = filter_relation(f->op);
    struct filter_value all = truth(!r->any);
    for (int i = 0; i < r->count; i++) {
        struct filter_value left = end_of(v, f->first, r->ends[i].left), right = end_of(v, f->last, r->ends[i].right);
        all = joined(all, compare(v, f, r->ends[i].op, left, right), r->any);
    }
    return all;
}

// --- Space and sets ------------------------------------------------------------------------------------------------------------

static struct filter_value spatial(struct eval *v, const struct filter *f)
{
    struct filter_value a = value_of(v, f->first), b = value_of(v, f->last);
    if (a.kind == FILTER_VALUE_NULL || b.kind == FILTER_VALUE_NULL)
        return nothing();
    if (a.kind != FILTER_VALUE_GEOMETRY || b.kind != FILTER_VALUE_GEOMETRY)
        return unlike(v, f);
    if (v->facts->overlay == NULL)
        return refuse(v, err_set(v->e, INVALID, "%s cannot be asked here: there is no geometry at hand", filter_word(f->op)->text));
    bool is;
    struct overlay_wkb left = { a.bytes, a.len }, right = { b.bytes, b.len };
    enum overlay_relation relation = (enum overlay_relation)(f->op - OP_S_INTERSECTS);  // in the same order
    enum status s = v->status == OK ? overlay_relate(v->facts->overlay, relation, left, right, &is, v->e) : v->status;
    return s == OK ? truth(is) : refuse(v, s);
}

static bool has(const struct filter_value *set, const struct filter_value *item)
{
    int way;
    for (int i = 0; i < set->items; i++)
        if (order(&set->item[i], item, &way) && way == 0)
            return true;
    return false;
}

static int common(const struct filter_value *a, const struct filter_value *b)
{
    int n = 0;
    for (int i = 0; i < a->items; i++)
        n += has(b, &a->item[i]);
    return n;
}

static struct filter_value set_relation(struct eval *v, const struct filter *f)
{
    struct filter_value a = value_of(v, f->first), b = value_of(v, f->last);
    if (a.kind == FILTER_VALUE_NULL || b.kind == FILTER_VALUE_NULL)
        return nothing();
    if (a.kind != FILTER_VALUE_ARRAY || b.kind != FILTER_VALUE_ARRAY)
        return unlike(v, f);
    bool a_in_b = common(&a, &b) == a.items, b_in_a = common(&b, &a) == b.items;
    switch (f->op) {
    case OP_A_EQUALS: return truth(a_in_b && b_in_a);
    case OP_A_CONTAINS: return truth(b_in_a);
    case OP_A_CONTAINEDBY: return truth(a_in_b);
    default: return truth(common(&a, &b) > 0);
    }
}

static struct filter_value array(struct eval *v, const struct filter *f)
{
    struct filter_value *item = arena_get(v->arena, (size_t)f->count * sizeof *item);
    int n = 0;
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next) {
        item[n] = value_of(v, arg);
        if (item[n++].kind == FILTER_VALUE_NULL)
            return nothing();   // an array that is not known whole
    }
    return (struct filter_value){ .kind = FILTER_VALUE_ARRAY, .item = item, .items = n };
}

// --- Any part ------------------------------------------------------------------------------------------------------------------

static struct filter_value geometry(struct eval *v, const struct filter *f)
{
    struct buf wkb;
    buf_init(&wkb, 1 << 20);
    filter_shape_wkb(f->shape, &wkb);
    must(!wkb.full);
    struct filter_value x = { .kind = FILTER_VALUE_GEOMETRY, .bytes = memcpy(arena_get(v->arena, wkb.len), wkb.data, wkb.len), .len = wkb.len };
    buf_clear(&wkb);
    return x;
}

static struct filter_value fact(struct eval *v, const struct filter *f)
{
    struct filter_value x = nothing();
    if (!v->facts->get(v->facts->ctx, f->text, &x))
        return nothing();
    return x.kind == FILTER_VALUE_REAL ? real(x.real) : x;
}

static struct filter_value leaf(struct eval *v, const struct filter *f)
{
    switch (f->op) {
    case OP_PROPERTY: return fact(v, f);
    case OP_TEXT: return (struct filter_value){ .kind = FILTER_VALUE_TEXT, .text = f->text };
    case OP_NUMBER: return f->is_whole ? (struct filter_value){ .kind = FILTER_VALUE_INTEGER, .integer = f->whole } : real(f->number);
    case OP_BOOLEAN: return truth(f->truth);
    case OP_GEOMETRY: return geometry(v, f);
    case OP_OPEN: return (struct filter_value){ .kind = FILTER_VALUE_TIME, .integer = f->is_end ? FILTER_FOREVER_S : -FILTER_FOREVER_S };
    default: return (struct filter_value){ .kind = FILTER_VALUE_TIME, .integer = f->time.s, .ns = f->time.ns };
    }
}

static struct filter_value value_of(struct eval *v, const struct filter *f)
{
    if (f->op <= OP_GEOMETRY)
        return leaf(v, f);
    if (filter_is_between_ops(f->op, OP_AND, OP_NOT))
        return logic(v, f);
    if (filter_is_comparison(f))
        return compare(v, f, f->op, value_of(v, f->first), value_of(v, f->last));
    if (filter_is_arithmetic(f))
        return arithmetic(v, f);
    if (filter_is_spatial(f))
        return spatial(v, f);
    if (filter_is_temporal(f))
        return temporal(v, f);
    if (filter_is_array(f))
        return set_relation(v, f);
    switch (f->op) {
    case OP_LIKE: return like(v, f);
    case OP_BETWEEN: return between(v, f);
    case OP_IN: return in_list(v, f);
    case OP_IS_NULL: return truth(value_of(v, f->first).kind == FILTER_VALUE_NULL);
    case OP_CASEI: case OP_ACCENTI: return folded(v, f);
    case OP_ARRAY: return array(v, f);
    default: break;
    }
    return refuse(v, v->status != OK ? v->status : err_set(v->e, INVALID, "%.80s cannot be asked of a row",
                                                            f->op == OP_FUNCTION ? f->text : "INTERVAL"));
}

enum status filter_eval(const struct filter *f, const struct filter_facts *facts, struct arena *a, enum filter_truth *out, struct err *e)
{
    struct eval v = { .facts = facts, .arena = a, .e = e };
    struct filter_value x = value_of(&v, f);
    if (v.status != OK)
        return v.status;
    if (x.kind == FILTER_VALUE_NULL)
        *out = FILTER_UNKNOWN;
    else if (x.kind == FILTER_VALUE_BOOLEAN || x.kind == FILTER_VALUE_INTEGER)
        *out = x.integer != 0 ? FILTER_TRUE : FILTER_FALSE;
    else
        return err_set(e, INVALID, "the filter is no condition");
    return OK;
}
