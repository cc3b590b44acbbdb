// register_parts.h - the steps inside register_shift.c: cells, votes, ties, field. For nobody else.
#pragma once
#include "gis/near.h"
#include "gis/register_shift.h"


static inline struct xy_m footprint_middle(const struct footprints *f, int64_t i) // centroid, metric CRS
{
    return (struct xy_m){(double)f->origin[i].x * 1e-3 + f->centroid[i].x, (double)f->origin[i].y * 1e-3 + f->centroid[i].y};
}
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

// AFTER cell by cell. In a quiet cell at least half of the footprints have an identical twin, or some have and half of those around:
// the surveys are one drawing there, and nothing is displaced. It tells of noise, and beside an active one it is asked as much as that.
enum cell_role { CELL_QUIET, CELL_BESIDE, CELL_ACTIVE };
struct district {
    const struct register_input *in;
    struct cell_index cell;
    uint32_t *first, *member;       // [cells + 1] into member: AFTER footprints, ascending within a cell
    uint32_t *walk;                 // [cells] all of them in the order their footprints lie in memory: the way to go over them
    uint32_t (*around)[9];          // cells, or NOBODY
    uint8_t *role;
    uint32_t *twins;                // how many of a cell have one
    bool any_active;
};
void district_open(const struct register_input *in, struct district *out);
void district_close(struct district *d);
// Of `count` in a cell the k-th of `some`, evenly taken.
static inline uint32_t one_of(uint32_t count, uint32_t some, uint32_t k) { return (uint32_t)((uint64_t)k * count / some); }

struct votes { const struct district *district; struct xy_m *mode; float *share; };
void votes_count(const struct district *d, struct votes *out);
struct xy_m votes_at(const struct votes *v, size_t cell, struct xy_m place); // a place in this cell
void votes_clear(struct votes *v);

struct tie { struct xy_m place, move; float variance, residual_m, outward_m; uint32_t before, after; uint16_t walls; bool fits; };
struct ties {
    const struct district *district;
    struct tie *tie;                // [first[cells]] room for those asked; walls 0: none. fits: no witness of what was built
    uint32_t *first, *fitting;      // [cells + 1], [cells]
    size_t count;                   // that fit
    double noise_m, overhang_m;
};
// noise: sigma of a vertex, robust, 0 when nothing but identical footprints; overhang: all walls of AFTER further out, 0 if not sure
struct field;
struct expected { const struct votes *votes; const struct field *field; double reach_m; }; // where ties lie; neither: unmoved
void ties_open(const struct district *d, struct ties *out);
// Mutual best pairs around the expected shift, no further from it than reach_m, among one in `step` of those to be asked. What an
// earlier call measured stays where it is still expected.
void ties_find(struct ties *t, const struct expected *e, uint32_t step);
void ties_close(struct ties *t);
double tie_own_noise_m(const struct tie *t, double overhang_m); // sigma as this tie alone shows it

// The ties as the fit wants them, cell after cell: places from the middle of their cell, moves from the median of all. Columns, with
// room for a whole vector behind the last one.
struct tie_columns { float *x, *y, *move_x, *move_y, *weight; };
struct tie_map {
    const struct district *district;
    struct tie_columns tie;
    bool *witness;                  // fits itself well, whatever the field says
    uint32_t *first;
    size_t count;
    struct xy_m middle;
};
void tie_map_open(const struct ties *t, struct tie_map *out);
void tie_map_close(struct tie_map *m);
static inline double tie_variance(double weight) { return 1 / weight - 0.1; } // over sigma^2; see VARIANCE_FLOOR

// Where ties are dense only some of each cell are asked for a fit, fewer for a wide one. first NULL: each fit takes them from the map
// anew, which is less work for a thousand fits.
struct asked { const struct tie_map *map; struct tie_columns tie; uint32_t *first, *index; bool all; }; // index: in the map; all: as they are there
void asked_open(const struct tie_map *m, double bandwidth_m, struct asked *out);
void asked_close(struct asked *a);

// 1, x, y, xx, xy, yy, each east and north. low, high: what the ties around show at most; a polynomial must not be believed beyond.
// Places in units of 1 / per_m.
enum { TERMS = 6 };
struct polynomial { float term[TERMS][AXES], low[AXES], high[AXES], sd_factor; uint32_t ties; float per_m; };
struct fit_rule { double bandwidth_m, noise_m, tukey_m; int turns; };
// Where the rows of cells around the last place begin: the next place is hardly ever far from it. Any numbers will do.
enum { FIT_ROWS = 8 };
struct fit_rows { size_t first[FIT_ROWS]; };
// a: asked for the rule's bandwidth. without: a tie of the map that is left out; SIZE_MAX: none.
void fit_at(const struct asked *a, const struct fit_rule *rule, struct xy_m at, size_t without, struct fit_rows *rows, struct polynomial *out);
void choose_bandwidth(const struct tie_map *m, struct fit_rule *rule); // the one that predicts left-out ties best

// A rough field is only to look for ties by: it tells shifts, and not how sure they are.
struct field *field_open(const struct ties *ties, bool rough);
void field_close(struct field *f);
// The field as seen from one cell of the district: what its buildings ask again and again. A node keeps its numbers in floats; here they
// are widened once for all who ask.
enum { CORNERS = 5 };
struct seen_node { const struct polynomial *q; axes term[TERMS], low, high; }; // q NULL: nothing there
struct field_view { const struct field *field; size_t cell; struct xy_m corner; struct seen_node node[CORNERS * CORNERS]; };
void field_view_open(const struct field *f, size_t cell, struct field_view *out);
struct xy_m field_view_shift(const struct field_view *v, struct xy_m place);
struct placed field_view_at(const struct field_view *v, struct xy_m place);
