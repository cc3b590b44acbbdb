// arrange.h - regions cut straight out of outlines (线段排列与环绕数), for shapes of a few dozen edges.
//
// All edges are split where they meet; what lies left and right of every piece is counted in windings; pieces with the region
// on one side only are chained into rings. Places nearer than ARRANGE_NEAR_M are one place, so walls drawn on each other and
// vertices on walls are no special cases. What is too large, too close to call or touches itself in a point is refused: then
// GEOS is asked (overlay.c), ten times slower.
#pragma once
#include "gis/geom.h"

#define ARRANGE_NEAR_M 1e-6

struct arrangement;                          // scratch of one thread
struct arrangement *arrange_open(void);
void arrange_close(struct arrangement *a);

enum arrange_side { ARRANGE_COVERED, ARRANGE_CUT };
// A new question, then its outlines: outer rings counter-clockwise, holes clockwise.
void arrange_start(struct arrangement *a);
void arrange_add(struct arrangement *a, const struct rings *r, enum arrange_side side);
// An outline grown by distance_m (shrunk when negative), corners mitred: the sum of what its edges sweep.
void arrange_add_grown(struct arrangement *a, const struct rings *r, double distance_m);

// What the COVERED edges wind around, each place as often as they do: of outlines that do not overlap, their ground.
double arrange_wound_m2(const struct arrangement *a);

// Ground that is COVERED and not CUT, outer rings first, each followed by its holes. false: not answered here.
bool arrange_regions(struct arrangement *a, struct rings *out);
