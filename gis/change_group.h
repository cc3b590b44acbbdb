// change_group.h - which footprints of the two surveys share ground, and so belong to one question (候选关系图).
//
// A link needs common area: touching along a party wall is none. Kept when the overlap is at least half of either (a shed in a
// bigger outline), or over 5 % of both (LINZ) and wider than misregistration explains, so that rows of houses do not chain.
// Links join footprints into groups 1:1, 1:n, n:1, n:m; what has no link stands alone.
#pragma once
#include "core/base/pool.h"
#include "gis/near.h"
#include "gis/register_shift.h"

struct link {
    uint32_t before, after;
    float overlap_m2;                        // negative: plainly over half of BEFORE, not measured
    bool linz, kept, alone;                  // alone: neither footprint has another link or a twin
};

struct groups {
    int64_t count;
    uint32_t *before_first, *after_first;    // [count + 1] into before, after
    uint32_t *before, *after;                // members, ascending in a group
    struct link *link; int64_t links;        // every pair with common ground, kept or not; sorted by after, before
};

struct group_input {
    struct pool *pool;
    const struct footprints *before, *after;
    const uint32_t *twin;                    // AFTER -> identical BEFORE or UINT32_MAX
    const uint32_t *twin_of;                 // BEFORE -> identical AFTER or UINT32_MAX
    const struct near_pairs *pairs;          // everything near, at least one of both without twin; a: AFTER
    const uint32_t *first_pair;              // [after + 1] into pairs
    const struct placed *placed;             // [after] registration at its centroid
    double vertex_noise_m;
    bool ids_are_stable;
    const uint8_t *keep_twin;                // [after] 1: a twin that is a group even when nothing else touches it; NULL: none
};
// Other twins that nothing else touches form no group.
void groups_make(const struct group_input *in, struct groups *out);
void groups_clear(struct groups *g);

// Footprint i of AFTER moved onto BEFORE by its registration, from `frame`, metres.
void placed_rings(const struct footprints *after, int64_t i, const struct placed *placed, struct mm64 frame, struct rings *out);
