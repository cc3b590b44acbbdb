// wkb_walk.h - a walk through well-known binary of any simple-feature type (OGC 06-103r4, ISO and EWKB codes), coordinates left
// where they are.
//
// A stranger's bytes: every count is held against what is left of the buffer before anything is told. Z and M are stepped over.
#pragma once
#include "gis/geom.h"
#include "gis/wkb_bytes.h"

enum wkb_type {
    WKB_TYPE_POINT = 1, WKB_TYPE_LINE, WKB_TYPE_POLYGON, WKB_TYPE_MULTIPOINT, WKB_TYPE_MULTILINE, WKB_TYPE_MULTIPOLYGON, WKB_TYPE_COLLECTION
};

// Points one after the other, as they stand in the bytes: of a ring the last one repeats the first.
struct wkb_run { const uint8_t *at; uint32_t count, stride; bool swap; };

static inline struct xy_m wkb_run_point(const struct wkb_run *r, uint32_t i)
{
    const uint8_t *at = r->at + (size_t)i * r->stride;
    return (struct xy_m){ wkb_double_at(at, r->swap), wkb_double_at(at + 8, r->swap) };
}

// Twice the signed area of a ring, counter-clockwise positive; 0 for fewer than 4 points.
double wkb_run_area2(const struct wkb_run *r);

// What is told on the way. A point is one run of one point (not a number: it is empty), a line one run, a polygon a run for each ring,
// a multi of something its parts. NULL: not asked for.
struct wkb_steps {
    void (*begin)(void *ctx, enum wkb_type type, uint32_t parts);
    void (*run)(void *ctx, const struct wkb_run *r, uint32_t part);
    void (*end)(void *ctx, enum wkb_type type);
};

// false: broken; what was told until then is worth nothing. Collections nest up to 8 deep; bytes after the geometry are not looked at.
bool wkb_walk(const uint8_t *bytes, size_t len, const struct wkb_steps *steps, void *ctx);
