// footprint_dirt.h - whether a layer's dirt can be lived with.
#pragma once
#include "core/base/status.h"
#include "gis/footprint.h"

// INVALID, with counts and the first offenders, when features are no polygons, are empty (both: unless skip_unusable) or lie
// nowhere.
enum status dirt_refuse(const struct dirt *d, const char *what, bool skip_unusable, struct err *e);
