// footprint_build.h - one outline after the other into the flat arrays of a layer. Reading and dissolving both end here.
#pragma once
#include "gis/footprint.h"
#include "gis/overlay.h"
#include "gis/wkb.h"

struct footprint_builder {
    struct footprints f;           // grows
    const char *what;              // "BEFORE t_1990.gpkg", for sentences
    struct crs_road *road;         // from the source's CRS to the metric one; not owned
    struct dirt *dirt;             // not owned
    struct overlay *overlay;
    struct box_m seen;             // all coordinates as the source gave them
    size_t cap_footprints, cap_rings, cap_vertices;
    uint32_t rings, vertices;      // finished ones
    struct wkb_shape shape;
    struct mm64 *place; size_t cap_place;
    uint8_t *is_hole; size_t cap_is_hole;
    struct rings local, repaired;
};
void footprint_builder_open(struct footprint_builder *b, const char *what, struct crs_road *road, struct dirt *dirt);
void footprint_builder_expect(struct footprint_builder *b, int64_t features); // about so many will come; any number is allowed
void footprint_builder_close(struct footprint_builder *b); // what is in f is the caller's
void dirt_note(struct dirt *d, enum dirt_kind kind, int64_t fid);

// *added tells whether a footprint came of it; if not, dirt says why. INVALID: bytes that are no WKB, too large a building.
enum status footprint_add_wkb(struct footprint_builder *b, int64_t fid, const uint8_t *wkb, size_t len, bool *added, struct err *e);
// Rings in metres from `from`; clockwise ones are holes of the one before.
enum status footprint_add_rings(struct footprint_builder *b, int64_t fid, const struct rings *r, struct mm64 from, bool *added, struct err *e);
