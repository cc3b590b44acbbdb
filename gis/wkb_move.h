// wkb_move.h - the coordinates of well-known binary, moved where they stand.
#pragma once
#include "gis/crs.h"
#include <stddef.h>
#include <stdint.h>

// Through the road, then with the axes swapped if asked. road NULL: not moved. false: broken bytes, or a place the other CRS does not know.
bool wkb_move(uint8_t *bytes, size_t len, struct crs_road *road, bool swap_axes);
