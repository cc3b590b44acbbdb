// diff_relation.h - the four relations after LINZ (对应关系): added, removed, matched, related.
//
// A pair counts when its overlap is over 5 % of both outlines; identical outlines count. A footprint without a pair is added or
// removed; a pair whose two footprints have no other is matched; every other pair is related. The rule looks at areas alone, so
// pairs may join footprints of different changes: such a pair is listed with both.
#pragma once
#include "gis/change_group.h"
#include "gis/footprint_diff.h"

struct relation_input {
    const struct footprints *before, *after;
    const uint32_t *twin, *twin_of; // AFTER -> identical BEFORE or UINT32_MAX; and back
    const struct groups *groups;
};
// Counts who is in which pair. Asks for no verdict, so it can be done while others judge. What the input points to must last.
struct relations;
struct relations *relations_open(const struct relation_input *in);
// Fills per_relation of the summary, the relation and the links of every change, and the list of links.
void relations_tell(struct relations *l, struct diff_result *r);
void relations_close(struct relations *l);
