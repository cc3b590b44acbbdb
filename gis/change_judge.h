// change_judge.h - one group of footprints, one verdict: its class, its ground, its reasons (判定).
#pragma once
#include "core/base/buf.h"
#include "gis/change_group.h"
#include "gis/change_shape.h"
#include "gis/change_test.h"
#include "gis/footprint_diff.h"
#include "gis/height_test.h"

struct judge_input {
    const struct footprints *before, *after;
    const struct diff_options *options;      // with every default filled in
    const uint32_t *twin;                    // AFTER -> identical BEFORE or UINT32_MAX
    const struct placed *placed;             // [after]
    const struct groups *groups;
    const uint32_t *near_before, *near_before_first; // BEFORE footprints near an AFTER one
    const uint32_t *near_after, *near_after_first;   // AFTER footprints near a BEFORE one
    struct height_scale height;
    double vertex_noise_m, overhang_m;
};

struct judge;                                // one for each thread: scratch and the overlay context
struct judge *judge_open(const struct judge_input *in);
void judge_close(struct judge *j);
// The verdicts over up to LANES groups from `first` on, whose walls are tested side by side. Their geometry is added to wkb (wkb_first
// counts from there). FAILED: the overlay library gave up.
enum status judge_groups(struct judge *j, int64_t first, int count, struct change out[LANES], struct buf *wkb, struct wall_census *census,
                         struct err *e);
