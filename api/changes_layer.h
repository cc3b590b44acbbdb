// changes_layer.h - the layer `changes`: one row for each change, geometry = what must be looked at on the ground (疑似图斑).
//
// The columns are one table in the .c file. Rows stand in the order of rank, the likeliest and largest first; before_ids and
// after_ids are the ids of the surveys joined by commas; reasons and counter_reasons are codes joined by semicolons.
#pragma once
#include "api/comparison.h"

// Writes comparison->settings->output; nothing when there is none. FAILED leaves an older file as it was.
enum status changes_layer_write(struct comparison *c, const struct progress *progress, struct err *e);
