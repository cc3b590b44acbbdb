#include "core/base/json.h"
#include "core/base/buf.h"
#include "core/base/mem.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct json_doc {
    json_t *root;
    char *name, *text;      // the text is kept: jansson forgets on which line a value stood
    size_t len;
};

enum { GIVEN_BYTES = 64, PATH_BYTES = 512 };

// --- Reading a text ----------------------------------------------------------------------------------------------------

static struct json_limits or_usual(const struct json_limits *given)
{
    struct json_limits l = given != NULL ? *given : (struct json_limits){ 0 };
    return (struct json_limits){ .bytes = l.bytes != 0 ? l.bytes : JSON_BYTES_MOST, .depth = l.depth != 0 ? l.depth : JSON_DEPTH_MOST,
                                 .values = l.values != 0 ? l.values : JSON_VALUES_MOST };
}

// One step through the text outside of strings: where the next of { } [ ] , stands, or len. *line counts line feeds.
static size_t next_mark(const char *text, size_t len, size_t at, int *line)
{
    bool quoted = false;
    for (; at < len; at++) {
        char c = text[at];
        *line += c == '\n';
        if (quoted && c == '\\')
            at++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '}' || c == '[' || c == ']' || c == ','))
            return at;
    }
    return len;
}

// jansson's own depth is fixed and it has no limit for values: one empty list of two letters costs it a hundred bytes.
static enum status check_limits(const struct json_doc *d, const struct json_limits *l, struct err *e)
{
    int line = 1, depth = 0;
    size_t values = 1;
    for (size_t at = 0; (at = next_mark(d->text, d->len, at, &line)) < d->len; at++) {
        char c = d->text[at];
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        values += c != '}' && c != ']';
        if (depth > l->depth)
            return err_set(e, TOO_BIG, "%s:%d: nested more than %d deep", d->name, line, l->depth);
        if (values > l->values)
            return err_set(e, TOO_BIG, "%s:%d: more than %zu values", d->name, line, l->values);
    }
    return OK;
}

static enum status load(struct json_doc *d, const struct json_limits *l, struct err *e)
{
    enum status s = check_limits(d, l, e);
    if (s != OK)
        return s;
    json_error_t error;
    d->root = json_loadb(d->text, d->len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (d->root == NULL)
        return err_set(e, INVALID, "%s:%d: this is not JSON: %.200s", d->name, error.line > 0 ? error.line : 1, error.text);
    return OK;
}

// Takes the text over, also when it fails.
static enum status parse_own(char *text, size_t len, const char *name, const struct json_limits *l, struct json_doc **out, struct err *e)
{
    size_t mark = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    memmove(text, text + mark, len - mark);
    struct json_doc *d = mem_get(1, sizeof *d);
    *d = (struct json_doc){ .text = text, .len = len - mark, .name = mem_get(strlen(name) + 1, 1) };
    strcpy(d->name, name);
    enum status s = load(d, l, e);
    if (s != OK)
        json_close(d);
    else
        *out = d;
    return s;
}

static enum status too_many_bytes(const char *name, size_t most, struct err *e)
{
    return err_set(e, TOO_BIG, "%s: longer than the %zu bytes that are read", name, most);
}

enum status json_parse(const char *text, size_t len, const char *name, const struct json_limits *limits, struct json_doc **out, struct err *e)
{
    struct json_limits l = or_usual(limits);
    if (len > l.bytes)
        return too_many_bytes(name, l.bytes, e);
    char *copy = mem_get(len + 1, 1);
    if (len > 0)
        memcpy(copy, text, len);
    return parse_own(copy, len, name, &l, out, e);
}

static enum status read_stream(FILE *f, const char *path, size_t most, struct buf *b, struct err *e)
{
    char chunk[16384];
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, f)) > 0;) {
        if (b->len + got > most)
            return too_many_bytes(path, most, e);
        buf_add(b, chunk, got);
    }
    if (ferror(f))
        return err_set(e, FAILED, "%s: reading stopped after %lld bytes: %s", path, (long long)b->len, strerror(errno));
    return OK;
}

