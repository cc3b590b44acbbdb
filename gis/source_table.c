#include "core/base/buf.h"
#include "core/base/mem.h"
#include "gis/source_hush.h"
#include "gis/source_inside.h"
#include "gis/source_shape.h"
#include "gis/source_sql.h"
#include "gis/source_sqlite.h"
#include <gdal.h>
#include <ogr_api.h>
#include <string.h>

// A geometry that is null, no blob, or bytes of another kind than the standard's is fetched from GDAL, which knows more kinds.

enum { SQL_CEILING = 1 << 16 };

struct table {
    const struct source *source;
    const struct source_taker *to;
    struct source_query query;
    struct asked { enum source_field field; OGRFieldType type; OGRFieldSubType subtype; } asked[SOURCE_FIELDS]; // that are asked for
    struct source_value value[SOURCE_FIELDS]; // of the row at hand; fields that are not asked for stay null
    enum status status;
    struct err *e;
};

// --- the question ----------------------------------------------------------------------------------------------------

// before: what stands in front of the quotes.
static void write_name(struct buf *out, const char *before, const char *name)
{
    buf_printf(out, "%s\"", before);
    for (; *name != '\0'; name++)
        buf_add(out, *name == '"' ? "\"\"" : name, *name == '"' ? 2 : 1);
    buf_text(out, "\"");
}

static enum source_kind kind_of(OGRFieldType type)
{
    return type == OFTString ? SOURCE_TEXT : type == OFTReal ? SOURCE_REAL : SOURCE_INTEGER;
}

static void add_field(struct table *t, enum source_field field, struct buf *select)
{
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(t->source->layer);
    const char *name = t->source->field[field];
    if (name == NULL)
        return;
    OGRFieldDefnH found = OGR_FD_GetFieldDefn(definition, OGR_FD_GetFieldIndex(definition, name));
    struct asked a = { field, OGR_Fld_GetType(found), OGR_Fld_GetSubType(found) };
    t->query.kind[t->query.fields] = kind_of(a.type);
    t->asked[t->query.fields++] = a;
    write_name(select, ", t.", name);
}

// In the order of the rows, whatever indices there are. To SQLite a name in quotes that is no column's is a text, unless it says whose.
static void write_select(struct table *t, struct buf *out)
{
    OGRLayerH layer = t->source->layer;
    buf_init(out, SQL_CEILING);
    write_name(out, "SELECT " SOURCE_ROW_FUNCTION "(t.", OGR_L_GetFIDColumn(layer));
    write_name(out, ", t.", OGR_L_GetGeometryColumn(layer));
    for (int i = 0; i < SOURCE_FIELDS; i++)
        add_field(t, i, out);
    write_name(out, ") FROM ", OGR_L_GetName(layer));
    buf_text(out, " AS t NOT INDEXED");
}

// --- a row -----------------------------------------------------------------------------------------------------------

// Head of a geometry (OGC 12-128, 2.1.3): "GP", version, flags, srs_id; then the box, whose numbers the flags tell.
static bool find_wkb(const uint8_t *blob, size_t len, struct source_row *row)
{
    enum { HEAD_BYTES = 8, UNUSUAL = 7 << 5, BOXES = 5 };
    static const uint8_t box_bytes[8] = { 0, 32, 48, 48, 64 };
    if (blob == NULL || len < HEAD_BYTES || memcmp(blob, "GP", 3) != 0 || (blob[3] & UNUSUAL) != 0)
        return false;
    uint8_t box = blob[3] >> 1 & 7;
    size_t head = HEAD_BYTES + (size_t)box_bytes[box];
    row->wkb = blob + head, row->len = len - head;
    return box < BOXES && len > head;
}

// What does not fit its type is seen as GDAL sees it.
static struct source_value as_declared(struct source_value v, const struct asked *a)
{
    if (v.kind == SOURCE_REAL && a->subtype == OFSTFloat32)
        v.real = (float)v.real;
    if (v.kind == SOURCE_INTEGER && a->type == OFTInteger)
        v.integer = a->subtype == OFSTBoolean ? (int32_t)v.integer != 0 : a->subtype == OFSTInt16 ? (int16_t)v.integer : (int32_t)v.integer;
    return v;
}

// What GDAL can make nothing of either has no geometry: whoever takes it says so.
static enum status ask_gdal(struct table *t, struct source_row *row)
{
    struct source_hush hush;
    uint8_t *wkb = NULL;
    source_hush_begin(&hush);
    OGRFeatureH feature = OGR_L_GetFeature(t->source->layer, row->fid);
    OGRGeometryH shape = feature != NULL ? OGR_F_GetGeometryRef(feature) : NULL;
    if (shape != NULL)
        wkb = source_shape_wkb(shape, &row->len);
    OGR_F_Destroy(feature);
    source_hush_end(&hush);
    row->wkb = wkb, row->len = wkb != NULL ? row->len : 0;
    enum status st = feature != NULL ? t->to->take(t->to->ctx, row, t->e) : source_broke_off(t->source->called, hush.said, t->e);
    mem_free(wkb);
    return st;
}

static bool take(void *ctx, int64_t fid, const uint8_t *blob, size_t len, const struct source_value *value)
{
    struct table *t = ctx;
    struct source_row row = { .fid = fid, .field = t->value };
    for (int i = 0; i < t->query.fields; i++)
        t->value[t->asked[i].field] = as_declared(value[i], &t->asked[i]);
    t->status = find_wkb(blob, len, &row) ? t->to->take(t->to->ctx, &row, t->e) : ask_gdal(t, &row);
    return t->status == OK;
}

// --- all of them -----------------------------------------------------------------------------------------------------

static void *connection_of(const struct source *s)
{
    const char *wrong;
    struct source_hush hush;
    if (s->spec.sql == NULL || s->spec.where != NULL || strcmp(GDALGetDriverShortName(GDALGetDatasetDriver(s->dataset)), "GPKG") != 0 ||
        OGR_L_GetFIDColumn(s->layer)[0] == '\0')
        return NULL;
    source_hush_begin(&hush);
    void *sqlite = source_sqlite(s->dataset, s->spec.sql->check, &wrong);
    source_hush_end(&hush);
    return sqlite;
}

enum status source_table_rows(const struct source *s, const struct source_taker *to, bool *known, struct err *e)
{
    struct table t = { .source = s, .to = to, .e = e, .status = OK };
    struct buf select;
    void *sqlite = connection_of(s);
    *known = false;
    if (sqlite == NULL)
        return OK;
    write_select(&t, &select);
    t.query.select = select.data, t.query.take = take, t.query.ctx = &t;
    *known = !select.full && s->spec.sql->run(sqlite, &t.query);
    if (*known && t.status == OK && t.query.said[0] != '\0')
        t.status = source_broke_off(s->called, t.query.said, e);
    buf_clear(&select);
    return t.status;
}
