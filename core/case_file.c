#include "core/case_file.h"

#include "core/base/buf.h"
#include "core/base/date.h"
#include "core/store/case_rows.h"
#include "core/store/step_rows.h"
#include "core/store/tell_rows.h"
#include "core/visible.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { OUTLINE_CEILING = 64 << 20 };

static const char *or_null(const char *text) { return text != NULL && text[0] != '\0' ? text : NULL; }

// --- Numbers ---------------------------------------------------------------------------------------------------------------------

static int year_of(const struct work *w)
{
    return date_of_day((int32_t)((w->now_s + w->district->zone_offset_s) / DAY_S)).year;
}

static enum status give_number(struct work *w, const char *letters, struct walk *k)
{
    char series[WALK_NUMBER];
    int64_t n = 0;
    snprintf(series, sizeof series, "%s-%s-%d", w->district->code, letters, year_of(w));
    enum status s = number_next(w->db, series, &n, w->e);
    if (s == OK && snprintf(k->number, sizeof k->number, "%s-%05" PRId64, series, n) >= (int)sizeof k->number)
        s = err_set(w->e, TOO_BIG, "the number %s is too long", series);
    return s;
}

// --- Opening -----------------------------------------------------------------------------------------------------------------------

static enum status refuse_second(struct work *w, const struct case_spec *spec)
{
    char number[WALK_NUMBER];
    if (spec->link_id == NULL)
        return OK;
    enum status s = case_of_select(w->db, spec->link_thing, spec->link_id, number, w->e);
    if (s == OK)
        return err_set(w->e, CONFLICT, "this %s is in case %s already", text_in(w->e->lang, spec->link_thing), number);
    return s == NOT_FOUND ? OK : s;
}

static enum status refuse_kind(const struct terms *t, const char *given, struct err *e)
{
    char kinds[512] = "";
    size_t used = 0;
    for (size_t i = 0; i < t->kinds && used < sizeof kinds; i++)
        used += (size_t)snprintf(kinds + used, sizeof kinds - used, "%s%s", i > 0 ? ", " : "", t->kind[i].key);
    return err_set(e, INVALID, "\"%s\" is no kind of case; there are: %s", given, kinds);
}

static enum status complete(struct work *w, const struct desk *d, const struct case_spec *given, struct case_spec *out, const struct case_kind **kind)
{
    *out = *given;
    *kind = terms_kind(&d->terms, given->kind != NULL ? given->kind : d->terms.finding_kind);
    if (*kind == NULL)
        return refuse_kind(&d->terms, given->kind, w->e);
    out->kind = (*kind)->key;
    out->title = or_null(given->title) != NULL ? given->title : w->e->lang == LANG_ZH ? (*kind)->title_zh : (*kind)->title_en;
    out->source = or_null(given->source) != NULL ? given->source : "patrol";
    if (or_null(given->code) == NULL) {
        out->scheme = (*kind)->scheme;
        out->code = (*kind)->code;
    }
    bool is_usual = strcmp(out->code, (*kind)->code) == 0 && strcmp(out->scheme, (*kind)->scheme) == 0;
    if (out->condition == 0)               // nobody said: what is still being built falls under the first one
        out->condition = is_usual && !given->in_progress ? (*kind)->condition : 1;
    out->stock = or_null(given->stock) != NULL ? given->stock : "new";
    return OK;
}

enum status case_open(struct work *w, struct desk *d, const struct case_spec *given, struct walk *out)
{
    struct case_spec spec;
    const struct case_kind *kind = NULL;
    struct walk k;
    struct birth birth = { .thing = "case", .verb = "report", .by_program = given->by_program, .party = given->party,
                           .facts = { .has_place = given->wkb != NULL || !isnan(given->lon) } };
    enum status s = step_birth(w, d, &birth, &k);
    if (s == OK)
        s = complete(w, d, given, &spec, &kind);
    if (s == OK)
        s = refuse_second(w, &spec);
    if (s == OK)
        s = give_number(w, kind->letters, &k);
    if (s == OK)
        s = case_insert(w->db, &k, &spec, w->now_s, w->e);
    if (s == OK && spec.link_id != NULL)
        s = case_link(w->db, k.id.text, spec.link_thing, spec.link_id, w->e);
    if (s == OK)
        s = step_born(w, d, &k, "report", spec.note);
    if (s == OK)
        *out = k;
    return s;
}

