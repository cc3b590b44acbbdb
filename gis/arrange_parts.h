// arrange_parts.h - an arrangement at work, inside arrange*.c. For nobody else.
#pragma once
#include "core/base/vectors.h"
#include "gis/arrange.h"

enum { ARRANGE_EDGES = 160, ARRANGE_PLACES = 512, ARRANGE_SPLITS = 1024, ARRANGE_PIECES = 768, ARRANGE_NONE = 0xffff };

struct arrange_edge { uint16_t from, to, first_split; uint8_t side; };
struct arrange_split { double at; uint16_t place, next; };   // at: along the edge, 0..1
struct arrange_piece {
    uint16_t low, high;          // places, low < high
    uint16_t next;               // the next one that begins at low
    int16_t winding[2];          // by side: edges from low to high less those back
};

struct arrange_pair { uint8_t a, b; };       // of edges
struct arrange_windings { int n[2]; };       // by side
struct arrange_sides { struct arrange_windings left, right; };  // of a piece, from low to high

struct arrangement {
    struct xy_m place[ARRANGE_PLACES];
    struct arrange_edge edge[ARRANGE_EDGES];
    double min_x[ARRANGE_EDGES], min_y[ARRANGE_EDGES], max_x[ARRANGE_EDGES], max_y[ARRANGE_EDGES]; // of edges, with room to touch
    struct arrange_pair near[ARRANGE_EDGES * ARRANGE_EDGES / 2];
    struct arrange_split split[ARRANGE_SPLITS];
    struct arrange_piece piece[ARRANGE_PIECES];
    uint16_t first_piece[ARRANGE_PLACES], degree[ARRANGE_PLACES];
    double low_x[ARRANGE_PIECES], low_y[ARRANGE_PIECES], high_x[ARRANGE_PIECES], high_y[ARRANGE_PIECES], both[ARRANGE_PIECES];
    int places, edges, splits, pieces;
    bool grown, refused;         // refused: no room, or too close to call
    // while tracing: pieces with the region on their left
    uint16_t from[ARRANGE_PIECES], to[ARRANGE_PIECES], after[ARRANGE_PIECES], first_out[ARRANGE_PLACES];
    bool used[ARRANGE_PIECES], passed[ARRANGE_PLACES];
    int bounds;
    struct rings traced;
};

uint16_t arrange_place(struct arrangement *a, struct xy_m p);
void arrange_edge(struct arrangement *a, uint16_t from, uint16_t to, enum arrange_side side);
bool arrange_trace(struct arrangement *a, struct rings *out);  // chains bounds into rings
bool arrange_loops(struct arrangement *a, struct rings *out);  // where nothing meets: the loops as they were drawn; false: not so simple
