#include "core/proceeding.h"

#include "core/actor.h"
#include "core/store/proceeding_rows.h"
#include "core/store/step_rows.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// What the rules of a birth ask of the record it is about.
static enum status facts_of(struct work *w, const struct walk *about, const struct proceeding_spec *spec, const char *agency_id, struct facts *f)
{
    struct actor who = { 0 };
    bool late = false;
    enum status s = strcmp(w->actor, "system") == 0 ? OK : actor_get(w, w->actor, &who);
    if (s == OK)
        s = fact_ask(w->db, ASK_WAS_LATE, VALUES(value_text(about->id.text)), &late, w->e);
    bool has_place = strcmp(spec->about, "case") != 0;
    if (s == OK && !has_place)
        s = fact_ask(w->db, ASK_PLACE_CASE, VALUES(value_text(about->id.text)), &has_place, w->e);
    *f = (struct facts){
        .has_note = spec->note != NULL && spec->note[0] != '\0', .has_agency = agency_id[0] != '\0', .has_place = has_place,
        .actor_is_assignee = who.agency.text[0] != '\0' && strcmp(who.agency.text, about->agency) == 0,
        .overdue = late || about->due_at_s < w->now_s, .times_extended = about->extended, .extension_amount = spec->amount,
        .original_limit = about->has_limit ? about->limit.amount : 0,
    };
    return s;
}

enum status proceeding_open(struct work *w, struct desk *d, const struct proceeding_spec *spec, struct walk *out)
{
    struct walk about, k;
    struct birth birth = { .thing = spec->thing, .verb = spec->verb };
    struct about its = { 0 };
    char agency_id[ID_TEXT] = "";
    int64_t n = 0;
    enum status s = walk_get(w, spec->about, spec->about_key, &about);
    if (s == OK && spec->agency != NULL && (s = agency_id_select(w->db, spec->agency, agency_id, w->e)) == NOT_FOUND)
        return err_set(w->e, NOT_FOUND, "there is no agency \"%s\"; gridpatrol agency list names them", spec->agency);
    if (s == OK)
        s = facts_of(w, &about, spec, agency_id, &birth.facts);
    if (s == OK && strcmp(spec->about, "lead") == 0)
        s = about_select(w->db, "lead", about.id.text, &its, w->e);
    birth.case_id = its.id[0] != '\0' ? its.id : about.id.text;
    if (s == OK)
        s = step_birth(w, d, &birth, &k);
    if (s != OK)
        return s;
    char series[WALK_NUMBER];
    memcpy(k.agency, agency_id[0] != '\0' ? agency_id : about.agency, sizeof k.agency);
    snprintf(series, sizeof series, "%.30s-%.8s", about.number, spec->thing);
    s = number_next(w->db, series, &n, w->e);
    snprintf(k.number, sizeof k.number, "%.40s-%" PRId64, series, n);
    if (s == OK)
        s = proceeding_insert(w->db, &k, spec, about.id.text, w->now_s, w->e);
    if (s == OK)
        s = step_born(w, d, &k, spec->verb, spec->note);
    if (s == OK)
        *out = k;
    return s;
}

enum status proceeding_of(struct work *w, const char *thing, const char *about_id, struct walk *out)
{
    char id[ID_TEXT];
    enum status s = proceeding_newest(w->db, thing, about_id, id, w->e);
    if (s == NOT_FOUND)
        return err_set(w->e, NOT_FOUND, "there is no %s of this record", text_in(w->e->lang, thing));
    return s == OK ? walk_get(w, thing, id, out) : s;
}
