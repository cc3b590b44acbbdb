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
    double vertex_noise_m, registration_sd_m, overhang_m;
    double tail;               // share 0..1 of buildings that lie far off the field here; 0: none ever does
    double tail_m;             // and how far, at most
    double bend_per_m;         // the registration follows the slope at the outline's middle; off it by this times distance squared
    double min_width_m;        // offsets below are not looked at
    double alarm_z, step_z;    // for a whole wall; for a part of one (drawing bends walls, it makes no steps)
    const struct alarm_table *alarms; // NULL: worked out each time
};

// What the walls of many outlines look like together: the ground for predicting false alarms.
struct wall_census {
    int64_t walls;
    double expected;           // false alarms among them if drawing noise were all
    double off_field;          // outlines expected to lie off the field (sum of the tail's share)
};
void wall_census_add(struct wall_census *to, const struct wall_census *from);

struct outline_test {
    struct xy_m move;          // to be added to NEW, beyond the field
    double move_sd_m;          // one axis
    double gain_z, loss_z;     // largest w outwards (gained) and inwards (lost), of pieces at least min_width_m off; 0: none
    double gain_m, loss_m;     // their offsets, >= 0
    bool gain_is_step, loss_is_step; // only a part of the wall moved
    double turn_rad, turn_z;   // rotation NEW against OLD and its significance
    double shape_z;            // all offsets and turnings of the walls together: chi^2, as a normal deviate (Wilson-Hilferty)
    double kept;               // share 0..1 of the walls that stayed where they were: of OLD or of NEW, whichever kept more
    double bare_old_m, bare_new_m; // longest stretch of one wall without counterpart
};

// old, new: matched already (walls_match with a reach beyond what is to be found).
// Fills left_m, w and step of every piece.
void change_test_outlines(const struct walls *old, const struct walls *new_, struct wall_pieces *pieces,
                          const struct test_scale *scale, struct wall_census *census, struct outline_test *out);
