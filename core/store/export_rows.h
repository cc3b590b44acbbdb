// export_rows.h - the rows of what leaves a station; see core/export.h.
#pragma once
#include "core/export.h"
#include "core/filter.h"

typedef enum status export_visit(void *ctx, const struct rows *r, struct err *e);   // the columns in their order, then the geometry's WKB
// where: a compiled condition over the columns' names; NULL: all.
enum status export_each(struct work *w, const struct export_table *t, const struct filter_sql *where, export_visit *fn, void *ctx);
