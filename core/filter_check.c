// filter_check.c - an expression held against what may be asked: properties, conformance classes, types, codes.
#include "core/filter_tree.h"
#include "core/base/buf.h"
#include "core/base/mem.h"

#include <string.h>

struct check { const struct filter_scope *scope; struct err *e; };

static enum status check(struct check *c, const struct filter *f);

// --- Words for sentences -------------------------------------------------------------------------------------------------

static const char *const sort_words[] = {
    [SORT_TEXT] = "text", [SORT_NUMBER] = "a number", [SORT_BOOLEAN] = "a condition", [SORT_TIME] = "a date or moment",
    [SORT_INTERVAL] = "an interval", [SORT_GEOMETRY] = "a geometry", [SORT_ARRAY] = "an array",
};

enum { SHOWN_BYTES = 60 };

// The part as text, cut at a character.
static const char *shown(const struct filter *f, char out[SHOWN_BYTES + 4])
{
    struct buf b;
    buf_init(&b, FILTER_TEXT_BYTES_MOST * 4);
    filter_print(f, &b);
    size_t len = b.len < SHOWN_BYTES ? b.len : SHOWN_BYTES;
    while (len > 0 && len < b.len && ((unsigned char)b.data[len] & 0xc0) == 0x80)
        len--;
    memcpy(out, b.data, len);
    strcpy(out + len, len < b.len ? "..." : "");
    buf_clear(&b);
    return out;
}

// --- The nearest name ------------------------------------------------------------------------------------------------------

enum { NAME_BYTES_MOST = 64 };

// Levenshtein's distance in bytes, names cut at NAME_BYTES_MOST.
static int distance(const char *a, const char *b)
{
    size_t na = strnlen(a, NAME_BYTES_MOST), nb = strnlen(b, NAME_BYTES_MOST);
    int row[NAME_BYTES_MOST + 1];
    for (size_t j = 0; j <= nb; j++)
        row[j] = (int)j;
    for (size_t i = 1; i <= na; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= nb; j++) {
            int change = diagonal + (a[i - 1] != b[j - 1]);
            int shift = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = change < shift ? change : shift;
        }
    }
    return row[nb];
}

struct nearest { const char *name; int distance; };

static void offer(struct nearest *n, const char *wanted, const char *name)
{
    int d = distance(wanted, name);
    if (n->name == NULL || d < n->distance)
        *n = (struct nearest){ name, d };
}

static enum status no_property(struct check *c, const struct filter *f)
{
    struct nearest n = { 0 };
    for (int i = 0; i < c->scope->count; i++)
        offer(&n, f->text, c->scope->queryable[i].name);
    if (n.name == NULL)
        return err_set(c->e, INVALID, "there is no property \"%.80s\"; there are none to ask for", f->text);
    return err_set(c->e, INVALID, "there is no property \"%.80s\"; the nearest is \"%.80s\"", f->text, n.name);
}

// --- Sorts -------------------------------------------------------------------------------------------------------------------

const struct filter_queryable *filter_queryable(const struct filter_scope *scope, const char *name)
{
    for (int i = 0; i < scope->count; i++)
        if (strcmp(scope->queryable[i].name, name) == 0)
            return &scope->queryable[i];
    return NULL;
}

static enum filter_sort sort_of_property(const struct filter_scope *scope, const char *name)
{
    static const enum filter_sort sorts[] = {
        [FILTER_TEXT] = SORT_TEXT, [FILTER_NUMBER] = SORT_NUMBER, [FILTER_INTEGER] = SORT_NUMBER, [FILTER_BOOLEAN] = SORT_BOOLEAN,
        [FILTER_DATE] = SORT_TIME, [FILTER_INSTANT] = SORT_TIME, [FILTER_GEOMETRY] = SORT_GEOMETRY, [FILTER_ARRAY] = SORT_ARRAY,
    };
    const struct filter_queryable *q = filter_queryable(scope, name);
    must(q != NULL);
    return sorts[q->type];
}

