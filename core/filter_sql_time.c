// filter_sql_time.c - comparisons and times: both sides in one form, text where an index over text then serves.
#include "core/filter_sql.h"

#include "core/base/mem.h"

// --- Time ------------------------------------------------------------------------------------------------------------------

// What the sides of a comparison are turned into: text where every column holds that text already, so that its index serves.
enum time_form { FORM_NONE, FORM_DATES, FORM_MOMENTS, FORM_SECONDS };

static enum time_form form_of(const struct sql *q, const struct filter *f)
{
    const struct filter_queryable *property = sql_queryable(q, f);
    if (property != NULL && property->kept == FILTER_AS_SECONDS)
        return FORM_SECONDS;
    if (property != NULL)
        return property->type == FILTER_DATE ? FORM_DATES : FORM_MOMENTS;
    return FORM_NONE;
}

static enum time_form joint(enum time_form a, enum time_form b)
{
    return a == FORM_NONE || a == b ? b : b == FORM_NONE ? a : FORM_SECONDS;
}

// A literal that cannot be said in the form: a moment among dates, a part of a second among moments.
static enum time_form form_for(const struct filter *f, enum time_form form)
{
    bool unsaid = (f->op == OP_TIMESTAMP && form == FORM_DATES) || (f->op == OP_TIMESTAMP && f->time.ns != 0) || form == FORM_NONE;
    return unsaid ? FORM_SECONDS : form;
}

void sql_put_seconds(struct sql *q, const struct filter *f)
{
    if (f->op == OP_OPEN)
        sql_bind(q, value_integer(f->is_end ? FILTER_FOREVER_S : -FILTER_FOREVER_S));
    else if (f->time.ns == 0)
        sql_bind(q, value_integer(f->time.s));
    else
        sql_bind(q, value_real((double)f->time.s + f->time.ns / 1e9));
}

static void put_moment(struct sql *q, const struct filter *f, enum time_form form)
{
    char written[FILTER_TIME_BYTES];
    filter_time_print(f->time, form == FORM_DATES, written);
    sql_bind(q, value_text(f->op == OP_OPEN ? f->is_end ? "9999-99-99" : "0000-00-00" : arena_text(q->arena, written)));
}

static void put_time(struct sql *q, const struct filter *f, enum time_form form)
{
    const struct filter_queryable *property = sql_queryable(q, f);
    if (property == NULL && form == FORM_SECONDS) {
        sql_put_seconds(q, f);
    } else if (property == NULL) {
        put_moment(q, f, form);
    } else if (form == FORM_SECONDS && property->kept == FILTER_AS_TEXT) {
        const char *rest = sql_until_argument(q, q->dialect->seconds_of_text);
        sql_column(q, property->column);
        sql_text(q, rest);
    } else {
        sql_column(q, property->column);
    }
}

static enum time_form form_of_all(const struct sql *q, const struct filter *f)
{
    enum time_form form = FORM_NONE;
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next)
        form = joint(form, form_of(q, arg));
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next)
        form = form_for(arg, form);
    return form;
}

static void put_end_pair(struct sql *q, const struct filter *left, enum filter_op op, const struct filter *right)
{
    enum time_form form = joint(form_of(q, left), form_of(q, right));
    form = form_for(right, form_for(left, form));
    put_time(q, left, form);
    buf_printf(&q->out, " %s ", filter_word(op)->text);
    put_time(q, right, form);
}

static const struct filter *end_of(const struct filter *f, char which)
{
    return f->op != OP_INTERVAL ? f : which == 's' ? f->first : f->last;
}

void sql_put_temporal(struct sql *q, const struct filter *f)
{
    const struct filter_relation *r = filter_relation(f->op);
    sql_text(q, "(");
    for (int i = 0; i < r->count; i++) {
        sql_text(q, i == 0 ? "" : r->any ? " OR " : " AND ");
        put_end_pair(q, end_of(f->first, r->ends[i].left), r->ends[i].op, end_of(f->last, r->ends[i].right));
    }
    sql_text(q, ")");
}

// --- Comparisons -------------------------------------------------------------------------------------------------------------

// An argument in the sort its neighbours are compared in.
static void put_side(struct sql *q, const struct filter *f, enum time_form form)
{
    if (filter_sort_of(q->scope, f) == SORT_TIME)
        put_time(q, f, form);
    else
        sql_put(q, f);
}

void sql_put_comparison(struct sql *q, const struct filter *f)
{
    enum time_form form = form_of_all(q, f);
    bool ordered = f->op != OP_EQ && f->op != OP_NE && filter_sort_of(q->scope, f->first) == SORT_TEXT;
    sql_text(q, "(");
    put_side(q, f->first, form);
    sql_text(q, ordered ? q->dialect->bytewise : "");
    buf_printf(&q->out, " %s ", filter_word(f->op)->text);
    put_side(q, f->last, form);
    sql_text(q, ")");
}

void sql_put_between(struct sql *q, const struct filter *f)
{
    enum time_form form = form_of_all(q, f);
    static const char *const before[] = { "(", " BETWEEN ", " AND " };
    const struct filter *arg = f->first;
    for (int i = 0; i < 3; i++, arg = arg->next) {
        sql_text(q, before[i]);
        put_side(q, arg, form);
    }
    sql_text(q, ")");
}

void sql_put_in(struct sql *q, const struct filter *f)
{
    enum time_form form = form_of_all(q, f);
    sql_text(q, "(");
    put_side(q, f->first, form);
    for (const struct filter *arg = f->first->next; arg != NULL; arg = arg->next) {
        sql_text(q, arg == f->first->next ? " IN (" : ", ");
        put_side(q, arg, form);
    }
    sql_text(q, "))");
}

void sql_put_null(struct sql *q, const struct filter *f)
{
    sql_text(q, "(");
    put_side(q, f->first, FORM_SECONDS);
    sql_text(q, " IS NULL)");
}
