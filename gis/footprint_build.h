// footprint_build.h - one outline after the other, as they come. Reading and dissolving both end here; footprint_order.h
// lays them out as a layer.
#pragma once
#include "gis/footprint.h"
#include "gis/overlay.h"
#include "gis/wkb.h"

// An outline as it came, in little memory: what can be told from the vertices is told when they are laid out. Everything of one
// outline lies together, for they are laid out in another order than they came in, and each is found anywhere in memory.
struct outline {
    struct mm64 origin;
    int64_t fid;
    uint32_t vertices : 30, several : 1; // several rings: behind the vertices stand their number and their sizes
    uint32_t wide : 1;             // over 65 m: a vertex is two numbers, x and y; else one, y in the upper half
    int32_t number[];
};
struct outlines {
    int64_t count;
    uint32_t *at;                  // [count] of each outline in data
    uint64_t *data;
    struct mm64 low, high;         // of all origins
    uint64_t rings, vertices;      // of all
    uint32_t end;                  // of what is in data
    size_t at_cap, data_cap;
};
enum { OUTLINE_SLACK = 8 };        // vertices that may be read behind an outline's last one
void outlines_clear(struct outlines *o);
static inline const struct outline *outline_at(const struct outlines *o, int64_t i) { return (const struct outline *)(o->data + o->at[i]); }
// Behind the vertices of several rings: how many there are, then the size of each.
static inline uint32_t outline_told_behind(const struct outline *of, uint32_t place)
{
    return (uint32_t)of->number[((size_t)of->vertices << of->wide) + place];
}
static inline uint32_t outline_rings(const struct outline *of) { return of->several ? outline_told_behind(of, 0) : 1; }
static inline uint32_t outline_ring_size(const struct outline *of, uint32_t ring)
{
    return of->several ? outline_told_behind(of, ring + 1) : of->vertices;
}
struct mm outline_vertex(const struct outline *of, uint32_t k);
// As rings in metres from `frame`. Replaces what was in out.
void outline_draw(const struct outline *of, struct mm64 frame, struct rings *out);

struct footprint_builder {
    struct outlines o;             // grows
    const char *what;              // "BEFORE t_1990.gpkg", for sentences
    struct crs_road *road;         // from the source's CRS to the metric one; not owned; NULL: rings alone come
    bool straight;                 // they are the same
    struct dirt *dirt;             // not owned
    struct overlay *overlay;
    struct box_m seen;             // all coordinates as the source gave them
    struct wkb_shape shape;
    struct mm *vertex; size_t vertex_cap;  // of the outline being drawn
    uint32_t *first; size_t first_cap;     // and its rings
    uint8_t *is_hole; size_t hole_cap;
    struct rings local, repaired;
};
void footprint_builder_open(struct footprint_builder *b, const char *what, struct crs_road *road, struct dirt *dirt);
void footprint_builder_expect(struct footprint_builder *b, int64_t features); // about so many will come; any number is allowed
void footprint_builder_close(struct footprint_builder *b); // what is in o is the caller's
void dirt_note(struct dirt *d, enum dirt_kind kind, int64_t fid);

// *added tells whether a footprint came of it; if not, dirt says why. INVALID: bytes that are no WKB, too large a building.
enum status footprint_add_wkb(struct footprint_builder *b, int64_t fid, const uint8_t *wkb, size_t len, bool *added, struct err *e);
// Rings in metres from `from`; clockwise ones are holes of the one before.
enum status footprint_add_rings(struct footprint_builder *b, int64_t fid, const struct rings *r, struct mm64 from, bool *added, struct err *e);