enum filter_sort filter_sort_of(const struct filter_scope *scope, const struct filter *f)
{
    switch (f->op) {
    case OP_PROPERTY: return sort_of_property(scope, f->text);
    case OP_TEXT: case OP_CASEI: case OP_ACCENTI: return SORT_TEXT;
    case OP_NUMBER: return SORT_NUMBER;
    case OP_DATE: case OP_TIMESTAMP: case OP_OPEN: return SORT_TIME;
    case OP_INTERVAL: return SORT_INTERVAL;
    case OP_GEOMETRY: return SORT_GEOMETRY;
    case OP_ARRAY: return SORT_ARRAY;
    default: return filter_is_arithmetic(f) ? SORT_NUMBER : SORT_BOOLEAN;
    }
}

static bool is_scalar(enum filter_sort s)
{
    return s == SORT_TEXT || s == SORT_NUMBER || s == SORT_BOOLEAN || s == SORT_TIME;
}

static enum status not_wanted(struct check *c, const struct filter *f, const struct filter *arg, const char *wanted)
{
    char text[SHOWN_BYTES + 4];
    enum lang lang = c->e->lang;
    return err_set(c->e, INVALID, "%s wants %s, but %s is %s", filter_word(f->op)->text, text_in(lang, wanted), shown(arg, text),
                   text_in(lang, sort_words[filter_sort_of(c->scope, arg)]));
}

static enum status all_of(struct check *c, const struct filter *f, enum filter_sort sort)
{
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next)
        if (filter_sort_of(c->scope, arg) != sort)
            return not_wanted(c, f, arg, sort_words[sort]);
    return OK;
}

// All arguments of one sort that can be compared.
static enum status alike(struct check *c, const struct filter *f)
{
    enum filter_sort sort = filter_sort_of(c->scope, f->first);
    if (!is_scalar(sort))
        return not_wanted(c, f, f->first, "plain values");
    for (const struct filter *arg = f->first->next; arg != NULL; arg = arg->next) {
        enum filter_sort other = filter_sort_of(c->scope, arg);
        if (other == sort)
            continue;
        char left[SHOWN_BYTES + 4], right[SHOWN_BYTES + 4];
        return err_set(c->e, INVALID, "%s compares like with like: %s is %s, %s is %s", filter_word(f->op)->text, shown(f->first, left),
                       text_in(c->e->lang, sort_words[sort]), shown(arg, right), text_in(c->e->lang, sort_words[other]));
    }
    return OK;
}

// --- Conformance classes -----------------------------------------------------------------------------------------------------

static const struct { unsigned class; const char *name; } class_names[] = {
    { FILTER_ADVANCED_COMPARISON, "advanced-comparison-operators" }, { FILTER_CASE_INSENSITIVE, "case-insensitive-comparison" },
    { FILTER_ACCENT_INSENSITIVE, "accent-insensitive-comparison" }, { FILTER_BASIC_SPATIAL, "basic-spatial-functions" },
    { FILTER_BASIC_SPATIAL_PLUS, "basic-spatial-functions-plus" }, { FILTER_SPATIAL, "spatial-functions" },
    { FILTER_TEMPORAL, "temporal-functions" }, { FILTER_ARRAYS, "array-functions" }, { FILTER_PROPERTY_PROPERTY, "property-property" },
    { FILTER_ARITHMETIC, "arithmetic" },
};

static enum status needs(struct check *c, const struct filter *f, unsigned class)
{
    if (class == 0 || (c->scope->classes & class) != 0)
        return OK;
    char text[SHOWN_BYTES + 4];
    for (size_t i = 0; i < sizeof class_names / sizeof class_names[0]; i++)
        if (class_names[i].class == class)
            return err_set(c->e, INVALID, "%s needs the CQL2 conformance class %s, which is not offered here", shown(f, text), class_names[i].name);
    must(!"a class without a name");
    return FAILED;
}

static bool names_property(const struct filter *f)
{
    if (f->op == OP_PROPERTY)
        return true;
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next)
        if (names_property(arg))
            return true;
    return false;
}

