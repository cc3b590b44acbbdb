// filter_text.c - CQL2 text to a tree: recursive descent, one function for each level of binding.
#include "core/filter_scan.h"
#include "core/base/mem.h"

#include <string.h>
#include <strings.h>

static struct filter *condition(struct filter_scan *s);     // OR, the loosest
static struct filter *factor(struct filter_scan *s);        // a sign, a power: the tightest

static size_t here(const struct filter_scan *s)
{
    return filter_scan_character(s, s->token.at);
}

static struct filter *expected(struct filter_scan *s, const char *what)
{
    filter_scan_expected(s, what);
    return NULL;
}

// --- What is written like a function -----------------------------------------------------------------------------------

// Does the bracket in hand enclose a whole argument? Then it is a list: ('a') as an argument is an array of one.
static bool is_list(const struct filter_scan *s)
{
    if (!filter_scan_is(s, "("))
        return false;
    struct filter_scan ahead = *s;
    int open = 0;
    do {
        open += filter_scan_is(&ahead, "(") - filter_scan_is(&ahead, ")");
        filter_scan_next(&ahead);
    } while (open > 0 && ahead.token.kind != TOKEN_END && ahead.token.kind != TOKEN_BAD);
    return filter_scan_is(&ahead, ",") || filter_scan_is(&ahead, ")");
}

static struct filter *arguments(struct filter_scan *s, struct filter *to, bool lists);

static struct filter *array(struct filter_scan *s)
{
    struct filter *list = filter_leaf(&s->tree, OP_ARRAY, here(s));
    if (list == NULL || filter_scan_deeper(s) != OK)
        return NULL;
    list = arguments(s, list, true);
    s->nesting--;
    return list;
}

// ( a, b, ... ) added to `to`; lists: arguments may be arrays.
static struct filter *arguments(struct filter_scan *s, struct filter *to, bool lists)
{
    if (to == NULL || filter_scan_need(s, "(") != OK)
        return NULL;
    if (filter_scan_take(s, ")"))
        return to;
    do {
        to = filter_add(&s->tree, to, lists && is_list(s) ? array(s) : condition(s));
    } while (to != NULL && filter_scan_take(s, ","));
    return to != NULL && filter_scan_need(s, ")") == OK ? to : NULL;
}

// The arguments an operator wants, neither more nor less.
static struct filter *counted(struct filter_scan *s, struct filter *f)
{
    if (f == NULL)
        return NULL;
    const struct filter_word *word = filter_word(f->op);
    if (f->count >= word->least && f->count <= word->most)
        return f;
    filter_fail(&s->tree, err_set(s->tree.e, INVALID, "%s at character %zu of the filter takes %d arguments, not %d", word->text, f->at,
                                  word->least, f->count));
    return NULL;
}

static struct filter *call(struct filter_scan *s)
{
    enum filter_op op = filter_op_of_function(s->text + s->token.at, s->token.len);
    struct filter *f = filter_leaf(&s->tree, op != OPS ? op : OP_FUNCTION, here(s));
    if (f == NULL)
        return NULL;
    if (op == OPS)
        f->text = filter_scan_value(s);
    filter_scan_next(s);
    bool lists = op == OPS || filter_is_array(f);
    f = arguments(s, f, lists);
    return op == OPS ? f : counted(s, f);
}

// ('2026-11-22') after DATE or TIMESTAMP.
static struct filter *instant(struct filter_scan *s, enum filter_op op)
{
    size_t at = here(s);
    filter_scan_next(s);
    if (filter_scan_need(s, "(") != OK)
        return NULL;
    if (s->token.kind != TOKEN_TEXT)
        return expected(s, op == OP_DATE ? "a date in quotes" : "a moment in quotes");
    struct filter *f = filter_instant(&s->tree, op, at, filter_scan_value(s));
    filter_scan_next(s);
    return f != NULL && filter_scan_need(s, ")") == OK ? f : NULL;
}

