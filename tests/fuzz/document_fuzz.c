// document_fuzz.c - a stranger's document: a word for its kind, a line feed, the file. Taken whole by its reader or refused with a
// sentence, and what was taken holds what the header promises.
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/resource.h"
#include "core/codes.h"
#include "core/layer.h"
#include "core/limits.h"
#include "core/rule.h"
#include "core/terms.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reading { const struct json_doc *doc; struct arena *arena; struct err e; };

static enum status try_codes(struct reading *r)
{
    struct code_scheme s;
    enum status status = codes_read(r->doc, r->arena, &s, &r->e);
    for (size_t i = 0; status == OK && i < s.codes; i++)
        must(codes_get(&s, s.code[i].kind, s.code[i].code, NULL) != NULL);
    return status;
}

static enum status try_limits(struct reading *r)
{
    struct limit_rules l;
    enum status status = limits_read(r->doc, r->arena, &l, &r->e);
    for (size_t i = 0; status == OK && i < l.rules; i++)
        must(limits_get(&l, l.rule[i].code, l.rule[i].condition_no, l.rule[i].stage) != NULL && l.rule[i].limit.amount > 0);
    return status;
}

static enum status try_terms(struct reading *r)
{
    struct terms t;
    enum status status = terms_read(r->doc, r->arena, &t, &r->e);
    if (status == OK)
        must(terms_kind(&t, t.finding_kind) != NULL && terms_kind(&t, t.change_kind) != NULL);
    return status;
}

static enum status try_agencies(struct reading *r)
{
    struct agency_list l;
    enum status status = agencies_read(r->doc, r->arena, &l, &r->e);
    for (size_t i = 0; status == OK && i < l.agencies; i++)
        must(agencies_get(&l, l.agency[i].key) == &l.agency[i]);
    return status;
}

static enum status try_rules(struct reading *r)
{
    const struct resource *built_in = resource_get("agencies/default.json");
    struct json_doc *doc = NULL;
    struct agency_list agencies;
    struct routing_rules rules;
    must(json_parse(built_in->text, built_in->bytes, built_in->path, NULL, &doc, &r->e) == OK && agencies_read(doc, r->arena, &agencies, &r->e) == OK);
    enum status status = rules_read(r->doc, &agencies, r->arena, &rules, &r->e);
    for (size_t i = 0; status == OK && i < rules.rules; i++)
        must(rules.rule[i].filter != NULL && rules.rule[i].secrecy >= rules.rule[i].agency->secrecy);
    if (status == OK)
        must(rules.rule[rules.rules - 1].then == RULE_STOP);
    json_close(doc);
    return status;
}

// Keys and columns go into SQL as they are.
static enum status try_layers(struct reading *r)
{
    static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    struct layer l;
    enum status status = layer_read(r->doc, r->arena, &l, &r->e);
    if (status != OK)
        return status;
    must(strspn(l.key, PLAIN) == strlen(l.key) && l.key[0] != '\0' && l.accuracy_m > 0);
    for (int i = 0; i < l.properties; i++) {
        const struct property *p = &l.property[i];
        must(strspn(p->name, PLAIN) == strlen(p->name) && (p->column == NULL || strspn(p->column, PLAIN) == strlen(p->column)));
        must(layer_property(&l, p->name) != NULL);
    }
    return OK;
}

static const struct { const char *word; enum status (*fn)(struct reading *r); } kinds[] = {
    { "codes", try_codes }, { "limits", try_limits }, { "terms", try_terms }, { "agencies", try_agencies }, { "rules", try_rules }, { "layers", try_layers },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    struct json_doc *doc = NULL;
    struct reading r = { .e = { .lang = LANG_ZH } };
    if (end == NULL || json_parse((const char *)end + 1, size - (size_t)(end - data) - 1, "own.json", NULL, &doc, &r.e) != OK)
        return 0;
    r.doc = doc;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strlen(kinds[i].word) != (size_t)(end - data) || memcmp(kinds[i].word, data, strlen(kinds[i].word)) != 0)
            continue;
        r.arena = arena_open(DATA_ARENA_BYTES);
        r.e.text[0] = '\0';
        enum status s = kinds[i].fn(&r);
        must(s == OK || ((s == INVALID || s == TOO_BIG) && strncmp(r.e.text, "own.json", 8) == 0));
        arena_close(r.arena);
    }
    json_close(doc);
    return 0;
}