// The basic class compares a property on the left with values on the right.
static enum status needs_sides(struct check *c, const struct filter *f)
{
    bool plain = names_property(f->first);
    for (const struct filter *arg = f->first->next; arg != NULL; arg = arg->next)
        plain &= !names_property(arg);
    return plain ? OK : needs(c, f, FILTER_PROPERTY_PROPERTY);
}

static unsigned spatial_class(const struct filter *f)
{
    if (f->op != OP_S_INTERSECTS)
        return FILTER_SPATIAL;
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next)
        if (arg->op == OP_GEOMETRY && arg->shape->kind != SHAPE_POINT && arg->shape->kind != SHAPE_BOX)
            return FILTER_BASIC_SPATIAL_PLUS;
    return FILTER_BASIC_SPATIAL;
}

// --- Codes -------------------------------------------------------------------------------------------------------------------

static enum status code_known(struct check *c, const struct filter_queryable *q, const struct filter *value)
{
    struct nearest n = { 0 };
    for (const char *const *code = q->code; *code != NULL; code++) {
        if (strcmp(*code, value->text) == 0)
            return OK;
        offer(&n, value->text, *code);
    }
    return err_set(c->e, INVALID, "%.80s has no code '%.80s'; the nearest is '%.80s'", q->name, value->text, n.name != NULL ? n.name : "");
}

static enum status codes_known(struct check *c, const struct filter *f)
{
    const struct filter_queryable *q = f->first->op == OP_PROPERTY ? filter_queryable(c->scope, f->first->text) : NULL;
    if (q == NULL || q->code == NULL || (f->op != OP_EQ && f->op != OP_NE && f->op != OP_IN))
        return OK;
    for (const struct filter *arg = f->first->next; arg != NULL; arg = arg->next)
        if (arg->op == OP_TEXT && code_known(c, q, arg) != OK)
            return INVALID;
    return OK;
}

// --- Each kind of part ---------------------------------------------------------------------------------------------------------

static enum status compared(struct check *c, const struct filter *f)
{
    enum status s = alike(c, f);
    if (s == OK)
        s = needs_sides(c, f);
    return s == OK ? codes_known(c, f) : s;
}

static enum status like(struct check *c, const struct filter *f)
{
    const struct filter *pattern = filter_arg(f, 1);
    if (filter_sort_of(c->scope, f->first) != SORT_TEXT)
        return not_wanted(c, f, f->first, sort_words[SORT_TEXT]);
    while (pattern->op == OP_CASEI || pattern->op == OP_ACCENTI)
        pattern = pattern->first;
    char text[SHOWN_BYTES + 4];
    if (pattern->op == OP_TEXT)
        return OK;
    return err_set(c->e, INVALID, "LIKE wants a pattern in quotes on its right, not %s", shown(pattern, text));
}

static enum status between(struct check *c, const struct filter *f)
{
    enum filter_sort sort = filter_sort_of(c->scope, f->first);
    return sort == SORT_TIME ? alike(c, f) : all_of(c, f, SORT_NUMBER);
}

static enum status spatial(struct check *c, const struct filter *f)
{
    enum status s = all_of(c, f, SORT_GEOMETRY);
    if (s != OK)
        return s;
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next) {
        char text[SHOWN_BYTES + 4];
        if (arg->op == OP_GEOMETRY && !filter_shape_on_earth(arg->shape))
            return err_set(c->e, INVALID, "%s: longitudes go to 180 degrees, latitudes to 90, longitude first", shown(arg, text));
    }
    return needs_sides(c, f);
}

static enum status temporal(struct check *c, const struct filter *f)
{
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next) {
        enum filter_sort sort = filter_sort_of(c->scope, arg);
        if (sort != SORT_TIME && sort != SORT_INTERVAL)
            return not_wanted(c, f, arg, "dates, moments or intervals");
    }
    return needs_sides(c, f);
}

static enum status is_null(struct check *c, const struct filter *f)
{
    bool whole = filter_sort_of(c->scope, f->first) != SORT_INTERVAL;
    return whole ? OK : not_wanted(c, f, f->first, "a single value");
}

