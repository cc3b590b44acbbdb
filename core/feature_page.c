#include "core/feature_inside.h"

#include "core/base/base64.h"
#include "core/base/json.h"
#include "core/base/json_write.h"
#include "core/base/mem.h"
#include <stdio.h>
#include <string.h>

// A page begins behind a row: behind its sort keys, or behind its id where those are equal. NULL is before everything.

// --- The order --------------------------------------------------------------------------------------------------------------

// No index of the order shall lead past everything that lies outside of a small box: with a million rows that was 0.4 s a page.
static const char *apart_from_index(const struct feature_query *q) { return q->reach == REACH_NARROW ? "+" : ""; }

void page_order(const struct feature_query *q, struct question *a)
{
    char column[FEATURE_COLUMN];
    const char *apart = apart_from_index(q);
    buf_text(&a->clause.text, " ORDER BY ");
    for (int i = 0; i < q->sorts; i++)
        buf_printf(&a->clause.text, "%st.%s %s, ", apart, q->sort[i].property != NULL ? feature_column(q->layer, q->sort[i].property, column) : "id",
                   q->sort[i].down ? "DESC" : "ASC");
    buf_printf(&a->clause.text, "%s%s", apart, q->for_map || q->by_row ? "t.fid" : "t.id");
}

static const struct property *property_seen(const struct layer *l, const struct viewer *v, const char *name)
{
    for (int i = 0; i < l->properties; i++)
        if (strcmp(l->property[i].name, name) == 0 && visible_property(v, l, &l->property[i]))
            return &l->property[i];
    return NULL;
}

static enum status say_sortables(const struct layer *l, const struct viewer *v, const char *name, struct err *e)
{
    char list[700] = "id";
    size_t n = 2;
    for (int i = 0; i < l->properties && n < sizeof list; i++)
        if (visible_property(v, l, &l->property[i]))
            n += (size_t)snprintf(list + n, sizeof list - n, ", %s", l->property[i].name);
    return err_set(e, INVALID, "%s is not sorted by \"%.60s\"; it is by: %s", l->key, name, list);
}

enum status feature_sort_read(const struct layer *l, const struct viewer *v, const char *text, struct feature_query *q, struct err *e)
{
    for (const char *c = text; *c != '\0';) {
        bool down = *c == '-';
        char name[80];
        c += *c == '-' || *c == '+';
        size_t len = strcspn(c, ",");
        snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : sizeof name - 1), c);
        if (q->sorts == FEATURE_SORTS)
            return err_set(e, TOO_BIG, "at most %d properties are sorted by", FEATURE_SORTS);
        const struct property *p = property_seen(l, v, name);
        if (p == NULL && strcmp(name, "id") != 0)
            return say_sortables(l, v, name, e);
        q->sort[q->sorts++] = (struct feature_sort){ p, down };
        c += len;
        c += *c == ',';
    }
    return OK;
}

// --- The cursor -------------------------------------------------------------------------------------------------------------

static void put_key(struct json_writer *j, const struct feature *f, const struct property *p)
{
    int i = (int)(p - f->layer->property);
    if (p == NULL)
        json_put_text(j, NULL, f->id);
    else if (rows_is_null(f->rows, FIRST_PROPERTY + i))
        json_put_null(j, NULL);
    else if (p->type == PROPERTY_NUMBER) {
        char text[40];
        int len = snprintf(text, sizeof text, "%.17g", rows_real(f->rows, FIRST_PROPERTY + i));
        json_put_raw(j, NULL, text, (size_t)len);
    } else if (p->type == PROPERTY_TEXT || feature_is_kept_as_text(f->layer, p))
        json_put_text(j, NULL, rows_text(f->rows, FIRST_PROPERTY + i));
    else
        json_put_integer(j, NULL, rows_integer(f->rows, FIRST_PROPERTY + i));
}

