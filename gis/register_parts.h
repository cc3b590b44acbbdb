// register_parts.h - the three steps inside register_shift.c: votes, ties, field. For nobody else.
#pragma once
#include "gis/register_shift.h"

struct register_input {
    struct pool *pool;
    const struct footprints *before, *after;
    const uint32_t *twin;             // [after->count]
    const struct near_pairs *pairs;   // sorted by AFTER index
    const uint32_t *first_pair;       // [after->count + 1] into pairs
    double max_shift_m;
    const uint8_t *active;            // [after] 0: stands where the surveys are one drawing, and is left alone
    uint32_t sample;                  // the walls of one tie in so many are measured
};

struct xy_m footprint_middle(const struct footprints *f, int64_t i); // centroid, metric CRS
// How alike two footprints are in size, wherever they stand: 0 (not at all) .. 1.
double footprint_likeness(const struct footprints *a, int64_t i, const struct footprints *b, int64_t j);

// Cells of a plain square grid that hold something, in ascending order of (y, x).
struct cell_index { double size_m; uint64_t *key; size_t count; uint32_t *slot; size_t slots; };
void cell_index_ready(struct cell_index *c);                // after the last key: makes cell_find quick
void cell_index_clear(struct cell_index *c);
uint64_t cell_key(double size_m, struct xy_m p);
uint64_t cell_neighbour(uint64_t key, int dx, int dy);
struct xy_m cell_centre(double size_m, uint64_t key);
size_t cell_find(const struct cell_index *c, uint64_t key); // SIZE_MAX: nothing there

struct votes { struct cell_index cell; struct xy_m *mode; float *share; uint32_t (*around)[9]; }; // around: cells, or NOBODY
void votes_count(const struct register_input *in, struct votes *out);
struct xy_m votes_at(const struct votes *v, struct xy_m place);
void votes_clear(struct votes *v);

struct tie { struct xy_m place, move; float variance, residual_m, outward_m; uint32_t before, after; uint16_t walls; };
struct ties { struct tie *tie; size_t count; double noise_m, overhang_m; };
// noise: sigma of a vertex, robust, 0 when nothing but identical footprints; overhang: all walls of AFTER further out, 0 if not sure
typedef struct xy_m shift_at(const void *ctx, struct xy_m place);
// Mutual best pairs around the expected shift, no further from it than reach_m. Ties that do not fit (what was built) are left out.
void ties_find(const struct register_input *in, shift_at *expect, const void *ctx, double reach_m, struct ties *out);
double tie_own_noise_m(const struct tie *t); // sigma as this tie alone shows it

struct field;
// bandwidth_m 0: the one that predicts left-out ties best. A given one makes a rough field, to look for ties by.
struct field *field_open(const struct register_input *in, const struct ties *ties, double noise_m, double bandwidth_m);
struct placed field_at(const struct field *f, struct xy_m place);
void field_close(struct field *f);
