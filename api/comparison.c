#include "api/comparison.h"

const struct crs *comparison_output_crs(const struct comparison *c)
{
    return c->output_crs != NULL ? c->output_crs : source_crs(c->pair.survey[AFTER].source);
}

void comparison_clear(struct comparison *c)
{
    pair_diff_clear(&c->pair);
    if (c->output_crs != NULL)
        crs_close(c->output_crs);
    *c = (struct comparison){ 0 };
}
