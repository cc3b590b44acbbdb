// filter_json.c - CQL2 JSON to the same tree that its text gives.
#include "core/filter_scan.h"
#include "core/base/json.h"
#include "core/base/mem.h"

#include <string.h>
#include <strings.h>

static struct filter *expression(struct filter_tree *t, struct json v);

static struct filter *wrong(struct filter_tree *t, struct json v, const char *expected)
{
    filter_fail(t, json_wrong(v, expected, t->e));
    return NULL;
}

// --- Geometry (GeoJSON) ---------------------------------------------------------------------------------------------------

static enum status vertex(struct filter_tree *t, struct json v, struct filter_shape *to)
{
    double place[3] = { 0 };
    size_t n = json_count(v);
    if (json_kind(v) != JSON_KIND_LIST || n < 2 || n > 3)
        return filter_fail(t, json_wrong(v, "a position of 2 or 3 numbers", t->e));
    for (size_t i = 0; i < n; i++)
        if (json_read_number(json_at(v, i), &place[i], t->e) != OK)
            return filter_fail(t, INVALID);
    return filter_shape_vertex(t, to, place, (int)n);
}

// The coordinates of one shape, or of its parts, as deep as the kind goes.
static enum status coordinates(struct filter_tree *t, struct json v, struct filter_shape *to)
{
    size_t n;
    if (to->kind == SHAPE_POINT)
        return vertex(t, v, to);
    if (json_read_list(v, &n, t->e) != OK)
        return filter_fail(t, INVALID);
    if (n == 0)
        return filter_fail(t, json_wrong(v, "coordinates", t->e));
    enum filter_shape_kind kind = filter_shape_part(to->kind);
    for (size_t i = 0; i < n; i++) {
        struct filter_shape *part = kind != 0 ? filter_shape_make(t, kind) : NULL;
        if ((part != NULL ? coordinates(t, json_at(v, i), part) : vertex(t, json_at(v, i), to)) != OK)
            return t->status;
        if (part != NULL)
            filter_shape_add(to, part);
    }
    return OK;
}

static struct filter_shape *shape(struct filter_tree *t, struct json v);

static enum status members(struct filter_tree *t, struct json v, struct filter_shape *to)
{
    size_t n;
    if (json_read_list(v, &n, t->e) != OK)
        return filter_fail(t, INVALID);
    if (n == 0)
        return filter_fail(t, json_wrong(v, "geometries", t->e));
    for (size_t i = 0; i < n; i++) {
        struct filter_shape *part = shape(t, json_at(v, i));
        if (part == NULL)
            return t->status;
        filter_shape_add(to, part);
    }
    return OK;
}

static enum status box(struct filter_tree *t, struct json v, struct filter_shape *to)
{
    double side[6];
    size_t n = json_count(v);
    if (json_kind(v) != JSON_KIND_LIST || (n != 4 && n != 6))
        return filter_fail(t, json_wrong(v, "a list of 4 or 6 numbers", t->e));
    for (size_t i = 0; i < n; i++)
        if (json_read_number(json_at(v, i), &side[i], t->e) != OK)
            return filter_fail(t, INVALID);
    enum status low = filter_shape_vertex(t, to, side, (int)n / 2);
    return low != OK ? low : filter_shape_vertex(t, to, side + n / 2, (int)n / 2);
}

static struct filter_shape *shape(struct filter_tree *t, struct json v)
{
    const char *type = "BBOX";
    bool is_box = json_is_there(json_get(v, "bbox")) && !json_is_there(json_get(v, "type"));
    if (!is_box && json_read_text(json_get(v, "type"), &type, t->e) != OK) {
        filter_fail(t, INVALID);
        return NULL;
    }
    enum filter_shape_kind kind = filter_shape_of_word(type, strlen(type));
    if (kind == 0 || (kind == SHAPE_BOX && !is_box)) {
        wrong(t, json_get(v, "type"), "the type of a geometry");
        return NULL;
    }
    struct filter_shape *s = filter_shape_make(t, kind);
    enum status done = is_box ? box(t, json_get(v, "bbox"), s)
                     : kind == SHAPE_COLLECTION ? members(t, json_get(v, "geometries"), s)
                     : coordinates(t, json_get(v, "coordinates"), s);
    return done == OK && filter_shape_check(t, s) == OK ? s : NULL;
}

