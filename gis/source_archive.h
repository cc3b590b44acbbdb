// source_archive.h - a survey layer kept for good as FlatGeobuf (存档): all features in their order, all fields, the CRS as given.
//
// The source's feature ids, which FlatGeobuf does not keep, stand in the field source_fid. Geometry is not touched: what was
// broken stays broken, so that a comparison of archives says what one of the originals would.
#pragma once
#include "core/base/progress.h"
#include "core/base/status.h"
#include "gis/geom.h"

struct archive_facts {
    char crs[200];                     // code or name; what the file was read in
    char driver[40];
    int64_t features;                  // in the archive
    int64_t without_geometry;          // in the source, and not in the archive
    bool is_single_file;               // else it has sidecars (a shapefile) or is no file at all
};
// crs: NULL: the file's own. INVALID: cannot be read, has no such layer, says no CRS; FAILED: out cannot be written.
enum status archive_write(const char *path, const char *layer, const char *crs, const char *out, const struct progress *progress,
                          struct archive_facts *facts, struct err *e);
// The files a source consists of, the named one first. fn is told each until it answers other than OK.
typedef enum status archive_visit(void *ctx, const char *path, struct err *e);
enum status archive_each_file(const char *path, archive_visit *fn, void *ctx, struct err *e);
