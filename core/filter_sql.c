// filter_sql.c - a tree to SQL: the text is ours, every value is bound, in order, once.
//
// Truth is SQL's own three-valued logic, so each part must be NULL exactly where CQL2 says unknown.
#include "core/filter_tree.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/store/store.h"

#include <string.h>

// --- What differs ----------------------------------------------------------------------------------------------------------

struct dialect {                    // ? is the next argument
    const char *like;               // text, pattern
    bool like_is_glob;              // LIKE of SQLite takes A for a, GLOB does not
    const char *bytewise;           // after the left side of < and >: text by its bytes
    const char *modulo;
    const char *seconds_of_text;    // "2026-11-22" or "2026-11-22T08:00:00Z" to seconds since 1970
    const char *spatial_first, *spatial_last;   // SpatiaLite answers -1 for "unknown"
    const char *bound_array, *array_of;         // of a JSON text, of values
    const char *array[4];           // A_EQUALS, A_CONTAINS, A_CONTAINEDBY, A_OVERLAPS
};

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

enum { SQL_BYTES_MOST = 8 << 20 };

struct sql {
    const struct filter_scope *scope;
    const struct filter_sql_options *how;
    const struct dialect *dialect;
    struct arena *arena;
    struct buf out;
    struct value *value;
    int values, room;
};

static void put(struct sql *q, const struct filter *f);

static void text(struct sql *q, const char *words)
{
    buf_text(&q->out, words);
}

static void bind(struct sql *q, struct value v)
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
static void bind_buf(struct sql *q, struct buf *b, bool bytes)
{
    char *copy = arena_get(q->arena, b->len + 1);
    memcpy(copy, b->data, b->len);
    bind(q, bytes ? value_bytes(copy, b->len) : value_text(copy));
    buf_clear(b);
}

static void identifier(struct sql *q, const char *name)
{
    must(strchr(name, '"') == NULL);
    buf_printf(&q->out, "\"%s\"", name);
}

static void column(struct sql *q, const char *name)
{
    if (q->how->alias != NULL)
        buf_printf(&q->out, "%s.", q->how->alias);
    identifier(q, name);
}

// The template up to its next ?, which is passed; NULL when there is none.
static const char *until_argument(struct sql *q, const char *template)
{
    size_t len = strcspn(template, "?");
    buf_add(&q->out, template, len);
    return template[len] == '?' ? template + len + 1 : template + len;
}

typedef void putter(struct sql *q, const struct filter *f);

static void put_template(struct sql *q, const char *template, const struct filter *f, putter *each)
{
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next) {
        template = until_argument(q, template);
        each(q, arg);
    }
    text(q, template);
}

static void put_joined(struct sql *q, const struct filter *f, const char *between, putter *each)
{
    text(q, "(");
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next) {
        text(q, arg == f->first ? "" : between);
        each(q, arg);
    }
    text(q, ")");
}

// --- Values ----------------------------------------------------------------------------------------------------------------

static const struct filter_queryable *queryable(const struct sql *q, const struct filter *f)
{
    return f->op == OP_PROPERTY ? filter_queryable(q->scope, f->text) : NULL;
}

static void put_number(struct sql *q, const struct filter *f)
{
    bind(q, f->is_whole ? value_integer(f->whole) : value_real(f->number));
}

// An operand of arithmetic, which is done in double everywhere.
static void put_double(struct sql *q, const struct filter *f)
{
    if (f->op == OP_NUMBER) {
        bind(q, value_real(f->number));
        return;
    }
    text(q, f->op == OP_PROPERTY ? "CAST(" : "");
    put(q, f);
    text(q, f->op == OP_PROPERTY ? " AS DOUBLE PRECISION)" : "");
}

static void put_arithmetic(struct sql *q, const struct filter *f)
{
    static const char *const templates[] = {
        [OP_ADD - OP_ADD] = "(? + ?)", [OP_SUBTRACT - OP_ADD] = "(? - ?)", [OP_MULTIPLY - OP_ADD] = "(? * ?)",
        [OP_DIVIDE - OP_ADD] = "(? / NULLIF(?, 0))", [OP_DIV - OP_ADD] = "trunc(? / NULLIF(?, 0))", [OP_POWER - OP_ADD] = "power(?, ?)",
    };
    put_template(q, f->op == OP_MODULO ? q->dialect->modulo : templates[f->op - OP_ADD], f, put_double);
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
        put_template(q, f->op == OP_CASEI ? "casei(?)" : "accenti(?)", f, put_pattern);
        return;
    }
    struct buf glob;
    buf_init(&glob, FILTER_TEXT_BYTES_MOST * 3);
    buf_text(&glob, "");
    if (q->dialect->like_is_glob)
        glob_of_like(f->text, &glob);
    else
        buf_text(&glob, f->text);
    bind_buf(q, &glob, false);
}

static void put_like(struct sql *q, const struct filter *f)
{
    const char *rest = until_argument(q, q->dialect->like);
    put(q, f->first);
    rest = until_argument(q, rest);
    put_pattern(q, filter_arg(f, 1));
    text(q, rest);
}

// --- Time ------------------------------------------------------------------------------------------------------------------

