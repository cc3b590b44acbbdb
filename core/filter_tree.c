#include "core/filter_tree.h"
#include "core/base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct filter_word words[OPS] = {
    [OP_PROPERTY] = { "a property", NULL, 0, 0, 0 },
    [OP_AND] = { "AND", "and", 2, FILTER_NODES_MOST, 0 },
    [OP_OR] = { "OR", "or", 2, FILTER_NODES_MOST, 0 },
    [OP_NOT] = { "NOT", "not", 1, 1, 0 },
    [OP_EQ] = { "=", "=", 2, 2, 0 }, [OP_NE] = { "<>", "<>", 2, 2, 0 },
    [OP_LT] = { "<", "<", 2, 2, 0 }, [OP_GT] = { ">", ">", 2, 2, 0 },
    [OP_LE] = { "<=", "<=", 2, 2, 0 }, [OP_GE] = { ">=", ">=", 2, 2, 0 },
    [OP_LIKE] = { "LIKE", "like", 2, 2, FILTER_ADVANCED_COMPARISON },
    [OP_BETWEEN] = { "BETWEEN", "between", 3, 3, FILTER_ADVANCED_COMPARISON },
    [OP_IN] = { "IN", "in", 2, FILTER_NODES_MOST, FILTER_ADVANCED_COMPARISON },
    [OP_IS_NULL] = { "IS NULL", "isNull", 1, 1, 0 },
    [OP_ADD] = { "+", "+", 2, 2, FILTER_ARITHMETIC }, [OP_SUBTRACT] = { "-", "-", 2, 2, FILTER_ARITHMETIC },
    [OP_MULTIPLY] = { "*", "*", 2, 2, FILTER_ARITHMETIC }, [OP_DIVIDE] = { "/", "/", 2, 2, FILTER_ARITHMETIC },
    [OP_DIV] = { "DIV", "div", 2, 2, FILTER_ARITHMETIC }, [OP_MODULO] = { "%", "%", 2, 2, FILTER_ARITHMETIC },
    [OP_POWER] = { "^", "^", 2, 2, FILTER_ARITHMETIC },
    [OP_CASEI] = { "CASEI", "casei", 1, 1, FILTER_CASE_INSENSITIVE },
    [OP_ACCENTI] = { "ACCENTI", "accenti", 1, 1, FILTER_ACCENT_INSENSITIVE },
    [OP_S_INTERSECTS] = { "S_INTERSECTS", "s_intersects", 2, 2, FILTER_BASIC_SPATIAL },
    [OP_S_EQUALS] = { "S_EQUALS", "s_equals", 2, 2, FILTER_SPATIAL },
    [OP_S_DISJOINT] = { "S_DISJOINT", "s_disjoint", 2, 2, FILTER_SPATIAL },
    [OP_S_TOUCHES] = { "S_TOUCHES", "s_touches", 2, 2, FILTER_SPATIAL },
    [OP_S_WITHIN] = { "S_WITHIN", "s_within", 2, 2, FILTER_SPATIAL },
    [OP_S_OVERLAPS] = { "S_OVERLAPS", "s_overlaps", 2, 2, FILTER_SPATIAL },
    [OP_S_CROSSES] = { "S_CROSSES", "s_crosses", 2, 2, FILTER_SPATIAL },
    [OP_S_CONTAINS] = { "S_CONTAINS", "s_contains", 2, 2, FILTER_SPATIAL },
    [OP_T_AFTER] = { "T_AFTER", "t_after", 2, 2, FILTER_TEMPORAL },
    [OP_T_BEFORE] = { "T_BEFORE", "t_before", 2, 2, FILTER_TEMPORAL },
    [OP_T_CONTAINS] = { "T_CONTAINS", "t_contains", 2, 2, FILTER_TEMPORAL },
    [OP_T_DISJOINT] = { "T_DISJOINT", "t_disjoint", 2, 2, FILTER_TEMPORAL },
    [OP_T_DURING] = { "T_DURING", "t_during", 2, 2, FILTER_TEMPORAL },
    [OP_T_EQUALS] = { "T_EQUALS", "t_equals", 2, 2, FILTER_TEMPORAL },
    [OP_T_FINISHEDBY] = { "T_FINISHEDBY", "t_finishedBy", 2, 2, FILTER_TEMPORAL },
    [OP_T_FINISHES] = { "T_FINISHES", "t_finishes", 2, 2, FILTER_TEMPORAL },
    [OP_T_INTERSECTS] = { "T_INTERSECTS", "t_intersects", 2, 2, FILTER_TEMPORAL },
    [OP_T_MEETS] = { "T_MEETS", "t_meets", 2, 2, FILTER_TEMPORAL },
    [OP_T_METBY] = { "T_METBY", "t_metBy", 2, 2, FILTER_TEMPORAL },
    [OP_T_OVERLAPPEDBY] = { "T_OVERLAPPEDBY", "t_overlappedBy", 2, 2, FILTER_TEMPORAL },
    [OP_T_OVERLAPS] = { "T_OVERLAPS", "t_overlaps", 2, 2, FILTER_TEMPORAL },
    [OP_T_STARTEDBY] = { "T_STARTEDBY", "t_startedBy", 2, 2, FILTER_TEMPORAL },
    [OP_T_STARTS] = { "T_STARTS", "t_starts", 2, 2, FILTER_TEMPORAL },
    [OP_A_EQUALS] = { "A_EQUALS", "a_equals", 2, 2, FILTER_ARRAYS },
    [OP_A_CONTAINS] = { "A_CONTAINS", "a_contains", 2, 2, FILTER_ARRAYS },
    [OP_A_CONTAINEDBY] = { "A_CONTAINEDBY", "a_containedBy", 2, 2, FILTER_ARRAYS },
    [OP_A_OVERLAPS] = { "A_OVERLAPS", "a_overlaps", 2, 2, FILTER_ARRAYS },
};

