#include "api/body.h"

#include "api/params.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/json.h"
#include "core/base/json_write.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include <stdio.h>
#include <string.h>

enum { OBJECT_CEILING = 64 << 10, OBJECT_DEPTH = 16 };

const char *const body_json[] = { "application/json", NULL };

// --- Fields -------------------------------------------------------------------------------------------------------------------

static enum status copy_value(struct json v, const char *key, int depth, struct json_writer *j, struct err *e);

static enum status copy_members(struct json v, const char *key, int depth, struct json_writer *j, struct err *e)
{
    struct json_each m = { 0 };
    enum status s = OK;
    json_put_object(j, key);
    while (s == OK && json_next(v, &m))
        s = copy_value(m.value, m.key, depth + 1, j, e);
    json_put_end(j);
    return s;
}

static enum status copy_items(struct json v, const char *key, int depth, struct json_writer *j, struct err *e)
{
    enum status s = OK;
    json_put_list(j, key);
    for (size_t i = 0; s == OK && i < json_count(v); i++)
        s = copy_value(json_at(v, i), NULL, depth + 1, j, e);
    json_put_end(j);
    return s;
}

static enum status copy_value(struct json v, const char *key, int depth, struct json_writer *j, struct err *e)
{
    const char *text = NULL;
    int64_t whole = 0;
    double number = 0;
    bool flag = false;
    enum status s = OK;
    if (depth > OBJECT_DEPTH)
        return json_wrong(v, "an object that is not so deep", e);
    switch (json_kind(v)) {
    case JSON_KIND_OBJECT: return copy_members(v, key, depth, j, e);
    case JSON_KIND_LIST: return copy_items(v, key, depth, j, e);
    case JSON_KIND_TEXT: s = json_read_text(v, &text, e); json_put_text(j, key, text); return s;
    case JSON_KIND_INTEGER: s = json_read_int(v, &whole, e); json_put_integer(j, key, whole); return s;
    case JSON_KIND_REAL: s = json_read_number(v, &number, e); json_put_number(j, key, number, 9); return s;
    case JSON_KIND_BOOL: s = json_read_bool(v, &flag, e); json_put_bool(j, key, flag); return s;
    default: json_put_null(j, key); return OK;
    }
}

enum status body_copy(struct json v, const char *key, struct json_writer *j, struct err *e) { return copy_value(v, key, 0, j, e); }

static enum status read_object(struct exchange *x, struct json v, const char **out, struct err *e)
{
    struct buf b;
    size_t count = 0;
    buf_init(&b, OBJECT_CEILING);
    struct json_writer j = { .to = &b };
    enum status s = json_read_object(v, &count, e);
    if (s == OK)
        s = copy_value(v, NULL, 0, &j, e);
    if (s == OK && b.full)
        s = json_wrong(v, "an object that is not so long", e);
    if (s == OK)
        *out = arena_text(x->request->arena, b.data);
    buf_clear(&b);
    return s;
}

static enum status read_text(struct exchange *x, const struct field *f, struct json v, const char **out)
{
    const char *text = NULL;
    char expected[80];
    size_t most = f->most > 0 ? (size_t)f->most : FIELD_TEXT_MOST;
    enum status s = json_read_text(v, &text, &x->err);
    if (s == OK && strlen(text) > most) {
        snprintf(expected, sizeof expected, text_in(x->lang, "a text of at most %zu bytes"), most);
        s = json_wrong(v, expected, &x->err);
    }
    if (s == OK)
        *out = arena_text(x->request->arena, text);
    return s;
}

static enum status read_word(struct exchange *x, const struct field *f, struct json v, const char **out)
{
    const char *text = NULL;
    char list[400] = "", expected[480];
    size_t n = 0;
    enum status s = json_read_text(v, &text, &x->err);
    for (int i = 0; s == OK && f->word[i] != NULL; i++) {
        if (strcmp(f->word[i], text) == 0) {
            *out = f->word[i];
            return OK;
        }
        if (n < sizeof list)
            n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i > 0 ? ", " : "", f->word[i]);
    }
    snprintf(expected, sizeof expected, text_in(x->lang, "one of %s"), list);
    return s == OK ? json_wrong(v, expected, &x->err) : s;
}

