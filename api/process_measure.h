// process_measure.h - the inputs by which both comparisons say what counts as a change, read once for both.
#pragma once
#include "api/process.h"
#include "core/comparison.h"

#define MEASURE_INPUTS \
    { "min_area_m2", "smallest area looked for, m2 (4)", "{\"type\": \"number\", \"minimum\": 0.01, \"maximum\": 1000000}", false }, \
    { "min_width_m", "smallest mean width of an extension, m (1)", "{\"type\": \"number\", \"minimum\": 0.01, \"maximum\": 1000}", false }, \
    { "min_height_m", "smallest change of height, m (2.2)", "{\"type\": \"number\", \"minimum\": 0.01, \"maximum\": 1000}", false }, \
    { "max_shift_m", "largest shift between the surveys, m (10)", "{\"type\": \"number\", \"minimum\": 0.1, \"maximum\": 100}", false }, \
    { "storey_m", "height of one floor (3)", "{\"type\": \"number\", \"minimum\": 1, \"maximum\": 20}", false }, \
    { "no_registration", "trust the coordinates as they are", "{\"type\": \"boolean\"}", false }, \
    { "stable_ids", "the same id in both surveys is the same building", "{\"type\": \"boolean\"}", false }, \
    { "mask_capture_rule", "leave out a population that only one survey draws", "{\"type\": \"boolean\"}", false }

// INVALID: out of its limits. What is not given stays 0.
enum status process_measure_read(struct json inputs, struct comparison_options *out, struct err *e);
