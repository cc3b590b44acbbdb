// What a move does besides changing the state, and what comes with it into the record's own columns.
#include "core/case_file.h"
#include "core/lead.h"
#include "core/store/case_rows.h"
#include "core/store/lead_rows.h"
#include "core/store/step_rows.h"
#include "core/step_inside.h"

#include <stdio.h>
#include <string.h>

static bool is(const struct taking *t, const char *thing, const char *verb)
{
    return strcmp(t->walk.thing, thing) == 0 && strcmp(t->step->verb, verb) == 0;
}

// --- What a proceeding does to its case -----------------------------------------------------------------------------------------

static enum status touch_case(struct taking *t, const char *verb, int32_t more)
{
    struct about about;
    struct walk k;
    enum status s = about_select(t->w->db, t->walk.thing, t->walk.id.text, &about, t->w->e);
    if (s == OK)
        s = walk_get(t->w, "case", about.id, &k);
    if (s != OK)
        return s;
    if (more > 0) {
        k.extension += more;
        k.extended++;
        s = clock_compute(t->w, t->desk, &k);
    } else {
        k.is_exempt = true;
    }
    return s == OK ? step_born(t->w, t->desk, &k, verb, t->walk.number) : s;
}

static enum status extend(struct taking *t)
{
    struct about about;
    enum status s = about_select(t->w->db, t->walk.thing, t->walk.id.text, &about, t->w->e);
    return s == OK ? touch_case(t, "extend", about.amount) : s;
}

// --- Records that are opened ----------------------------------------------------------------------------------------------------

static enum status open_linked(struct taking *t, struct step_taken *out)
{
    if (strcmp(t->walk.thing, "case") == 0)
        return case_reopen(t->w, t->desk, &t->walk, t->step->with.note, &out->linked, out->linked_number);
    if (strcmp(t->walk.thing, "lead") == 0)
        return lead_continue(t->w, t->desk, &t->walk, t->agency_id, &out->linked, out->linked_number);
    return OK;           // a procedure goes on in the case that was reopened
}

static enum status open_case(struct taking *t, struct step_taken *out)
{
    return case_open_from_finding(t->w, t->desk, t->walk.id.text, &t->step->with, &out->linked, out->linked_number);
}

// --- The record's own columns --------------------------------------------------------------------------------------------------

static enum status fill_case(struct taking *t)
{
    const struct step_with *with = &t->step->with;
    const char *verb = t->step->verb;
    struct case_change c = { .measured_area_m2 = with->area_m2, .scheme = with->scheme, .code = with->code, .condition = with->condition,
                             .review_at_s = with->review_at_s, .building_result = with->result };
    char master[ID_TEXT] = "";
    if (strcmp(verb, "correct") == 0 && with->correction != NULL) {
        enum status s = walk_touch(t->w->db, &t->walk, t->w->e);
        return s != OK ? s : case_correct_row(t->w->db, t->walk.id.text, with->correction, t->w->e);
    }
    if (strcmp(verb, "merge") == 0) {
        struct walk k;
        enum status s = walk_get(t->w, "case", with->master, &k);
        if (s != OK)
            return s;
        snprintf(master, sizeof master, "%s", k.id.text);
        c.merged_into = master;
    } else if (strcmp(verb, "unmerge") == 0) {
        c.merged_into = "";
    } else if (strcmp(verb, "fast_track") == 0) {
        c.track = "fast";
    } else if (strcmp(verb, "escalate") == 0) {
        c.track = "ordinary";
    } else if (strcmp(verb, "spare_fine") == 0) {
        c.fine_result = "first_breach";
    } else if (strcmp(verb, "propose_close") == 0) {
        c.closing_proposed = with->inputs;
    }
    enum status s = case_change_is_empty(&c) ? OK : walk_touch(t->w->db, &t->walk, t->w->e);
    return s == OK ? case_change(t->w->db, t->walk.id.text, &c, t->w->e) : s;
}

static enum status fill_lead(struct taking *t)
{
    const struct step_with *with = &t->step->with;
    struct lead_change c = { .receipt_number = with->receipt_number, .received_by = with->received_by };
    if (is(t, "lead", "answer"))
        c.answer = with->note;
    if (is(t, "lead", "return"))
        c.return_reason = with->reason;
    c.reminded = is(t, "lead", "remind");
    enum status s = lead_change_is_empty(&c) ? OK : walk_touch(t->w->db, &t->walk, t->w->e);
    return s == OK ? lead_change(t->w->db, t->walk.id.text, &c, t->w->e) : s;
}

static enum status join_case(struct taking *t)
{
    struct walk k;
    enum status s = walk_get(t->w, "case", t->step->with.master, &k);
    return s == OK ? case_join(t->w, k.id.text, t->walk.thing, t->walk.id.text, t->walk.number) : s;
}

enum status step_effects(struct taking *t, const struct move *m, struct step_taken *out)
{
    enum status s = OK;
    if (strcmp(t->walk.thing, "case") == 0)
        s = fill_case(t);
    else if (strcmp(t->walk.thing, "lead") == 0)
        s = fill_lead(t);
    if (s == OK && is(t, "finding", "join_case"))
        s = join_case(t);
    if (s == OK && (m->effects & EXTENDS_LIMIT) != 0)
        s = extend(t);
    if (s == OK && (m->effects & EXEMPTS) != 0)
        s = touch_case(t, "exempt", 0);
    if (s == OK && (m->effects & OPENS_LINKED) != 0)
        s = open_linked(t, out);
    if (s == OK && (m->effects & OPENS_CASE) != 0)
        s = open_case(t, out);
    return s;
}
