// footprint_valid.h - a quick look at an outline that settles nearly all of them without building a topology.
#pragma once
#include "gis/geom.h"

// true: the polygons are valid (OGC 06-103r4 6.1.11) for certain. false: somebody who knows must look (overlay_repair).
// Exact: whole millimetres. Ring k is vertex[first[k]] .. vertex[first[k+1]-1] with no repeated vertices; an outer ring
// comes before its holes. O(n^2) for outlines that are not convex, given up above FOOTPRINT_VALID_VERTICES.
bool footprint_surely_valid(const struct mm *vertex, const uint32_t *first, const uint8_t *is_hole, uint32_t rings);
// The same of one ring that turns at every corner, of coordinates under 2^30.
bool footprint_edges_apart(const struct mm *vertex, uint32_t count);

enum { FOOTPRINT_VALID_VERTICES = 160 };
