// filter_sql.c - a tree to SQL: the text is ours, every value is bound, in order, once.
//
// Truth is SQL's own three-valued logic, so each part must be NULL exactly where CQL2 says unknown. Times and comparisons
// (filter_sql_time.c), places (filter_sql_shape.c) and arrays (filter_sql_array.c) are stories of their own.
#include "core/filter_sql.h"

#include "core/base/mem.h"
#include <string.h>

// --- What differs ----------------------------------------------------------------------------------------------------------

// Every element of the first is among the second.
#define AMONG_SQLITE(a, b) "NOT EXISTS (SELECT 1 FROM json_each(" a ") WHERE value NOT IN (SELECT value FROM json_each(" b ")))"
#define BOTH_SQLITE(answer) "(SELECT CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN " answer " END FROM (SELECT ? AS a, ? AS b))"
#define BOTH_POSTGIS(answer) "(SELECT " answer " FROM (SELECT CAST(? AS JSONB) AS a, CAST(? AS JSONB) AS b) AS both_sets)"

static const struct dialect dialects[] = {
    [FILTER_SPATIALITE] = {
        .like = "(? GLOB ?)", .like_is_glob = true, .bytewise = "",
        .modulo = "mod(?, NULLIF(?, 0))", .seconds_of_text = "unixepoch(?)",
        .spatial_first = "NULLIF(ST_", .spatial_last = ", -1)",
        .bound_array = "?", .array_of = "json_array",
        .array = { BOTH_SQLITE(AMONG_SQLITE("a", "b") " AND " AMONG_SQLITE("b", "a")), BOTH_SQLITE(AMONG_SQLITE("b", "a")),
                   BOTH_SQLITE(AMONG_SQLITE("a", "b")),
                   BOTH_SQLITE("EXISTS (SELECT 1 FROM json_each(a) WHERE value IN (SELECT value FROM json_each(b)))") },
    },
    [FILTER_POSTGIS] = {
        .like = "(? LIKE ? ESCAPE '\\')", .bytewise = " COLLATE \"C\"",
        .modulo = "CAST(mod(CAST(? AS NUMERIC), NULLIF(CAST(? AS NUMERIC), 0)) AS DOUBLE PRECISION)",
        .seconds_of_text = "CAST(extract(epoch FROM CAST(? AS TIMESTAMP)) AS BIGINT)",
        .spatial_first = "ST_", .spatial_last = "",
        .bound_array = "CAST(? AS JSONB)", .array_of = "jsonb_build_array",
        .array = { BOTH_POSTGIS("a @> b AND b @> a"), BOTH_POSTGIS("a @> b"), BOTH_POSTGIS("a <@ b"),
                   BOTH_POSTGIS("CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN EXISTS (SELECT 1 FROM jsonb_array_elements(a) AS x(one) WHERE b @> x.one) END") },
    },
};

// --- Writing ---------------------------------------------------------------------------------------------------------------

void sql_text(struct sql *q, const char *words)
{
    buf_text(&q->out, words);
}

void sql_bind(struct sql *q, struct value v)
{
    if (q->values == q->room) {
        int room = q->room > 0 ? q->room * 2 : 16;
        struct value *more = arena_get(q->arena, (size_t)room * sizeof *more);
        if (q->values > 0)
            memcpy(more, q->value, (size_t)q->values * sizeof *more);
        q->value = more;
        q->room = room;
    }
    int first = q->how->first_parameter > 0 ? q->how->first_parameter : 1;
    buf_printf(&q->out, "$%d", first + q->values);
    q->value[q->values++] = v;
}

// A bound text that outlives the buffer it was made in.
void sql_bind_buf(struct sql *q, struct buf *b, bool bytes)
{
    char *copy = arena_get(q->arena, b->len + 1);
    memcpy(copy, b->data, b->len);
    sql_bind(q, bytes ? value_bytes(copy, b->len) : value_text(copy));
    buf_clear(b);
}

void sql_identifier(struct sql *q, const char *name)
{
    must(strchr(name, '"') == NULL);
    buf_printf(&q->out, "\"%s\"", name);
}

