// change_shape.h - the piece of ground a change is about (增量图斑): what one outline has and the other has not, without slivers.
#pragma once
#include "gis/overlay.h"

struct increment {
    uint32_t ring_first, ring_count;  // into increments.rings: outer ring, then its holes
    double area_m2, width_m;          // width: short side of the rectangle with this area and perimeter
    double depth_m;                   // area over the length it leans on: how far it sticks out
    double lean;                      // share 0..1 of its outline that lies on the outlines it was cut from
    double between;                   // the same with room for noise: a neighbour's wall, drawn by itself, is never met exactly
    int leans_on;                     // how many of the cutting shapes it touches so along more than a corner
};
struct increments { struct rings rings; struct increment *item; int count; size_t cap; double near_m; // near_m: beside, with noise
    struct rings step[3]; };

// whole minus every one of `cut`, opened by opening_m, in parts; parts under min_area_m2 or min_width_m are left out.
struct increment_question {
    const struct rings *whole, *const *cut;
    int cuts;
    double first_common_m2;           // what whole and the first cut share, where it is known; else negative
    double opening_m, min_area_m2, min_width_m;
};
enum status increments_find(struct overlay *o, const struct increment_question *q, struct increments *out, struct err *e);
void increments_clear(struct increments *i);
double rectangle_width_m(double area_m2, double perimeter_m);
