// changes_layer.h - the layer `changes`: one row for each change, geometry = what must be looked at on the ground (疑似图斑).
//
// The columns are one table in the .c file. Rows stand in the order of rank, the likeliest and largest first; before_ids and
// after_ids are the ids of the surveys joined by commas; reasons and counter_reasons are codes joined by semicolons.
#pragma once
#include "api/comparison.h"

// Begins settings->output, once the CRS of the comparison is settled; it is made on a thread of its own, for GDAL takes its time to
// make a file and PROJ to find its ways. NULL: no output is asked for.
struct changes_layer;
struct changes_layer *changes_layer_begin(struct comparison *c);
// Writes what was found. let_go: nobody asks for outlines or changes after this, and they are given back while the file is finished
// (pair_diff_let_go). The layer is gone either way. FAILED leaves an older file as it was.
enum status changes_layer_end(struct changes_layer *l, const struct progress *progress, bool let_go, struct err *e);
void changes_layer_abandon(struct changes_layer *l);

// Both at once; nothing when there is no output.
enum status changes_layer_write(struct comparison *c, const struct progress *progress, struct err *e);
