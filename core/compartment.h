// compartment.h - where secret leads lie (密件区): sealed for the people of one agency, administrators of the station among those who
// cannot read them.
//
// A compartment is a pair of keys. The public one stands in the station, so whoever may draft (a coordinator, a routing rule) drafts
// into it; the secret one is a file that its people keep. A secret lead is one sealed box in table `sealed`: its row, its steps, what
// walks beside it, its pauses, and an audit chain of its own. No table, view, index or number series tells of it.
//
// With the key a reading job sees what the key opens beside the open leads (compartment_look); a step opens one lead into tables in
// memory that hide the open ones of the same name, so every rule and every row function is the same one, and seals it again in the
// same transaction. The common audit gets a row for each sealing, without a name: an id that tells nothing and the digests of both
// boxes, so that no box can be put back to an older one, exchanged or taken away unseen.
//
// What this does not hide: that something was sealed, when, and roughly how long it is (4 KB at a time); the case it is about, its
// facts and whoever worked on it; what runs in memory while somebody has the key. A key that is lost is lost with all it opens.
#pragma once
#include "core/base/seal.h"
#include "core/page.h"
#include "core/work.h"

struct compartment_key { char secret[SEAL_KEY_TEXT]; };

// A key file as compartment_make writes it. NOT_FOUND, INVALID.
enum status compartment_key_read(const char *path, struct compartment_key *out, struct err *e);

// Inside a writing job. The agency's people or a chief may (DENIED). CONFLICT: it has one, and the
// key it was made with is not given: with it all its leads are sealed anew for the new key (w->key). out: for compartment_key_write.
enum status compartment_make(struct work *w, const char *agency, struct compartment_key *out, int64_t *resealed);
// A file of its own, readable by its owner alone. CONFLICT: it exists.
enum status compartment_key_write(const char *path, const char *agency, const struct compartment_key *key, struct err *e);

struct compartment_told { const char *agency_key, *agency_zh, *agency_en, *public_key, *made_by; int64_t made_at_s; };
typedef enum status compartment_visit(void *ctx, const struct compartment_told *c, struct err *e);
enum status compartment_list(struct work *w, const struct page *p, compartment_visit *fn, void *ctx);

// Everything the key opens: how many, and does the chain of each hold? FAILED names the lead. Inside a writing job, which writes nothing.
enum status compartment_verify(struct work *w, int64_t *opened, int64_t *closed);

// --- For core/lead.c and core/station.c ---------------------------------------------------------------------------------------------

// In a reading job with a key: leads, steps and proceedings are what is open and what the key opens, until look_away.
enum status compartment_look(struct work *w);
void compartment_look_away(struct work *w);

// In a writing job: a new lead of this agency is about to be written (snapshot: what it will carry); or one that the key opens, by
// number or id: *found false: the key opens none of that name, nothing was done. Until compartment_close the tables are in memory.
enum status compartment_open_new(struct work *w, const char *agency_id, const char *snapshot);
enum status compartment_open_lead(struct work *w, const char *key, bool *found);
enum status compartment_close(struct work *w);        // seals what is in them. A job that fails is rolled back with them.
void compartment_forget(struct work *w);               // after a job that failed: only what is in memory
const char *compartment_snapshot(const struct work *w);   // of the case of the lead that is open; NULL: none is open
