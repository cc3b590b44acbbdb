// change_shape.h - the piece of ground a change is about (增量图斑): what one outline has and the other has not, without slivers.
#pragma once
#include "gis/overlay.h"

struct increment {
    uint32_t ring_first, ring_count;  // into increments.rings: outer ring, then its holes
    double area_m2, width_m;          // width: short side of the rectangle with this area and perimeter
};
struct increments {
    struct rings rings;
    struct increment *item;
    int count;
    size_t cap;
    double near_m;                    // beside, with noise
    const struct rings *const *cut; int cuts; // what they were cut from
    struct rings step[3];
};

// How a part stands to what it was cut from, as long as that is there.
struct leaning {
    double on_m;                      // how much of its outline lies on the outlines it was cut from,
    double lean;                      // as a share 0..1 of it
    double between;                   // the same share with room for noise: a neighbour's wall, drawn by itself, is never met exactly
    int leans_on;                     // how many of the cutting shapes it touches so along more than a corner
};
struct leaning increment_leans(const struct increments *i, const struct increment *part);

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
