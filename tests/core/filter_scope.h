// filter_scope.h - what the tests of filters may ask of: the columns of one small table, in every type and keeping.
#pragma once
#include "core/filter.h"

static const char *const filter_kinds[] = { "open", "closed", "违建", NULL };

static const struct filter_queryable filter_columns[] = {
    { .name = "name", .type = FILTER_TEXT, .column = "name" },
    { .name = "owner", .type = FILTER_TEXT, .column = "owner_name" },
    { .name = "kind", .type = FILTER_TEXT, .column = "kind", .code = filter_kinds },
    { .name = "floors", .type = FILTER_INTEGER, .column = "floors" },
    { .name = "rooms", .type = FILTER_INTEGER, .column = "rooms" },
    { .name = "area_m2", .type = FILTER_NUMBER, .column = "area_m2" },
    { .name = "height_m", .type = FILTER_NUMBER, .column = "height_m" },
    { .name = "lit", .type = FILTER_BOOLEAN, .column = "lit" },
    { .name = "built", .type = FILTER_DATE, .column = "built", .kept = FILTER_AS_TEXT },
    { .name = "sold", .type = FILTER_DATE, .column = "sold_s", .kept = FILTER_AS_SECONDS },
    { .name = "seen", .type = FILTER_INSTANT, .column = "seen_at_s", .kept = FILTER_AS_SECONDS },
    { .name = "told", .type = FILTER_INSTANT, .column = "told_at", .kept = FILTER_AS_TEXT },
    { .name = "tags", .type = FILTER_ARRAY, .column = "tags" },
    { .name = "geometry", .type = FILTER_GEOMETRY, .column = "geometry", .window_table = "idx_thing_geometry", .row_column = "fid" },
    { .name = "名称", .type = FILTER_TEXT, .column = "name" },
};
enum { FILTER_COLUMNS = sizeof filter_columns / sizeof filter_columns[0] };

static const struct filter_scope filter_all_offered = { filter_columns, FILTER_COLUMNS, FILTER_ALL_CLASSES };
