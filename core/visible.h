// visible.h - the one access predicate (可见范围): what may this person see of this layer? Compiled into every query.
//
// Lists, single items, counts, extents, tiles, downloads, searches, statistics and duplicate hints all put the same condition
// into their WHERE. What may not be seen is not there: NOT_FOUND, never DENIED, and in no count, no extent, no ETag. A layer of which a
// viewer can never see a row is itself not there for them. Properties that are personal are left out by role.
//
// Who sees which rows is one table, in core/visible.c. What data/layers marks public is seen by everybody, whole: who signs in never
// sees less than who does not. Of public layers, personal properties are for those alone whose view no area limits.
#pragma once
#include "core/base/buf.h"
#include "core/layer.h"
#include "core/lifecycle.h"
#include "core/work.h"

// Who asks. Everything that decides what is seen is in here; nothing of the connection or the route.
struct viewer {
    unsigned role;                         // one bit of enum role; ROLE_PUBLIC: nobody has said who they are
    char actor[ID_TEXT], agency[ID_TEXT];  // "" none
    const char *const *area; int areas;    // codes (street, community, cell) that limit what is seen; none: the whole district
};
extern const struct viewer VIEWER_PUBLIC;
// Inside a job: who an actor is as a viewer; "" is the public. Texts live in the arena. NOT_FOUND: no such actor, or not active.
enum status viewer_of(struct work *w, const char *actor_id, struct arena *a, struct viewer *out);
// Two viewers with the same key see exactly the same rows and properties of this layer: what is made for one (a tile) may be
// given to the other. Written into out; false when nothing can be shared between two people, or cap is less than VISIBLE_KEY.
enum { VISIBLE_KEY = 65 };
bool visible_key(const struct viewer *v, const struct layer *l, char *out, size_t cap);

bool visible_layer(const struct viewer *v, const struct layer *l);                  // is it there at all
bool visible_whole(const struct viewer *v, const struct layer *l);                  // every row of it: counts and extents kept for all will do
bool visible_files(const struct viewer *v, const struct layer *survey);             // of surveys: they show the whole district, whatever areas limit a view
bool visible_property(const struct viewer *v, const struct layer *l, const struct property *p);

// A condition being put together: text with $n, and what is bound to them, in order. Where the text or a value finds no room it is
// full, and visible_where then leaves no text at all: what cannot say who asks asks nothing.
enum { CLAUSE_VALUES = 256 };
struct clause { struct buf text; struct value value[CLAUSE_VALUES]; int values; char place[16]; };
void clause_init(struct clause *c, size_t ceiling);
void clause_clear(struct clause *c);
const char *clause_bind(struct clause *c, struct value v);                          // "$7": its place, to be written into the text; lives until the next
void clause_bind_all(struct clause *c, struct values v);                            // $n of a text that is there already: before anything else
struct values clause_values(const struct clause *c);
enum status clause_check(const struct clause *c, struct err *e);                    // TOO_BIG: it is full
// Writes " AND (...)" - or nothing, when all is seen - for rows of what the layer is read from, or of its table, under this alias. The
// viewer's texts are bound, not copied.
void visible_where(const struct viewer *v, const struct layer *l, const char *alias, struct clause *c);

// --- Records, by the key of their layer: change, finding, case, lead -----------------------------------------------------------

bool visible_records(const struct viewer *v, const char *key);                      // visible_layer
bool visible_records_whole(const struct viewer *v, const char *key);                // visible_whole
bool visible_names(const struct viewer *v, const char *key);                        // visible_property, of what is personal there
void visible_records_where(const struct viewer *v, const char *key, const char *alias, struct clause *c);

// What every question of w->actor about records begins with: who that is, and a clause with room for the text and for the values
// that come first. NOT_FOUND: of none of these layers (key, or else; NULL: no other) can they ever see a row.
struct looking { struct arena *arena; struct viewer viewer; struct clause clause; };
enum status looking_begin(struct work *w, const char *key, const char *or_else, struct values first, struct looking *l);
void looking_end(struct looking *l);                                                // also when it did not begin

// May w->actor know of this record (case, lead or finding, by number or id; change, by id)? NOT_FOUND, in the words for what is not there.
enum status visible_record(struct work *w, const char *key, const char *number_or_id);
// The same of all records a step names: the one it moves, and the one it is merged into.
struct step;
enum status visible_step(struct work *w, const struct step *s);

// --- Audit ----------------------------------------------------------------------------------------------------------------------

// ACCOUNTS: what was done to people, agencies, registers and the grid, nothing of records and their papers.
enum audit_sight { AUDIT_NOTHING, AUDIT_ACCOUNTS, AUDIT_ALL };
enum audit_sight visible_audit(const struct viewer *v);
bool visible_everything(const struct viewer *v);                                    // every row of every record, and all of the audit
