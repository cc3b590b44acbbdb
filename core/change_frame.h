// change_frame.h - in whose coordinates a change's ground is told, and how it comes to lie on another's (配准框架).
//
// Surveys lie metres beside each other. What was gained is told in the frame of the later survey, what was lost in that of the
// earlier; the registration of the comparison leads from one to the other. Two changes that know a survey in common can be laid
// on each other; others are taken as they are.
#pragma once
#include "gis/footprint_diff.h"
#include "gis/geom.h"

struct change_frame {
    const char *before, *after;        // ids of the surveys
    bool is_before;                    // told in the frame of the earlier one
    struct xy_m registration;          // added to the later survey it lies on the earlier
};
struct change_frame change_frame_of(const char *class, const char *before, const char *after, double registration_x_m, double registration_y_m);
// What to add to `then` so that it lies in the frame of `now`; zero when they have no survey in common.
struct xy_m change_frame_between(const struct change_frame *now, const struct change_frame *then);
void change_frame_move(struct rings *r, struct xy_m by);
