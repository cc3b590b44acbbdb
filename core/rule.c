#include "core/rule.h"
#include "core/base/mem.h"
#include "core/data_reader.h"
#include "core/filter.h"
#include "core/limits.h"

#include <stdlib.h>
#include <string.h>

static const char *const secrecies[] = { "ordinary", "internal", "secret", NULL };
static const char *const parts[] = { "executor", "receiver", NULL };
static const char *const thens[] = { "stop", "also", NULL };

const char *secrecy_word(enum secrecy s)
{
    return secrecies[s];
}

// --- Agencies -----------------------------------------------------------------------------------------------------------------

static enum status read_agency(struct json v, struct arena *a, const struct agency_list *before, struct agency_entry *out, struct err *e)
{
    static const char *const known[] = { "key", "name_zh", "name_en", "part", "competence_zh", "competence_en", "secrecy", NULL };
    struct data_reader r = { .object = v, .arena = a, .e = e };
    data_known_keys(&r, known);
    out->key = data_word(&r, "key");
    if (agencies_get(before, out->key) != NULL)
        data_wrong(&r, "key", "a key of its own for each agency");
    out->name_zh = data_text(&r, "name_zh");
    out->name_en = data_text(&r, "name_en");
    out->part = (enum agency_part)data_choice(&r, "part", parts, "executor or receiver");
    out->competence_zh = data_text_or_none(&r, "competence_zh");
    out->competence_en = data_text_or_none(&r, "competence_en");
    out->secrecy = (enum secrecy)data_choice(&r, "secrecy", secrecies, "ordinary, internal or secret");
    return r.s;
}

enum status agencies_read(const struct json_doc *doc, struct arena *a, struct agency_list *out, struct err *e)
{
    static const char *const known[] = { "version", "title_zh", "title_en", "agencies", NULL };
    struct data_reader r = { .object = json_root(doc), .arena = a, .e = e };
    struct json list;
    data_known_keys(&r, known);
    size_t count = data_list(&r, "agencies", AGENCIES_MOST, &list);
    if (r.s != OK)
        return r.s;
    struct agency_entry *agency = arena_get(a, count * sizeof *agency);
    for (size_t i = 0; i < count && r.s == OK; i++)
        r.s = read_agency(json_at(list, i), a, &(struct agency_list){ agency, i }, &agency[i], e);
    if (r.s == OK)
        *out = (struct agency_list){ .agency = agency, .agencies = count };
    return r.s;
}

const struct agency_entry *agencies_get(const struct agency_list *l, const char *key)
{
    for (size_t i = 0; i < l->agencies; i++)
        if (strcmp(l->agency[i].key, key) == 0)
            return &l->agency[i];
    return NULL;
}

// --- Rules --------------------------------------------------------------------------------------------------------------------

static void read_limit(struct data_reader *r, struct routing_rule *out)
{
    static const char *const known[] = { "stage", "amount", "unit", "legal", NULL };
    struct json v = json_get(r->object, "limit");
    out->has_limit = json_is_there(v);
    if (!out->has_limit || r->s != OK)
        return;
    struct data_reader inner = { .object = v, .arena = r->arena, .e = r->e };
    data_known_keys(&inner, known);
    out->limit_stage = limit_stage(&inner);
    out->limit = limit_read(&inner);
    r->s = inner.s;
}

static void read_agency_of(struct data_reader *r, const struct agency_list *agencies, struct routing_rule *out)
{
    out->agency = agencies_get(agencies, data_word(r, "agency"));
    out->secrecy = (enum secrecy)data_choice(r, "secrecy", secrecies, "ordinary, internal or secret");
    if (out->agency == NULL)
        data_wrong(r, "agency", "the key of an agency");
    else if (out->secrecy < out->agency->secrecy)
        data_wrong(r, "secrecy", "at least the secrecy the agency asks");
}

static void read_when(struct data_reader *r, struct routing_rule *out)
{
    out->when = data_text(r, "when");
    if (r->s != OK)
        return;
    struct err why = { .lang = r->e != NULL ? r->e->lang : LANG_EN };
    if (filter_parse(r->arena, out->when, &out->filter, &why) == OK)
        return;
    data_wrong(r, "when", "a CQL2 expression");
    if (r->e != NULL)
        err_set(r->e, INVALID, "%s (%s)", r->e->text, why.text);
}

static enum status read_rule(struct json v, const struct agency_list *agencies, struct arena *a, struct routing_rule *out, struct err *e)
{
    static const char *const known[] = { "key", "order", "title_zh", "title_en", "when", "agency", "priority", "secrecy", "then",
                                         "limit", "ground", NULL };
    struct data_reader r = { .object = v, .arena = a, .e = e };
    data_known_keys(&r, known);
    out->key = data_word(&r, "key");
    out->order = (int)data_int(&r, "order", 0, 1000000);
    out->title_zh = data_text(&r, "title_zh");
    out->title_en = data_text(&r, "title_en");
    read_when(&r, out);
    read_agency_of(&r, agencies, out);
    out->priority = (int)data_int(&r, "priority", 1, 5);
    out->then = (enum rule_then)data_choice(&r, "then", thens, "stop or also");
    read_limit(&r, out);
    out->ground = data_text_or_none(&r, "ground");
    return r.s;
}

static enum status check_single(const struct routing_rule *rule, size_t count, struct json list, struct err *e)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (rule[i].order == rule[k].order || strcmp(rule[i].key, rule[k].key) == 0)
                return json_wrong(json_at(list, i), "a rule with a key and an order of its own", e);
    return OK;
}

static int by_order(const void *a, const void *b)
{
    int left = ((const struct routing_rule *)a)->order, right = ((const struct routing_rule *)b)->order;
    return (left > right) - (left < right);
}

enum status rules_read(const struct json_doc *doc, const struct agency_list *agencies, struct arena *a, struct routing_rules *out,
                       struct err *e)
{
    static const char *const known[] = { "version", "title_zh", "title_en", "rules", NULL };
    struct data_reader r = { .object = json_root(doc), .arena = a, .e = e };
    struct json list;
    data_known_keys(&r, known);
    const char *version = data_text(&r, "version");
    size_t count = data_list(&r, "rules", ROUTING_RULES_MOST, &list);
    if (r.s != OK)
        return r.s;
    struct routing_rule *rule = arena_get(a, count * sizeof *rule);
    for (size_t i = 0; i < count && r.s == OK; i++)
        r.s = read_rule(json_at(list, i), agencies, a, &rule[i], e);
    if (r.s == OK)
        r.s = check_single(rule, count, list, e);
    if (r.s != OK)
        return r.s;
    qsort(rule, count, sizeof *rule, by_order);
    if (rule[count - 1].then != RULE_STOP)
        return json_wrong(list, "a last rule that stops", e);
    *out = (struct routing_rules){ .version = version, .rule = rule, .rules = count };
    return OK;
}
