// footprint.h - reading a building layer fast (建筑物轮廓), from any vector source GDAL opens.
//
// Only the geometry and the named columns are read, by Arrow batches where the driver can. Dirt is repaired and counted, or
// the layer is refused as a whole with counts and the first offenders; nothing is dropped in silence.
#pragma once
#include "core/base/progress.h"
#include "core/base/status.h"
#include "gis/crs.h"
#include "gis/geom.h"

struct source_spec {
    const char *role;          // "BEFORE" or "AFTER", for sentences
    const char *path;          // anything GDAL opens: file, /vsizip/..., PG:...
    const char *layer;         // NULL: the only one; several layers and none named is refused with the list
    const char *crs;           // NULL: the file's own; the file has none: refused
    const char *id_field;      // NULL: the feature id
    const char *height_field;  // NULL: no heights. Metres.
    const char *floors_field;  // NULL, or number of floors: height = floors x storey_m where height is missing
    double storey_m;           // 0: 3.0
    const char *where;         // NULL, or an OGR SQL attribute filter
    const char *dissolve_by;   // NULL, or the field whose equal values are pieces of one building
    const char *kind_field;    // NULL, or the field that tells kinds of building apart
    bool skip_unusable;        // count and leave out empty and non-polygon features instead of refusing the layer
    bool from_stranger;        // only formats whose files refer to no other file or address are opened
    int threads;               // that lay out what was read; 0: as many as there are processors
    const struct source_sql *sql; // how the rows of a GeoPackage are read (core/store/spatialite_guest.h); NULL: by GDAL, as all others
    bool by_place;             // footprints come in the order of their places (footprint_order.h), else as the source has them
};

enum { DIRT_EXAMPLES = 5 };
enum dirt_kind {
    DIRT_EMPTY,                // no geometry, or an empty one
    DIRT_NOT_POLYGON,          // points, lines, curves that are no surface
    DIRT_NOT_FINITE,           // NaN or infinite coordinates, or outside the projection
    DIRT_TOO_FEW,              // a ring with fewer than 4 points (or 3 different ones), or without area
    DIRT_INVALID,              // self-crossing and the like: repaired
    DIRT_REPEATED_VERTEX,      // repeated or zero-length: cleaned
    DIRT_DUPLICATE,            // the same footprint twice: kept once
    DIRT_NO_ID,                // the id field is null: named by its feature id
    DIRT_SAME_ID,              // an id used more than once (and no dissolve asked for)
    DIRT_KINDS
};
struct dirt {
    int64_t read, kept;        // features read from the source, footprints kept
    int64_t multi, holes, z_or_m; // handled, for the record
    int64_t dissolved;         // pieces that were joined to others
    int64_t count[DIRT_KINDS];
    int64_t example[DIRT_KINDS][DIRT_EXAMPLES]; // feature ids of the first ones
};
const char *dirt_name(enum dirt_kind kind); // English key of the sentence piece, see text.h

struct source;
enum status source_open(const struct source_spec *spec, struct source **out, struct err *e); // NOT_FOUND, INVALID
void source_close(struct source *s);
const struct crs *source_crs(const struct source *s);
struct box_m source_extent(const struct source *s);      // in source_crs; read from the layer when its header lies or lacks it
const char *source_description(const struct source *s);  // "t_1990.gpkg (GPKG), layer t_1990, EPSG:4326"

// Everything into flat arrays in the metric CRS. INVALID when the layer is refused. May run at the same time as another
// source's read. progress share counts this read alone, 0..1.
enum status source_read(struct source *s, const struct crs *metric, const struct progress *progress, struct footprints *out,
                        struct dirt *dirt, struct err *e);

// Opening GDAL once, at the start of the program.
void footprint_open_library(void);
