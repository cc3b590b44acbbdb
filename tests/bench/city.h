// city.h - the city the benchmark is made of: one ground, two surveys of it, and the truth about what changed between.
//
// A city is planned (or read from a real layer), edited, and then surveyed twice with noise. Everything hangs on the
// seed: the same arguments give the same city. What changed is known exactly and kept in the truth, free of noise: what
// was gained lies in AFTER's frame (with the shift AFTER has there), what was lost in BEFORE's. Ids of AFTER say
// nothing of those of BEFORE.
#pragma once
#include "api/options.h"
#include "tests/bench/city_random.h"
#include "tests/bench/city_shape.h"

struct buf;
struct crs;

// The command line, see city_options.c for the meaning of each.
struct city_options {
    const char *out, *stock, *format, *tier, *from, *layer, *from_crs;
    double buildings, seed;
    double edits, moves;                              // share of the buildings; share of the edits
    double identical;
    bool heights, keep_ids, loose_walls;
    double noise_m, edge_noise_m;
    double shift_m, shift_rms_m, shift_length_m, seam_m, seam_sheet_m;
    double lean_degrees, simplify_m, densify_m, overhang_m;
    double min_area_after_m2, min_area_before_m2;
    double merge_rows, missed, extra, holes, invalid;
    struct city_site { const char *crs; struct mm64 origin; } site; // where a planned city lies; crs NULL: north China
};

enum city_frame { FRAME_BEFORE, FRAME_AFTER };
struct city_truth {
    const char *op, *class;
    uint32_t shape;                                   // the true change polygon
    enum city_frame frame;
    double depth_m;
    uint32_t before[2], after[2];                     // building numbers; numbers in city.after
    uint8_t befores, afters;
};
struct city_building {                                // as AFTER finds it
    uint32_t shape;
    uint32_t from;                                    // the building of BEFORE it stems from; NOBODY
    float height_m;                                   // true
};
enum { NOBODY = UINT32_MAX };

enum touch { TOUCH_NONE, TOUCH_EDITED, TOUCH_BARRED };  // an edit had a hand in it; no edit may

struct ground;
struct city {
    const struct city_options *options;
    struct crs *crs;
    struct mm64 origin;                               // of all coordinates here, in that CRS
    struct shapes shapes;                             // first those of BEFORE, then what the edits made
    uint32_t before_count;
    uint8_t *touched;                                 // [before_count] enum touch
    bool *left_out_before;                            // [before_count] stands, but the earlier survey does not show it
    struct city_building *after; uint32_t after_count; size_t after_cap;
    struct city_truth *truth; uint32_t truths; size_t truth_cap;
    struct city_quarters { uint32_t columns, count; } quarters; // of a planned city: squares in rows, main streets between them
    struct { struct xy_m centre; double radius_m; } *hole; uint32_t holes; // AFTER did not look there
    struct ground *ground;
    struct rng rng;
};

// city_options.c
extern const struct option city_option_table[];
void city_options_open(struct city_options *o);                        // everything still open
// Tier and defaults under what was given. INVALID.
enum status city_options_settle(struct city_options *o, struct err *e);
void city_options_json(const struct city_options *o, struct buf *out);

// city_plan.c, city_building.c
void city_plan(struct city *c);
enum { QUARTER_M = 620 };                             // no building of the plan within 4 m of a quarter's border
enum building_form { FORM_BLOCK, FORM_L, FORM_T, FORM_U, FORM_COURT };
void building_draw(struct place p, enum building_form form, double width_m, double depth_m, struct rng *r,
                   struct rings *out);
double building_height_m(struct rng *r, int least_floors, int most_floors);

// city_ground.c: what stands where. Shapes of deleted buildings stay: nothing is built on them.
struct ground *ground_open(const struct shapes *s, struct box_m area);
void ground_close(struct ground *g);
void ground_add(struct ground *g, uint32_t shape);
enum { GROUND_FOUND_MAX = 256 };
int ground_find(const struct ground *g, struct box_m area, uint32_t *out);      // at most GROUND_FOUND_MAX
// Nothing but `but` and `nor` within this distance of the shape.
bool ground_is_free(const struct ground *g, const struct rings *r, double margin_m, uint32_t but, uint32_t nor);
// Another shape has a vertex exactly here.
bool ground_has_corner(const struct ground *g, struct xy_m corner, uint32_t but);

// city_edit.c: the operators. city_edit_wall.c: those that work on walls.
struct city_edit { const char *op; double share; bool needs_heights; bool (*make)(struct city *c, uint32_t building); };
extern const struct city_edit city_edits[];           // ends with a row without op
void city_edit_all(struct city *c);
uint32_t city_add_after(struct city *c, uint32_t shape, uint32_t from, double height_m); // its number in city.after
struct city_truth *city_add_truth(struct city *c, const char *op, const char *class, const struct rings *polygon,
                                  enum city_frame frame);
bool edit_extend(struct city *c, uint32_t b);
bool edit_reduce(struct city *c, uint32_t b);
bool edit_add_leaning(struct city *c, uint32_t b);
bool edit_close_gap(struct city *c, uint32_t b);

// city_capture.c: who is captured by which survey; then AFTER's list is whole.
void city_capture(struct city *c);
bool city_is_in_hole(const struct city *c, struct xy_m p, double margin_m);
double city_least_edit_m2(const struct city *c);      // smaller buildings are left to the capture rules

// city_field.c: the displacement of AFTER.
struct field;
struct field *field_open(const struct city *c);
struct xy_m field_at(const struct field *f, struct xy_m p);           // smooth part
struct xy_m field_seam(const struct field *f, struct xy_m centre);    // constant on a map sheet
// Seam and lean of a building of AFTER.
struct xy_m field_of_building(const struct field *f, const struct city *c, uint32_t after, struct xy_m centre);
void field_close(struct field *f);

// city_nuisance.c: a building as a survey draws it, in the city's coordinates.
struct drawing;
struct drawing *drawing_open(const struct city *c, const struct field *f);
void drawing_before(struct drawing *d, uint32_t building, struct rings *out);
void drawing_after(struct drawing *d, uint32_t number, struct rings *out);
void drawing_truth(struct drawing *d, uint32_t number, struct rings *out);
double drawing_height_m(const struct city *c, enum city_frame frame, uint32_t shape, double true_m);
void drawing_close(struct drawing *d);

// city_write.c: DIR/before.EXT after.EXT truth.EXT, coverage where there are holes, ledger.json.
enum status city_write(const struct city *c, struct drawing *d, struct err *e);
// city_source.c: BEFORE from a real layer.
enum status city_read(struct city *c, struct err *e);

// city_make.c: all of it. `city` is for city_clear() in any case.
enum status city_make(const struct city_options *o, struct city *out, struct err *e);
void city_clear(struct city *c);
void city_ledger(const struct city *c, struct buf *out);              // arguments and counts as JSON
