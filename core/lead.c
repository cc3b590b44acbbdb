#include "core/lead.h"

#include "core/base/buf.h"
#include "core/base/date.h"
#include "core/compartment.h"
#include "core/store/lead_rows.h"
#include "core/store/step_rows.h"
#include "core/store/tell_rows.h"
#include "core/visible.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SNAPSHOT_CEILING = 64 << 20 };

// A secret lead has chance in its number: neither a gap nor the next number tells of it.
static enum status give_number(struct work *w, bool secret, const char *agency_key, struct walk *k)
{
    enum { CHANCE = 8 };
    char series[WALK_NUMBER], chance[CHANCE + 1];
    int64_t n = 0;
    int year = date_of_day((int32_t)((w->now_s + w->district->zone_offset_s) / DAY_S)).year, length = 0;
    enum status s = OK;
    if (secret) {
        seal_random(chance, CHANCE);
        length = snprintf(k->number, sizeof k->number, "%s-XS-%s-%d-%s", w->district->code, agency_key, year, chance);
    } else {
        snprintf(series, sizeof series, "%s-XS-%d", w->district->code, year);
        s = number_next(w->db, series, &n, w->e);
        length = snprintf(k->number, sizeof k->number, "%s-%05" PRId64, series, n);
    }
    return s == OK && length >= (int)sizeof k->number ? err_set(w->e, TOO_BIG, "the number %s is too long", k->number) : s;
}

static const char *stricter(const char *asked, const char *least)
{
    static const char *const order[] = { "ordinary", "internal", "secret" };
    int a = 0, b = 0;
    for (int i = 0; i < 3; i++) {
        a = asked != NULL && strcmp(order[i], asked) == 0 ? i : a;
        b = strcmp(order[i], least) == 0 ? i : b;
    }
    return order[a > b ? a : b];
}

// The facts of the case as they are now; while a compartment is open they were told before it hid them.
static enum status take_snapshot(struct work *w, const char *case_id, struct buf *out)
{
    const char *told = compartment_snapshot(w);
    buf_init(out, SNAPSHOT_CEILING);
    if (told == NULL)
        return tell_case(w->db, case_id, NULL, out, w->e);
    buf_text(out, told);
    return OK;
}

static enum status insert_draft(struct work *w, struct desk *d, struct lead_row *row, struct walk *k)
{
    bool secret = strcmp(row->secrecy, "secret") == 0, opens = secret && w->compartment == NULL;
    enum status s = opens ? compartment_open_new(w, k->agency, row->snapshot) : OK;
    if (s == OK)
        s = give_number(w, secret, row->spec->agency, k);
    if (s == OK)
        s = lead_insert(w->db, row, w->e);
    if (s == OK)
        s = step_born(w, d, k, "draft", row->spec->note);
    return s == OK && opens ? compartment_close(w) : s;
}

enum status lead_draft(struct work *w, struct desk *d, const struct lead_spec *spec, struct walk *out)
{
    struct agency_facts agency;
    struct buf snapshot;
    struct walk k;
    char kind[64];
    int priority = 0;
    enum status s = agency_facts_select(w->db, spec->agency, &agency, w->e);
    if (s == NOT_FOUND)
        return err_set(w->e, NOT_FOUND, "there is no agency \"%s\"; gridpatrol agency list names them", spec->agency);
    struct birth birth = { .thing = "lead", .verb = "draft", .facts = { .has_agency = true }, .case_id = spec->case_id,
                           .by_program = spec->by_program };
    if (s == OK)
        s = step_birth(w, d, &birth, &k);
    if (s == OK)
        s = case_kind_select(w->db, spec->case_id, kind, &priority, w->e);
    if (s != OK)
        return s;
    struct lead_row row = { .walk = &k, .spec = spec, .kind = spec->kind != NULL ? spec->kind : kind, .secrecy = stricter(spec->secrecy, agency.secrecy),
                            .priority = spec->priority > 0 ? spec->priority : priority, .now_s = w->now_s };
    memcpy(k.agency, agency.id, sizeof k.agency);
    s = take_snapshot(w, spec->case_id, &snapshot);
    row.snapshot = snapshot.data;
    if (s == OK)
        s = insert_draft(w, d, &row, &k);
    buf_clear(&snapshot);
    if (s == OK)
        *out = k;
    return s;
}

enum status lead_draft_of_case(struct work *w, struct desk *d, const char *case_key, const struct lead_spec *spec, struct walk *out)
{
    struct walk k;
    struct lead_spec of_case = *spec;
    enum status s = visible_record(w, "case", case_key);
    if (s == OK)
        s = walk_get(w, "case", case_key, &k);
    if (s != OK)
        return s;
    of_case.case_id = k.id.text;
    return lead_draft(w, d, &of_case, out);
}

enum status lead_continue(struct work *w, struct desk *d, const struct walk *old, const char *agency_id, struct id *id, char number[WALK_NUMBER])
{
    struct lead_facts f;
    struct walk k;
    char key[64] = "";
    enum status s = lead_facts_select(w->db, old->id.text, &f, w->e);
    if (s == OK && agency_id[0] != '\0')
        s = agency_key_select(w->db, agency_id, key, sizeof key, w->e);
    if (s == OK)
        s = lead_draft(w, d, &(struct lead_spec){ .case_id = f.case_id, .agency = key[0] != '\0' ? key : f.agency_key, .kind = f.kind, .secrecy = f.secrecy,
                                                  .priority = f.priority, .linked_from = old->id.text, .by_program = true }, &k);
    if (s != OK)
        return s;
    *id = k.id;
    memcpy(number, k.number, WALK_NUMBER);
    return OK;
}

enum status lead_visible(struct work *w, const char *key) { return visible_record(w, "lead", key); }

enum status lead_tell(struct work *w, const char *key, struct buf *out)
{
    struct walk k;
    struct looking l = { 0 };
    enum status s = lead_visible(w, key);
    if (s != OK)
        return s;
    s = walk_get(w, "lead", key, &k);
    if (s == OK)
        s = looking_begin(w, "lead", NULL, NO_VALUES, &l);
    if (s == OK)
        s = tell_lead(w->db, k.id.text, &l.viewer, out, w->e);
    looking_end(&l);
    return s;
}
