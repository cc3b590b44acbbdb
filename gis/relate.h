// relate.h - how much of two footprints is common ground (重叠面积), without building a topology.
//
// area(A n B) = sum over edge pairs of s_e s_f * integral of min(y_e, y_f) over their common x-range: every polygon is the
// signed sum of the trapezoids under its edges (after N. Hardy). No predicates and no special cases: collinear and touching
// edges, holes (clockwise) and multipolygons are just more edges. Continuous in the input, so the error is about
// eps * perimeter. Exactly symmetric: relate_overlap_m2(a, b) == relate_overlap_m2(b, a) to the last bit.
#pragma once
#include "gis/geom.h"

// Common area, m2. Both in one local frame (coordinates near zero keep all digits). Never negative, never more than the
// smaller of both areas for valid input. Cost O(n m) with an x-range test; a sweep above RELATE_SWEEP_VERTICES edges.
double relate_overlap_m2(const struct rings *a, const struct rings *b);

// The same for whoever asks about many pairs and knows box and area (signed) already.
struct relate_shape { const struct rings *rings; struct box_m box; double area_m2; };
double relate_overlap_of(const struct relate_shape *a, const struct relate_shape *b);

enum { RELATE_SWEEP_VERTICES = 64 };