const struct filter_word *filter_word(enum filter_op op)
{
    must(op < OPS);
    return &words[op];
}

enum filter_op filter_op_of_function(const char *name, size_t len)
{
    for (enum filter_op op = OP_CASEI; op < OPS; op++)
        if (strlen(words[op].text) == len && strncasecmp(words[op].text, name, len) == 0)
            return op;
    return OPS;
}

enum filter_op filter_op_of_json(const char *name)
{
    for (enum filter_op op = OP_AND; op < OPS; op++)
        if (strcasecmp(words[op].json, name) == 0)
            return op;
    return OPS;
}

enum status filter_fail(struct filter_tree *t, enum status s)
{
    return t->status = s;
}

struct filter *filter_leaf(struct filter_tree *t, enum filter_op op, size_t at)
{
    if (++t->nodes > FILTER_NODES_MOST) {
        filter_fail(t, err_set(t->e, TOO_BIG, "the filter has more than %d values, names and operators; ask for less at a time",
                               FILTER_NODES_MOST));
        return NULL;
    }
    struct filter *f = arena_get(t->arena, sizeof *f);
    f->op = op;
    f->at = at;
    f->depth = 1;
    return f;
}

// Whole numbers are kept exactly as long as int64 holds them; 2.0 is 2.
struct filter *filter_double(struct filter_tree *t, size_t at, double number)
{
    static const double WHOLE_MOST = 9007199254740992.0;
    if (!isfinite(number)) {
        filter_fail(t, err_set(t->e, INVALID, "a number of the filter is too large: above 1.8e308"));
        return NULL;
    }
    struct filter *f = filter_leaf(t, OP_NUMBER, at);
    if (f == NULL)
        return NULL;
    f->number = number + 0.0;   // no minus zero
    f->is_whole = fabs(number) <= WHOLE_MOST && floor(number) == number;
    if (f->is_whole)
        f->whole = (int64_t)number;
    return f;
}

// The ends of int64 also mean: too large, and stay double.
static void set_whole(struct filter *f, int64_t whole)
{
    f->is_whole = whole > INT64_MIN && whole < INT64_MAX;
    f->whole = f->is_whole ? whole : 0;
}

struct filter *filter_number(struct filter_tree *t, size_t at, const char *digits, size_t len, bool negative)
{
    enum { DIGITS_MOST = 400 };
    char text[DIGITS_MOST + 2] = { negative ? '-' : '+' };
    if (len > DIGITS_MOST) {
        filter_fail(t, err_set(t->e, TOO_BIG, "a number of the filter has more than %d characters", DIGITS_MOST));
        return NULL;
    }
    memcpy(text + 1, digits, len);
    struct filter *f = filter_double(t, at, strtod(text, NULL));
    if (f == NULL || f->is_whole || strspn(digits, "0123456789") < len)
        return f;
    set_whole(f, strtoll(text, NULL, 10));
    return f;
}

struct filter *filter_whole(struct filter_tree *t, size_t at, int64_t number)
{
    struct filter *f = filter_double(t, at, (double)number);
    if (f != NULL)
        set_whole(f, number);
    return f;
}

struct filter *filter_instant(struct filter_tree *t, enum filter_op op, size_t at, const char *text)
{
    struct filter_time time;
    bool good = op == OP_DATE ? filter_time_of_date(text, &time) : filter_time_of_timestamp(text, &time);
    if (!good) {
        filter_fail(t, op == OP_DATE
            ? err_set(t->e, INVALID, "\"%.40s\" is no date; write it like 2026-11-22", text)
            : err_set(t->e, INVALID, "\"%.40s\" is no moment; write it like 2026-11-22T08:00:00Z", text));
        return NULL;
    }
    struct filter *f = filter_leaf(t, op, at);
    if (f != NULL)
        f->time = time;
    return f;
}

struct filter *filter_add(struct filter_tree *t, struct filter *to, struct filter *child)
{
    if (to == NULL || child == NULL)
        return NULL;
    if (child->depth >= FILTER_DEPTH_MOST) {
        filter_fail(t, err_set(t->e, TOO_BIG, "the filter is nested more than %d deep", FILTER_DEPTH_MOST));
        return NULL;
    }
    if (to->last != NULL)
        to->last->next = child;
    else
        to->first = child;
    to->last = child;
    to->count++;
    if (to->depth <= child->depth)
        to->depth = child->depth + 1;
    return to;
}

struct filter *filter_branch(struct filter_tree *t, enum filter_op op, size_t at, struct filter *first)
{
    struct filter *f = filter_leaf(t, op, at);
    return first == NULL ? f : filter_add(t, f, first);
}

const struct filter *filter_arg(const struct filter *f, int i)
{
    must(i >= 0 && i < f->count);
    const struct filter *arg = f->first;
    while (i-- > 0)
        arg = arg->next;
    return arg;
}
