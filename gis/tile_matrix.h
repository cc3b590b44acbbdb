// tile_matrix.h - how the world is cut into tiles (瓦片矩阵集; OGC 17-083r4, Two Dimensional Tile Matrix Set 2.0).
//
// Two sets: WebMercatorQuad, which every web map knows, and CGCS2000Quad, which cuts EPSG:4490 as WorldCRS84Quad cuts CRS84 and as
// Tianditu serves it. OGC's register has no set in EPSG:4490; the id is the one in common use, and no OGC URI is claimed for it.
// Columns count from the west, rows from the north. Latitudes beyond the square of the Mercator are at its edge.
#pragma once
#include "gis/geom.h"

struct buf;

enum tile_set { TILE_WEB_MERCATOR_QUAD, TILE_CGCS2000_QUAD, TILE_SETS };
enum { TILE_EXTENT = 4096, TILE_ZOOM_MOST = 24 };          // units across a tile; of any set

struct tile_set_facts {
    const char *id, *title;
    const char *uri, *scale_set;                            // OGC's; NULL: it has none
    const char *crs;                                        // URI
    int zoom_most;
};
const struct tile_set_facts *tile_set_facts(enum tile_set set);
bool tile_set_find(const char *id, enum tile_set *out);     // false: there is no such set
// The definition as JSON, for /tileMatrixSets/{id}: one object, without links.
void tile_set_json(struct buf *out, enum tile_set set);

struct tile_place { enum tile_set set; int z; uint32_t x, y; }; // tileMatrix, tileCol, tileRow
bool tile_is_there(struct tile_place t);                    // false: beyond the matrix, which is answered like a page that is not there

// The ground of a tile and so many units around it; what to ask the store for.
struct lonlat_box tile_box(struct tile_place t, double margin_units);
// The tile over a place; places beyond the world are at its edge. z: 0 .. zoom_most.
struct tile_place tile_at(enum tile_set set, int z, struct lonlat p);

// Tiles that an extent touches (tileMatrixSetLimits).
struct tile_limits { uint32_t min_x, max_x, min_y, max_y; };
struct tile_limits tile_limits(enum tile_set set, int z, struct lonlat_box extent);
void tile_limits_json(struct buf *out, enum tile_set set, int z_first, int z_last, struct lonlat_box extent);   // a list