void sql_column(struct sql *q, const char *name)
{
    if (q->how->alias != NULL)
        buf_printf(&q->out, "%s.", q->how->alias);
    sql_identifier(q, name);
}

// The template up to its next ?, which is passed; NULL when there is none.
const char *sql_until_argument(struct sql *q, const char *template)
{
    size_t len = strcspn(template, "?");
    buf_add(&q->out, template, len);
    return template[len] == '?' ? template + len + 1 : template + len;
}

void sql_put_template(struct sql *q, const char *template, const struct filter *f, sql_putter *each)
{
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next) {
        template = sql_until_argument(q, template);
        each(q, arg);
    }
    sql_text(q, template);
}

void sql_put_joined(struct sql *q, const struct filter *f, const char *between, sql_putter *each)
{
    sql_text(q, "(");
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next) {
        sql_text(q, arg == f->first ? "" : between);
        each(q, arg);
    }
    sql_text(q, ")");
}

// --- Values ----------------------------------------------------------------------------------------------------------------

const struct filter_queryable *sql_queryable(const struct sql *q, const struct filter *f)
{
    return f->op == OP_PROPERTY ? filter_queryable(q->scope, f->text) : NULL;
}

static void put_number(struct sql *q, const struct filter *f)
{
    sql_bind(q, f->is_whole ? value_integer(f->whole) : value_real(f->number));
}

// An operand of arithmetic, which is done in double everywhere.
static void put_double(struct sql *q, const struct filter *f)
{
    if (f->op == OP_NUMBER) {
        sql_bind(q, value_real(f->number));
        return;
    }
    sql_text(q, f->op == OP_PROPERTY ? "CAST(" : "");
    sql_put(q, f);
    sql_text(q, f->op == OP_PROPERTY ? " AS DOUBLE PRECISION)" : "");
}

static void put_arithmetic(struct sql *q, const struct filter *f)
{
    static const char *const templates[] = {
        [OP_ADD - OP_ADD] = "(? + ?)", [OP_SUBTRACT - OP_ADD] = "(? - ?)", [OP_MULTIPLY - OP_ADD] = "(? * ?)",
        [OP_DIVIDE - OP_ADD] = "(? / NULLIF(?, 0))", [OP_DIV - OP_ADD] = "trunc(? / NULLIF(?, 0))", [OP_POWER - OP_ADD] = "power(?, ?)",
    };
    sql_put_template(q, f->op == OP_MODULO ? q->dialect->modulo : templates[f->op - OP_ADD], f, put_double);
}

// Patterns of LIKE for GLOB: % is *, _ is ?, and GLOB's own signs are taken as they are.
static void glob_of_like(const char *like, struct buf *out)
{
    for (const char *c = like; *c != '\0'; c++) {
        bool escaped = *c == '\\' && c[1] != '\0';
        if (escaped)
            c++;
        if (!escaped && (*c == '%' || *c == '_'))
            buf_text(out, *c == '%' ? "*" : "?");
        else if (*c == '*' || *c == '?' || *c == '[')
            buf_printf(out, "[%c]", *c);
        else
            buf_add(out, c, 1);
    }
}

static void put_pattern(struct sql *q, const struct filter *f)
{
    if (f->op != OP_TEXT) {
        sql_put_template(q, f->op == OP_CASEI ? "casei(?)" : "accenti(?)", f, put_pattern);
        return;
    }
    struct buf glob;
    buf_init(&glob, FILTER_TEXT_BYTES_MOST * 3);
    buf_text(&glob, "");
    if (q->dialect->like_is_glob)
        glob_of_like(f->text, &glob);
    else
        buf_text(&glob, f->text);
    sql_bind_buf(q, &glob, false);
}

static void put_like(struct sql *q, const struct filter *f)
{
    const char *rest = sql_until_argument(q, q->dialect->like);
    sql_put(q, f->first);
    rest = sql_until_argument(q, rest);
    put_pattern(q, filter_arg(f, 1));
    sql_text(q, rest);
}

// --- The whole -----------------------------------------------------------------------------------------------------------------

