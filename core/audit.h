// audit.h - who did what to which record when (审计), in a chain nobody can quietly change.
//
// Every row carries SHA-256 over the hash of the row before and its own words, and the place where the chain ends is kept
// apart. Triggers keep the table append-only for everybody who comes through SQL; verifying finds what was done past them: a
// row changed, removed, inserted or moved. A row is written in the transaction of the deed itself, so neither stands alone.
#pragma once
#include "core/page.h"
#include "core/store/store.h"

struct audit_row {
    int64_t at_s;
    const char *actor;                 // id or name of who did it; "system" for what a clock did
    const char *verb, *thing, *thing_id;
    const char *note;                  // NULL: none
    const char *before_sha256, *after_sha256; // of the record's canonical text; NULL: it was not there
    const char *actor_name, *hash;     // told only: what the actor is called here (the id where it is nobody of this station); of this row
};

// Inside a writing job.
enum status audit_record(struct db *d, const struct audit_row *row, struct err *e);

struct audit_report { int64_t rows, first_bad; char fault[256]; }; // first_bad 0: the chain holds
// OK also when the chain is broken: then first_bad and fault tell where and how.
enum status audit_verify(struct db *d, struct audit_report *out, struct err *e);

// Was a chain kept elsewhere (its last row and hash) this one? FAILED says how they differ: cut off, rewritten, another station's.
enum status audit_holds(struct db *d, int64_t seq, const char *hash, struct err *e);

// What people read instead of the words of a row: the titles of moves and things (lifecycle.h), and of what is no move.
const char *audit_actor_title(const struct audit_row *r, enum lang lang);
const char *audit_verb_title(const char *thing, const char *verb, enum lang lang);
const char *audit_thing_title(const char *thing, enum lang lang);

// What administrators read of: things in SQL.
#define AUDIT_OF_ACCOUNTS "('actor', 'agency', 'token', 'password', 'session', 'district', 'layer', 'document', 'compartment', 'area', 'grid', 'survey', " \
    "'comparison', 'calendar', 'work_period')"

// The rows in order. accounts_only: what was done to people, agencies, registers, surveys and the grid, nothing of the records people
// work on, nor of their photos and papers.
struct audit_query { const char *thing, *thing_id; bool accounts_only; struct page page; };   // NULL: any; after: a seq
typedef enum status audit_visit(void *ctx, int64_t seq, const struct audit_row *r, struct err *e);
enum status audit_each(struct db *d, const struct audit_query *q, audit_visit *fn, void *ctx, struct err *e);
