// report_map.h - the pictures of the report page as SVG: where the changes are, and how the surveys were registered.
//
// Drawn in whole decimetres from the upper left corner of both layers, y down, so that zooming in shows true shapes.
#pragma once
#include "api/comparison.h"
#include "core/base/buf.h"

enum {
    MAP_CHANGES_MOST = 20000,      // changes drawn, the first in rank
    MAP_BACKGROUND_MOST = 40000,   // buildings of AFTER drawn behind them; a larger layer has no background
    MAP_ARROWS_MOST = 2000         // registration cells drawn
};

struct box_m report_area(const struct comparison *c);                    // both layers and a margin, metric CRS
struct xy_m report_place(struct box_m area, struct mm64 where);          // where that is in the drawing

struct map_facts {
    int64_t changes_drawn, buildings_drawn, arrows_drawn;
    double arrow_scale;            // arrows are drawn so many times longer than the shift
};
// One <svg>; facts: for the words around it.
void report_map(const struct comparison *c, struct box_m area, struct buf *out, struct map_facts *facts);
void report_arrows(const struct comparison *c, struct box_m area, struct buf *out, struct map_facts *facts);
const char *report_colour(enum change_class c);  // "#c62828"
