// wkb_box.h - the box around a geometry in well-known binary, and whether the geometry meets another one. Exactly: a touch counts, a
// bounding box that does is not enough.
#pragma once
#include "gis/geom.h"

// false: nothing of it lies in or on the box, or broken bytes.
bool wkb_meets_box(const uint8_t *bytes, size_t len, struct box_m box);
// In whatever its coordinates are. false: broken bytes, or no vertex that has a place.
bool wkb_box(const uint8_t *bytes, size_t len, struct box_m *out);
