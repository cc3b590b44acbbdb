#include "core/change.h"

#include "core/base/mem.h"
#include "core/lifecycle.h"
#include "core/store/change_rows.h"
#include "core/survey.h"
#include "core/told.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

// --- Review ---------------------------------------------------------------------------------------------------------------------

enum { ARENA_BYTES = 64 << 20 };

// What stays written of it: who decided and when; back to open is nobody's decision.
static enum status record_verdict(struct work *w, const struct change_row *c, const struct change_review *r, const char *to)
{
    bool open = strcmp(to, "open") == 0, second_look = strcmp(r->verb, "agree") == 0;
    struct change_verdict v = { .fid = c->fid, .state = to, .reviewer = open ? NULL : w->actor, .note = r->note != NULL ? r->note : "",
                                .at_s = w->now_s };
    if (second_look) {                             // the first reviewer's name stays; the audit names the second
        v.reviewer = c->reviewed_by;
        v.at_s = c->reviewed_at_s;
        v.note = c->review_note;
    }
    struct as_told before;
    enum status s = told_of(w, "change", c->id.text, &before);
    if (s == OK)
        s = change_update_state(w->db, &v, w->e);
    return s == OK ? told_note(w, &(struct deed){ .verb = r->verb, .thing = "change", .thing_id = c->id.text, .note = r->note }, &before) : s;
}

struct facts change_facts(const struct work *w, const struct change_row *c, const char *note)
{
    return (struct facts){ .has_note = note != NULL && note[0] != '\0', .has_place = c->wkb_len > 0,
                           .actor_is_reviewer = c->reviewed_by != NULL && strcmp(c->reviewed_by, w->actor) == 0 };
}

enum status change_decide(struct work *w, const struct change_review *r, struct id *id, char out_state[16])
{
    struct arena *a = arena_open(ARENA_BYTES);
    struct change_row c;
    struct outcome outcome;
    enum status s = change_get(w, r->change, a, &c);
    if (s == OK) {
        struct facts facts = change_facts(w, &c, r->note);
        struct attempt attempt = { "change", c.state, r->verb, role_of_word(r->role), &facts };
        s = lifecycle_check(&attempt, &outcome, w->e);
    }
    if (s == OK && (outcome.move->effects & OPENS_CASE) != 0)
        s = err_set(w->e, INVALID, "\"%s\" is no verdict on a change; gridpatrol case opens cases", r->verb);
    if (s == OK)
        s = record_verdict(w, &c, r, outcome.to);
    if (s == OK) {
        *id = c.id;
        snprintf(out_state, 16, "%s", outcome.to);
    }
    arena_close(a);
    return s;
}

// --- What was compared -----------------------------------------------------------------------------------------------------------

enum status change_compared(struct work *w, const struct change_row *c, struct survey *before, struct survey *after)
{
    char first[ID_TEXT], second[ID_TEXT];
    enum status s = change_surveys(w->db, c->comparison.text, first, second, w->e);
    if (s == OK)
        s = survey_get(w, first, before);
    return s == OK ? survey_get(w, second, after) : s;
}

// --- Precision -------------------------------------------------------------------------------------------------------------------

void precision_wilson(double share, double n, double z, double *low, double *high)
{
    double z2 = z * z, middle = (share + z2 / (2 * n)) / (1 + z2 / n);
    double half = z / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    *low = fmax(0, middle - half);
    *high = fmin(1, middle + half);
}

// What people reviewed by choice speaks for itself alone; the reviewed slots, drawn at random, speak for all the rest. So a slot
// weighs as many changes as there are for each reviewed one of them: 1/pi, whatever became of the rest. n: Kish's effective number.
static void weigh(const struct precision_counts *c, double *hits, double *all, double *squares)
{
    double rest = (double)(c->listed - c->others_reviewed);
    double weight = c->slots_reviewed > 0 ? rest / (double)c->slots_reviewed : 0;
    *hits += (double)c->others_real + weight * (double)c->slots_real;
    *all += (double)c->others_reviewed + weight * (double)c->slots_reviewed;
    *squares += (double)c->others_reviewed + weight * weight * (double)c->slots_reviewed;
}

static void conclude(double hits, double all, double squares, struct precision *p)
{
    static const double Z95 = 1.959963984540054;
    p->share = p->low = p->high = NAN;
    if (all <= 0)
        return;
    p->share = hits / all;
    precision_wilson(p->share, all * all / squares, Z95, &p->low, &p->high);
}

struct summing { struct precision *out; int *count; double hits, all, squares; };

static void add_counts(struct precision *p, const struct precision_counts *c)
{
    p->listed += c->listed;
    p->reviewed += c->slots_reviewed + c->others_reviewed;
    p->real += c->slots_real + c->others_real;
    p->slots += c->slots;
    p->slots_reviewed += c->slots_reviewed;
    p->chosen_only = p->reviewed > 0 && p->slots_reviewed == 0;
}

static enum status take_class(void *ctx, const struct precision_counts *c, struct err *e)
{
    struct summing *s = ctx;
    (void)e;
    must(*s->count < PRECISION_CLASSES);
    struct precision *p = &s->out[(*s->count)++];
    *p = (struct precision){ .listed = 0 };
    memcpy(p->class, c->class, sizeof p->class);
    add_counts(p, c);
    double hits = 0, all = 0, squares = 0;
    weigh(c, &hits, &all, &squares);
    conclude(hits, all, squares, p);
    add_counts(&s->out[0], c);
    weigh(c, &s->hits, &s->all, &s->squares);      // class by class: each is a stratum of its own
    return OK;
}

enum status change_precision(struct work *w, const char *comparison, struct precision out[PRECISION_CLASSES], int *count)
{
    struct summing sum = { .out = out, .count = count };
    out[0] = (struct precision){ .listed = 0 };
    *count = 1;
    enum status s = change_each_class(w, comparison, take_class, &sum);
    if (s == OK)
        conclude(sum.hits, sum.all, sum.squares, &out[0]);
    return s;
}
