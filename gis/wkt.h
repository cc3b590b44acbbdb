// wkt.h - geometry as well-known text (OGC 06-103r4) out of well-known binary.
#pragma once
#include "gis/geom.h"

struct buf;

// Adds "POINT(121 32)", "MULTIPOLYGON(((...)))", ...; decimals 0..9, zeros at the end cut. False: broken, empty, or a coordinate that is
// no number; then nothing was added.
bool wkt_add_wkb(struct buf *out, const uint8_t *wkb, size_t len, int decimals);
bool wkt_point(const uint8_t *wkb, size_t len, struct xy_m *out);      // false: it is no point, or an empty one