static struct filter *primary(struct filter_scan *s);

// One end of an interval: a date, a moment or '..' in quotes, a property or a function.
static struct filter *interval_end(struct filter_scan *s, bool is_end)
{
    size_t at = here(s);
    static const char wanted[] = "a date, a moment, '..' or a property";
    if (s->token.kind == TOKEN_NAME || s->token.kind == TOKEN_QUOTED) {
        struct filter *f = primary(s);
        return f == NULL || filter_may_end_interval(f) ? f : expected(s, wanted);
    }
    if (s->token.kind != TOKEN_TEXT)
        return expected(s, wanted);
    const char *text = filter_scan_value(s);
    filter_scan_next(s);
    if (strcmp(text, "..") != 0)
        return filter_instant(&s->tree, strlen(text) <= strlen("2026-11-22") ? OP_DATE : OP_TIMESTAMP, at, text);
    struct filter *f = filter_leaf(&s->tree, OP_OPEN, at);
    if (f != NULL)
        f->is_end = is_end;
    return f;
}

static struct filter *interval(struct filter_scan *s)
{
    struct filter *f = filter_leaf(&s->tree, OP_INTERVAL, here(s));
    filter_scan_next(s);
    if (f == NULL || filter_scan_need(s, "(") != OK)
        return NULL;
    f = filter_add(&s->tree, f, interval_end(s, false));
    if (f == NULL || filter_scan_need(s, ",") != OK)
        return NULL;
    f = filter_add(&s->tree, f, interval_end(s, true));
    return f != NULL && filter_scan_need(s, ")") == OK ? f : NULL;
}

static struct filter *geometry(struct filter_scan *s)
{
    struct filter *f = filter_leaf(&s->tree, OP_GEOMETRY, here(s));
    if (f == NULL)
        return NULL;
    f->shape = filter_scan_shape(s);
    return f->shape != NULL ? f : NULL;
}

// --- Values ------------------------------------------------------------------------------------------------------------

static struct filter *named(struct filter_scan *s, enum filter_op op)
{
    struct filter *f = filter_leaf(&s->tree, op, here(s));
    if (f == NULL)
        return NULL;
    f->text = filter_scan_value(s);
    filter_scan_next(s);
    return f;
}

static bool opens_call(const struct filter_scan *s)
{
    struct filter_token next = filter_scan_peek(s);
    return next.kind == TOKEN_SIGN && s->text[next.at] == '(';
}

static bool opens_geometry(const struct filter_scan *s)
{
    struct filter_token next = filter_scan_peek(s);
    bool z = next.kind == TOKEN_NAME && next.len == 1 && strncasecmp(s->text + next.at, "z", 1) == 0;
    return (z || opens_call(s)) && filter_shape_of_word(s->text + s->token.at, s->token.len) != 0;
}

static struct filter *boolean(struct filter_scan *s, bool truth)
{
    struct filter *f = filter_leaf(&s->tree, OP_BOOLEAN, here(s));
    if (f != NULL)
        f->truth = truth;
    filter_scan_next(s);
    return f;
}

static bool is_reserved(struct filter_scan *s)
{
    char word[8] = { 0 };
    if (s->token.len >= sizeof word)
        return false;
    memcpy(word, s->text + s->token.at, s->token.len);
    return !filter_is_plain_name(word);
}

static struct filter *name(struct filter_scan *s)
{
    if (filter_scan_is(s, "TRUE") || filter_scan_is(s, "FALSE"))
        return boolean(s, filter_scan_is(s, "TRUE"));
    if (is_reserved(s))
        return expected(s, "a value, a property or a condition");
    if (opens_geometry(s))
        return geometry(s);
    if (!opens_call(s))
        return named(s, OP_PROPERTY);
    if (filter_scan_is(s, "DATE"))
        return instant(s, OP_DATE);
    if (filter_scan_is(s, "TIMESTAMP"))
        return instant(s, OP_TIMESTAMP);
    return filter_scan_is(s, "INTERVAL") ? interval(s) : call(s);
}

