// recheck.h - what a later survey shows of the cases there are (复查): gone, still there after the deadline, back again.
//
// A clue for a person: closing is proposed, never done; "not demolished" and "back again" are told, and noted in the audit.
#pragma once
#include "core/change_list.h"

struct recheck_report { int64_t looked_at, gone, standing, back; };
struct recheck;                        // what was seen, until it is written
// Inside a reading job: the increments of all cases against the buildings of AFTER.
enum status recheck_look(struct work *w, const struct pair_diff *pair, struct pair_surveys surveys, struct change_list *l, struct recheck **out);
// Inside the writing job, when the comparison is done: steps of the program (propose_close, mark_standing), and notes.
enum status recheck_record(struct work *w, const char *comparison, const struct recheck *r, struct recheck_report *out);
void recheck_free(struct recheck *r);
