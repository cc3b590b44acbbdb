// cells_snap.h - lines nearly on a border, on a wall or on each other are that border (线段捕捉). A part of cells_make.
//
// Roads and rivers are drawn along a community's border by another hand: metres beside it, or a hair. What is nearer than near_m is
// the border itself and is drawn no second time; what comes nearer from elsewhere ends on it; what crosses it steeply goes through one
// place of it. So no strip is left that is thinner than what anybody could stake out, and no line ends a hair short of another.
#pragma once
#include "gis/polygons.h"

#define CELLS_NEAR_M 0.01             // below what a border is known or staked out to; above what drawing programs leave

// fixed: borders first, walls after them; they stay. Lines are taken one after the other: each is held against fixed and against what is
// drawn of the lines before it. out: what is left of the lines; corners are moved by 2 near_m at most.
void cells_snap(const struct segments *fixed, const struct segments *lines, double near_m, struct segments *out);
