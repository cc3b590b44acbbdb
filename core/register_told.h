// register_told.h - deliveries and audit: what was loaded is what lies in the tables, row by row and all rows together (台账核对).
#pragma once
#include "core/layer.h"
#include "core/told.h"

// The audit row of a load or of one row by hand, with the sum of all rows of the layer there ever were: of those noted before, as noted, and of those that
// came after row number last_fid, as they are. So nothing that was changed, put in or removed past the program is taken in by a load.
enum status register_told_note(const struct work *w, const struct layer *l, int64_t last_fid, const char *verb, const char *note);
enum status register_told_verify(struct db *db, told_fault *fn, void *ctx, struct err *e);