static enum status interval(struct check *c, const struct filter *f)
{
    const struct filter *start = f->first, *end = start->next;
    char text[SHOWN_BYTES + 4];
    for (const struct filter *arg = start; arg != NULL; arg = arg->next)
        if (filter_sort_of(c->scope, arg) != SORT_TIME)
            return err_set(c->e, INVALID, "INTERVAL wants a date or moment, but %s is %s", shown(arg, text),
                           text_in(c->e->lang, sort_words[filter_sort_of(c->scope, arg)]));
    bool literal = start->op != OP_PROPERTY && end->op != OP_PROPERTY && start->op != OP_OPEN && end->op != OP_OPEN;
    bool backwards = start->time.s > end->time.s || (start->time.s == end->time.s && start->time.ns > end->time.ns);
    return literal && backwards ? err_set(c->e, INVALID, "%s ends before it begins", shown(f, text)) : OK;
}

static enum status array(struct check *c, const struct filter *f)
{
    enum { ELEMENTS_MOST = 100 };       // what SQLite's json_array takes at once
    char text[SHOWN_BYTES + 4];
    if (f->count > ELEMENTS_MOST)
        return err_set(c->e, TOO_BIG, "an array of the filter has %d elements, at most %d are read", f->count, ELEMENTS_MOST);
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next)
        if (!is_scalar(filter_sort_of(c->scope, arg)) || arg->count > 0 || (arg->op == OP_PROPERTY && filter_sort_of(c->scope, arg) == SORT_TIME))
            return err_set(c->e, INVALID, "an array holds plain values, not %s", shown(arg, text));
    return OK;
}

static enum status check_this(struct check *c, const struct filter *f)
{
    if (f->op == OP_PROPERTY)
        return filter_queryable(c->scope, f->text) != NULL ? OK : no_property(c, f);
    if (f->op == OP_INTERVAL)
        return interval(c, f);
    if (f->op == OP_ARRAY)
        return array(c, f);
    if (filter_is_between_ops(f->op, OP_AND, OP_NOT))
        return all_of(c, f, SORT_BOOLEAN);
    if (filter_is_comparison(f) || f->op == OP_IN)
        return compared(c, f);
    if (f->op == OP_LIKE)
        return like(c, f);
    if (f->op == OP_BETWEEN)
        return between(c, f);
    if (f->op == OP_IS_NULL)
        return is_null(c, f);
    if (filter_is_arithmetic(f))
        return all_of(c, f, SORT_NUMBER);
    if (f->op == OP_CASEI || f->op == OP_ACCENTI)
        return all_of(c, f, SORT_TEXT);
    if (filter_is_spatial(f))
        return spatial(c, f);
    if (filter_is_temporal(f))
        return temporal(c, f);
    return filter_is_array(f) ? all_of(c, f, SORT_ARRAY) : OK;
}

// The class comes first: who is refused one need not mend the rest.
static enum status check(struct check *c, const struct filter *f)
{
    if (f->op == OP_FUNCTION)
        return err_set(c->e, INVALID, "there is no function %.80s here; functions of one's own (CQL2 conformance class functions) are not offered",
                       f->text);
    enum status s = needs(c, f, filter_is_spatial(f) ? spatial_class(f) : filter_word(f->op)->class);
    for (const struct filter *arg = f->first; arg != NULL && s == OK; arg = arg->next)
        s = check(c, arg);
    return s == OK ? check_this(c, f) : s;
}

enum status filter_check(const struct filter *f, const struct filter_scope *scope, struct err *e)
{
    struct check c = { scope, e };
    enum status s = check(&c, f);
    if (s != OK || filter_sort_of(scope, f) == SORT_BOOLEAN)
        return s;
    char text[SHOWN_BYTES + 4];
    return err_set(e, INVALID, "a filter is a condition, but %s is %s", shown(f, text), text_in(e->lang, sort_words[filter_sort_of(scope, f)]));
}
