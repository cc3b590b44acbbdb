#include "core/base/mem.h"
#include "gis/source_hush.h"
#include "gis/source_inside.h"
#include <cpl_conv.h>
#include <cpl_string.h>
#include <ogr_api.h>
#include <ogr_recordbatch.h>
#include <string.h>

// GDAL's Arrow interface (GDAL 3.6) hands rows out in batches: small enough to stay in the cache and to come from memory that was used
// before, large enough for the calls not to count.
static const char BATCH_FEATURES[] = "8192";

// --- columns ---------------------------------------------------------------------------------------------------------

enum column_type { COLUMN_NONE, COLUMN_BOOL, COLUMN_INT16, COLUMN_INT32, COLUMN_INT64, COLUMN_FLOAT, COLUMN_DOUBLE, COLUMN_TEXT,
                   COLUMN_BYTES, COLUMN_LONG_TEXT, COLUMN_LONG_BYTES };
struct column { enum column_type type; const uint8_t *valid; const void *value; const uint8_t *data; int64_t offset; };

static bool is_null(const struct column *c, int64_t row)
{
    int64_t at = row + c->offset;
    return c->type == COLUMN_NONE || (c->valid != NULL && (c->valid[at / 8] >> (at % 8) & 1) == 0);
}

static int64_t integer_of(const struct column *c, int64_t row)
{
    int64_t at = row + c->offset;
    switch (c->type) {
    case COLUMN_BOOL: return ((const uint8_t *)c->value)[at / 8] >> (at % 8) & 1;
    case COLUMN_INT16: return ((const int16_t *)c->value)[at];
    case COLUMN_INT32: return ((const int32_t *)c->value)[at];
    case COLUMN_INT64: return ((const int64_t *)c->value)[at];
    default: return 0;
    }
}

static const char *bytes_of(const struct column *c, int64_t row, size_t *len)
{
    int64_t at = row + c->offset, from, to;
    if (c->type == COLUMN_LONG_TEXT || c->type == COLUMN_LONG_BYTES) {
        from = ((const int64_t *)c->value)[at];
        to = ((const int64_t *)c->value)[at + 1];
    } else {
        from = ((const int32_t *)c->value)[at];
        to = ((const int32_t *)c->value)[at + 1];
    }
    *len = (size_t)(to - from);
    return (const char *)c->data + from;
}

static struct source_value value_of(const struct column *c, int64_t row)
{
    struct source_value v = { .kind = SOURCE_NULL };
    if (is_null(c, row))
        return v;
    int64_t at = row + c->offset;
    switch (c->type) {
    case COLUMN_FLOAT: v.kind = SOURCE_REAL, v.real = ((const float *)c->value)[at]; break;
    case COLUMN_DOUBLE: v.kind = SOURCE_REAL, v.real = ((const double *)c->value)[at]; break;
    case COLUMN_TEXT: case COLUMN_LONG_TEXT: v.kind = SOURCE_TEXT, v.text = bytes_of(c, row, &v.len); break;
    default: v.kind = SOURCE_INTEGER, v.integer = integer_of(c, row);
    }
    return v;
}

// --- the stream ------------------------------------------------------------------------------------------------------

struct stream {
    struct ArrowArrayStream arrow;
    struct ArrowSchema schema;
    const char *what;
    int fid, geometry, field[SOURCE_FIELDS]; // which child of the schema; -1: none
    int64_t rows;                            // given before
};

static const struct { const char *format; enum column_type type; } formats[] = {
    { "b", COLUMN_BOOL }, { "s", COLUMN_INT16 }, { "i", COLUMN_INT32 }, { "l", COLUMN_INT64 }, { "f", COLUMN_FLOAT },
    { "g", COLUMN_DOUBLE }, { "u", COLUMN_TEXT }, { "U", COLUMN_LONG_TEXT }, { "z", COLUMN_BYTES }, { "Z", COLUMN_LONG_BYTES },
};

static enum column_type type_of(const char *format)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(format, formats[i].format) == 0)
            return formats[i].type;
    return COLUMN_NONE;
}

static int child_named(const struct ArrowSchema *s, const char *name)
{
    for (int64_t i = 0; name != NULL && i < s->n_children; i++)
        if (strcmp(s->children[i]->name, name) == 0)
            return (int)i;
    return -1;
}

// GDAL puts geometries behind all fields; the last column of bytes is the one.
static int geometry_child(const struct ArrowSchema *s)
{
    for (int64_t i = s->n_children - 1; i >= 0; i--) {
        enum column_type type = type_of(s->children[i]->format);
        if (type == COLUMN_BYTES || type == COLUMN_LONG_BYTES)
            return (int)i;
    }
    return -1;
}

// The first column when it is none of the fields and holds whole numbers.
static int fid_child(const struct ArrowSchema *s, OGRLayerH layer)
{
    const char *name = OGR_L_GetFIDColumn(layer);
    int child = child_named(s, name[0] != '\0' ? name : "OGC_FID");
    return child >= 0 && type_of(s->children[child]->format) == COLUMN_INT64 ? child : -1;
}

