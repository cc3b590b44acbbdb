#include "core/limits.h"
#include "core/base/mem.h"

#include <string.h>

static const char *const stages[] = { "verify", "register", "dispatch", "handle", "check", "close", "approve", "send", "receive",
                                      "accept", "forward", "answer", "dispute", NULL };

const char *limit_stage(struct data_reader *r)
{
    return stages[data_choice(r, "stage", stages, "a stage of a case or a lead, like handle or receive,")];
}

struct limit limit_read(struct data_reader *r)
{
    struct limit l = { 0 };
    l.amount = (int32_t)data_int(r, "amount", 1, LIMIT_MOST);
    const char *unit = data_text(r, "unit");
    l.legal = data_bool_or(r, "legal", false);
    if (r->s != OK)
        return l;
    struct err why = { .lang = r->e != NULL ? r->e->lang : LANG_EN };
    if (limit_unit_read(unit, &l.unit, &why) != OK)
        data_wrong(r, "unit", "urgent_hour, work_hour, work_day, natural_day, calendar_month or calendar_year");
    else if (l.legal && (l.unit == LIMIT_URGENT_HOUR || l.unit == LIMIT_WORK_HOUR))
        data_wrong(r, "legal", "false for hours, which the law counts by the clock,");
    return l;
}

static enum status read_rule(struct json v, struct arena *a, struct limit_rule *out, struct err *e)
{
    static const char *const known[] = { "code", "condition_no", "condition_zh", "condition_en", "stage", "amount", "unit", "legal",
                                         "as_written", "unit_is_sure", NULL };
    struct data_reader r = { .object = v, .arena = a, .e = e };
    data_known_keys(&r, known);
    out->code = data_word(&r, "code");
    out->condition_no = (int)data_int(&r, "condition_no", 1, LIMIT_CONDITIONS_MOST);
    out->condition_zh = data_text(&r, "condition_zh");
    out->condition_en = data_text(&r, "condition_en");
    out->stage = limit_stage(&r);
    out->limit = limit_read(&r);
    out->as_written = data_text_or_none(&r, "as_written");
    out->unit_is_sure = data_bool_or(&r, "unit_is_sure", false);
    return r.s;
}

static bool is_same(const struct limit_rule *a, const struct limit_rule *b)
{
    return a->condition_no == b->condition_no && strcmp(a->code, b->code) == 0 && strcmp(a->stage, b->stage) == 0;
}

static enum status check_single(const struct limit_rules *r, struct json list, struct err *e)
{
    for (size_t i = 0; i < r->rules; i++)
        for (size_t k = 0; k < i; k++)
            if (is_same(&r->rule[k], &r->rule[i]))
                return json_wrong(json_at(list, i), "one limit for each code, condition and stage", e);
    return OK;
}

enum status limits_read(const struct json_doc *doc, struct arena *a, struct limit_rules *out, struct err *e)
{
    static const char *const known[] = { "scheme", "version", "title_zh", "title_en", "source", "limits", NULL };
    struct data_reader r = { .object = json_root(doc), .arena = a, .e = e };
    struct limit_rules rules = { 0 };
    struct json list;
    data_known_keys(&r, known);
    rules.head = data_heading(&r);
    rules.rules = data_list(&r, "limits", LIMIT_RULES_MOST, &list);
    if (r.s != OK)
        return r.s;
    struct limit_rule *rule = arena_get(a, rules.rules * sizeof *rule);
    for (size_t i = 0; i < rules.rules && r.s == OK; i++)
        r.s = read_rule(json_at(list, i), a, &rule[i], e);
    rules.rule = rule;
    if (r.s == OK)
        r.s = check_single(&rules, list, e);
    if (r.s == OK)
        *out = rules;
    return r.s;
}

static const struct limit_rule *find(const struct limit_rules *r, const char *code, int condition_no, const char *stage)
{
    const struct limit_rule *found = NULL;
    for (size_t i = 0; i < r->rules; i++) {
        const struct limit_rule *rule = &r->rule[i];
        if (strcmp(rule->code, code) != 0 || strcmp(rule->stage, stage) != 0)
            continue;
        if (condition_no == rule->condition_no)
            return rule;
        bool first = condition_no == 0 && (found == NULL || rule->condition_no < found->condition_no);
        found = first ? rule : found;
    }
    return found;
}

const struct limit_rule *limits_get(const struct limit_rules *r, const char *code, int condition_no, const char *stage)
{
    const struct limit_rule *exact = find(r, code, condition_no, stage);
    return exact != NULL ? exact : find(r, "*", condition_no, stage);
}
