#include "gis/source_stream.h"
#include "core/base/mem.h"
#include <cpl_error.h>
#include <cpl_string.h>
#include <inttypes.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_recordbatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Small enough to stay in the cache and to come from memory that was used before, large enough for the calls not to count.
static const char BATCH_FEATURES[] = "8192";

// --- silence ---------------------------------------------------------------------------------------------------------

static void CPL_STDCALL remember(CPLErr severity, CPLErrorNum number, const char *message)
{
    (void)number;
    struct source_hush *h = CPLGetErrorHandlerUserData();
    if (severity < CE_Failure || h == NULL)
        return;
    h->errors++;
    snprintf(h->said, sizeof h->said, "%s", message);
    char *end = h->said;
    for (char *c = h->said; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ')
            *c = ' ';
        if (*c != ' ')
            end = c + 1;
    }
    *end = '\0';
}

void source_hush_begin(struct source_hush *h)
{
    *h = (struct source_hush){0};
    CPLErrorReset();
    CPLPushErrorHandlerEx(remember, h);
}

void source_hush_end(struct source_hush *h)
{
    (void)h;
    CPLPopErrorHandler();
    CPLErrorReset();
}

// --- columns ---------------------------------------------------------------------------------------------------------

bool column_is_null(const struct column *c, int64_t row)
{
    int64_t at = row + c->offset;
    return c->type == COLUMN_NONE || (c->valid != NULL && (c->valid[at / 8] >> (at % 8) & 1) == 0);
}

int64_t column_integer(const struct column *c, int64_t row)
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

const char *column_bytes(const struct column *c, int64_t row, size_t *len)
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

// "12.5", "12,5", "12.5 m"; anything else is no height.
static double number_of_text(const char *text, size_t len)
{
    char copy[40], *end;
    if (len == 0 || len >= sizeof copy)
        return NAN;
    memcpy(copy, text, len);
    copy[len] = '\0';
    char *comma = strchr(copy, ',');
    if (comma != NULL)
        *comma = '.';
    double value = CPLStrtod(copy, &end);
    if (end == copy)
        return NAN;
    while (*end == ' ')
        end++;
    return *end == '\0' || strcmp(end, "m") == 0 ? value : NAN;
}

double column_real(const struct column *c, int64_t row)
{
    if (column_is_null(c, row))
        return NAN;
    size_t len;
    switch (c->type) {
    case COLUMN_FLOAT: return ((const float *)c->value)[row + c->offset];
    case COLUMN_DOUBLE: return ((const double *)c->value)[row + c->offset];
    case COLUMN_TEXT: case COLUMN_LONG_TEXT: {
        const char *text = column_bytes(c, row, &len);
        return number_of_text(text, len);
    }
    default: return (double)column_integer(c, row);
    }
}

size_t column_text(const struct column *c, int64_t row, char *out, size_t cap)
{
    if (column_is_null(c, row))
        return 0;
    if (c->type == COLUMN_TEXT || c->type == COLUMN_LONG_TEXT) {
        size_t len;
        const char *text = column_bytes(c, row, &len);
        len = len < cap ? len : cap;
        memcpy(out, text, len);
        return len;
    }
    int n = c->type == COLUMN_FLOAT || c->type == COLUMN_DOUBLE ? CPLsnprintf(out, cap, "%.15g", column_real(c, row))
                                                                : snprintf(out, cap, "%" PRId64, column_integer(c, row));
    return n < 0 ? 0 : (size_t)n < cap ? (size_t)n : cap;
}

// --- curves ----------------------------------------------------------------------------------------------------------

static bool is_other_surface(OGRGeometryH g)
{
    OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(g));
    return type == wkbCurvePolygon || type == wkbMultiSurface || type == wkbPolyhedralSurface || type == wkbTIN || type == wkbTriangle;
}

static uint8_t *export_wkb(OGRGeometryH g, size_t *len)
{
    *len = (size_t)OGR_G_WkbSize(g);
    uint8_t *bytes = mem_get(*len, 1);
    if (OGR_G_ExportToIsoWkb(g, wkbNDR, bytes) == OGRERR_NONE)
        return bytes;
    mem_free(bytes);
    return NULL;
}