// What the sides of a comparison are turned into: text where every column holds that text already, so that its index serves.
enum time_form { FORM_NONE, FORM_DATES, FORM_MOMENTS, FORM_SECONDS };

static enum time_form form_of(const struct sql *q, const struct filter *f)
{
    const struct filter_queryable *property = queryable(q, f);
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

static void put_seconds(struct sql *q, const struct filter *f)
{
    if (f->op == OP_OPEN)
        bind(q, value_integer(f->is_end ? FILTER_FOREVER_S : -FILTER_FOREVER_S));
    else if (f->time.ns == 0)
        bind(q, value_integer(f->time.s));
    else
        bind(q, value_real((double)f->time.s + f->time.ns / 1e9));
}

static void put_moment(struct sql *q, const struct filter *f, enum time_form form)
{
    char written[FILTER_TIME_BYTES];
    filter_time_print(f->time, form == FORM_DATES, written);
    bind(q, value_text(f->op == OP_OPEN ? f->is_end ? "9999-99-99" : "0000-00-00" : arena_text(q->arena, written)));
}

static void put_time(struct sql *q, const struct filter *f, enum time_form form)
{
    const struct filter_queryable *property = queryable(q, f);
    if (property == NULL && form == FORM_SECONDS) {
        put_seconds(q, f);
    } else if (property == NULL) {
        put_moment(q, f, form);
    } else if (form == FORM_SECONDS && property->kept == FILTER_AS_TEXT) {
        const char *rest = until_argument(q, q->dialect->seconds_of_text);
        column(q, property->column);
        text(q, rest);
    } else {
        column(q, property->column);
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

static void put_temporal(struct sql *q, const struct filter *f)
{
    const struct filter_relation *r = filter_relation(f->op);
    text(q, "(");
    for (int i = 0; i < r->count; i++) {
        text(q, i == 0 ? "" : r->any ? " OR " : " AND ");
        put_end_pair(q, end_of(f->first, r->ends[i].left), r->ends[i].op, end_of(f->last, r->ends[i].right));
    }
    text(q, ")");
}

// --- Comparisons -------------------------------------------------------------------------------------------------------------

// An argument in the sort its neighbours are compared in.
static void put_side(struct sql *q, const struct filter *f, enum time_form form)
{
    if (filter_sort_of(q->scope, f) == SORT_TIME)
        put_time(q, f, form);
    else
        put(q, f);
}

static void put_comparison(struct sql *q, const struct filter *f)
{
    enum time_form form = form_of_all(q, f);
    bool ordered = f->op != OP_EQ && f->op != OP_NE && filter_sort_of(q->scope, f->first) == SORT_TEXT;
    text(q, "(");
    put_side(q, f->first, form);
    text(q, ordered ? q->dialect->bytewise : "");
    buf_printf(&q->out, " %s ", filter_word(f->op)->text);
    put_side(q, f->last, form);
    text(q, ")");
}

static void put_between(struct sql *q, const struct filter *f)
{
    enum time_form form = form_of_all(q, f);
    static const char *const before[] = { "(", " BETWEEN ", " AND " };
    const struct filter *arg = f->first;
    for (int i = 0; i < 3; i++, arg = arg->next) {
        text(q, before[i]);
        put_side(q, arg, form);
    }
    text(q, ")");
}

static void put_in(struct sql *q, const struct filter *f)
{
    enum time_form form = form_of_all(q, f);
    text(q, "(");
    put_side(q, f->first, form);
    for (const struct filter *arg = f->first->next; arg != NULL; arg = arg->next) {
        text(q, arg == f->first->next ? " IN (" : ", ");
        put_side(q, arg, form);
    }
    text(q, "))");
}

static void put_null(struct sql *q, const struct filter *f)
{
    text(q, "(");
    put_side(q, f->first, FORM_SECONDS);
    text(q, " IS NULL)");
}

// --- Space -------------------------------------------------------------------------------------------------------------------

static void put_geometry(struct sql *q, const struct filter *f)
{
    struct buf wkb;
    buf_init(&wkb, SQL_BYTES_MOST);
    filter_shape_wkb(f->shape, &wkb);
    text(q, "ST_GeomFromWKB(");
    bind_buf(q, &wkb, true);
    text(q, ", 4326)");
}

static void put_relation(struct sql *q, const struct filter *f)
{
    static const char *const names[] = { "Intersects", "Equals", "Disjoint", "Touches", "Within", "Overlaps", "Crosses", "Contains" };
    text(q, q->dialect->spatial_first);
    text(q, names[f->op - OP_S_INTERSECTS]);
    put_joined(q, f, ", ", put);
    text(q, q->dialect->spatial_last);
}

// The column whose R*Tree can be asked first for this relation to a literal; NULL: none.
static const struct filter_queryable *windowed(const struct sql *q, const struct filter *f, const struct filter **literal)
{
    if (!q->how->windows || f->op == OP_S_DISJOINT || q->how->dialect != FILTER_SPATIALITE)
        return NULL;
    const struct filter *property = f->first->op == OP_PROPERTY ? f->first : f->last;
    *literal = property == f->first ? f->last : f->first;
    const struct filter_queryable *found = queryable(q, property);
    return found != NULL && found->window_table != NULL && (*literal)->op == OP_GEOMETRY ? found : NULL;
}

// Where only true rows count: a row outside the window is false, also one without geometry.
static void put_windowed(struct sql *q, const struct filter *f)
{
    const struct filter *literal;
    const struct filter_queryable *geometry = windowed(q, f, &literal);
    if (geometry == NULL) {
        put_relation(q, f);
        return;
    }
    must(geometry->row_column != NULL);
    struct filter_box box = filter_shape_box(literal->shape);
    text(q, "(");
    column(q, geometry->row_column);
    text(q, " IN (SELECT pkid FROM ");
    identifier(q, geometry->window_table);
    const struct { const char *words; double bound; } sides[] = {
        { " WHERE xmin <= ", box.east }, { " AND xmax >= ", box.west }, { " AND ymin <= ", box.north }, { " AND ymax >= ", box.south },
    };
    for (int i = 0; i < 4; i++) {
        text(q, sides[i].words);
        bind(q, value_real(sides[i].bound));
    }
    text(q, ") AND ");
    put_relation(q, f);
    text(q, ")");
}

// --- Arrays ------------------------------------------------------------------------------------------------------------------

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
    text(q, bound ? "CAST(" : "");
    if (time) {
        filter_time_print(f->time, f->op == OP_DATE, written);
        bind(q, value_text(arena_text(q->arena, written)));
    } else {
        put(q, f);
    }
    if (bound)
        text(q, f->op != OP_NUMBER ? " AS TEXT)" : f->is_whole ? " AS BIGINT)" : " AS DOUBLE PRECISION)");
}

// With properties in it; one that is nothing leaves the whole unknown.
static void put_array_of_row(struct sql *q, const struct filter *f)
{
    text(q, "CASE WHEN TRUE");
    for (const struct filter *arg = f->first; arg != NULL; arg = arg->next)
        if (arg->op == OP_PROPERTY) {
            text(q, " AND ");
            put(q, arg);
            text(q, " IS NOT NULL");
        }
    buf_printf(&q->out, " THEN %s", q->dialect->array_of);
    put_joined(q, f, ", ", put_element);
    text(q, " END");
}

static void put_array(struct sql *q, const struct filter *f)
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
    const char *rest = until_argument(q, q->dialect->bound_array);
    bind_buf(q, &json, false);
    text(q, rest);
}

// --- The whole -----------------------------------------------------------------------------------------------------------------

static void put_true(struct sql *q, const struct filter *f);

// Arguments first .. first+n-1, split in halves: a chain of a thousand would be nested a thousand deep in SQLite.
static void put_chain(struct sql *q, const struct filter *f, const struct filter **first, int n, putter *each)
{
    enum { FLAT_MOST = 16 };
    text(q, "(");
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
    text(q, ")");
}

static void put_logic(struct sql *q, const struct filter *f, putter *each)
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
        put_windowed(q, f);
    else
        put(q, f);
}

