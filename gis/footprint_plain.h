// footprint_plain.h - the usual outline (常见轮廓), taken at one go: a polygon of one closed ring of few corners in the plane, under 65 m wide.
//
// Nine of ten buildings are drawn so. Whatever is unusual about the bytes or the ring is left to wkb_read and to those who repair
// (footprint_build.c); what is taken here comes out corner for corner as it would there.
#pragma once
#include "gis/geom.h"

enum { PLAIN_CORNERS = 32 };

struct plain_outline {
    struct box_m box;      // as the numbers stand in the bytes
    struct mm64 origin;    // its lower left, in whole millimetres
    uint32_t corners;
};
// wkb: metres. vertex: room for PLAIN_CORNERS; gets the corners in millimetres from the origin, counter-clockwise, each under 2^16. False: this
// is none, and nothing is told.
bool plain_outline_read(const uint8_t *wkb, size_t len, struct mm *vertex, struct plain_outline *out);
