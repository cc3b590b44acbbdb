// proceeding.h - what walks beside a case or a lead (附属程序): an extension of its limit, an appeal against being overdue, the
// procedure against a building, a notice to agencies, a conference. Each has a table of moves of its own (core/lifecycle.h).
#pragma once
#include "core/step.h"

struct proceeding_spec {
    const char *thing, *verb;                // "extension", "request"; "appeal", "file"; "enforcement", "find"; "conference", "call"; "notice", "draft"
    const char *about, *about_key;           // "case" or "lead", number or id
    int32_t amount;                          // of an extension, in the unit of the limit
    const char *note, *agency;               // agency: key, of a conference or a notice
};
enum status proceeding_open(struct work *w, struct desk *d, const struct proceeding_spec *spec, struct walk *out);
// The newest one of this record, so that people need no number: walk_get by its id then. NOT_FOUND.
enum status proceeding_of(struct work *w, const char *thing, const char *about_id, struct walk *out);