static void put_leaf(struct sql *q, const struct filter *f)
{
    switch (f->op) {
    case OP_PROPERTY: column(q, queryable(q, f)->column); return;
    case OP_TEXT: bind(q, value_text(f->text)); return;
    case OP_NUMBER: put_number(q, f); return;
    case OP_BOOLEAN: text(q, f->truth ? "TRUE" : "FALSE"); return;
    case OP_GEOMETRY: put_geometry(q, f); return;
    default: put_seconds(q, f); return;
    }
}

static void put(struct sql *q, const struct filter *f)
{
    if (f->op <= OP_GEOMETRY)
        put_leaf(q, f);
    else if (f->op == OP_AND || f->op == OP_OR)
        put_logic(q, f, put);
    else if (f->op == OP_NOT)
        put_template(q, "(NOT ?)", f, put);
    else if (filter_is_comparison(f))
        put_comparison(q, f);
    else if (f->op == OP_LIKE)
        put_like(q, f);
    else if (f->op == OP_BETWEEN)
        put_between(q, f);
    else if (f->op == OP_IN)
        put_in(q, f);
    else if (f->op == OP_IS_NULL)
        put_null(q, f);
    else if (filter_is_arithmetic(f))
        put_arithmetic(q, f);
    else if (f->op == OP_CASEI || f->op == OP_ACCENTI)
        put_template(q, f->op == OP_CASEI ? "casei(?)" : "accenti(?)", f, put);
    else if (filter_is_spatial(f))
        put_relation(q, f);
    else if (filter_is_temporal(f))
        put_temporal(q, f);
    else if (filter_is_array(f))
        put_template(q, q->dialect->array[f->op - OP_A_EQUALS], f, put);
    else {
        must(f->op == OP_ARRAY);    // the check lets no interval or function come here
        put_array(q, f);
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
    text(&q, "(");
    put_true(&q, f);
    text(&q, ")");
    if (q.out.full)
        s = err_set(e, TOO_BIG, "the filter is too large for a query");
    else
        *out = (struct filter_sql){ arena_text(a, q.out.data), q.value, q.values };
    buf_clear(&q.out);
    return s;
}
