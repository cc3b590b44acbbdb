#include "core/district.h"

#include "core/base/mem.h"

void district_clear(struct district *d)
{
    mem_free(d->metric_crs);
    *d = (struct district){ 0 };
}

static bool is_digit_count(int n) { return n >= 1 && n <= 9; }

static enum status check_crs(const char *definition, struct err *e)
{
    struct crs *crs = NULL;
    enum status s = crs_open(definition, &crs, e);
    if (s != OK)
        return s;
    static const struct box_m ANYWHERE = { .min_x = 1, .max_x = 0 };
    if (!crs_is_metric_at(crs, ANYWHERE))
        s = err_set(e, INVALID, "%s (%s) is no CRS to measure in: a projected one in metres is needed, such as EPSG:4549; "
                                "not degrees, not Web Mercator", definition, crs_name(crs));
    crs_close(crs);
    return s;
}

enum status district_check(const struct district *d, struct err *e)
{
    if (!text_is_digits(d->code))
        return err_set(e, INVALID, "the district's code is digits, such as 320612; \"%s\" was given", d->code);
    if (d->name_zh[0] == '\0')
        return err_set(e, INVALID, "a district needs a name");
    if (!is_digit_count(d->street_digits) || !is_digit_count(d->community_digits) || !is_digit_count(d->sequence_digits))
        return err_set(e, INVALID, "street, community and sequence take 1 to 9 digits each of a cell code; %d, %d, %d were given",
                       d->street_digits, d->community_digits, d->sequence_digits);
    if (d->zone_offset_s < -14 * 3600 || d->zone_offset_s > 14 * 3600)
        return err_set(e, INVALID, "local time is at most 14 hours off UTC; %lld s were given", (long long)d->zone_offset_s);
    return check_crs(d->metric_crs, e);
}
