// change_parts.h - one group at work, inside change_judge.c and change_ground.c. For nobody else.
#pragma once
#include "gis/change_judge.h"

struct part { struct rings rings; };
struct parts { struct part **item; int count; size_t cap; const struct rings **view; };

struct desk { struct rings whole_a, whole_b; struct walls wa, wb; }; // of one group, as long as it is at work
struct judge {
    const struct judge_input *in;
    struct overlay *overlay;
    struct rings b, moved, ground;
    struct desk desk[LANES];
    struct wall_pieces pieces;               // of the groups at work, each in its lane
    struct parts parts, near_before, near_after; // what gains and losses are cut from
    struct increments gain, loss;
    double noise_m;
    struct test_scale scale;
    struct alarm_table alarms;
};

struct question {                            // one group at work
    int lane;
    bool is_tested;                          // both sides, and not just one pair of twins: its walls are held against each other
    struct desk *desk;
    struct mm64 frame;
    const uint32_t *before, *after;
    uint32_t befores, afters;
    const struct rings *old, *new_;          // whole outlines in the frame, NEW registered
    struct placed placed;                    // mean over the members
    struct outline_pair walls;               // and how they stand the test
    double old_m2, moved_m2, common_m2;      // by ground_hold: of OLD, of NEW as moved last (judge.moved), and shared by both
};

static inline double frame_x(struct mm64 f) { return (double)f.x * 1e-3; }
static inline double frame_y(struct mm64 f) { return (double)f.y * 1e-3; }

// Whole outlines of both sides in one frame, AFTER registered; several members are joined.
enum status ground_lay_out(struct judge *j, struct question *q, struct err *e);
struct placed ground_placed(const struct judge *j, const uint32_t *after, uint32_t count); // mean over the members
void ground_hold(struct judge *j, struct question *q, struct xy_m move); // NEW, moved, against OLD

// What NEW (as held last, where there is an OLD) has beyond everything that stood there before, into j->gain; what OLD had beyond
// everything that stands there now, into j->loss. Neighbours count: a party wall that moved is no gain.
enum status ground_gain(struct judge *j, const struct question *q, const struct rings *new_, struct err *e);
enum status ground_loss(struct judge *j, const struct question *q, const struct rings *new_, struct xy_m move, struct err *e);
// Drops the parts that noise may have made; returns the z of the best one kept.
double ground_keep_significant(const struct judge *j, const struct question *q, struct increments *parts, bool gained);
double ground_area(const struct increments *parts, double *width);

// The geometry of the change: increments (moved back by `back`) or whole members; then written as WKB.
void ground_add_increments(struct rings *ground, const struct increments *parts, struct xy_m back);
void ground_add_members(struct judge *j, const struct footprints *f, const uint32_t *member, uint32_t count, struct mm64 frame);
void ground_write(struct judge *j, const struct question *q, struct change *c, struct buf *wkb);
