// step_inside.h - between the files of core/step*.c only.
#pragma once
#include "core/actor.h"
#include "core/step.h"
#include "core/store/step_rows.h"

struct taking {
    struct work *w;
    struct desk *desk;
    const struct step *step;
    struct walk walk;
    struct actor who;
    unsigned roles;
    char agency_id[ID_TEXT];                 // of with.agency
    uint64_t guards;                         // of the move that is asked for
    struct facts facts;
    struct case_terms terms;                 // of the case it is about, when the guards asked for them
    bool has_terms;
};

// step.c: who w->actor is, and the guards of a move from where the record stands (0: there is no such move)
enum status step_person(const struct work *w, struct actor *who, unsigned *roles);
uint64_t step_guards(const struct walk *k, const char *verb);

// step_facts.c: what the move's guards ask, and no more
enum status step_facts(struct taking *t);

// step_clock.c
const char *stage_of(const char *thing, const char *state);           // "" none; NULL: the stage goes on
// terms: of the case itself, as they were read and still are; NULL: they are read when they are needed.
struct clock { struct work *work; struct desk *desk; struct walk *walk; const struct case_terms *terms; };
enum status clock_start(const struct clock *c, const char *stage);
enum status clock_compute(struct work *w, struct desk *d, struct walk *k);

// step_effect.c: what a move does besides
enum status step_effects(struct taking *t, const struct move *m, struct step_taken *out);
