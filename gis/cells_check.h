// cells_check.h - is this grid of cells whole (单元网格检查)? Gaps, overlaps, and everything else the rules of partition forbid.
//
// Gaps and overlaps are exact: nothing over ignore_m2 (1 mm2) is missed, as the coordinates were given; nothing is snapped first.
// What lies in no cell is found by adding up all borders: edges that cells share cancel, and only what is left is cut into
// pieces. An outline that is not valid is reported, and looked at as GEOS repairs it.
#pragma once
#include "core/base/pool.h"
#include "core/base/progress.h"
#include "core/base/status.h"
#include "gis/cell_code.h"
#include "gis/polygons.h"

enum cells_kind {
    CELLS_GAP,            // 缝隙: ground of a community that no cell covers
    CELLS_OVERLAP,        // 重叠: ground two cells cover
    CELLS_OUTSIDE,        // 越界: a cell leaves its community
    CELLS_BUILDING_CUT,   // 切割建筑: a cell border runs through a building; a warning where it is the border of a community
    CELLS_INVALID,        // 图形无效: a cell or (cell -1) a community whose rings cross, touch themselves or have no area
    CELLS_NO_COMMUNITY,   // 无所属社区: the parent named is none of the communities
    CELLS_CODE_FORM,      // 编码格式错误
    CELLS_CODE_PREFIX,    // 编码与社区不符: does not begin with its community's code
    CELLS_CODE_TWICE,     // 编码重复
    CELLS_SLIVER,         // 狭长单元: a cell narrower than it can be walked
    CELLS_TOO_SMALL, CELLS_TOO_LARGE, // 面积偏小 / 偏大
    CELLS_SEQUENCE,       // 顺序不符: the number after another's is given to a cell neither east nor south of it
    CELLS_VERTEX,         // 节点未共用: a corner stands on a neighbour's edge, where the neighbour has no vertex
    CELLS_KINDS
};
enum cells_severity { CELLS_WARNING, CELLS_ERROR };

// One finding. Indexes are -1 where they do not apply.
struct cells_finding {
    enum cells_kind kind;
    enum cells_severity severity;
    int64_t cell, other, community, building;
    double area_m2;                       // of the gap, the overlap, the smaller part of the building, the cell
    double width_m;                       // mean width of that ground: 2 area / perimeter
    bool sliver;                          // gap, overlap, outside: narrower than sliver_m
    struct xy_m where;                    // a place on it, metric CRS
    size_t wkb_first, wkb_len;            // into cells_findings.wkb: multipolygon in the metric CRS, for gis/sink
};

struct cells_findings {
    struct cells_finding *at; int64_t count; size_t cap; // by kind, then cell, other, place
    uint8_t *wkb; size_t wkb_len;
    int64_t per_kind[CELLS_KINDS];
    double gap_m2, overlap_m2;
    double unsettled_m2;                  // ground whose sums did not come out even: 0 unless coordinates are out of all measure
};

// All layers in one frame (one origin). community NULL: no gaps, no leaving. building NULL, cell_parent NULL, cell_code NULL,
// scheme NULL: what needs them is not looked at.
struct cells_question {
    const struct polygons *cell, *community, *building;
    const char *const *cell_code, *const *cell_parent, *const *community_code;
    const struct cell_scheme *scheme;
};

struct cells_limits {
    double ignore_m2;                     // 0: 1e-6
    double least_m2, most_m2;             // of a cell; 0: 5 000 and 20 000
    double sliver_m;                      // mean width; 0: 1
    double cut_m2;                        // a building is cut when both parts are larger; 0: 0.05
    double touch_m;                       // a corner this near to an edge stands on it; 0: 0.001
};

// FAILED when GEOS could not make a polygon that was found.
enum status cells_check(const struct cells_question *q, const struct cells_limits *limits, struct pool *pool,
                        const struct progress *progress, struct cells_findings *out, struct err *e);
void cells_findings_clear(struct cells_findings *f);
const char *cells_kind_name(enum cells_kind kind);   // "gap", "overlap", ...: of records
const char *cells_kind_title(enum cells_kind kind);  // English key of what people read, see text.h
