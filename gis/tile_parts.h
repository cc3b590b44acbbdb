// tile_parts.h - a tile at work, inside tile*.c. For nobody else.
//
// A feature goes through: tile_grid (degrees to whole units of the world's grid), tile_simplify, tile_clip, then polygons through
// tile_valid and, when something is wrong, tile_clean and tile_trace; tile_layer writes it down.
#pragma once
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "gis/tile.h"
#include "gis/wkb_walk.h"

// --- degrees to units (tile_grid.c) ------------------------------------------------------------------------------------------

// Mercator's y around the middle of an eighth of a degree as a polynomial, right to 1e-12 of the world: the logarithm and the sine are asked
// for once for a whole district.
enum { TILE_NODES = 64, TILE_NODE_TERMS = 6 };
#define TILE_EDGE_LATITUDE 85.1                     // a little beyond the square of the Mercator; what lies further is drawn here
struct tile_node { int k; double term[TILE_NODE_TERMS]; };

struct tile_grid {
    enum tile_set set;
    double x_units, y_units;                        // of the world; y_units for a degree or for a radian of Mercator
    double west, north, middle;                     // units to the tile's corner; to the equator
    struct tile_node node[TILE_NODES];              // by k modulo TILE_NODES
};
void tile_grid_begin(struct tile_grid *g, struct tile_place place);
// Units from the tile's north-west corner, x to the east and y to the south, not yet whole. false: no place on Earth.
bool tile_grid_place(struct tile_grid *g, double lon, double lat, struct xy_m *out);

// The same of many at once: degrees, which become units where they stand. false: one of them is no place on Earth.
struct tile_columns { double *x, *y; size_t cap; };
void tile_columns_room(struct tile_columns *c, size_t count);   // what was there is forgotten
bool tile_grid_places(struct tile_grid *g, struct tile_columns *c, size_t count);

// Vertices on their way: whole numbers of units from the tile's corner, which may be far away.
struct tile_path {
    struct xy_m *at;
    size_t cap;
    uint32_t count;
};
static inline void tile_path_room(struct tile_path *p, size_t more)
{
    if (p->count + more > p->cap)
        p->at = mem_grow(p->at, &p->cap, p->count + more, sizeof *p->at);
}

// --- simpler and shorter (tile_simplify.c, tile_clip.c) ----------------------------------------------------------------------

struct tile_corner { double area, error, error_then; bool may_go, goes; };
struct tile_simplifier { struct tile_corner *corner; size_t cap; };
void tile_simplify(struct tile_simplifier *s, struct tile_path *p, bool closed, double tolerance);

struct tile_window { double min_x, min_y, max_x, max_y; };
static inline bool tile_window_is_in(struct tile_window a, struct tile_window b)
{
    return a.min_x >= b.min_x && a.max_x <= b.max_x && a.min_y >= b.min_y && a.max_y <= b.max_y;
}
// The part of a ring inside; where it leaves and comes back it follows the window. spare: scratch.
void tile_clip_ring(struct tile_path *p, struct tile_path *spare, struct tile_window w);
// A segment; false: nothing of it is inside. Ends come to lie on whole units.
bool tile_clip_segment(struct xy_m *a, struct xy_m *b, struct tile_window w);

// --- shapes on the tile's grid -----------------------------------------------------------------------------------------------

struct tile_point { int32_t x, y; };                // within the tile and its buffer, so that products fit 32 bits
struct tile_ring { uint32_t first, end; struct tile_point min, max; bool hole; };   // a hole belongs to the last ring that is none
struct tile_shape {
    struct tile_point *at;
    struct tile_ring *ring;
    size_t at_cap, ring_cap;
    uint32_t points, rings;
};
void tile_shape_start(struct tile_shape *s);
static inline struct tile_point *tile_shape_room(struct tile_shape *s, size_t more)
{
    if (s->points + more > s->at_cap || s->at == NULL)
        s->at = mem_grow(s->at, &s->at_cap, s->points + more, sizeof *s->at);
    return s->at + s->points;
}
void tile_shape_end_ring(struct tile_shape *s, uint32_t first, bool hole);
void tile_shape_clear(struct tile_shape *s);
int64_t tile_ring_area2(const struct tile_shape *s, const struct tile_ring *r); // positive: as an outer ring of MVT runs (clockwise to the eye)
void tile_ring_turn(const struct tile_shape *s, const struct tile_ring *r);
bool tile_ring_holds(const struct tile_shape *s, const struct tile_ring *r, struct tile_point twice);  // twice the place; never on the ring

// --- validity (tile_valid.c, tile_clean.c, tile_trace.c) ---------------------------------------------------------------------

enum tile_verdict { TILE_VALID, TILE_INVALID, TILE_TOO_MANY };

struct tile_edge { struct tile_point a, b; uint32_t next; bool back; };     // back: runs against the way it is to be counted
struct tile_half { uint32_t from, to, twin; int32_t net, left; bool bound, used, known; };
struct tile_spot { struct tile_point at; uint32_t first; };     // first: of its half edges, counter-clockwise from the east