static struct filter *geometry(struct filter_tree *t, struct json v)
{
    struct filter *f = filter_leaf(t, OP_GEOMETRY, 0);
    if (f == NULL)
        return NULL;
    f->shape = shape(t, v);
    return f->shape != NULL ? f : NULL;
}

// --- Values --------------------------------------------------------------------------------------------------------------

static struct filter *named(struct filter_tree *t, enum filter_op op, struct json v)
{
    const char *text;
    if (json_read_text(v, &text, t->e) != OK) {
        filter_fail(t, INVALID);
        return NULL;
    }
    if (op == OP_PROPERTY && text[0] == '\0')
        return wrong(t, v, "the name of a property");
    struct filter *f = filter_leaf(t, op, 0);
    if (f != NULL)
        f->text = arena_text(t->arena, text);
    return f;
}

static struct filter *instant(struct filter_tree *t, enum filter_op op, struct json v)
{
    const char *text;
    if (json_read_text(v, &text, t->e) == OK)
        return filter_instant(t, op, 0, text);
    filter_fail(t, INVALID);
    return NULL;
}

static struct filter *number(struct filter_tree *t, struct json v)
{
    int64_t whole;
    double real;
    if (json_kind(v) == JSON_KIND_INTEGER && json_read_int(v, &whole, t->e) == OK)
        return filter_whole(t, 0, whole);
    if (json_read_number(v, &real, t->e) == OK)
        return filter_double(t, 0, real);
    filter_fail(t, INVALID);
    return NULL;
}

static struct filter *boolean(struct filter_tree *t, struct json v)
{
    struct filter *f = filter_leaf(t, OP_BOOLEAN, 0);
    if (f != NULL && json_read_bool(v, &f->truth, t->e) != OK)
        filter_fail(t, INVALID);
    return f;
}

static struct filter *interval_end(struct filter_tree *t, struct json v, bool is_end)
{
    static const char wanted[] = "a date, a moment, '..' or a property";
    const char *text;
    if (json_kind(v) != JSON_KIND_TEXT) {
        struct filter *f = expression(t, v);
        return f == NULL || filter_may_end_interval(f) ? f : wrong(t, v, wanted);
    }
    if (json_read_text(v, &text, t->e) != OK)
        return wrong(t, v, wanted);
    if (strcmp(text, "..") != 0)
        return filter_instant(t, strlen(text) <= strlen("2026-11-22") ? OP_DATE : OP_TIMESTAMP, 0, text);
    struct filter *f = filter_leaf(t, OP_OPEN, 0);
    if (f != NULL)
        f->is_end = is_end;
    return f;
}

static struct filter *interval(struct filter_tree *t, struct json v)
{
    if (json_kind(v) != JSON_KIND_LIST || json_count(v) != 2)
        return wrong(t, v, "a list of two: start and end");
    struct filter *f = filter_add(t, filter_leaf(t, OP_INTERVAL, 0), interval_end(t, json_at(v, 0), false));
    return f != NULL ? filter_add(t, f, interval_end(t, json_at(v, 1), true)) : NULL;
}

static struct filter *add_all(struct filter_tree *t, struct filter *to, struct json list, bool lists);

static struct filter *array(struct filter_tree *t, struct json v)
{
    struct filter *f = filter_leaf(t, OP_ARRAY, 0);
    return f != NULL ? add_all(t, f, v, true) : NULL;
}

static struct filter *add_all(struct filter_tree *t, struct filter *to, struct json list, bool lists)
{
    size_t n = json_count(list);
    for (size_t i = 0; i < n && to != NULL; i++) {
        struct json v = json_at(list, i);
        to = filter_add(t, to, lists && json_kind(v) == JSON_KIND_LIST ? array(t, v) : expression(t, v));
    }
    return to;
}

// --- Operators -----------------------------------------------------------------------------------------------------------

