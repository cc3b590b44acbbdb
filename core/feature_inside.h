// feature_inside.h - between the files of core/feature*.c only.
#pragma once
#include "core/feature.h"

enum { FEATURE_SQL_CEILING = 512 * 1024, FEATURE_COLUMN = 160 };
enum { ID_COLUMN, FID_COLUMN, VERSION_COLUMN, SHAPE_COLUMN, FIRST_PROPERTY };  // of every SELECT of features

const char *feature_column(const struct layer *l, const struct property *p, char out[FEATURE_COLUMN]);
bool feature_is_kept_as_text(const struct layer *l, const struct property *p); // a day "2026-11-22", not seconds

// " FROM ... WHERE ..." of a query but for its page, and what is bound to it.
struct question { struct arena *arena; struct clause clause; struct value *value; int values; };
void question_begin(struct question *a);
void question_end(struct question *a);
enum status question_ask(struct work *w, const struct feature_query *q, struct question *a);
const char *question_bind(struct question *a, struct value v);   // "$7"; after question_ask

// Page: " AND ..." after the cursor, and " ORDER BY ...".
enum status page_after(const struct feature_query *q, struct question *a, struct err *e);
void page_order(const struct feature_query *q, struct question *a);
