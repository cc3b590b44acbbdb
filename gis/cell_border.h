// cell_border.h - the borders of many polygons as one net of edges: who stands on either side, what cancels, what does not.
//
// Vertices are the same when their coordinates are, to the last bit. An edge that two polygons run in opposite directions
// cancels; in a partition only the outer border is left. `net` adds up signs, so that the same net tells where the sum of some
// polygons is not the sum of others.
#pragma once
#include "gis/polygons.h"

enum { BORDER_NOBODY = UINT32_MAX };
struct border_edge { uint32_t a, b; int32_t net; uint32_t left, right; }; // a < b; left runs it from a to b, right from b to a
struct border {
    struct xy_m *vertex; size_t vertices, vertex_cap;
    struct border_edge *edge; size_t edges, edge_cap;
    uint32_t *vertex_slot, *edge_slot; size_t vertex_slots, edge_slots;
};
void border_init(struct border *b);
void border_clear(struct border *b);
uint32_t border_vertex(struct border *b, struct xy_m at);                    // its number; taken in when new
int64_t border_find_vertex(const struct border *b, struct xy_m at);            // -1: not there
void border_add(struct border *b, const struct rings *r, int sign, uint32_t owner);
void border_add_all(struct border *b, const struct polygons *p, int sign);    // owners are their indexes
int64_t border_find(const struct border *b, uint32_t from, uint32_t to);     // the edge between two vertices; -1

// Vertices that stand on an edge without being its end: nearer than reach_m to it, further than that from both ends. Only edges
// that do not cancel (net) and their ends are looked at: where all cancels nothing stands on anything.
struct border_touch { uint32_t edge, vertex; double along; };                // along: 0 at a, 1 at b
struct border_touches { struct border_touch *at; size_t count, cap; };       // by edge, then along
void border_find_touches(const struct border *b, double reach_m, struct border_touches *out);
