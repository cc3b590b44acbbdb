// filter_print.c - a tree as CQL2 text, brackets only where they are needed to read the same tree again.
#include "core/filter_scan.h"
#include "core/base/buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_quoted(const char *text, char quote, struct buf *out)
{
    static const char meanings[] = "\a\b\t\n\v\f\r\\", escapes[] = "abtnvfr\\";
    buf_add(out, &quote, 1);
    for (const char *c = text; *c != '\0'; c++) {
        const char *escape = quote == '\'' ? strchr(meanings, *c) : NULL;
        if (escape != NULL)
            buf_printf(out, "\\%c", escapes[escape - meanings]);
        else
            buf_add(out, c, 1);
        if (*c == quote)
            buf_add(out, &quote, 1);
    }
    buf_add(out, &quote, 1);
}

static void print_name(const char *name, struct buf *out)
{
    if (filter_is_plain_name(name))
        buf_text(out, name);
    else
        print_quoted(name, '"', out);
}

static void print_number(const struct filter *f, struct buf *out)
{
    if (f->is_whole) {
        buf_printf(out, "%" PRId64, f->whole);
        return;
    }
    char text[40];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(text, sizeof text, "%.*g", precision, f->number);
        if (strtod(text, NULL) == f->number)
            break;
    }
    buf_text(out, text);
}

static void print_time(const struct filter *f, struct buf *out)
{
    char text[FILTER_TIME_BYTES];
    filter_time_print(f->time, f->op == OP_DATE, text);
    buf_printf(out, "'%s'", text);
}

// Inside INTERVAL a date stands without its word.
static void print_interval(const struct filter *f, struct buf *out)
{
    buf_text(out, "INTERVAL(");
    for (const struct filter *end = f->first; end != NULL; end = end->next) {
        buf_text(out, end == f->first ? "" : ", ");
        if (end->op == OP_OPEN)
            buf_text(out, "'..'");
        else if (end->op == OP_DATE || end->op == OP_TIMESTAMP)
            print_time(end, out);
        else
            filter_print(end, out);
    }
    buf_text(out, ")");
}

static void print_list(const struct filter *first, struct buf *out)
{
    buf_text(out, "(");
    for (const struct filter *f = first; f != NULL; f = f->next) {
        buf_text(out, f == first ? "" : ", ");
        filter_print(f, out);
    }
    buf_text(out, ")");
}

// How tightly a part binds: what binds less than its place asks for goes into brackets.
enum tightness { LOOSE, PREDICATE, ARITHMETIC, TIGHT };

static enum tightness tightness(const struct filter *f)
{
    if (f->op == OP_AND || f->op == OP_OR)
        return LOOSE;
    if (filter_is_between_ops(f->op, OP_NOT, OP_IS_NULL))
        return PREDICATE;
    return filter_is_arithmetic(f) ? ARITHMETIC : TIGHT;
}

static void print_part(const struct filter *f, enum tightness wanted, struct buf *out)
{
    bool bare = tightness(f) >= wanted;
    buf_text(out, bare ? "" : "(");
    filter_print(f, out);
    buf_text(out, bare ? "" : ")");
}

static void print_joined(const struct filter *f, enum tightness wanted, struct buf *out)
{
    for (const struct filter *part = f->first; part != NULL; part = part->next) {
        if (part != f->first)
            buf_printf(out, " %s ", filter_word(f->op)->text);
        print_part(part, wanted, out);
    }
}

// LIKE, BETWEEN, IN and IS NULL, which take their NOT inside.
static void print_advanced(const struct filter *f, bool inverse, struct buf *out)
{
    print_part(f->first, ARITHMETIC, out);
    if (f->op == OP_IS_NULL) {
        buf_text(out, inverse ? " IS NOT NULL" : " IS NULL");
        return;
    }
    buf_printf(out, " %s%s ", inverse ? "NOT " : "", filter_word(f->op)->text);
    if (f->op == OP_IN) {
        print_list(f->first->next, out);
        return;
    }
    print_part(filter_arg(f, 1), ARITHMETIC, out);
    if (f->op == OP_BETWEEN) {
        buf_text(out, " AND ");
        print_part(filter_arg(f, 2), ARITHMETIC, out);
    }
}

static void print_not(const struct filter *f, struct buf *out)
{
    if (filter_is_between_ops(f->first->op, OP_LIKE, OP_IS_NULL)) {
        print_advanced(f->first, true, out);
        return;
    }
    buf_text(out, "NOT (");
    filter_print(f->first, out);
    buf_text(out, ")");
}

static void print_leaf(const struct filter *f, struct buf *out)
{
    switch (f->op) {
    case OP_PROPERTY: print_name(f->text, out); return;
    case OP_TEXT: print_quoted(f->text, '\'', out); return;
    case OP_NUMBER: print_number(f, out); return;
    case OP_BOOLEAN: buf_text(out, f->truth ? "TRUE" : "FALSE"); return;
    case OP_OPEN: buf_text(out, "'..'"); return;
    case OP_GEOMETRY: filter_shape_print(f->shape, out); return;
    default: break;
    }
    buf_text(out, f->op == OP_DATE ? "DATE(" : "TIMESTAMP(");
    print_time(f, out);
    buf_text(out, ")");
}

void filter_print(const struct filter *f, struct buf *out)
{
    if (f->op <= OP_GEOMETRY)
        print_leaf(f, out);
    else if (f->op == OP_INTERVAL)
        print_interval(f, out);
    else if (f->op == OP_AND || f->op == OP_OR)
        print_joined(f, PREDICATE, out);
    else if (f->op == OP_NOT)
        print_not(f, out);
    else if (filter_is_comparison(f))
        print_joined(f, ARITHMETIC, out);
    else if (filter_is_arithmetic(f))
        print_joined(f, TIGHT, out);
    else if (filter_is_between_ops(f->op, OP_LIKE, OP_IS_NULL))
        print_advanced(f, false, out);
    else {
        buf_text(out, f->op == OP_FUNCTION ? f->text : f->op == OP_ARRAY ? "" : filter_word(f->op)->text);
        print_list(f->first, out);
    }
}