static void put_true(struct sql *q, const struct filter *f);

// Arguments first .. first+n-1, split in halves: a chain of a thousand would be nested a thousand deep in SQLite.
static void put_chain(struct sql *q, const struct filter *f, const struct filter **first, int n, sql_putter *each)
{
    enum { FLAT_MOST = 16 };
    sql_text(q, "(");
    if (n > FLAT_MOST) {
        put_chain(q, f, first, n / 2, each);
        buf_printf(&q->out, " %s ", filter_word(f->op)->text);
        put_chain(q, f, first, n - n / 2, each);
    } else {
        for (int i = 0; i < n; i++, *first = (*first)->next) {
            if (i > 0)
                buf_printf(&q->out, " %s ", filter_word(f->op)->text);
            each(q, *first);
        }
    }
    sql_text(q, ")");
}

static void put_logic(struct sql *q, const struct filter *f, sql_putter *each)
{
    const struct filter *first = f->first;
    put_chain(q, f, &first, f->count, each);
}

// Only whether it is true matters here: not under NOT, not compared.
static void put_true(struct sql *q, const struct filter *f)
{
    if (f->op == OP_AND || f->op == OP_OR)
        put_logic(q, f, put_true);
    else if (filter_is_spatial(f))
        sql_put_windowed(q, f);
    else
        sql_put(q, f);
}

static void put_leaf(struct sql *q, const struct filter *f)
{
    switch (f->op) {
    case OP_PROPERTY: sql_column(q, sql_queryable(q, f)->column); return;
    case OP_TEXT: sql_bind(q, value_text(f->text)); return;
    case OP_NUMBER: put_number(q, f); return;
    case OP_BOOLEAN: sql_text(q, f->truth ? "TRUE" : "FALSE"); return;
    case OP_GEOMETRY: sql_put_geometry(q, f); return;
    default: sql_put_seconds(q, f); return;
    }
}

void sql_put(struct sql *q, const struct filter *f)
{
    if (f->op <= OP_GEOMETRY)
        put_leaf(q, f);
    else if (f->op == OP_AND || f->op == OP_OR)
        put_logic(q, f, sql_put);
    else if (f->op == OP_NOT)
        sql_put_template(q, "(NOT ?)", f, sql_put);
    else if (filter_is_comparison(f))
        sql_put_comparison(q, f);
    else if (f->op == OP_LIKE)
        put_like(q, f);
    else if (f->op == OP_BETWEEN)
        sql_put_between(q, f);
    else if (f->op == OP_IN)
        sql_put_in(q, f);
    else if (f->op == OP_IS_NULL)
        sql_put_null(q, f);
    else if (filter_is_arithmetic(f))
        put_arithmetic(q, f);
    else if (f->op == OP_CASEI || f->op == OP_ACCENTI)
        sql_put_template(q, f->op == OP_CASEI ? "casei(?)" : "accenti(?)", f, sql_put);
    else if (filter_is_spatial(f))
        sql_put_relation(q, f);
    else if (filter_is_temporal(f))
        sql_put_temporal(q, f);
    else if (filter_is_array(f))
        sql_put_template(q, q->dialect->array[f->op - OP_A_EQUALS], f, sql_put);
    else {
        must(f->op == OP_ARRAY);    // the check lets no interval or function come here
        sql_put_array(q, f);
    }
}

enum status filter_compile(const struct filter *f, const struct filter_scope *scope, const struct filter_sql_options *how,
                           struct arena *a, struct filter_sql *out, struct err *e)
{
    enum status s = filter_check(f, scope, e);
    if (s != OK)
        return s;
    struct sql q = { .scope = scope, .how = how, .dialect = &dialects[how->dialect], .arena = a };
    buf_init(&q.out, SQL_BYTES_MOST);
    sql_text(&q, "(");
    put_true(&q, f);
    sql_text(&q, ")");
    if (q.out.full)
        s = err_set(e, TOO_BIG, "the filter is too large for a query");
    else
        *out = (struct filter_sql){ arena_text(a, q.out.data), q.value, q.values };
    buf_clear(&q.out);
    return s;
}