enum status json_read_file(const char *path, const struct json_limits *limits, struct json_doc **out, struct err *e)
{
    struct json_limits l = or_usual(limits);
    FILE *f = fopen(path, "rbe");
    if (f == NULL && errno == ENOENT)
        return err_set(e, NOT_FOUND, "%s: no such file", path);
    if (f == NULL)
        return err_set(e, FAILED, "%s: cannot be opened: %s", path, strerror(errno));
    struct buf b;
    buf_init(&b, l.bytes + 1);
    buf_add(&b, "", 0);
    enum status s = read_stream(f, path, l.bytes, &b, e);
    fclose(f);
    if (s == OK)
        return parse_own(b.data, b.len, path, &l, out, e);
    buf_clear(&b);
    return s;
}

void json_close(struct json_doc *d)
{
    if (d == NULL)
        return;
    json_decref(d->root);
    mem_free(d->name);
    mem_free(d->text);
    mem_free(d);
}

// --- Handles -----------------------------------------------------------------------------------------------------------

struct json json_root(const struct json_doc *d)
{
    return (struct json){ .doc = d, .node = d->root };
}

struct json json_get(struct json object, const char *key)
{
    if (object.lacks != JSON_KIND_NONE)
        return object;
    if (!json_is_object((const json_t *)object.node)) {
        object.lacks = JSON_KIND_OBJECT;
        return object;
    }
    return (struct json){ .doc = object.doc, .node = json_object_get(object.node, key), .parent = object.node, .key = key };
}

struct json json_at(struct json list, size_t i)
{
    if (list.lacks != JSON_KIND_NONE)
        return list;
    if (!json_is_array((const json_t *)list.node)) {
        list.lacks = JSON_KIND_LIST;
        return list;
    }
    return (struct json){ .doc = list.doc, .node = json_array_get(list.node, i), .parent = list.node, .index = i };
}

enum json_kind json_kind(struct json v)
{
    static const enum json_kind kinds[] = {
        [JSON_OBJECT] = JSON_KIND_OBJECT, [JSON_ARRAY] = JSON_KIND_LIST, [JSON_STRING] = JSON_KIND_TEXT, [JSON_INTEGER] = JSON_KIND_INTEGER,
        [JSON_REAL] = JSON_KIND_REAL, [JSON_TRUE] = JSON_KIND_BOOL, [JSON_FALSE] = JSON_KIND_BOOL, [JSON_NULL] = JSON_KIND_NULL,
    };
    if (v.node == NULL || v.lacks != JSON_KIND_NONE)
        return JSON_KIND_NONE;
    return kinds[json_typeof((const json_t *)v.node)];
}

size_t json_count(struct json v)
{
    enum json_kind kind = json_kind(v);
    return kind == JSON_KIND_LIST ? json_array_size(v.node) : kind == JSON_KIND_OBJECT ? json_object_size(v.node) : 0;
}

bool json_is_there(struct json v)
{
    return json_kind(v) > JSON_KIND_NULL;
}

bool json_next(struct json object, struct json_each *m)
{
    if (json_kind(object) != JSON_KIND_OBJECT)
        return false;
    json_t *o = (json_t *)object.node;      // jansson's iterator asks for it; nothing is written
    m->at = m->at == NULL ? json_object_iter(o) : json_object_iter_next(o, m->at);
    if (m->at == NULL)
        return false;
    m->key = json_object_iter_key(m->at);
    m->value = (struct json){ .doc = object.doc, .node = json_object_iter_value(m->at), .parent = o, .key = m->key };
    return true;
}

// --- Where a value stands ----------------------------------------------------------------------------------------------

// How many bytes of this text make whole characters and fit.
static size_t whole_characters(const char *utf8, size_t room)
{
    size_t len = strnlen(utf8, room + 1), keep = len <= room ? len : room;
    while (keep < len && keep > 0 && ((unsigned char)utf8[keep] & 0xc0) == 0x80)
        keep--;
    return keep;
}

// Lists and objects are counted in the order of the text, which jansson keeps: the n-th of them begins at the n-th bracket.
struct search { const json_t *wanted; size_t brackets; struct buf path; };

static bool found_below(struct search *s, const json_t *here);

static bool found_at(struct search *s, const json_t *value, const char *key, size_t index)
{
    size_t before = s->path.len;
    if (key != NULL)
        buf_printf(&s->path, "%s%s", before > 0 ? "." : "", key);
    else
        buf_printf(&s->path, "[%zu]", index);
    if (found_below(s, value))
        return true;
    s->path.len = before;
    s->path.data[before] = '\0';
    return false;
}

