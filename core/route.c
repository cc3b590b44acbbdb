#include "core/route.h"

#include "core/actor.h"
#include "core/base/mem.h"
#include "core/case_file.h"
#include "core/filter.h"
#include "core/lead.h"
#include "core/store/route_rows.h"
#include "core/store/step_rows.h"
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

// --- What may be asked ------------------------------------------------------------------------------------------------------------

enum fact_kind { FACT_WORD, FACT_REAL, FACT_WHOLE, FACT_YES, FACT_NOTED_YES, FACT_NOTED_WORD, FACT_FIRST_CODE, FACT_CODES, FACT_TIME };
#define AT(member) offsetof(struct route_facts, member)
static const struct { const char *name; enum filter_type type; enum fact_kind kind; size_t at; } facts[] = {
    { "kind", FILTER_TEXT, FACT_WORD, AT(kind) }, { "scheme", FILTER_TEXT, FACT_WORD, AT(scheme) }, { "code", FILTER_TEXT, FACT_WORD, AT(code) },
    { "stock", FILTER_TEXT, FACT_WORD, AT(stock) }, { "source", FILTER_TEXT, FACT_WORD, AT(source) }, { "class", FILTER_TEXT, FACT_WORD, AT(class) },
    { "zone_kind", FILTER_TEXT, FACT_WORD, AT(zone_kind) }, { "permit_number", FILTER_TEXT, FACT_WORD, AT(permit_number) },
    { "cell", FILTER_TEXT, FACT_WORD, AT(cell) }, { "community", FILTER_TEXT, FACT_WORD, AT(community) },
    { "area_m2", FILTER_NUMBER, FACT_REAL, AT(area_m2) }, { "gained_m2", FILTER_NUMBER, FACT_REAL, AT(gained_m2) },
    { "height_m", FILTER_NUMBER, FACT_REAL, AT(height_m) }, { "confidence", FILTER_NUMBER, FACT_REAL, AT(confidence) },
    { "suspicion", FILTER_NUMBER, FACT_REAL, AT(suspicion) }, { "zone_share", FILTER_NUMBER, FACT_REAL, AT(zone_share) },
    { "zone_p", FILTER_NUMBER, FACT_REAL, AT(zone_p) }, { "priority", FILTER_INTEGER, FACT_WHOLE, AT(priority) },
    { "in_progress", FILTER_BOOLEAN, FACT_YES, AT(in_progress) }, { "is_recurrence", FILTER_BOOLEAN, FACT_YES, AT(is_recurrence) },
    { "opened_at", FILTER_INSTANT, FACT_TIME, AT(opened_at_s) },
    { "legal_code", FILTER_TEXT, FACT_FIRST_CODE, AT(legal_codes) }, { "legal_codes", FILTER_ARRAY, FACT_CODES, AT(legal_codes) },
    { "party_is_official", FILTER_BOOLEAN, FACT_NOTED_YES, 0 }, { "obstructed", FILTER_BOOLEAN, FACT_NOTED_YES, 0 },
    { "suspected_crime", FILTER_BOOLEAN, FACT_NOTED_YES, 0 }, { "load_bearing_changed", FILTER_BOOLEAN, FACT_NOTED_YES, 0 },
    { "has_building_licence", FILTER_BOOLEAN, FACT_NOTED_YES, 0 }, { "land", FILTER_TEXT, FACT_NOTED_WORD, 0 },
};
enum { FACTS = sizeof facts / sizeof facts[0], CODES_OF_ONE = 16 };

struct asking {
    const struct route_facts *f;
    struct json_doc *noted;
    char codes[256];
    struct filter_value code[CODES_OF_ONE];
    int code_count;
};

static bool get_noted(const struct asking *a, size_t i, struct filter_value *out)
{
    struct json v = a->noted != NULL ? json_get(json_root(a->noted), facts[i].name) : (struct json){ 0 };
    struct err none = { 0 };
    bool yes = false;
    if (a->noted == NULL || !json_is_there(v))
        return false;
    if (facts[i].kind == FACT_NOTED_YES) {
        *out = (struct filter_value){ .kind = FILTER_VALUE_BOOLEAN };
        if (json_read_bool(v, &yes, &none) != OK)
            return false;
        out->integer = yes;
        return true;
    }
    *out = (struct filter_value){ .kind = FILTER_VALUE_TEXT };
    return json_read_text(v, &out->text, &none) == OK;
}

