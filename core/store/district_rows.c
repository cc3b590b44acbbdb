#include "core/district.h"

#include "core/base/mem.h"
#include <stdio.h>
#include <string.h>

enum status district_record(struct db *db, const struct district *d, struct err *e)
{
    return db_run(db, "INSERT INTO district (one, code, name_zh, name_en, zone_offset_s, metric_crs, metric_crs_name, street_digits, "
                      "community_digits, sequence_digits, baseline_at_s, made_at_s) "
                      "VALUES (1, $1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10)",
                  VALUES(value_text(d->code), value_text(d->name_zh), value_text(d->name_en), value_integer(d->zone_offset_s),
                         value_text(d->metric_crs), value_integer(d->street_digits), value_integer(d->community_digits),
                         value_integer(d->sequence_digits), d->has_baseline ? value_integer(d->baseline_at_s) : value_null(),
                         value_integer(d->made_at_s)), e);
}

static void read_row(const struct rows *r, struct district *out)
{
    snprintf(out->code, sizeof out->code, "%s", rows_text(r, 0));
    snprintf(out->name_zh, sizeof out->name_zh, "%s", rows_text(r, 1));
    snprintf(out->name_en, sizeof out->name_en, "%s", rows_text(r, 2));
    out->zone_offset_s = rows_integer(r, 3);
    const char *crs = rows_text(r, 4);
    out->metric_crs = mem_get(strlen(crs) + 1, 1);
    strcpy(out->metric_crs, crs);
    out->street_digits = (int)rows_integer(r, 5);
    out->community_digits = (int)rows_integer(r, 6);
    out->sequence_digits = (int)rows_integer(r, 7);
    out->has_baseline = !rows_is_null(r, 8);
    out->baseline_at_s = rows_integer(r, 8);
    out->made_at_s = rows_integer(r, 9);
}

enum status district_get(struct db *db, struct district *out, struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(db, "SELECT code, name_zh, name_en, zone_offset_s, metric_crs, street_digits, community_digits, "
                               "sequence_digits, baseline_at_s, made_at_s FROM district", NO_VALUES, &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && !more)
        s = err_set(e, INVALID, "this station has no district: gridpatrol init was not finished");
    if (s == OK)
        read_row(r, out);
    rows_done(r);
    return s;
}
