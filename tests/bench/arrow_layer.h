// arrow_layer.h - the geometries of a layer as OGR's Arrow batches hand them out: the fastest reading GDAL offers.
#pragma once
#include <stddef.h>
#include <stdint.h>

// wkb NULL: no geometry. A non-zero answer ends the reading.
typedef int arrow_geometry(void *ctx, int64_t row, const uint8_t *wkb, size_t len);

// Only the geometry column is read. Returns the number of rows, or -1 after a word on stderr.
int64_t arrow_layer_read(const char *path, arrow_geometry *fn, void *ctx);