static struct filter *number(struct filter_scan *s, bool negative)
{
    struct filter *f = filter_number(&s->tree, here(s), s->text + s->token.at, s->token.len, negative);
    filter_scan_next(s);
    return f;
}

static struct filter *primary(struct filter_scan *s)
{
    switch (s->token.kind) {
    case TOKEN_TEXT: return named(s, OP_TEXT);
    case TOKEN_QUOTED: return named(s, OP_PROPERTY);
    case TOKEN_NUMBER: return number(s, false);
    case TOKEN_NAME: return name(s);
    default: break;
    }
    if (!filter_scan_take(s, "("))
        return expected(s, "a value, a property or a condition");
    struct filter *f = condition(s);
    return f != NULL && filter_scan_need(s, ")") == OK ? f : NULL;
}

// --- Arithmetic --------------------------------------------------------------------------------------------------------

static struct filter *two(struct filter_scan *s, enum filter_op op, size_t at, struct filter *left, struct filter *right)
{
    return left == NULL || right == NULL ? NULL : filter_add(&s->tree, filter_branch(&s->tree, op, at, left), right);
}

// The operator of the list whose sign or keyword is in hand; it is taken. OPS: none.
static enum filter_op take_op(struct filter_scan *s, enum filter_op first, enum filter_op last)
{
    for (enum filter_op op = first; op <= last; op++)
        if (filter_scan_take(s, filter_word(op)->text))
            return op;
    return OPS;
}

static struct filter *power(struct filter_scan *s, struct filter *base)
{
    size_t at = here(s);
    if (base == NULL || !filter_scan_take(s, "^"))
        return base;
    return two(s, OP_POWER, at, base, factor(s));   // 2 ^ 3 ^ 2 is 2 ^ (3 ^ 2)
}

// A minus before a number belongs to it; before anything else it is -1 times that.
static struct filter *factor(struct filter_scan *s)
{
    if (filter_scan_deeper(s) != OK)
        return NULL;
    size_t at = here(s);
    bool minus = filter_scan_is(s, "-");
    struct filter *f;
    if (minus || filter_scan_is(s, "+"))
        filter_scan_next(s);
    if (minus && s->token.kind == TOKEN_NUMBER)
        f = power(s, number(s, true));
    else if (minus)
        f = two(s, OP_MULTIPLY, at, filter_double(&s->tree, at, -1), factor(s));
    else
        f = power(s, primary(s));
    s->nesting--;
    return f;
}

static struct filter *product(struct filter_scan *s)
{
    struct filter *f = factor(s);
    while (f != NULL) {
        size_t at = here(s);
        enum filter_op op = take_op(s, OP_MULTIPLY, OP_MODULO);
        if (op == OPS)
            break;
        f = two(s, op, at, f, factor(s));
    }
    return f;
}

static struct filter *sum(struct filter_scan *s)
{
    struct filter *f = product(s);
    while (f != NULL) {
        size_t at = here(s);
        enum filter_op op = take_op(s, OP_ADD, OP_SUBTRACT);
        if (op == OPS)
            break;
        f = two(s, op, at, f, product(s));
    }
    return f;
}

// --- Conditions --------------------------------------------------------------------------------------------------------

static struct filter *between(struct filter_scan *s, struct filter *value, size_t at)
{
    struct filter *f = two(s, OP_BETWEEN, at, value, sum(s));
    if (f == NULL || filter_scan_need(s, "AND") != OK)
        return NULL;
    return filter_add(&s->tree, f, sum(s));
}