static struct filter *in_list(struct filter_tree *t, struct filter *f, struct json args)
{
    struct json list = json_at(args, 1);
    if (json_count(args) != 2 || json_kind(list) != JSON_KIND_LIST || json_count(list) == 0)
        return wrong(t, args, "a value and a list that is not empty");
    f = filter_add(t, f, expression(t, json_at(args, 0)));
    return f != NULL ? add_all(t, f, list, false) : NULL;
}

static bool is_function_name(const char *name)
{
    static const char *const words[] = { "DATE", "TIMESTAMP", "INTERVAL" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(words[i], name) == 0)
            return false;
    return filter_is_plain_name(name) && filter_shape_of_word(name, strlen(name)) == 0;
}

static struct filter *counted(struct filter_tree *t, struct filter *f)
{
    const struct filter_word *word = f != NULL ? filter_word(f->op) : NULL;
    if (f == NULL || f->op == OP_FUNCTION || (f->count >= word->least && f->count <= word->most))
        return f;
    filter_fail(t, err_set(t->e, INVALID, "%s takes %d arguments, not %d", word->text, word->least, f->count));
    return NULL;
}

static struct filter *call(struct filter_tree *t, struct json v)
{
    const char *name;
    size_t n;
    struct json args = json_get(v, "args");
    if (json_read_text(json_get(v, "op"), &name, t->e) != OK || json_read_list(args, &n, t->e) != OK) {
        filter_fail(t, INVALID);
        return NULL;
    }
    enum filter_op op = filter_op_of_json(name);
    if (op == OPS && !is_function_name(name))
        return wrong(t, json_get(v, "op"), "the name of an operator or a function");
    struct filter *f = filter_leaf(t, op != OPS ? op : OP_FUNCTION, 0);
    if (f == NULL)
        return NULL;
    if (op == OPS)
        f->text = arena_text(t->arena, name);
    f = op == OP_IN ? in_list(t, f, args) : add_all(t, f, args, op == OPS || filter_is_array(f));
    return counted(t, f);
}

static struct filter *object(struct filter_tree *t, struct json v)
{
    if (json_is_there(json_get(v, "op")))
        return call(t, v);
    if (json_is_there(json_get(v, "property")))
        return named(t, OP_PROPERTY, json_get(v, "property"));
    if (json_is_there(json_get(v, "date")))
        return instant(t, OP_DATE, json_get(v, "date"));
    if (json_is_there(json_get(v, "timestamp")))
        return instant(t, OP_TIMESTAMP, json_get(v, "timestamp"));
    if (json_is_there(json_get(v, "interval")))
        return interval(t, json_get(v, "interval"));
    if (json_is_there(json_get(v, "type")) || json_is_there(json_get(v, "bbox")))
        return geometry(t, v);
    return wrong(t, v, "an object with op, property, date, timestamp, interval, bbox or type");
}

static struct filter *expression(struct filter_tree *t, struct json v)
{
    switch (json_kind(v)) {
    case JSON_KIND_TEXT: return named(t, OP_TEXT, v);
    case JSON_KIND_INTEGER:
    case JSON_KIND_REAL: return number(t, v);
    case JSON_KIND_BOOL: return boolean(t, v);
    case JSON_KIND_OBJECT: return object(t, v);
    default: return wrong(t, v, "a value, a property or a condition");
    }
}

enum status filter_read_json(struct arena *a, struct json value, const struct filter **out, struct err *e)
{
    struct filter_tree t = { .arena = a, .e = e };
    const struct filter *f = expression(&t, value);
    if (t.status == OK)
        *out = f;
    return t.status;
}

enum status filter_parse_json(struct arena *a, const char *json, size_t len, const struct filter **out, struct err *e)
{
    if (len > FILTER_TEXT_BYTES_MOST)
        return err_set(e, TOO_BIG, "the filter has more than %d bytes", FILTER_TEXT_BYTES_MOST);
    struct json_doc *doc = NULL;
    enum status s = json_parse(json, len, text_in(e->lang, "filter"), NULL, &doc, e);
    if (s == OK)
        s = filter_read_json(a, json_root(doc), out, e);
    json_close(doc);
    return s;
}
