#include "api/process_measure.h"

#include <stddef.h>

enum status process_measure_read(struct json inputs, struct comparison_options *out, struct err *e)
{
    static const struct { const char *name; double least, most; size_t at; } numbers[] = {
        { "min_area_m2", 0.01, 1e6, offsetof(struct comparison_options, min_area_m2) }, { "min_width_m", 0.01, 1e3, offsetof(struct comparison_options, min_width_m) },
        { "min_height_m", 0.01, 1e3, offsetof(struct comparison_options, min_height_m) }, { "max_shift_m", 0.1, 100, offsetof(struct comparison_options, max_shift_m) },
        { "storey_m", 1, 20, offsetof(struct comparison_options, storey_m) },
    };
    *out = (struct comparison_options){ 0 };
    enum status s = OK;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && s == OK; i++) {
        double value = 0;
        s = json_read_number_or(process_value(inputs, numbers[i].name), 0, &value, e);
        if (s == OK && value != 0 && !(value >= numbers[i].least && value <= numbers[i].most))
            s = err_set(e, INVALID, "input %s is from %g to %g; %g was given", numbers[i].name, numbers[i].least, numbers[i].most, value);
        *(double *)(void *)((char *)out + numbers[i].at) = value;
    }
    if (s == OK)
        s = json_read_bool_or(process_value(inputs, "no_registration"), false, &out->no_registration, e);
    if (s == OK)
        s = json_read_bool_or(process_value(inputs, "stable_ids"), false, &out->stable_ids, e);
    return s == OK ? json_read_bool_or(process_value(inputs, "mask_capture_rule"), false, &out->mask_capture_rule, e) : s;
}
