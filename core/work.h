// work.h - one piece of work inside a job of the store: who does it, when, with which connection.
//
// The clock is an argument: now_s is given, never asked for, so stories can be told at any date. Everything that changes a
// record goes through work_note (or lifecycle, which calls it): the audit row is written in the same transaction.
#pragma once
#include "core/base/id.h"
#include "core/district.h"
#include "core/store/store.h"

struct compartment;
struct compartment_key;
struct work {
    struct db *db;
    const struct district *district;
    const char *folder;            // of the station, for blobs
    int64_t now_s;
    const char *actor;             // id of the person or service; "system" for what a clock did
    struct err *e;
    const struct compartment_key *key;   // what opens secret leads (core/compartment.h); NULL: nothing does
    struct compartment *compartment;     // the one that is open in this job; NULL: none
};

struct id work_id(const struct work *w);   // a new id, born now

// The audit row of a deed. before and after: digests of what it was done to (core/told.h); NULL: it was not there, or nothing is held.
struct deed { const char *verb, *thing, *thing_id, *note, *before, *after; };
enum status work_note(const struct work *w, const struct deed *d);
