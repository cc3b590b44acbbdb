// change_test.h - is the difference of two outlines more than drawing and registration explain? (显著性检验)
//
// Every piece of wall that has a counterpart gives one offset r with variance s^2 * factor (wall.h). The outlines may still be
// displaced against each other by t, known beforehand with sd tau (the registration's). The test is the geodesist's w-test
// (Baarda 1968, data snooping): t is estimated robustly from all walls with its prior, and each wall is held against it,
//     w = r / sqrt(s^2 factor -+ n' V n),      V = (sum n n'/factor / s^2 + I / tau^2)^-1
// minus for a wall that took part in the estimate, plus for one that was left out. With a sure registration this tests the
// offset; with an unsure one it tests the change of width, as opposite walls move together; between, it does what is right.
//
// Registration has tails (seams between sheets): a few buildings lie off the field whatever its sd. So every suspicion is also
// held against "all of it moved, freely": when a free translation leaves chi^2 with
//     chi^2 - 2 ln(share of the tail) < alarm_z^2
// the simpler story wins and there is no change.
#pragma once
#include "gis/wall.h"

// How often noise alone passes an alarm of so many standard deviations: asked for every wall, and the law's own function had been a
// tenth of the test. Straight lines between steps, right to 1e-5 of itself; beyond the last, less than 3e-12, nothing.
enum { ALARM_STEPS = 2048 };
static const double ALARM_LEAST = 3, ALARM_STEP = 1.0 / 512;
struct alarm_table { double expected[ALARM_STEPS + 1]; };
void alarm_table_fill(struct alarm_table *t);

struct test_scale {
    double vertex_noise_m, overhang_m;
    double min_width_m;        // offsets below are not looked at
    double alarm_z, step_z;    // for a whole wall; for a part of one (drawing bends walls, it makes no steps)
    const struct alarm_table *alarms; // NULL: worked out each time
};
struct test_prior {            // what the registration leaves open here
    double registration_sd_m;
    double tail;               // share 0..1 of buildings that lie far off the field; 0: none ever does
    double tail_m;             // and how far, at most
    double bend_per_m;         // it follows the slope at the outline's middle; off it by this times distance squared
};

// What the walls of many outlines look like together: the ground for predicting false alarms.
struct wall_census {
    int64_t walls;
    double expected;           // false alarms among them if drawing noise were all
    double off_field;          // outlines expected to lie off the field (sum of the tail's share)
};
void wall_census_add(struct wall_census *to, const struct wall_census *from);

static const double TURN_RAD = 0.12; // 7 degrees: a building is not re-drawn like that
static const double KEPT = 0.5;      // of the walls: less is another building

struct outline_test {
    struct xy_m move;          // to be added to NEW, beyond the field
    double move_sd_m;          // one axis
    double gain_z, loss_z;     // largest w outwards (gained) and inwards (lost), of pieces at least min_width_m off; 0: none
    double gain_m, loss_m;     // their offsets, >= 0
    bool gain_is_step, loss_is_step; // only a part of the wall moved
    double turn_rad, turn_z;   // rotation NEW against OLD and its significance; 0 where it cannot reach TURN_RAD
    double shape_z;            // all offsets and turnings of the walls together: chi^2, as a normal deviate (Wilson-Hilferty); 0 unless KEPT
                               // of the walls did not stay
    double kept;               // share 0..1 of the walls that stayed where they were: of OLD or of NEW, whichever kept more
    double bare_old_m, bare_new_m; // longest stretch of one wall without counterpart
};

// Pairs that are tested side by side, each matched into the lane of its number (walls_match with a reach beyond what is to be found).
struct outline_pair {
    const struct walls *old, *new_;
    struct test_prior prior;
    struct outline_test test;  // the answer
};
// pair: NULL where a lane is empty. Fills left_m and w of every piece; w is 0 where it is too short to speak.
void change_test_outlines(const struct test_scale *s, struct wall_pieces *pieces, struct outline_pair *const pair[LANES],
                          struct wall_census *census);
bool piece_is_step(const struct wall_pieces *p, size_t k, int lane); // only a part of either wall
