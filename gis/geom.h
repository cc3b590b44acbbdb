// geom.h - plain shapes in metres, and a whole layer of footprints as flat arrays.
//
// A footprint keeps its vertices as whole millimetres from its own origin (the lower left corner of its bounding box), so
// they are exact, small (8 bytes) and near zero wherever on Earth it stands. Rings are open (the first vertex is not
// repeated); outer rings run counter-clockwise, holes clockwise; a multipolygon is simply more rings.
#pragma once
#include "core/base/ahead.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xy_m { double x, y; };                       // metres in the metric CRS, or from a local origin where said
enum { EAST, NORTH, AXES };
typedef double axes __attribute__((vector_size(AXES * sizeof(double))));        // both side by side; any processor has room for them
typedef int64_t axes_mask __attribute__((vector_size(AXES * sizeof(int64_t)))); // -1: yes, 0: no
struct lonlat { double lon, lat; };                 // EPSG:4326, degrees
struct lonlat_box { double west, south, east, north; };         // EPSG:4326, degrees; east < west: over the antimeridian
struct mm { int32_t x, y; };                        // millimetres from a footprint's origin
struct mm64 { int64_t x, y; };                      // millimetres in the metric CRS
static inline double mm_area2(const struct mm *v, uint32_t n) // twice the signed area of a ring; exact for buildings under 30 km
{
    double sum = 0;
    for (uint32_t i = 0, j = n - 1; i < n; j = i++)
        sum += (double)v[j].x * v[i].y - (double)v[i].x * v[j].y;
    return sum;
}
static inline void mm_reverse(struct mm *v, uint32_t n)
{
    for (uint32_t i = 0, j = n - 1; i < j; i++, j--) {
        struct mm t = v[i];
        v[i] = v[j];
        v[j] = t;
    }
}
static inline double xy_to_segment_m2(struct xy_m p, struct xy_m a, struct xy_m b)     // the distance of p from the piece from a to b, squared
{
    double dx = b.x - a.x, dy = b.y - a.y, ex = p.x - a.x, ey = p.y - a.y;
    double along = ex * dx + ey * dy, l2 = dx * dx + dy * dy, t = along <= 0 ? 0 : along >= l2 ? 1 : along / l2;
    ex -= t * dx, ey -= t * dy;
    return ex * ex + ey * ey;
}

struct box_m { double min_x, min_y, max_x, max_y; };
static inline bool box_is_empty(struct box_m b) { return !(b.min_x <= b.max_x && b.min_y <= b.max_y); }
static inline bool box_is_a_place(struct box_m b)   // far beyond any projection, but its millimetres are far within int64; a NaN is none
{
    static const double LIMIT_M = 1e9;
    return -b.min_x <= LIMIT_M && -b.min_y <= LIMIT_M && b.max_x <= LIMIT_M && b.max_y <= LIMIT_M;
}
struct box_m box_union(struct box_m a, struct box_m b);

// Rings with vertices in one local frame. Ring k is vertex[first[k]] .. vertex[first[k+1]-1].
struct rings {
    struct xy_m *vertex;
    uint32_t *first;                                // [count + 1]
    uint32_t count;
    uint32_t vertex_cap, first_cap;                 // room, for geom_* functions that fill it
};
void rings_clear(struct rings *r);
void rings_start(struct rings *r);                  // empty, memory kept
void rings_make_room(struct rings *r);              // for one vertex more
static inline void rings_add_vertex(struct rings *r, struct xy_m p) // to the ring being drawn
{
    if (r->first == NULL || r->first[r->count + 1] >= r->vertex_cap)
        rings_make_room(r);
    r->vertex[r->first[r->count + 1]++] = p;
}
void rings_end_ring(struct rings *r);               // closes it; rings with fewer than 3 vertices are taken back
void rings_take(const struct rings *from, uint32_t first, uint32_t end, struct rings *out); // rings first .. end-1 of another, alone
double rings_area_m2(const struct rings *r);        // signed: outer counter-clockwise counts positive
double rings_perimeter_m(const struct rings *r);
struct xy_m rings_centroid(const struct rings *r);  // of area; mean of vertices when the area is zero
struct box_m rings_box(const struct rings *r);
bool rings_contain(const struct rings *r, struct xy_m p); // even-odd

// A layer: n footprints. Arrays are indexed by footprint unless said.
struct footprints {
    int64_t count;
    struct mm64 *origin;                            // lower left corner of the bounding box
    struct mm *size;                                // width and height of the bounding box
    uint32_t *ring_first;                           // [count + 1] into vertex_first
    uint32_t *vertex_first;                         // [rings + 1] into vertex
    struct mm *vertex;
    float *area_m2;
    struct xy_m *centroid;                          // from the origin, metres
    uint64_t *identity;                             // equal shapes at an equal place have equal hashes
    int64_t *fid;                                   // the source's feature id (the first one after a dissolve)
    float *height_m;                                // NaN: unknown; NULL: the layer has no heights
    uint32_t *id_first;                             // [count + 1] into id_text; NULL: ids are the fids
    char *id_text;
    uint16_t *kind;                                 // index into kind_name, 0 = none; NULL: no kind field asked for
    char **kind_name; uint32_t kind_count;
};
void footprints_let_go(struct footprints *f);  // all but how many there were and the names of their kinds
void footprints_clear(struct footprints *f);

// Footprint i as rings in metres from `frame` (a millimetre place), moved by shift. Replaces what was in out.
void footprint_rings(const struct footprints *f, int64_t i, struct mm64 frame, struct xy_m shift, struct rings *out);
float footprint_perimeter_m(const struct footprints *f, int64_t i);  // of all its rings
// Whoever goes over a layer says a few footprints ahead which one comes: its vertices are in the cache when they are asked for.
static inline void footprint_comes(const struct footprints *f, int64_t i)
{
    const struct mm *first = &f->vertex[f->vertex_first[f->ring_first[i]]];
    ahead_read(first);
    ahead_read(first + 8);
}
struct mm64 footprint_centre(const struct footprints *f, int64_t i); // centre of the bounding box
struct box_m footprint_box(const struct footprints *f, int64_t i);   // metres in the metric CRS
// The id a user knows: the id field, or the fid in decimal. Writes at most cap bytes with the ending '\0'; returns out.
const char *footprint_id(const struct footprints *f, int64_t i, char *out, size_t cap);
struct buf;
void footprint_add_id(const struct footprints *f, int64_t i, struct buf *out); // the same, whole, at the end of a text
static inline void footprint_id_comes(const struct footprints *f, int64_t i)
{
    ahead_read(f->id_first != NULL ? (const void *)&f->id_first[i] : &f->fid[i]);
}
