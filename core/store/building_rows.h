// building_rows.h - what is asked of buildings as such; loading them is in register_rows.h.
#pragma once
#include "core/store/store.h"

// The buildings that stand now, with their outlines (lon/lat WKB), in order of fid.
typedef enum status building_visit(void *ctx, int64_t fid, const void *wkb, size_t len, struct err *e);
enum status building_each(struct db *db, building_visit *fn, void *ctx, struct err *e);