void feature_cursor(const struct feature *f, const struct feature_query *q, char out[FEATURE_CURSOR])
{
    struct buf b;
    buf_init(&b, FEATURE_CURSOR / 4 * 3 - 8);
    struct json_writer j = { .to = &b };
    json_put_list(&j, NULL);
    for (int i = 0; i < q->sorts; i++)
        put_key(&j, f, q->sort[i].property);
    json_put_text(&j, NULL, f->id);
    json_put_end(&j);
    out[0] = '\0';
    if (!b.full)                   // a text too long to go on behind: this is the last page anybody gets
        base64url_write(b.data, b.len, out, FEATURE_CURSOR);
    buf_clear(&b);
}

static enum status say_cursor(const char *given, struct err *e)
{
    return err_set(e, INVALID, "\"%.40s\" is no place in this list; take it from the link \"next\" as it stands", given);
}

static struct value key_value(struct json v)
{
    const char *text;
    int64_t integer;
    double real;
    struct err aside = { 0 };
    if (json_kind(v) == JSON_KIND_TEXT && json_read_text(v, &text, &aside) == OK)
        return value_text(text);
    if (json_kind(v) == JSON_KIND_INTEGER && json_read_int(v, &integer, &aside) == OK)
        return value_integer(integer);
    if (json_kind(v) == JSON_KIND_REAL && json_read_number(v, &real, &aside) == OK)
        return value_real(real);
    return value_null();
}

// "behind" in this column alone, then "the same".
static void add_behind(struct question *a, const char *column, bool down, struct value v)
{
    struct buf *text = &a->clause.text;
    if (v.kind == VALUE_NULL)
        buf_printf(text, down ? "0" : "t.%s IS NOT NULL", column);
    else
        buf_printf(text, down ? "(t.%s IS NULL OR t.%s < %s)" : "(t.%s > %s)", column, down ? column : question_bind(a, v), down ? question_bind(a, v) : "");
}

static void add_same(struct question *a, const char *column, struct value v)
{
    if (v.kind == VALUE_NULL)
        buf_printf(&a->clause.text, "t.%s IS NULL", column);
    else
        buf_printf(&a->clause.text, "t.%s = %s", column, question_bind(a, v));
}

static enum status read_cursor(const struct feature_query *q, struct question *a, struct json_doc **doc, struct err *e)
{
    size_t len = 0, count = 0;
    char *json = arena_get(a->arena, strlen(q->after) + 1);
    struct err aside = { 0 };
    if (!base64url_read(q->after, json, &len) || json_parse(json, len, "after", NULL, doc, &aside) != OK)
        return say_cursor(q->after, e);
    if (json_read_list(json_root(*doc), &count, &aside) != OK || (int)count != q->sorts + 1)
        return say_cursor(q->after, e);
    return OK;
}

// (k1 behind) OR (k1 same AND ((k2 behind) OR (k2 same AND ... id behind)))
enum status page_after(const struct feature_query *q, struct question *a, struct err *e)
{
    struct json_doc *doc = NULL;
    if (q->after == NULL)
        return OK;
    enum status s = read_cursor(q, a, &doc, e);
    struct buf *text = &a->clause.text;
    if (s == OK)
        buf_text(text, " AND (");
    for (int i = 0; i < q->sorts && s == OK; i++) {
        char column[FEATURE_COLUMN] = "id";
        struct value v = key_value(json_at(json_root(doc), (size_t)i));
        if (v.kind == VALUE_TEXT)
            v = value_text(arena_text(a->arena, v.bytes));
        if (q->sort[i].property != NULL)
            feature_column(q->layer, q->sort[i].property, column);
        add_behind(a, column, q->sort[i].down, v);
        buf_text(text, " OR (");
        add_same(a, column, v);
        buf_text(text, " AND (");
    }
    if (s == OK) {
        struct value id = key_value(json_at(json_root(doc), (size_t)q->sorts));
        buf_printf(text, "%st.id > %s", apart_from_index(q), question_bind(a, id.kind == VALUE_TEXT ? value_text(arena_text(a->arena, id.bytes)) : value_text("")));
        for (int i = 0; i < q->sorts; i++)
            buf_text(text, "))");
        buf_text(text, ")");
    }
    json_close(doc);
    return s;
}