static enum status check_range(struct exchange *x, const struct field *f, struct json v, double value)
{
    char expected[120];
    if (value >= f->least && value <= f->most)
        return OK;
    snprintf(expected, sizeof expected, text_in(x->lang, "a number from %g to %g"), f->least, f->most);
    return json_wrong(v, expected, &x->err);
}

static enum status read_integer(struct exchange *x, const struct field *f, struct json v, int64_t *out)
{
    int64_t value = 0;
    enum status s = json_read_int(v, &value, &x->err);
    if (s == OK)
        s = check_range(x, f, v, (double)value);
    if (s == OK)
        *out = value;
    return s;
}

static enum status read_number(struct exchange *x, const struct field *f, struct json v, double *out)
{
    double value = 0;
    enum status s = json_read_number(v, &value, &x->err);
    if (s == OK)
        s = check_range(x, f, v, value);
    if (s == OK)
        *out = value;
    return s;
}

// A day is the district's; a moment says its zone.
bool body_moment(const struct exchange *x, const char *text, int64_t *out)
{
    enum { DAY = 10 };
    int64_t to_s = 0;
    if (strlen(text) == DAY)
        return when_parse(text, station_district(x->server->station)->zone_offset_s, out);
    return strlen(text) > DAY && strchr(text, '/') == NULL && when_read_interval(text, out, &to_s) && *out == to_s;
}

static enum status read_time(struct exchange *x, struct json v, int64_t *out)
{
    const char *text = NULL;
    int64_t at_s = 0;
    enum status s = json_read_text(v, &text, &x->err);
    if (s == OK && !body_moment(x, text, &at_s))
        s = json_wrong(v, "a moment with its zone (2026-03-01T08:30:00+08:00), or a day (2026-03-01)", &x->err);
    if (s == OK)
        *out = at_s;
    return s;
}

static enum status read_field(struct exchange *x, const struct field *f, struct json v, char *at)
{
    switch (f->kind) {
    case FIELD_TEXT: return read_text(x, f, v, (const char **)(void *)at);
    case FIELD_WORD: return read_word(x, f, v, (const char **)(void *)at);
    case FIELD_OBJECT: return read_object(x, v, (const char **)(void *)at, &x->err);
    case FIELD_INTEGER: return read_integer(x, f, v, (int64_t *)(void *)at);
    case FIELD_NUMBER: return read_number(x, f, v, (double *)(void *)at);
    case FIELD_FLAG: return json_read_bool(v, (bool *)(void *)at, &x->err);
    default: return read_time(x, v, (int64_t *)(void *)at);
    }
}

static enum status read_fields(struct exchange *x, struct json object, void *into)
{
    enum { FIELDS_MOST = 64 };
    const char *known[FIELDS_MOST + 1] = { NULL };
    const struct field *rows = x->route->field;
    size_t count = 0;
    enum status s = json_read_object(object, &count, &x->err);
    for (int i = 0; rows[i].kind != FIELD_END; i++) {
        must(i < FIELDS_MOST);
        known[i] = rows[i].name;
    }
    if (s == OK)
        s = json_known_keys(object, known, &x->err);
    for (const struct field *f = rows; s == OK && f->kind != FIELD_END; f++) {
        struct json v = json_get(object, f->name);
        if (json_is_there(v) || f->is_required)
            s = read_field(x, f, v, (char *)into + f->at);
    }
    return s;
}

enum status body_read(struct exchange *x, void *into)
{
    enum { FORM_CEILING = 4 << 20 };
    struct json_doc *doc = NULL;
    const struct request *r = x->request;
    struct buf form;
    buf_init(&form, FORM_CEILING);
    bool is_of_page = is_form(r);
    if (is_of_page)
        body_of_form(x, &form);
    const char *text = is_of_page ? form.data : r->body_len > 0 ? r->body : "";
    enum status s = json_parse(text, is_of_page ? form.len : r->body_len, text_in(x->lang, "the body of the request"), NULL, &doc, &x->err);
    if (s == OK)
        s = read_fields(x, json_root(doc), into);
    json_close(doc);
    buf_clear(&form);
    return s;
}
