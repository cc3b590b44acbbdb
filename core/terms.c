#include "core/terms.h"
#include "core/base/mem.h"
#include "core/data_reader.h"

#include <string.h>

static enum status read_kind(struct json v, struct arena *a, struct case_kind *out, struct err *e)
{
    static const char *const known[] = { "key", "letters", "title_zh", "title_en", "scheme", "code", "condition", "has_area", NULL };
    struct data_reader r = { .object = v, .arena = a, .e = e };
    data_known_keys(&r, known);
    out->key = data_word(&r, "key");
    out->letters = data_text(&r, "letters");
    out->title_zh = data_text(&r, "title_zh");
    out->title_en = data_text(&r, "title_en");
    out->scheme = data_text_or_none(&r, "scheme");
    out->code = data_text_or_none(&r, "code");
    out->condition = (int)data_int(&r, "condition", 1, 99);
    out->has_area = data_bool_or(&r, "has_area", false);
    return r.s;
}

static enum status read_matter(struct json v, struct arena *a, struct listed_matter *out, struct err *e)
{
    static const char *const known[] = { "scheme", "code", "ground", NULL };
    struct data_reader r = { .object = v, .arena = a, .e = e };
    data_known_keys(&r, known);
    out->scheme = data_text(&r, "scheme");
    out->code = data_text(&r, "code");
    return r.s;
}

enum status terms_read(const struct json_doc *doc, struct arena *a, struct terms *out, struct err *e)
{
    static const char *const known[] = { "version", "title_zh", "title_en", "after_photo_within_m", "first_breach_months",
                                         "finding_kind", "change_kind", "kinds", "first_breach_list", NULL };
    struct data_reader r = { .object = json_root(doc), .arena = a, .e = e };
    struct json kinds, matters;
    struct terms t = { 0 };
    data_known_keys(&r, known);
    t.after_photo_within_m = (double)data_int(&r, "after_photo_within_m", 1, 10000);
    t.first_breach_months = (int)data_int(&r, "first_breach_months", 1, 120);
    t.finding_kind = data_word(&r, "finding_kind");
    t.change_kind = data_word(&r, "change_kind");
    t.kinds = data_list(&r, "kinds", CASE_KINDS_MOST, &kinds);
    t.matters = data_list(&r, "first_breach_list", FIRST_BREACH_MOST, &matters);
    if (r.s != OK)
        return r.s;
    struct case_kind *kind = arena_get(a, t.kinds * sizeof *kind);
    struct listed_matter *matter = arena_get(a, t.matters * sizeof *matter);
    for (size_t i = 0; i < t.kinds && r.s == OK; i++)
        r.s = read_kind(json_at(kinds, i), a, &kind[i], e);
    for (size_t i = 0; i < t.matters && r.s == OK; i++)
        r.s = read_matter(json_at(matters, i), a, &matter[i], e);
    if (r.s != OK)
        return r.s;
    t.kind = kind;
    t.matter = matter;
    if (terms_kind(&t, t.finding_kind) == NULL || terms_kind(&t, t.change_kind) == NULL)
        return json_wrong(kinds, "a list with the kinds of findings and changes in it", e);
    *out = t;
    return OK;
}

const struct case_kind *terms_kind(const struct terms *t, const char *key)
{
    for (size_t i = 0; i < t->kinds; i++)
        if (strcmp(t->kind[i].key, key) == 0)
            return &t->kind[i];
    return NULL;
}

bool terms_spares(const struct terms *t, const char *scheme, const char *code)
{
    for (size_t i = 0; i < t->matters; i++)
        if (strcmp(t->matter[i].scheme, scheme) == 0 && strcmp(t->matter[i].code, code) == 0)
            return true;
    return false;
}
