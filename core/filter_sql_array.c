// filter_sql_array.c - A_ functions and their arrays: JSON, bound whole where no property is in it.
#include "core/filter_sql.h"

#include "core/base/mem.h"

static bool is_constant(const struct filter *f)
{
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next)
        if (arg->op == OP_PROPERTY)
            return false;
    return true;
}

static void json_of(const struct filter *f, struct buf *out)
{
    char written[FILTER_TIME_BYTES];
    if (f->op == OP_NUMBER || f->op == OP_BOOLEAN) {
        if (f->op == OP_BOOLEAN)
            buf_text(out, f->truth ? "true" : "false");
        else
            filter_print(f, out);
        return;
    }
    if (f->op != OP_TEXT)
        filter_time_print(f->time, f->op == OP_DATE, written);
    buf_json_text(out, f->op == OP_TEXT ? f->text : written);
}

// A bound one says its type: the array itself tells PostgreSQL none.
static void put_element(struct sql *q, const struct filter *f)
{
    char written[FILTER_TIME_BYTES];
    bool time = f->op == OP_DATE || f->op == OP_TIMESTAMP, bound = time || f->op == OP_TEXT || f->op == OP_NUMBER;
    sql_text(q, bound ? "CAST(" : "");
    if (time) {
        filter_time_print(f->time, f->op == OP_DATE, written);
        sql_bind(q, value_text(arena_text(q->arena, written)));
    } else {
        sql_put(q, f);
    }
    if (bound)
        sql_text(q, f->op != OP_NUMBER ? " AS TEXT)" : f->is_whole ? " AS BIGINT)" : " AS DOUBLE PRECISION)");
}

// With properties in it; one that is nothing leaves the whole unknown.
static void put_array_of_row(struct sql *q, const struct filter *f)
{
    sql_text(q, "CASE WHEN TRUE");
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next)
        if (arg->op == OP_PROPERTY) {
            sql_text(q, " AND ");
            sql_put(q, arg);
            sql_text(q, " IS NOT NULL");
        }
    buf_printf(&q->out, " THEN %s", q->dialect->array_of);
    sql_put_joined(q, f, ", ", put_element);
    sql_text(q, " END");
}

void sql_put_array(struct sql *q, const struct filter *f)
{
    if (!is_constant(f)) {
        put_array_of_row(q, f);
        return;
    }
    struct buf json;
    buf_init(&json, SQL_BYTES_MOST);
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next) {
        buf_text(&json, arg == f->first ? "[" : ",");
        json_of(arg, &json);
    }
    buf_text(&json, f->count == 0 ? "[]" : "]");
    const char *rest = sql_until_argument(q, q->dialect->bound_array);
    sql_bind_buf(q, &json, false);
    sql_text(q, rest);
}
