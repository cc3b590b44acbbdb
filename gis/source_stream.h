// source_stream.h - the rows of a layer in batches, as GDAL's Arrow interface hands them out (GDAL 3.6), seen as plain columns.
//
// GDAL chatters on stderr; whoever calls it here holds a source_hush, which swallows that and remembers the last complaint.
#pragma once
#include "core/base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source_hush { char said[400]; int errors; };
void source_hush_begin(struct source_hush *h);   // this thread only; begin and end nest
void source_hush_end(struct source_hush *h);

enum column_type { COLUMN_NONE, COLUMN_BOOL, COLUMN_INT16, COLUMN_INT32, COLUMN_INT64, COLUMN_FLOAT, COLUMN_DOUBLE, COLUMN_TEXT,
                   COLUMN_BYTES, COLUMN_LONG_TEXT, COLUMN_LONG_BYTES };
struct column { enum column_type type; const uint8_t *valid; const void *value; const uint8_t *data; int64_t offset; };

enum source_field { FIELD_ID, FIELD_HEIGHT, FIELD_FLOORS, FIELD_DISSOLVE, FIELD_KIND, SOURCE_FIELDS };
struct source_batch { int64_t rows; struct column fid, geometry, field[SOURCE_FIELDS]; void *array; };

bool column_is_null(const struct column *c, int64_t row);
int64_t column_integer(const struct column *c, int64_t row);               // of an integer column
double column_real(const struct column *c, int64_t row);                   // NaN: null, or a text that is no number
const char *column_bytes(const struct column *c, int64_t row, size_t *len); // of a text or bytes column; not '\0'-ended
// The value as text into cap bytes without ending; 0: null or empty.
size_t column_text(const struct column *c, int64_t row, char *out, size_t cap);

// Surfaces of other kinds (curve polygons, multisurfaces, TINs, polyhedral surfaces) as WKB of a multipolygon, arcs in steps of 4
// degrees. NULL: it is no surface. mem_free the answer.
uint8_t *source_linear_wkb(const uint8_t *wkb, size_t len, size_t *linear_len);

struct source_stream;
// layer: an OGRLayerH whose ignored fields are set. field: names, NULL where not wanted. what: how sentences name the source.
enum status source_stream_open(void *layer, const char *const field[SOURCE_FIELDS], const char *what, struct source_stream **out,
                               struct err *e);
// array NULL or rows 0 at the end. INVALID when the source breaks off.
enum status source_stream_next(struct source_stream *s, struct source_batch *out, struct err *e);
void source_batch_release(struct source_batch *b);                         // any thread
void source_stream_close(struct source_stream *s);
