// city_shape.h - shapes of the benchmark city: one store for all of them, and what can be done to one.
//
// Coordinates are metres from the city's origin. Rings as in geom.h: open, outer ones counter-clockwise, each followed
// by its holes, which run clockwise; so the outside of every edge lies to its right.
#pragma once
#include "gis/geom.h"

// Shape i has the rings ring_first[i] .. ring_first[i+1]-1, ring k the vertices vertex_first[k] .. vertex_first[k+1]-1.
struct shapes {
    struct xy_m *vertex;
    uint32_t *vertex_first, *ring_first;
    float *height_m;                 // true height, no noise
    uint32_t *family;                // row, block: what is drawn together by one hand
    uint32_t count, rings, vertices;
    size_t vertex_cap, ring_cap, count_cap, height_cap, family_cap;
};
uint32_t shapes_add(struct shapes *s, const struct rings *r, double height_m, uint32_t family); // its index
void shapes_get(const struct shapes *s, uint32_t i, struct rings *out);
struct box_m shapes_box(const struct shapes *s, uint32_t i);
struct box_m shapes_whole_box(const struct shapes *s, double margin_m);
struct xy_m shapes_middle(const struct shapes *s, uint32_t i);           // of its box
void shapes_clear(struct shapes *s);

// A place with a direction: local x runs along the street.
struct place { struct xy_m at; double cos, sin; };
struct place place_turned(struct xy_m at, double degrees);
struct xy_m place_point(struct place p, double x, double y);
void shape_add_ring(struct rings *out, struct place p, const struct xy_m *local, int count); // one more ring
void shape_rectangle(struct rings *out, struct place p, double min_x, double min_y, double max_x, double max_y); // same

struct xy_m shape_next(const struct rings *r, uint32_t k, uint32_t i);  // the vertex after i in ring k
struct xy_m shape_previous(const struct rings *r, uint32_t k, uint32_t i);
double shape_ring_area_m2(const struct rings *r, uint32_t k);            // signed
double shape_distance_m(const struct rings *a, const struct rings *b);   // 0 where they meet or one holds the other
double shape_distance_to_m(const struct rings *a, struct xy_m p);        // to the outline or 0 inside
// Ground of two shapes by 48 x 48 samples, good to some per cent of either.
// Shares: of the union that is common; of a that is not b; of b that is not a.
struct shape_common { double iou, only_a, only_b; };
struct shape_common shape_compared(const struct rings *a, const struct rings *b);
void shape_copy(const struct rings *in, struct rings *out);
void shape_moved(const struct rings *in, struct xy_m by, struct rings *out);
void shape_turned(const struct rings *in, struct xy_m about, double degrees, double scale, struct rings *out);
// Vertex i of ring k (and the following ones up to `dropped`) gives way to the given points.
void shape_spliced(const struct rings *in, uint32_t k, uint32_t i, uint32_t dropped, const struct xy_m *points,
                   int count, struct rings *out);
// Without vertices nearer than this to the line between their neighbours.
void shape_tidied(const struct rings *in, double straight_m, struct rings *out);
void shape_simplified(const struct rings *in, double tolerance_m, struct rings *out); // Douglas & Peucker 1973
void shape_densified(const struct rings *in, double step_m, struct rings *out);
// Every edge moved outwards by its own offset (offset_m[vertex index of its start]), corners where the moved lines
// meet.
void shape_offset(const struct rings *in, const double *offset_m, struct rings *out);
// Two shapes that share walls node by node, as one. False when they do not, or the outcome is not one simple outline.
bool shape_joined(const struct rings *a, const struct rings *b, struct rings *out);
// Cut by the line through `at` along `direction`. False unless the line crosses the outline exactly twice, off its
// corners.
bool shape_cut(const struct rings *in, struct xy_m at, struct xy_m direction, struct rings *left, struct rings *right);
