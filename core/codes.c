#include "core/codes.h"
#include "core/base/mem.h"

#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = { "part", "event", NULL };

const char *code_kind_word(enum code_kind k)
{
    return kinds[k];
}

static int by_code(const void *one, const void *other)
{
    const struct code *a = one, *b = other;
    int order = (a->kind > b->kind) - (a->kind < b->kind);
    if (order == 0)
        order = strcmp(a->code, b->code);
    return order != 0 ? order : strcmp(a->valid_from, b->valid_from);
}

static const char *end_of(const char *valid_to)
{
    return valid_to[0] != '\0' ? valid_to : "9999-12-31";
}

static bool is_code(const char *text)
{
    size_t len = strlen(text);
    return len >= 2 && len <= CODE_DIGITS_MOST && strspn(text, "0123456789") == len;
}

static void read_validity(struct data_reader *r, const char **from, const char **to)
{
    *from = data_day_or_none(r, "valid_from");
    *to = data_day_or_none(r, "valid_to");
    if (strcmp(*from, end_of(*to)) > 0)
        data_wrong(r, "valid_to", "a day after valid_from");
}

static enum status read_code(struct json v, struct arena *a, struct code *out, struct err *e)
{
    static const char *const known[] = { "kind", "code", "name_zh", "name_en", "valid_from", "valid_to", NULL };
    struct data_reader r = { .object = v, .arena = a, .e = e };
    data_known_keys(&r, known);
    out->kind = (enum code_kind)data_choice(&r, "kind", kinds, "part or event");
    out->code = data_text(&r, "code");
    if (!is_code(out->code))
        data_wrong(&r, "code", "a code of 2 to 16 digits");
    out->name_zh = data_text(&r, "name_zh");
    out->name_en = data_text(&r, "name_en");
    read_validity(&r, &out->valid_from, &out->valid_to);
    return r.s;
}

// One kind and code may stand twice only for days that do not overlap.
static const struct code *overlapping(const struct code_scheme *s)
{
    for (size_t i = 1; i < s->codes; i++) {
        const struct code *a = &s->code[i - 1], *b = &s->code[i];
        if (a->kind == b->kind && strcmp(a->code, b->code) == 0 && strcmp(end_of(a->valid_to), b->valid_from) >= 0)
            return b;
    }
    return NULL;
}

// The last one in the file that has this name: that is where to look.
static struct json place_of(struct json list, const struct code *c)
{
    for (size_t i = json_count(list); i > 0; i--) {
        const char *code = "", *name = "";
        struct json v = json_at(list, i - 1);
        if (json_read_text(json_get(v, "code"), &code, NULL) == OK && json_read_text(json_get(v, "name_zh"), &name, NULL) == OK &&
            strcmp(code, c->code) == 0 && strcmp(name, c->name_zh) == 0)
            return json_get(v, "code");
    }
    return list;
}

enum status codes_read(const struct json_doc *doc, struct arena *a, struct code_scheme *out, struct err *e)
{
    static const char *const known[] = { "scheme", "version", "title_zh", "title_en", "valid_from", "valid_to", "source", "codes", NULL };
    struct data_reader r = { .object = json_root(doc), .arena = a, .e = e };
    struct code_scheme s = { 0 };
    struct json list;
    data_known_keys(&r, known);
    s.head = data_heading(&r);
    read_validity(&r, &s.valid_from, &s.valid_to);
    s.codes = data_list(&r, "codes", CODES_MOST, &list);
    if (r.s != OK)
        return r.s;
    struct code *code = arena_get(a, s.codes * sizeof *code);
    for (size_t i = 0; i < s.codes && r.s == OK; i++)
        r.s = read_code(json_at(list, i), a, &code[i], e);
    if (r.s != OK)
        return r.s;
    qsort(code, s.codes, sizeof *code, by_code);
    s.code = code;
    const struct code *twice = overlapping(&s);
    if (twice != NULL)
        return json_wrong(place_of(list, twice), "a code that stands once in its kind for each day", e);
    *out = s;
    return OK;
}

const struct code *codes_get(const struct code_scheme *s, enum code_kind kind, const char *code, const char *day)
{
    for (size_t i = 0; i < s->codes; i++) {
        const struct code *c = &s->code[i];
        if (c->kind != kind || strcmp(c->code, code) != 0)
            continue;
        if (day == NULL || (strcmp(c->valid_from, day) <= 0 && strcmp(day, end_of(c->valid_to)) <= 0))
            return c;
    }
    return NULL;
}
