// move.h - a person's move of any record, from outside (办理): the one door commands and routes share.
//
// step.h and change.h carry a move out; here it is asked first whether the person may know of the record and of what they name with
// it: what may not be seen is NOT_FOUND. A secret lead that the key opens is opened for the move and sealed again.
#pragma once
#include "core/step.h"

// thing: case, lead, finding, change, or what walks beside a case or a lead. Of a case or a lead the verb may be "thing.verb" of its
// newest extension, appeal, enforcement, conference or notice, or of the birth of one: extension.request. Statuses of step_take;
// of a change out->walk has thing, id and state only.
enum status move_take(struct work *w, struct desk *d, const struct step *s, struct step_taken *out);

// Where it stands, and what w->actor can do with it now. A move is listed when no rule keeps this person from it; unmet are the rules
// that want something yet: what comes with the move (INVALID), or what must have happened before (CONFLICT).
enum { UNMET_MOST = 16 };
struct open_move { const char *verb, *title, *to; const struct unmet *unmet; size_t unmets; };   // title: English, key of the Chinese
typedef enum status open_move_visit(void *ctx, const struct open_move *m, struct err *e);
enum status move_each_open(struct work *w, struct desk *d, const char *thing, const char *key, open_move_visit *fn, void *ctx, struct walk *out);
// What may be begun beside a case or a lead, by role alone: verb "extension.request".
enum status move_each_birth(struct work *w, const char *thing, open_move_visit *fn, void *ctx);