static bool get_fact(void *ctx, const char *name, struct filter_value *out)
{
    const struct asking *a = ctx;
    size_t i = 0;
    while (i < FACTS && strcmp(facts[i].name, name) != 0)
        i++;
    if (i == FACTS)
        return false;
    const void *at = (const char *)a->f + facts[i].at;
    switch (facts[i].kind) {
    case FACT_WORD:
        *out = (struct filter_value){ .kind = FILTER_VALUE_TEXT, .text = at };
        return ((const char *)at)[0] != '\0';
    case FACT_REAL:
        *out = (struct filter_value){ .kind = FILTER_VALUE_REAL, .real = *(const double *)at };
        return !isnan(out->real);
    case FACT_WHOLE:
        *out = (struct filter_value){ .kind = FILTER_VALUE_INTEGER, .integer = *(const int64_t *)at };
        return true;
    case FACT_TIME:
        *out = (struct filter_value){ .kind = FILTER_VALUE_TIME, .integer = *(const int64_t *)at };
        return out->integer != 0;
    case FACT_YES:
        *out = (struct filter_value){ .kind = FILTER_VALUE_BOOLEAN, .integer = *(const bool *)at };
        return true;
    case FACT_FIRST_CODE:
        *out = a->code_count > 0 ? a->code[0] : (struct filter_value){ 0 };
        return a->code_count > 0;
    case FACT_CODES:
        *out = (struct filter_value){ .kind = FILTER_VALUE_ARRAY, .item = a->code, .items = a->code_count };
        return true;
    default:
        return get_noted(a, i, out);
    }
}

enum status route_check(struct work *w, const struct routing_rules *rules)
{
    struct filter_queryable q[FACTS] = { 0 };
    enum status s = OK;
    for (int i = 0; i < FACTS; i++)
        q[i] = (struct filter_queryable){ .name = facts[i].name, .type = facts[i].type };
    struct filter_scope scope = { .queryable = q, .count = FACTS, .classes = FILTER_ALL_CLASSES };
    for (size_t i = 0; s == OK && i < rules->rules; i++) {
        struct err why = { .lang = w->e->lang };
        s = filter_check(rules->rule[i].filter, &scope, &why);
        if (s != OK)
            err_set(w->e, s, "routing rule %s: %s", rules->rule[i].key, why.text);
    }
    return s;
}

// --- Asking ------------------------------------------------------------------------------------------------------------------------

static void split_codes(struct asking *a)
{
    snprintf(a->codes, sizeof a->codes, "%s", a->f->legal_codes);
    a->code_count = 0;
    for (char *at, *word = strtok_r(a->codes, ", ", &at); word != NULL && a->code_count < CODES_OF_ONE; word = strtok_r(NULL, ", ", &at))
        a->code[a->code_count++] = (struct filter_value){ .kind = FILTER_VALUE_TEXT, .text = word };
}

struct fired { const struct routing_rule *rule[ROUTING_RULES_MOST]; size_t count; };

// The rules that hold, in order, up to the first that stops.
static enum status ask_rules(struct work *w, const struct routing_rules *rules, const struct route_facts *f, struct arena *scratch, struct fired *out)
{
    struct asking a = { .f = f };
    enum status s = json_parse(f->facts, strlen(f->facts), "facts", NULL, &a.noted, w->e);
    split_codes(&a);
    out->count = 0;
    for (size_t i = 0; s == OK && i < rules->rules; i++) {
        enum filter_truth truth = FILTER_UNKNOWN;
        arena_reset(scratch);
        s = filter_eval(rules->rule[i].filter, &(struct filter_facts){ .get = get_fact, .ctx = &a }, scratch, &truth, w->e);
        if (s != OK || truth != FILTER_TRUE)
            continue;
        out->rule[out->count++] = &rules->rule[i];
        if (rules->rule[i].then == RULE_STOP)
            break;
    }
    json_close(a.noted);
    return s;
}

// --- Doing -------------------------------------------------------------------------------------------------------------------------

struct facts_list { struct route_facts *at; size_t count, cap; const struct page *page; bool begun; int64_t left; };

static const char *key_of(const struct route_facts *f) { return f->change_id[0] != '\0' ? f->change_id : f->case_number; }

static enum status collect(void *ctx, const struct route_facts *f, struct err *e)
{
    struct facts_list *l = ctx;
    (void)e;
    if (!l->begun) {
        l->begun = strcmp(key_of(f), page_after(l->page)) == 0;
        return OK;
    }
    if ((int64_t)l->count == page_limit(l->page)) {
        l->left++;
        return OK;
    }
    l->at = mem_grow(l->at, &l->cap, l->count + 1, sizeof *l->at);
    l->at[l->count++] = *f;
    return OK;
}

struct routing { struct work *w; struct desk *desk; bool dry; route_told *fn; void *ctx; struct route_report *report; struct arena *scratch; };

// A change has the kind of what is opened from changes.
static void fill_kind(const struct desk *d, struct route_facts *f)
{
    const struct case_kind *kind = terms_kind(&d->terms, d->terms.change_kind);
    snprintf(f->kind, sizeof f->kind, "%s", kind->key);
    snprintf(f->scheme, sizeof f->scheme, "%s", kind->scheme);
    snprintf(f->code, sizeof f->code, "%s", kind->code);
}

static enum status may_open(const struct routing *r)
{
    struct actor who;
    struct outcome o;
    enum status s = actor_get(r->w, r->w->actor, &who);
    return s == OK ? lifecycle_check(&(struct attempt){ "change", "confirmed", "open_case", role_of_word(who.role),
                                                        &(struct facts){ .has_place = true } }, &o, r->w->e) : s;
}