static struct filter *in_list(struct filter_scan *s, struct filter *value, size_t at)
{
    struct filter *f = arguments(s, filter_branch(&s->tree, OP_IN, at, value), false);
    if (f != NULL && f->count < 2) {
        filter_fail(&s->tree, err_set(s->tree.e, INVALID, "IN at character %zu of the filter has an empty list", at));
        return NULL;
    }
    return f;
}

// [NOT] LIKE, BETWEEN, IN after a value.
static struct filter *advanced(struct filter_scan *s, struct filter *value, size_t at)
{
    if (filter_scan_take(s, "LIKE"))
        return two(s, OP_LIKE, at, value, sum(s));
    if (filter_scan_take(s, "BETWEEN"))
        return between(s, value, at);
    if (filter_scan_take(s, "IN"))
        return in_list(s, value, at);
    return expected(s, "LIKE, BETWEEN or IN");
}

static struct filter *is_null(struct filter_scan *s, struct filter *value, size_t at)
{
    bool inverse = filter_scan_take(s, "NOT");
    if (filter_scan_need(s, "NULL") != OK)
        return NULL;
    struct filter *f = filter_branch(&s->tree, OP_IS_NULL, at, value);
    return inverse && f != NULL ? filter_branch(&s->tree, OP_NOT, at, f) : f;
}

static struct filter *predicate(struct filter_scan *s)
{
    struct filter *left = sum(s);
    if (left == NULL)
        return NULL;
    size_t at = here(s);
    enum filter_op op = take_op(s, OP_EQ, OP_GE);
    if (op != OPS)
        return two(s, op, at, left, sum(s));
    if (filter_scan_take(s, "IS"))
        return is_null(s, left, at);
    if (filter_scan_take(s, "NOT")) {
        struct filter *f = advanced(s, left, at);
        return f != NULL ? filter_branch(&s->tree, OP_NOT, at, f) : NULL;
    }
    bool more = filter_scan_is(s, "LIKE") || filter_scan_is(s, "BETWEEN") || filter_scan_is(s, "IN");
    return more ? advanced(s, left, at) : left;
}

static struct filter *negation(struct filter_scan *s)
{
    size_t at = here(s);
    if (!filter_scan_take(s, "NOT"))
        return predicate(s);
    if (filter_scan_deeper(s) != OK)
        return NULL;
    struct filter *f = negation(s);
    s->nesting--;
    return f != NULL ? filter_branch(&s->tree, OP_NOT, at, f) : NULL;
}

// One node for a whole chain a AND b AND c.
static struct filter *chain(struct filter_scan *s, enum filter_op op, struct filter *(*part)(struct filter_scan *))
{
    struct filter *f = part(s), *all = NULL;
    while (f != NULL) {
        size_t at = here(s);
        if (!filter_scan_take(s, filter_word(op)->text))
            break;
        all = all != NULL ? all : filter_branch(&s->tree, op, at, f);
        f = all = filter_add(&s->tree, all, part(s));
    }
    return f;
}

static struct filter *conjunction(struct filter_scan *s)
{
    return chain(s, OP_AND, negation);
}

static struct filter *condition(struct filter_scan *s)
{
    if (filter_scan_deeper(s) != OK)
        return NULL;
    struct filter *f = chain(s, OP_OR, conjunction);
    s->nesting--;
    return f;
}

enum status filter_parse(struct arena *a, const char *text, const struct filter **out, struct err *e)
{
    size_t len = strnlen(text, FILTER_TEXT_BYTES_MOST + 1);
    if (len > FILTER_TEXT_BYTES_MOST)
        return err_set(e, TOO_BIG, "the filter has more than %d bytes", FILTER_TEXT_BYTES_MOST);
    struct filter_scan s = { .text = text, .tree = { .arena = a, .e = e } };
    struct filter *f = filter_scan_start(&s) == OK ? condition(&s) : NULL;
    if (f == NULL)
        return s.tree.status;
    if (s.token.kind != TOKEN_END)
        return filter_scan_expected(&s, "AND, OR or the end");
    *out = f;
    return OK;
}
