// cell_load.h - taking a grid that somebody else drew (网格载入): a new version of the grid; the old cells are retired.
//
// All or nothing. What the grid is worth - gaps, overlaps, codes - is told by cells check; here only what cannot be kept is
// refused: no area, no code, a code twice or given before.
#pragma once
#include "core/cell.h"
#include "core/register.h"
#include "core/rehome.h"

struct cell_load_spec {
    const char *path, *source_layer, *crs;
    const char *code_field;            // NULL: cells are numbered as they come
    const char *community_field;       // NULL: the first digits of the code
    const char *name_field;            // NULL: none
    struct grid grid;                  // key, names, limits
};
struct cell_load_report { int64_t read, refused, repaired, retired; int64_t version; struct rehome_report rehomed; }; // rehomed: zero when the grid is not the default one
enum status cell_load(struct station *s, const struct station_call *call, const struct cell_load_spec *spec, const struct progress *progress,
                      register_refusal *fn, void *ctx, struct cell_load_report *out, struct err *e);