static bool found_below(struct search *s, const json_t *here)
{
    bool is_object = json_is_object(here);
    if (!is_object && !json_is_array(here))
        return false;
    s->brackets++;
    if (here == s->wanted)
        return true;
    json_t *o = (json_t *)here;
    for (void *at = is_object ? json_object_iter(o) : NULL; at != NULL; at = json_object_iter_next(o, at))
        if (found_at(s, json_object_iter_value(at), json_object_iter_key(at), 0))
            return true;
    for (size_t i = 0; !is_object && i < json_array_size(here); i++)
        if (found_at(s, json_array_get(here, i), NULL, i))
            return true;
    return false;
}

static size_t place_among_members(const json_t *object, const char *key)
{
    size_t place = 0;
    json_t *o = (json_t *)object;
    for (void *at = json_object_iter(o); at != NULL && strcmp(json_object_iter_key(at), key) != 0; at = json_object_iter_next(o, at))
        place++;
    return place;
}

// The line of the n-th bracket (from 1), or of its member: past so many commas of its own.
static int line_of(const struct json_doc *d, size_t bracket, bool member, size_t commas)
{
    int line = 1, depth = 0;
    size_t seen = 0, at = next_mark(d->text, d->len, 0, &line);
    for (; at < d->len; at = next_mark(d->text, d->len, at + 1, &line))
        if ((d->text[at] == '{' || d->text[at] == '[') && ++seen == bracket)
            break;
    if (!member || at == d->len)
        return line;
    for (; commas > 0 && (at = next_mark(d->text, d->len, at + 1, &line)) < d->len;) {
        char c = d->text[at];
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        commas -= c == ',' && depth == 0;
    }
    for (at++; at < d->len && strchr(" \t\r\n", d->text[at]) != NULL; at++)
        line += d->text[at] == '\n';
    return line;
}

static int find_place(struct json v, char path[PATH_BYTES])
{
    struct search s = { .wanted = v.parent };
    buf_init(&s.path, v.doc->len + PATH_BYTES);
    buf_add(&s.path, "", 0);
    size_t bracket = 1, place = 0;
    if (v.parent != NULL) {
        must(found_below(&s, v.doc->root));
        bracket = s.brackets;
        place = v.key != NULL ? place_among_members(v.parent, v.key) : v.index;
        if (v.key != NULL)
            buf_printf(&s.path, "%s%s", s.path.len > 0 ? "." : "", v.key);
        else
            buf_printf(&s.path, "[%zu]", v.index);
    }
    snprintf(path, PATH_BYTES, "%.*s", (int)whole_characters(s.path.data, PATH_BYTES - 1), s.path.data);
    buf_clear(&s.path);
    return line_of(v.doc, bracket, v.parent != NULL && v.node != NULL, place);
}

// --- What was given instead --------------------------------------------------------------------------------------------

static void quote_start(const char *utf8, char out[GIVEN_BYTES])
{
    enum { ROOM = GIVEN_BYTES - 8 };
    size_t keep = whole_characters(utf8, ROOM);
    snprintf(out, GIVEN_BYTES, "\"%.*s%s\"", (int)keep, utf8, utf8[keep] != '\0' ? "…" : "");
}

static void describe(const json_t *node, enum lang lang, char out[GIVEN_BYTES])
{
    if (node == NULL)
        snprintf(out, GIVEN_BYTES, "%s", text_in(lang, "nothing"));
    else if (json_is_string(node))
        quote_start(json_string_value(node), out);
    else if (json_is_integer(node))
        snprintf(out, GIVEN_BYTES, "%lld", (long long)json_integer_value(node));
    else if (json_is_real(node))
        snprintf(out, GIVEN_BYTES, "%.17g", json_real_value(node));
    else if (json_is_array(node))
        snprintf(out, GIVEN_BYTES, text_in(lang, "a list of %zu"), json_array_size(node));
    else if (json_is_object(node))
        snprintf(out, GIVEN_BYTES, text_in(lang, "an object of %zu members"), json_object_size(node));
    else
        snprintf(out, GIVEN_BYTES, "%s", json_is_null(node) ? "null" : json_is_true(node) ? "true" : "false");
}

enum status json_wrong(struct json v, const char *expected, struct err *e)
{
    enum lang lang = e != NULL ? e->lang : LANG_EN;
    char path[PATH_BYTES], given[GIVEN_BYTES];
    int line = find_place(v, path);
    describe(v.node, lang, given);
    const char *wanted = text_in(lang, expected);
    if (path[0] == '\0')
        return err_set(e, INVALID, "%s:%d: %s is expected, %s is given", v.doc->name, line, wanted, given);
    return err_set(e, INVALID, "%s:%d: %s: %s is expected, %s is given", v.doc->name, line, path, wanted, given);
}