static struct case_spec spec_of(const struct origin *o)
{
    return (struct case_spec){ .kind = or_null(o->kind), .title = o->title, .scheme = or_null(o->scheme), .code = or_null(o->code), .stock = o->stock,
                               .party = o->party, .area_m2 = isnan(o->area_m2) ? 0 : o->area_m2, .lon = o->lon, .lat = o->lat,
                               .in_progress = o->in_progress, .wkb = o->wkb->len > 0 ? o->wkb->data : NULL, .wkb_len = o->wkb->len,
                               .cell_code = or_null(o->cell_code), .community_code = or_null(o->community_code), .by_program = true };
}

static const struct case_kind *kind_of_code(const struct desk *d, const char *scheme, const char *code)
{
    for (size_t i = 0; i < d->terms.kinds; i++)
        if (code[0] != '\0' && strcmp(d->terms.kind[i].scheme, scheme) == 0 && strcmp(d->terms.kind[i].code, code) == 0)
            return &d->terms.kind[i];
    return terms_kind(&d->terms, d->terms.finding_kind);
}

enum status case_open_from_finding(struct work *w, struct desk *d, const char *finding_id, const struct step_with *with, struct id *id,
                                   char number[WALK_NUMBER])
{
    struct buf wkb;
    struct origin o = { .wkb = &wkb };
    struct walk k;
    buf_init(&wkb, OUTLINE_CEILING);
    enum status s = origin_of_finding(w->db, finding_id, &o, w->e);
    if (s == OK) {
        struct case_spec spec = spec_of(&o);
        spec.kind = kind_of_code(d, o.scheme, o.code)->key;
        spec.condition = with->condition;
        spec.link_thing = "finding";
        spec.link_id = finding_id;
        s = case_open(w, d, &spec, &k);
    }
    if (s == OK) {
        *id = k.id;
        memcpy(number, k.number, WALK_NUMBER);
    }
    buf_clear(&wkb);
    return s;
}

enum status case_open_from_change(struct work *w, struct desk *d, const char *change_id, struct walk *out)
{
    struct buf wkb;
    struct origin o = { .wkb = &wkb };
    buf_init(&wkb, OUTLINE_CEILING);
    enum status s = origin_of_change(w->db, change_id, &o, w->e);
    if (s == OK) {
        struct case_spec spec = spec_of(&o);
        spec.kind = d->terms.change_kind;
        spec.source = "survey";
        spec.link_thing = "change";
        spec.link_id = change_id;
        s = case_open(w, d, &spec, out);
    }
    buf_clear(&wkb);
    return s;
}

enum status case_join(struct work *w, const char *case_id, const char *thing, const char *thing_id, const char *number)
{
    struct as_told before;
    enum status s = told_of(w, "case", case_id, &before);
    if (s == OK)
        s = case_link(w->db, case_id, thing, thing_id, w->e);
    return s == OK ? told_note(w, &(struct deed){ .verb = "join_case", .thing = "case", .thing_id = case_id, .note = number }, &before) : s;
}

enum status case_reopen(struct work *w, struct desk *d, const struct walk *old, const char *note, struct id *id, char number[WALK_NUMBER])
{
    struct buf wkb;
    struct origin o = { .wkb = &wkb };
    struct walk k;
    buf_init(&wkb, OUTLINE_CEILING);
    enum status s = origin_of_case(w->db, old->id.text, &o, w->e);
    if (s == OK) {
        struct case_spec spec = spec_of(&o);
        spec.recurrence_of = old->id.text;
        spec.note = note;
        s = case_open(w, d, &spec, &k);
    }
    if (s == OK) {
        *id = k.id;
        memcpy(number, k.number, WALK_NUMBER);
    }
    buf_clear(&wkb);
    return s;
}

enum status case_correct(struct work *w, struct desk *d, const char *key, const struct case_correction *c, const char *note)
{
    struct step_taken done;
    if (c->party_present != NULL && strcmp(c->party_present, "present") != 0 && strcmp(c->party_present, "absent") != 0)
        return err_set(w->e, INVALID, "the party is present or absent; \"%s\" was given", c->party_present);
    return step_take(w, d, &(struct step){ "case", key, "correct", { .note = note, .correction = c } }, &done);
}

enum status case_tell(struct work *w, const char *key, struct buf *out)
{
    struct walk k;
    struct looking l = { 0 };
    enum status s = visible_record(w, "case", key);
    if (s != OK)
        return s;
    s = walk_get(w, "case", key, &k);
    if (s == OK)
        s = looking_begin(w, "case", NULL, NO_VALUES, &l);
    if (s == OK)
        s = tell_case(w->db, k.id.text, &l.viewer, out, w->e);
    looking_end(&l);
    return s;
}
