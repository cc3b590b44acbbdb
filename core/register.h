// register.h - loading what is registered: buildings, permits, zones, assets (台账入库).
//
// All or nothing: every row that cannot be taken is named, and one is enough for none to be. Loading the same again changes
// nothing; a changed row supersedes the old one, which is kept with its dates. Every thing knows its cell in the default grid.
#pragma once
#include "core/base/progress.h"
#include "core/layer.h"
#include "core/station.h"

struct register_spec {
    const char *layer;                 // a key of data/layers
    const char *path, *source_layer, *crs, *where;
    const char *id_field;              // NULL: the feature id
    const char *source;                // who delivered it; NULL: the layer's key. Ids are unique within a source
    double accuracy_m;                 // 0: the layer's own
    const char *const *map;            // "FIELD=PROPERTY", over what is found by name
    int maps;
};

struct register_report {
    int64_t read, added, changed, same, refused, repaired;
    int64_t without_cell, in_two_cells; // of those taken, when the station has cells
    char unused[512];                  // fields of the source that no property takes
};

typedef void register_refusal(void *ctx, int64_t row, int64_t fid, const char *sentence);
// INVALID when a row was refused (then nothing was taken), or the source, the layer or the mapping is not right.
enum status register_load(struct station *s, const struct station_call *call, const struct register_spec *spec,
                          const struct progress *progress, register_refusal *fn, void *ctx, struct register_report *out, struct err *e);
