// overlay.h - polygons made of polygons. GEOS lives here (and in footprint.c for repair) and nowhere else.
//
// Small shapes are answered straight from their edges (arrange.h) and checked by their areas; GEOS, slow and exact, answers what
// is left. Only candidates come here. All shapes in one local frame, metres.
#pragma once
#include "core/base/status.h"
#include "gis/geom.h"

struct overlay; // one for each thread: holds the GEOS context
struct overlay *overlay_open(void);
void overlay_close(struct overlay *o);

// Valid polygons out of whatever rings: repaired by GEOSMakeValid when needed (*repaired tells). Output rings are oriented,
// outer ring first, each outer followed by its holes. FAILED when nothing polygonal is left.
enum status overlay_repair(struct overlay *o, const struct rings *in, struct rings *out, bool *repaired, struct err *e);
// Union of n shapes; gaps narrower than 2*close_m are closed first (0: none).
enum status overlay_union(struct overlay *o, const struct rings *const *parts, int n, double close_m, struct rings *out, struct err *e);
// a minus b; falls back to a precision of 1 mm, 1 cm and to repaired input before it fails.
enum status overlay_minus(struct overlay *o, const struct rings *a, const struct rings *b, struct rings *out, struct err *e);
// The same for whoever knows how much ground they share (relate_overlap_m2) already.
struct overlay_cut { const struct rings *from, *what; double common_m2; };
enum status overlay_minus_known(struct overlay *o, const struct overlay_cut *c, struct rings *out, struct err *e);
enum status overlay_common(struct overlay *o, const struct rings *a, const struct rings *b, struct rings *out, struct err *e);
// Morphological opening: what a disc of this radius can reach (buffer -r, +r, mitred). Slivers vanish.
enum status overlay_open_by(struct overlay *o, const struct rings *a, double radius_m, struct rings *out, struct err *e);

// How two geometries of any type stand to each other (OGC 06-103r4), in the plane of their own coordinates.
enum overlay_relation {
    OVERLAY_INTERSECTS, OVERLAY_EQUALS, OVERLAY_DISJOINT, OVERLAY_TOUCHES, OVERLAY_WITHIN, OVERLAY_OVERLAPS, OVERLAY_CROSSES, OVERLAY_CONTAINS
};
struct overlay_wkb { const void *bytes; size_t len; };
// Broken rings are repaired first. INVALID: no geometry; FAILED: GEOS cannot tell.
enum status overlay_relate(struct overlay *o, enum overlay_relation relation, struct overlay_wkb a, struct overlay_wkb b, bool *out,
                           struct err *e);

// The plane cut up by lines: every bounded piece, with a place in its inside (pieces->count of them). Lines are cut where they
// meet; ends that lead nowhere are left out. Pieces beside each other share their border vertex by vertex, to the last bit.
// grid_m: 0 keeps every digit, but lines that all but coincide may be cut wrongly; else corners come to lie on multiples of it, and
// no cut is missed.
struct polygons;
struct segments;
enum status overlay_pieces(struct overlay *o, const struct segments *lines, double grid_m, struct polygons *pieces, struct xy_m **inside, struct err *e);