uint8_t *source_linear_wkb(const uint8_t *wkb, size_t len, size_t *linear_len)
{
    OGRGeometryH g = NULL, linear = NULL;
    uint8_t *answer = NULL;
    struct source_hush hush;
    source_hush_begin(&hush);
    if (len <= INT32_MAX && OGR_G_CreateFromWkb(wkb, NULL, &g, (int)len) == OGRERR_NONE && is_other_surface(g))
        linear = OGR_G_ForceToMultiPolygon(OGR_G_GetLinearGeometry(g, 0, NULL));
    if (linear != NULL && wkbFlatten(OGR_G_GetGeometryType(linear)) == wkbMultiPolygon)
        answer = export_wkb(linear, linear_len);
    OGR_G_DestroyGeometry(linear);
    OGR_G_DestroyGeometry(g);
    source_hush_end(&hush);
    return answer;
}

// --- the stream ------------------------------------------------------------------------------------------------------

struct source_stream {
    struct ArrowArrayStream arrow;
    struct ArrowSchema schema;
    const char *what;
    int fid, geometry, field[SOURCE_FIELDS]; // which child of the schema; -1: none
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

static void find_children(struct source_stream *s, OGRLayerH layer, const char *const field[SOURCE_FIELDS])
{
    s->fid = fid_child(&s->schema, layer);
    s->geometry = geometry_child(&s->schema);
    for (int i = 0; i < SOURCE_FIELDS; i++)
        s->field[i] = child_named(&s->schema, field[i]);
}

enum status source_stream_open(void *layer, const char *const field[SOURCE_FIELDS], const char *what, struct source_stream **out,
                               struct err *e)
{
    struct source_stream *s = mem_get(1, sizeof *s);
    struct source_hush hush;
    s->what = what;
    char **options = CSLSetNameValue(CSLSetNameValue(NULL, "INCLUDE_FID", "YES"), "MAX_FEATURES_IN_BATCH", BATCH_FEATURES);
    source_hush_begin(&hush);
    bool good = OGR_L_GetArrowStream(layer, &s->arrow, options) && s->arrow.get_schema(&s->arrow, &s->schema) == 0;
    source_hush_end(&hush);
    CSLDestroy(options);
    if (good)
        find_children(s, layer, field);
    if (good && s->geometry >= 0) {
        *out = s;
        return OK;
    }
    err_set(e, INVALID, "%s: reading could not begin: %.300s", what, hush.said[0] != '\0' ? hush.said : "-");
    source_stream_close(s);
    return INVALID;
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

static enum status broke_off(const struct source_stream *s, const struct source_hush *h, struct err *e)
{
    return err_set(e, INVALID, "%s breaks off in the middle: %.300s", s->what, h->said[0] != '\0' ? h->said : "-");
}

enum status source_stream_next(struct source_stream *s, struct source_batch *out, struct err *e)
{
    struct ArrowArray *array = mem_get(1, sizeof *array);
    struct source_hush hush;
    source_hush_begin(&hush);
    int code = s->arrow.get_next(&s->arrow, array);
    source_hush_end(&hush);
    if (code != 0 || hush.errors > 0) {
        if (code == 0 && array->release != NULL)
            array->release(array);
        mem_free(array);
        return broke_off(s, &hush, e);
    }
    *out = (struct source_batch){ .array = array };
    if (array->release == NULL)
        return OK;
    out->rows = array->length;
    out->fid = column_of(&s->schema, array, s->fid);
    out->geometry = column_of(&s->schema, array, s->geometry);
    for (int i = 0; i < SOURCE_FIELDS; i++)
        out->field[i] = column_of(&s->schema, array, s->field[i]);
    return OK;
}

void source_batch_release(struct source_batch *b)
{
    struct ArrowArray *array = b->array;
    if (array != NULL && array->release != NULL)
        array->release(array);
    mem_free(array);
    *b = (struct source_batch){0};
}

void source_stream_close(struct source_stream *s)
{
    if (s == NULL)
        return;
    if (s->schema.release != NULL)
        s->schema.release(&s->schema);
    if (s->arrow.release != NULL)
        s->arrow.release(&s->arrow);
    mem_free(s);
}