struct tile_cleaner {                               // scratch
    struct tile_edge *edge;
    uint64_t *order, *place, *piece, *spare;        // to be sorted; spare: for sorting
    struct tile_spot *spot;
    struct tile_half *half;
    uint32_t *row, *stack, *seen;
    size_t edge_cap, order_cap, place_cap, piece_cap, spare_cap, spot_cap, half_cap, row_cap, stack_cap, seen_cap;
    uint32_t edges, places, pieces, spots, rows, halves;
    int64_t tests;                                  // left of TILE_TESTS_MOST
    struct tile_shape loops;
    struct tile_point *probe;                       // of each loop: twice the middle of one of its pieces, which no other loop touches
    size_t probe_cap;
};
void tile_cleaner_clear(struct tile_cleaner *c);
void tile_cleaner_start(struct tile_cleaner *c, const struct tile_shape *s);   // its edges
void tile_sort(struct tile_cleaner *c, uint64_t *item, size_t count);           // ascending
// Calls meet for each pair of edges whose boxes touch, until it says false. TOO_MANY: the tests are used up.
typedef bool tile_meet(struct tile_cleaner *c, uint32_t i, uint32_t k);
enum tile_verdict tile_pairs(struct tile_cleaner *c, tile_meet *meet);
static inline int32_t tile_side(struct tile_point a, struct tile_point b, struct tile_point p)
{
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

// Whether rings touch neither themselves nor each other and lie in each other as they should.
enum tile_verdict tile_check(struct tile_cleaner *c, const struct tile_shape *s);
// Draws the ground anew that the rings wind around, with rings that are valid, wound as they should be. false: too many tests.
bool tile_clean(struct tile_cleaner *c, struct tile_shape *s);
bool tile_trace(struct tile_cleaner *c, struct tile_shape *out);    // from pieces that do not cross
// A piece: two spots, low < high, and whether it runs from high to low.
static inline uint64_t tile_piece_of(uint32_t from, uint32_t to)
{
    return from < to ? (uint64_t)from << 32 | (uint64_t)to << 1 : (uint64_t)to << 32 | (uint64_t)from << 1 | 1;
}
static inline uint32_t tile_piece_low(uint64_t p) { return (uint32_t)(p >> 32); }
static inline uint32_t tile_piece_high(uint64_t p) { return (uint32_t)p >> 1; }

// --- what is written (tile_layer.c) ------------------------------------------------------------------------------------------

// Keys, or values, of a layer: each once, found by hash.
struct tile_word { uint32_t at, len; uint64_t hash; };
struct tile_words {
    struct buf bytes;                               // as they stand in the layer, tag and length before each
    struct tile_word *word;
    uint32_t *slot;                                 // 0: free, else 1 + the word
    size_t word_cap;
    uint32_t count, in_table, slots;
    char tag;
};

struct tile_tag { uint32_t turn, key, value; };
enum { TILE_NAME_BYTES = 128, TILE_LAYERS_MOST = 64 };
struct tile_layer {
    char name[TILE_NAME_BYTES];
    struct tile_words keys, values;
    struct buf features, tags, value, text;
    uint32_t *key_used;                             // by key: the last feature that had it
    size_t key_cap;
    uint32_t keys_known, feature;
    struct tile_tag *tag; size_t tag_cap; uint32_t tag_turn;    // by the number of a word; what was found in an earlier turn counts no more
    struct tile_facts facts;
};
enum tile_shape_kind { TILE_POINTS = 1, TILE_LINES, TILE_POLYGONS };   // as MVT numbers them

void tile_layer_open(struct tile_layer *l);
void tile_layer_clear(struct tile_layer *l);
void tile_layer_start(struct tile_layer *l, const char *name);
size_t tile_layer_bytes(const struct tile_layer *l);            // what it will take
void tile_layer_write(const struct tile_layer *l, struct buf *out);
// The feature with the commands of its geometry. false: the layer would take more than bytes_most; then it is as before.
bool tile_layer_add(struct tile_layer *l, const struct tile_feature *f, enum tile_shape_kind kind, const struct buf *commands, size_t bytes_most);
void tile_commands(const struct tile_shape *s, enum tile_shape_kind kind, struct buf *out);
void tile_commands_from(const struct tile_encoded *e, struct tile_point first, struct buf *out);
size_t tile_commands_begin(const struct buf *commands);         // so many bytes until the first vertex is told

// --- the tile (tile.c), and how a geometry comes in (tile_take.c) ------------------------------------------------------------

// What is known of the geometry at hand while it comes in.
struct tile_arrival {
    enum tile_shape_kind kind;                      // what is taken of it: its parts of the highest dimension
    enum wkb_type stack[WKB_DEPTH_MOST + 2];
    int depth;
    uint64_t vertices;
    bool broken, skip_holes, collapsed, clipped;
    struct tile_window reach;                       // of all its rings, and of the square that stands for them
    double small_area;                              // of the largest part under a pixel; below 0: there is none
    struct tile_window small_box;
};

struct tile {
    struct tile_options options;
    int z;
    struct tile_grid grid;
    struct tile_window window;
    struct lonlat_box around;                       // the window and a unit more
    struct tile_arrival now;
    bool is_encodable, is_square, is_repaired;      // the feature that was added last
    struct tile_columns column;                     // of the run at hand
    struct tile_path path, spare;
    struct tile_simplifier simplifier;
    struct tile_shape shape;
    struct tile_cleaner cleaner;
    struct tile_layer layer;
    char names[TILE_LAYERS_MOST][TILE_NAME_BYTES];
    int layers;
    struct buf commands, out;
};

// Leaves what is to be shown in t->shape; SHOWN, or why there is nothing.
enum tile_fate tile_take(struct tile *t, const struct tile_feature *f);
