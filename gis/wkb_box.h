// wkb_box.h - does a geometry in well-known binary meet a box? Exactly: a touch counts, a bounding box that does is not enough.
#pragma once
#include "gis/geom.h"

// false: nothing of it lies in or on the box, or broken bytes.
bool wkb_meets_box(const uint8_t *bytes, size_t len, struct box_m box);