static enum status open_case(struct routing *r, struct route_facts *f, bool *passed_over)
{
    struct walk k;
    r->report->changes++;
    fill_kind(r->desk, f);
    if (r->dry)
        return OK;
    enum status s = route_has_case(r->w->db, f->change_id, passed_over, r->w->e);
    if (s != OK || *passed_over)
        return s;
    s = case_open_from_change(r->w, r->desk, f->change_id, &k);
    if (s != OK)
        return s;
    snprintf(f->case_id, sizeof f->case_id, "%s", k.id.text);
    snprintf(f->case_number, sizeof f->case_number, "%s", k.number);
    r->report->cases_opened++;
    return OK;
}

static enum status set_route(struct routing *r, const struct route_facts *f, const struct routing_rule *rule)
{
    char agency[ID_TEXT];
    struct as_told before;
    enum status s = agency_id_select(r->w->db, rule->agency->key, agency, r->w->e);
    if (s == NOT_FOUND)
        return err_set(r->w->e, NOT_FOUND, "routing rule %s: the station has no agency \"%s\"; gridpatrol agency add makes it", rule->key, rule->agency->key);
    if (s == OK)
        s = told_of(r->w, "case", f->case_id, &before);
    if (s == OK)
        s = case_set_route(r->w->db, &(struct routed){ .case_id = f->case_id, .rule = rule->key, .agency_id = agency, .priority = rule->priority,
                                                       .has_limit = rule->has_limit, .stage = rule->limit_stage, .amount = rule->limit.amount,
                                                       .unit = rule->has_limit ? limit_unit_name(rule->limit.unit) : NULL, .legal = rule->limit.legal }, r->w->e);
    return s == OK ? told_note(r->w, &(struct deed){ .verb = "route", .thing = "case", .thing_id = f->case_id, .note = rule->key }, &before) : s;
}

// An agency that also must know gets a draft; so does one that a rule hands the case to although it handles none itself.
static enum status apply(struct routing *r, const struct route_facts *f, const struct routing_rule *rule)
{
    struct route_fired told = { .change_id = f->change_id[0] != '\0' ? f->change_id : NULL, .case_number = f->case_number[0] != '\0' ? f->case_number : NULL,
                                .rule = rule, .routed_by = f->rule[0] != '\0' ? f->rule : NULL };
    told.differs = told.routed_by != NULL && rule->then == RULE_STOP && strcmp(f->agency, rule->agency->key) != 0;
    struct walk lead;
    enum status s = OK;
    bool needs_lead = rule->then == RULE_ALSO || rule->agency->part == AGENCY_RECEIVER;
    if (!r->dry && rule->then == RULE_STOP)
        s = set_route(r, f, rule);
    if (s == OK && !r->dry && needs_lead) {
        s = lead_draft(r->w, r->desk, &(struct lead_spec){ .case_id = f->case_id, .agency = rule->agency->key, .secrecy = secrecy_word(rule->secrecy),
                                                           .priority = rule->priority, .rule = rule->key, .by_program = true }, &lead);
        told.lead_number = lead.number;
    }
    if (s != OK)
        return s;
    r->report->leads_drafted += needs_lead;
    r->report->cases_routed += rule->then == RULE_STOP;
    r->report->differ += told.differs;
    r->fn(r->ctx, &told);
    return OK;
}

static enum status route_one(struct routing *r, struct route_facts *f)
{
    struct fired fired;
    bool passed_over = false;
    enum status s = f->change_id[0] != '\0' ? open_case(r, f, &passed_over) : OK;
    if (s != OK || passed_over)
        return s;
    s = ask_rules(r->w, &r->desk->rules, f, r->scratch, &fired);
    for (size_t i = 0; s == OK && i < fired.count; i++)
        s = apply(r, f, fired.rule[i]);
    return s;
}

enum status route_all(struct work *w, struct desk *d, const struct route_asked *asked, route_told *fn, void *ctx, struct route_report *out)
{
    struct facts_list list = { .page = &asked->page, .begun = page_after(&asked->page) == NULL };
    *out = (struct route_report){ .left = 0 };
    struct routing r = { w, d, asked->dry, fn, ctx, out, arena_open(FILTER_ARENA_BYTES) };
    must(asked->dry || !asked->all);
    enum status s = desk_ready(w, d);
    if (s == OK)
        s = may_open(&r);                              // also for a dry run: it tells who would be told
    if (s == OK)
        s = route_check(w, &d->rules);
    if (s == OK)
        s = route_each_change(w, collect, &list);
    if (s == OK)
        s = route_each_case(w, asked->all, collect, &list);
    if (s == OK && !list.begun)
        s = err_set(w->e, NOT_FOUND, "there is no \"%s\" in this list to go on after", page_after(&asked->page));
    out->left = list.left;
    if (list.count > 0)
        snprintf(out->last, sizeof out->last, "%s", key_of(&list.at[list.count - 1]));
    for (size_t i = 0; s == OK && i < list.count; i++)
        s = route_one(&r, &list.at[i]);
    arena_close(r.scratch);
    mem_free(list.at);
    return s;
}
