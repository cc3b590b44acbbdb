// record.h - what routes of records people work on have in common (办理记录): jobs in the name of who asks, and where a record stands.
#pragma once
#include "api/answer.h"
#include "core/base/json_write.h"
#include "core/move.h"
#include "core/station.h"

// A writing job in the name of whoever asks.
enum status write_station(struct exchange *x, station_job *fn, void *ctx);
// Records are nobody's who does not say who they are. NOT_FOUND, as of what never was.
enum status visible_to_known(struct exchange *x, const char *thing, const char *key);
// INVALID from a rule is 422: the request was understood, the record lacks something. Else as answer_problem.
enum status refuse_deed(struct exchange *x, enum status s);

// A moment, or null for none (0, NO_DEADLINE).
void put_moment(struct json_writer *j, const char *key, int64_t at_s);

// Where a record stands and what whoever asks can do with it, as the rest of one object: thing, id, number, state, ..., moves, links.
// Inside a job; what they may not see is NOT_FOUND.
struct standing { struct exchange *x; struct desk *desk; const char *thing, *key; struct json_writer *j; };
enum status put_standing(struct work *w, const struct standing *s);
// Of a record that went out of sight with the move.
void put_last_sight(struct exchange *x, const struct walk *k, struct json_writer *j);

// The document of one record: where it stands, and under "record" all that tell writes of it. status: 200 or 201 (then Location).
enum { RECORD_THERE = 200, RECORD_NEW = 201 };
typedef enum status record_tell(struct work *w, const char *key, struct buf *out);
typedef enum status record_tell_more(struct work *w, void *ctx, const char *key, struct buf *out);
struct record_asked { const char *thing, *key; record_tell *tell; int status; record_tell_more *more; void *ctx; };  // both NULL: no "record"
enum status answer_record(struct exchange *x, const struct record_asked *r);

const char *plural_of(struct exchange *x, const char *thing);              // "cases"
const char *thing_of_path(struct exchange *x);                             // "case", of "/cases/..."
