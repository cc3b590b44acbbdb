// register_edit.h - one thing of a register added, changed or taken out by hand (台账编辑), as a map program does it.
//
// What a load asks of a row is asked here too (register.h): types, codes, the shape, its cell; the row that was is kept with its dates,
// and every edit stands in the audit. Besides: who edits has one of the roles the layer names ("edit"), and only in their areas; a
// shape lies in or near the district; a state goes only where the table of moves lets that role take it, though papers and photos are
// not asked for, as a load asks for none. What a role may not see of a thing it leaves as it is.
//
// A row keeps the digest of what its source said: the next load of the same file leaves what was edited since alone, and whoever adds a
// thing twice under the id they minted gets the same answer twice.
#pragma once
#include "core/layer.h"
#include "core/visible.h"

struct register_editor;                // what edits need, opened with the first one and kept: one for a service. Jobs that write use it
struct register_editor *register_editor_open(void);
void register_editor_close(struct register_editor *e);         // NULL is fine

// What is said of a thing.
struct register_given {
    const uint8_t *wkb; size_t wkb_len;        // lon/lat; NULL: nothing is said of its shape
    const char *crs;                           // what that was given in: "EPSG:4549"
    const char *const *text;                   // one a property, as a file would say it; NULL: nothing
    const bool *is_said;                       // one a property: the others stay as they are where a thing is changed
    bool is_whole;                             // what is not said is nothing
};
struct register_edit { const struct layer *layer; const struct viewer *viewer; const char *id; struct register_given given; };
struct register_edited { struct id id; int64_t version; bool is_same; };       // is_same: it was so already

// Inside a writing job. DENIED: not by this role, not there; INVALID: a value, the shape, the place; CONFLICT: the state; TOO_BIG.
// id of a new thing: NULL, or one that was minted by who sends it. CONFLICT: it is another thing's.
enum status register_add(struct work *w, struct register_editor *e, const struct register_edit *d, struct register_edited *out);
enum status register_change(struct work *w, struct register_editor *e, const struct register_edit *d, struct register_edited *out);  // NOT_FOUND
enum status register_take_out(struct work *w, struct register_editor *e, const struct register_edit *d);                             // NOT_FOUND

bool register_may_edit(const struct viewer *v, const struct layer *l);