static void find_children(struct stream *s, OGRLayerH layer, const char *const *field)
{
    s->fid = fid_child(&s->schema, layer);
    s->geometry = geometry_child(&s->schema);
    for (int i = 0; i < SOURCE_FIELDS; i++)
        s->field[i] = child_named(&s->schema, field[i]);
}

// GDAL 3.6.2 mixes up the bits of booleans where it makes batches of a GeoPackage in its fast way.
static bool has_booleans(const struct source *s)
{
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(s->layer);
    for (int i = 0; i < SOURCE_FIELDS; i++)
        if (s->field[i] != NULL &&
            OGR_Fld_GetSubType(OGR_FD_GetFieldDefn(definition, OGR_FD_GetFieldIndex(definition, s->field[i]))) == OFSTBoolean)
            return true;
    return false;
}

static enum status open_stream(const struct source *source, struct stream *s, struct err *e)
{
    struct source_hush hush;
    *s = (struct stream){ .what = source->called };
    char **options = CSLSetNameValue(CSLSetNameValue(NULL, "INCLUDE_FID", "YES"), "MAX_FEATURES_IN_BATCH", BATCH_FEATURES);
    source_hush_begin(&hush);
    bool good = OGR_L_GetArrowStream(source->layer, &s->arrow, options) && s->arrow.get_schema(&s->arrow, &s->schema) == 0;
    source_hush_end(&hush);
    CSLDestroy(options);
    if (good)
        find_children(s, source->layer, source->field);
    if (good && s->geometry >= 0)
        return OK;
    return err_set(e, INVALID, "%s: reading could not begin: %.300s", s->what, hush.said[0] != '\0' ? hush.said : "-");
}

static void close_stream(struct stream *s)
{
    if (s->schema.release != NULL)
        s->schema.release(&s->schema);
    if (s->arrow.release != NULL)
        s->arrow.release(&s->arrow);
}

static struct column column_of(const struct ArrowSchema *schema, const struct ArrowArray *all, int child)
{
    if (child < 0)
        return (struct column){ .type = COLUMN_NONE };
    const struct ArrowArray *a = all->children[child];
    return (struct column){
        .type = type_of(schema->children[child]->format),
        .valid = a->null_count != 0 ? a->buffers[0] : NULL,
        .value = a->n_buffers > 1 ? a->buffers[1] : NULL,
        .data = a->n_buffers > 2 ? a->buffers[2] : NULL,
        .offset = a->offset + all->offset,
    };
}

// Released already at the end of the stream.
static enum status next_batch(struct stream *s, struct ArrowArray *batch, struct err *e)
{
    struct source_hush hush;
    source_hush_begin(&hush);
    int code = s->arrow.get_next(&s->arrow, batch);
    source_hush_end(&hush);
    if (code == 0 && hush.errors == 0)
        return OK;
    if (code == 0 && batch->release != NULL)
        batch->release(batch);
    return source_broke_off(s->what, hush.said, e);
}

static enum status give_rows(struct stream *s, const struct ArrowArray *batch, const struct source_taker *to, struct err *e)
{
    struct column fid = column_of(&s->schema, batch, s->fid), geometry = column_of(&s->schema, batch, s->geometry), field[SOURCE_FIELDS];
    for (int i = 0; i < SOURCE_FIELDS; i++)
        field[i] = column_of(&s->schema, batch, s->field[i]);
    struct source_value value[SOURCE_FIELDS];
    enum status st = OK;
    for (int64_t at = 0; at < batch->length && st == OK; at++, s->rows++) {
        struct source_row row = { .fid = is_null(&fid, at) ? s->rows : integer_of(&fid, at), .field = value };
        if (!is_null(&geometry, at))
            row.wkb = (const uint8_t *)bytes_of(&geometry, at, &row.len);
        for (int i = 0; i < SOURCE_FIELDS; i++)
            value[i] = value_of(&field[i], at);
        st = to->take(to->ctx, &row, e);
    }
    return st;
}

enum status source_stream_rows(const struct source *source, const struct source_taker *to, struct err *e)
{
    struct stream s;
    CPLSetThreadLocalConfigOption("OGR_GPKG_STREAM_BASE_IMPL", has_booleans(source) ? "YES" : NULL);
    enum status st = open_stream(source, &s, e);
    for (bool more = true; more && st == OK;) {
        struct ArrowArray batch = {0};
        st = next_batch(&s, &batch, e);
        if (st != OK || batch.release == NULL)
            break;
        more = batch.length > 0;
        st = give_rows(&s, &batch, to, e);
        batch.release(&batch);
    }
    close_stream(&s);
    CPLSetThreadLocalConfigOption("OGR_GPKG_STREAM_BASE_IMPL", NULL);
    return st;
}
