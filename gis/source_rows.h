// source_rows.h - the rows of a layer, one after the other: which feature it is, its geometry, the fields that were asked for.
#pragma once
#include "core/base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum source_field { FIELD_ID, FIELD_HEIGHT, FIELD_FLOORS, FIELD_DISSOLVE, FIELD_KIND, SOURCE_FIELDS };
enum source_kind { SOURCE_NULL, SOURCE_INTEGER, SOURCE_REAL, SOURCE_TEXT };
struct source_value { enum source_kind kind; size_t len; union { int64_t integer; double real; const char *text; }; }; // not '\0'-ended

double source_value_real(const struct source_value *v);    // NaN: null, or a text that is no number
enum { SOURCE_NUMBER_BYTES = 32 };
// As text of *len bytes, without ending; a number is written into `number`.
const char *source_value_text(const struct source_value *v, char number[SOURCE_NUMBER_BYTES], size_t *len);

// What it points to is gone when the taker comes back. fid: its place among the rows where the source numbers nothing. wkb NULL: no geometry.
struct source_row { int64_t fid; const uint8_t *wkb; size_t len; const struct source_value *field; /* [SOURCE_FIELDS] */ };
struct source_taker { enum status (*take)(void *ctx, const struct source_row *row, struct err *e); void *ctx; };

struct source;
// All rows, in the order of the source, until one is not OK. INVALID when the source breaks off.
enum status source_rows(const struct source *s, const struct source_taker *to, struct err *e);
