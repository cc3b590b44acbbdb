// tile.h - features as a Mapbox Vector Tile (矢量瓦片; MVT 2.1): clipped, put on the tile's grid, simplified, valid, within a budget.
//
// Features come in the order of their importance. Each is put on the grid of the whole world first, then simplified, then cut at the
// tile and its buffer: what two tiles share they show alike, and so do two houses that share a wall. Polygons leave without anything
// MVT forbids (self-intersection, touching, collapsed or wrongly wound rings); what nothing is left of is dropped and counted.
// The same features in the same order give the same bytes. Layers stand alone: bytes of tiles one after the other are a tile of all
// their layers, so tiles may be kept by layer and joined on request, as long as no layer is there twice.
#pragma once
#include "gis/tile_matrix.h"

enum { TILE_BUFFER_UNITS = 64, TILE_BUFFER_UNITS_MOST = 512, TILE_PIXEL_UNITS = 8 };    // a pixel of maps that draw a tile 512 pixels wide
enum { TILE_VERTICES_MOST = 1 << 20, TILE_TESTS_MOST = 1 << 26 };  // of one feature: as given; pairs of edges looked at to keep it valid
enum { TILE_BYTES_USUAL = 500000 };
#define TILE_TOLERANCE_UNITS 0.9                    // how far simplifying may move an edge

enum tile_small { TILE_SMALL_SQUARE, TILE_SMALL_DROP };    // a polygon under a pixel: a square of its area (at least one unit), or nothing
struct tile_options {
    int buffer_units;                               // around the tile
    int pixel_units;                                // polygons smaller than this both ways are small; 0: none is
    enum tile_small small;
    double tolerance_units;                         // 0: nothing is simplified; below 1
    size_t bytes_most;                              // of the tile
    int all_from_zoom;                              // z from which all features are shown; 0: nothing is thinned
};
struct tile_options tile_usual_options(void);       // the numbers above, squares, 500 000 bytes, no thinning

enum tile_kind { TILE_NULL, TILE_TEXT, TILE_INTEGER, TILE_REAL, TILE_TRUTH };
struct tile_property {                              // TILE_NULL and reals that are no numbers are left out
    const char *key;
    enum tile_kind kind;
    union { const char *text; int64_t integer; double real; bool truth; };
    uint32_t word;                                  // not 0: in the layer the same number is the same key and short value; small ones are best
    bool is_own;                                    // a text of printable ASCII that nobody else in the layer says: it is not looked for
};
// A polygon as it stands in every tile of one set, zoom and options that it lies in whole (已编码几何): on the grid of the world, simplified,
// valid. From the first vertex on its commands are the same wherever the tile is.
struct tile_encoded {
    int64_t x, y;                                   // the first vertex, units of the world
    int16_t min_x, min_y, max_x, max_y;             // from there: all of the geometry, before it was simplified
    uint32_t len;
    bool is_square, is_repaired;                    // for the facts
    uint8_t bytes[];                                // the commands after the first vertex
};

struct tile_feature {
    uint64_t id;                                    // unique in its layer
    const uint8_t *geometry;                        // longitude and latitude: WKB, or packed
    size_t geometry_len;
    bool is_packed;                                 // packed.h
    const struct tile_encoded *encoded;             // of this geometry, at this zoom and with these options; NULL: not known
    const struct tile_property *property;           // each key once
    int properties;
};

// What became of a feature. Only SHOWN is in the tile.
enum tile_fate {
    TILE_SHOWN,
    TILE_OUTSIDE,                                   // nothing of it is here
    TILE_THINNED,                                   // its turn comes at a larger scale
    TILE_FULL,                                      // it does not fit into what is left of the budget; a smaller one may
    TILE_TOO_SMALL,                                 // under a pixel and not wanted, or nothing is left of it on the grid
    TILE_BROKEN,                                    // no geometry, or coordinates that are no place
    TILE_TOO_COMPLEX,                               // one of the limits above
    TILE_FATES
};
struct tile_facts { int64_t fate[TILE_FATES], squares, repaired; };    // repaired: rings had to be drawn anew to be valid

// A thing that lives long: one for each thread, its memory is kept from tile to tile.
struct tile;
struct tile *tile_open(void);
void tile_close(struct tile *t);                    // NULL is well

void tile_begin(struct tile *t, struct tile_place place, const struct tile_options *o);
void tile_layer(struct tile *t, const char *name);  // ends the layer before; a name given twice is a bug
enum tile_fate tile_add(struct tile *t, const struct tile_feature *f);
// Of the feature that was added last, to be given with it again. NULL: it does not lie in this tile whole, is no polygon, or came encoded.
struct tile_encoded *tile_encoded(const struct tile *t);            // mem_free
const struct tile_facts *tile_layer_facts(const struct tile *t);    // of the layer so far
struct tile_bytes { const uint8_t *bytes; size_t len; };
struct tile_bytes tile_end(struct tile *t);         // until the next tile_begin; layers without features are left out, 0 bytes: empty

// Thinning, for who would rather not fetch what is not shown: each zoom below all_from_zoom shows a quarter of the one after it, chosen
// by a hash of the id. What is shown at z is shown at every larger z, in every tile and set.
bool tile_is_shown(uint64_t id, int z, int all_from_zoom);
int tile_zooms_early(uint64_t id);                  // how many zooms before all_from_zoom it is shown already: 0 .. 32
