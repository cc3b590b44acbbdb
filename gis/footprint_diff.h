// footprint_diff.h - comparing two surveys of buildings (比对): what was really built, and what only looks so (疑似图斑).
//
// Two layers of footprints in one metric CRS go in; a list of changes comes out, the likeliest first, each with how sure we
// are, why, and why not. Nothing about the noise is assumed: registration, vertex noise and height noise are estimated from
// the layers themselves, and the number of false alarms to expect is computed from them. The same input gives the same
// result for any number of threads and any tile size.
#pragma once
#include "core/base/pool.h"
#include "core/base/progress.h"
#include "core/base/status.h"
#include "gis/geom.h"

enum change_class {
    CHANGE_NEW,          // 新增: stands on ground where nothing stood
    CHANGE_GONE,         // 消失
    CHANGE_SAME,         // 未变
    CHANGE_SHIFTED,      // 位移: the same shape at another place
    CHANGE_ENLARGED,     // 扩建
    CHANGE_REDUCED,      // 缩减
    CHANGE_RESHAPED,     // 改形: gained here, lost there
    CHANGE_REBUILT,      // 重建: another building on the same ground
    CHANGE_SPLIT,        // 拆分
    CHANGE_MERGED,       // 合并
    CHANGE_INFILLED,     // 填充: a courtyard roofed, a gap closed
    CHANGE_HEIGHTENED,   // 加层
    CHANGE_LOWERED,      // 降层
    CHANGE_CAPTURE_RULE, // 采集规则: the later survey draws what the earlier left out (or the reverse)
    CHANGE_UNKNOWN,      // 无法判断: outside the coverage of one survey
    CHANGE_CLASSES
};
enum relation { RELATION_ADDED, RELATION_REMOVED, RELATION_MATCHED, RELATION_RELATED, RELATIONS }; // LINZ: overlap over 5 % of both

// Why and why not. The sentences stand in api/reason.c.
enum reason {
    REASON_NOTHING_BEFORE,     // no footprint of the other survey on this ground
    REASON_NOTHING_AFTER,
    REASON_TOUCHES_BUILDING,   // leans on a building that stood already
    REASON_WALL_MOVED,         // a wall lies further out (in) than drawing noise explains
    REASON_WIDTH_CHANGED,      // opposite walls are further apart (closer)
    REASON_STEP_IN_WALL,       // part of a wall moved: drawing does not make steps
    REASON_WHOLE_SHAPE,        // the outlines have little in common
    REASON_HEIGHT,             // the height changed by more than its noise
    REASON_ONE_TO_MANY, REASON_MANY_TO_ONE,
    REASON_GAP_CLOSED,         // between buildings or in a courtyard
    REASON_OUTLINE_KEPT,       // the outer outline is the same: only the division changed
    REASON_MOVED_AS_WHOLE,
    REASON_SAME_ID,            // the same id in both surveys
    // against
    COUNTER_SMALL,             // near the smallest area that is looked for
    COUNTER_NARROW,            // near the smallest width
    COUNTER_NEAR_NOISE,        // barely above what noise explains
    COUNTER_REGISTRATION_DOUBTFUL,
    COUNTER_FEW_NEIGHBOURS,    // registration rests on few buildings here
    COUNTER_REPAIRED,          // a footprint had to be repaired
    COUNTER_CAPTURE_RULE,      // one of a whole population that the other survey leaves out
    COUNTER_COVERAGE,          // at the edge of or outside a survey's coverage
    COUNTER_OTHER_CLOSE,       // an unmatched footprint of the other survey stands close by
    COUNTER_COARSE_HEIGHT,     // heights are given in coarse steps
    REASONS
};

struct change {
    enum change_class class;
    enum relation relation;
    uint32_t before_first, before_count;  // into diff_result.before_member
    uint32_t after_first, after_count;    // into diff_result.after_member
    uint32_t link_first, link_count;      // into diff_result.link: the pairs of the relation its footprints are part of
    double area_before_m2, area_after_m2;
    double gained_m2, gained_sd_m2, lost_m2, lost_sd_m2;
    double width_m;                       // mean width of what was gained or lost
    double height_before_m, height_after_m, height_change_m; // NaN: unknown
    double z;                             // how many standard deviations above noise
    double confidence;                    // 0..1, that something changed on the ground
    struct xy_m shift;                    // local registration added to AFTER, metres
    double registration_sd_m;             // its local uncertainty
    struct mm64 where;                    // a place in it, metric CRS
    uint64_t reasons;                     // bit (1 << enum reason), reasons and counter-reasons
    size_t wkb_first, wkb_len;            // into diff_result.wkb: what to look at on the ground, metric CRS, multipolygon
};

struct diff_options {
    double min_area_m2;      // increments and new buildings below are not looked for; 0: 3 (the command asks for 4)
    double min_width_m;      // mean width of an increment; 0: 1
    double min_height_m;     // a storey; 0: 2.2
    double max_shift_m;      // search radius of the registration; 0: 10
    double alarm_z;          // a whole wall moved, in standard deviations; 0: 4
    bool no_registration;    // trust the coordinates
    bool ids_are_stable;     // the same id in both layers is the same building
    bool mask_capture_rule;  // leave a population that only one survey captures out of the ranking
    bool all;                // also report same and matched ones
    double tile_m;           // size of a work tile; 0 chooses; never changes the result
    const struct rings *coverage_before, *coverage_after; // metric CRS, NULL: everywhere
};

struct registration_cell { struct xy_m where, shift; double sd_m; int ties; bool doubtful; };
struct diff_summary {
    int64_t before_count, after_count, identical;
    struct { double mean_m, max_m; int64_t cells, doubtful; struct xy_m mean; double overhang_m; } registration;
    double vertex_noise_m;       // sigma of one vertex, one axis, one survey
    double registration_sd_m;    // what the field leaves unexplained
    double height_noise_m, height_step_before_m, height_step_after_m, height_bias_m; // NaN: no heights
    double expected_false_alarms;
    double expected_from_noise, expected_from_registration; // its parts
    int64_t tested_walls;
    int64_t per_class[CHANGE_CLASSES];
    int64_t per_relation[RELATIONS];
    struct { bool found, before; double below_m2; int64_t count; uint16_t kind; } capture_rule; // before: the earlier survey draws more
    double seconds[8];           // hash, join, register, test, overlay, ... in the order of diff_stage_name
};
const char *diff_stage_name(int stage); // NULL past the last

struct diff_link { uint32_t before, after; }; // footprints that share over 5 % of both

struct diff_result {
    struct change *change; int64_t count;       // ranked: the likeliest and largest first; same and matched ones last
    uint32_t *before_member, *after_member;     // footprint indexes
    struct diff_link *link;
    uint8_t *wkb; size_t wkb_len;
    struct registration_cell *cell; int64_t cells;
    struct diff_summary summary;
};

enum status footprint_diff(const struct footprints *before, const struct footprints *after, const struct diff_options *options,
                           struct pool *pool, const struct progress *progress, struct diff_result *out, struct err *e);
void diff_result_let_go(struct diff_result *r); // all but how many there were, the cells and the summary
void diff_result_clear(struct diff_result *r);
const char *change_class_name(enum change_class c); // "new", "gone", ...
const char *relation_name(enum relation r);