// --- Reading values ----------------------------------------------------------------------------------------------------

static enum status not_a(struct json v, const char *expected, struct err *e)
{
    if (v.lacks == JSON_KIND_LIST)
        return json_wrong(v, "a list", e);
    if (v.lacks == JSON_KIND_OBJECT)
        return json_wrong(v, "an object", e);
    return json_wrong(v, expected, e);
}

enum status json_read_text(struct json v, const char **out, struct err *e)
{
    if (json_kind(v) != JSON_KIND_TEXT)
        return not_a(v, "a text", e);
    *out = json_string_value(v.node);
    return OK;
}

enum status json_read_int(struct json v, int64_t *out, struct err *e)
{
    static const double EXACT = 9007199254740992.0;     // 2^53: every integer up to here is a double
    enum json_kind kind = json_kind(v);
    double real = kind == JSON_KIND_REAL ? json_real_value(v.node) : 0;
    if (kind != JSON_KIND_INTEGER && (kind != JSON_KIND_REAL || real != floor(real) || fabs(real) > EXACT))
        return not_a(v, "an integer", e);
    *out = kind == JSON_KIND_REAL ? (int64_t)real : json_integer_value(v.node);
    return OK;
}

enum status json_read_number(struct json v, double *out, struct err *e)
{
    enum json_kind kind = json_kind(v);
    if (kind != JSON_KIND_INTEGER && kind != JSON_KIND_REAL)
        return not_a(v, "a number", e);
    *out = json_number_value(v.node);
    return OK;
}

enum status json_read_bool(struct json v, bool *out, struct err *e)
{
    if (json_kind(v) != JSON_KIND_BOOL)
        return not_a(v, "true or false", e);
    *out = json_is_true((const json_t *)v.node);
    return OK;
}

enum status json_read_list(struct json v, size_t *count, struct err *e)
{
    if (json_kind(v) != JSON_KIND_LIST)
        return not_a(v, "a list", e);
    *count = json_array_size(v.node);
    return OK;
}

enum status json_read_object(struct json v, size_t *count, struct err *e)
{
    if (json_kind(v) != JSON_KIND_OBJECT)
        return not_a(v, "an object", e);
    *count = json_object_size(v.node);
    return OK;
}

// Left out or null; but a member of something that is no object was not left out.
static bool is_missing(struct json v)
{
    return v.lacks == JSON_KIND_NONE && !json_is_there(v);
}

enum status json_read_text_or(struct json v, const char *missing, const char **out, struct err *e)
{
    return is_missing(v) ? (*out = missing, OK) : json_read_text(v, out, e);
}

enum status json_read_int_or(struct json v, int64_t missing, int64_t *out, struct err *e)
{
    return is_missing(v) ? (*out = missing, OK) : json_read_int(v, out, e);
}

enum status json_read_number_or(struct json v, double missing, double *out, struct err *e)
{
    return is_missing(v) ? (*out = missing, OK) : json_read_number(v, out, e);
}

enum status json_read_bool_or(struct json v, bool missing, bool *out, struct err *e)
{
    return is_missing(v) ? (*out = missing, OK) : json_read_bool(v, out, e);
}

static void list_keys(const char *const *known, char *out, size_t cap)
{
    size_t len = 0;
    out[0] = '\0';
    for (; *known != NULL && len < cap; known++)
        len += (size_t)snprintf(out + len, cap - len, "%s%s", len > 0 ? ", " : "", *known);
}

enum status json_known_keys(struct json object, const char *const *known, struct err *e)
{
    size_t count;
    enum status s = json_read_object(object, &count, e);
    if (s != OK)
        return s;
    for (struct json_each m = { 0 }; json_next(object, &m);) {
        const char *const *k = known;
        while (*k != NULL && strcmp(*k, m.key) != 0)
            k++;
        if (*k != NULL)
            continue;
        char path[PATH_BYTES], keys[PATH_BYTES];
        int line = find_place(m.value, path);
        list_keys(known, keys, sizeof keys);
        return err_set(e, INVALID, "%s:%d: %s: there is no such key here; known are: %s", object.doc->name, line, path, keys);
    }
    return OK;
}
