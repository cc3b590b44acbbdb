#include "core/lead.h"

#include "core/base/buf.h"
#include "core/base/date.h"
#include "core/store/lead_rows.h"
#include "core/store/step_rows.h"
#include "core/store/tell_rows.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SNAPSHOT_CEILING = 64 << 20 };

// A secret lead takes its numbers where no gap in the public ones tells of it.
static enum status give_number(struct work *w, const char *secrecy, const char *agency_key, struct walk *k)
{
    char series[WALK_NUMBER];
    int64_t n = 0;
    int year = date_of_day((int32_t)((w->now_s + w->district->zone_offset_s) / DAY_S)).year;
    bool apart = strcmp(secrecy, "secret") == 0;
    snprintf(series, sizeof series, "%s-XS-%s%s%d", w->district->code, apart ? agency_key : "", apart ? "-" : "", year);
    enum status s = number_next(w->db, series, &n, w->e);
    if (s == OK && snprintf(k->number, sizeof k->number, "%s-%05" PRId64, series, n) >= (int)sizeof k->number)
        s = err_set(w->e, TOO_BIG, "the number %s is too long", series);
    return s;
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
    struct birth birth = { .thing = "lead", .verb = "draft", .facts = { .has_agency = true }, .by_program = spec->by_program };
    if (s == OK)
        s = step_birth(w, d, &birth, &k);
    if (s == OK)
        s = case_kind_select(w->db, spec->case_id, kind, &priority, w->e);
    if (s != OK)
        return s;
    struct lead_row row = { .walk = &k, .spec = spec, .kind = spec->kind != NULL ? spec->kind : kind, .secrecy = stricter(spec->secrecy, agency.secrecy),
                            .priority = spec->priority > 0 ? spec->priority : priority, .now_s = w->now_s };
    memcpy(k.agency, agency.id, sizeof k.agency);
    buf_init(&snapshot, SNAPSHOT_CEILING);
    s = give_number(w, row.secrecy, spec->agency, &k);
    if (s == OK)
        s = tell_case(w->db, spec->case_id, NULL, &snapshot, w->e);
    row.snapshot = snapshot.data;
    if (s == OK)
        s = lead_insert(w->db, &row, w->e);
    if (s == OK)
        s = step_born(w, d, &k, "draft", spec->note);
    buf_clear(&snapshot);
    if (s == OK)
        *out = k;
    return s;
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

enum status lead_visible(struct work *w, const char *key)
{
    bool seen = false;
    enum status s = lead_seen_by(w->db, key, w->actor, &seen, w->e);
    return s == OK && !seen ? err_set(w->e, NOT_FOUND, "there is no %s \"%s\"", text_in(w->e->lang, "lead"), key) : s;
}

enum status lead_tell(struct work *w, const char *key, struct buf *out)
{
    struct walk k;
    enum status s = lead_visible(w, key);
    if (s == OK)
        s = walk_get(w, "lead", key, &k);
    return s == OK ? tell_lead(w->db, k.id.text, out, w->e) : s;
}
