#include "gis/sink.h"
#include "core/base/mem.h"
#include "gis/stage.h"
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

// Drivers say little about a full disk, so all but one write into memory and the bytes are put on disk by stage_put, which
// checks every one. GeoPackage is SQLite: it writes to the stage itself and reports its own faults.
enum { IN_MEMORY = 1, LONLAT_ONLY = 2, NO_GEOMETRY = 4, SHORT_NAMES = 8 };
enum { SHORT_NAME_MOST = 10, SHORT_TEXT_MOST = 254, SHORT_NUMBER_WIDTH = 19 };
static const char CLOCK[] = "2000-01-01T00:00:00.000Z"; // in every file: the same input must give the same bytes

struct format {
    const char *extension, *driver;
    int traits;
    const char *dataset_option[4], *layer_option[6]; // end with NULL
    const char *drop_beside[8];                      // left from an older file; "." replaces the extension, else added
};
static const struct format formats[] = {
    { "gpkg", "GPKG", 0, { NULL }, { "GEOMETRY_NAME=geom", "FID=fid", "SPATIAL_INDEX=YES", NULL },
      { "-wal", "-shm", "-journal", NULL } },
    { "geojson", "GeoJSON", IN_MEMORY | LONLAT_ONLY, { NULL }, { "RFC7946=YES", NULL }, { NULL } },
    { "geojsonl", "GeoJSONSeq", IN_MEMORY | LONLAT_ONLY, { NULL }, { NULL }, { NULL } },
    { "fgb", "FlatGeobuf", IN_MEMORY, { NULL }, { "SPATIAL_INDEX=YES", NULL }, { NULL } },
    { "shp", "ESRI Shapefile", IN_MEMORY | SHORT_NAMES, { NULL },
      { "ENCODING=UTF-8", "DBF_DATE_LAST_UPDATE=2000-01-01", NULL },
      { ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".qpj", ".shp.xml", NULL } },
    { "csv", "CSV", IN_MEMORY, { NULL }, { "GEOMETRY=AS_WKT", "WRITE_BOM=YES", NULL }, { NULL } },
    { "xlsx", "XLSX", IN_MEMORY | NO_GEOMETRY, { NULL }, { NULL }, { NULL } },
};

struct complaint { char text[400]; };

struct sink {
    const struct format *format;
    struct stage *stage;
    struct crs *lonlat;              // opened here when the format wants it
    struct crs_road *road;           // NULL: no geometry to move
    GDALDatasetH dataset;
    OGRLayerH layer;
    OGRFeatureDefnH definition;
    const struct sink_field *field;
    int fields;
    int64_t rows;
    char memory[64];                 // folder under /vsimem
    uint8_t *wkb;                    // room for one row in the file's CRS
    size_t wkb_cap;
    struct xy_m *point;
    size_t point_cap;
    struct complaint complaint;      // the first thing GDAL said
};

static const struct format *format_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot != NULL && i < sizeof formats / sizeof formats[0]; i++)
        if (strcasecmp(dot + 1, formats[i].extension) == 0)
            return &formats[i];
    return NULL;
}

enum status sink_check(const char *path, struct err *e)
{
    if (format_of(path) == NULL)
        return err_set(e, INVALID, "%s: the ending says the format; it is one of %s", path,
                       ".gpkg .geojson .geojsonl .fgb .shp .csv .xlsx");
    return stage_check(path, e);
}

static void CPL_STDCALL keep_complaint(CPLErr level, CPLErrorNum number, const char *text)
{
    (void)number;
    struct complaint *c = CPLGetErrorHandlerUserData();
    if (level >= CE_Failure && c->text[0] == '\0')
        snprintf(c->text, sizeof c->text, "%s", text);
}

// Between these two GDAL speaks to us, not to stderr, and believes it is always the same day.
static void begin(struct sink *s)
{
    CPLPushErrorHandlerEx(keep_complaint, &s->complaint);
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", CLOCK);
    CPLSetThreadLocalConfigOption("OGR_SQLITE_SYNCHRONOUS", "OFF"); // the stage syncs the whole file once
    CPLSetThreadLocalConfigOption("OGR_SQLITE_JOURNAL", "OFF");     // a failed file is thrown away, never rolled back
}

static void end(void)
{
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", NULL);
    CPLSetThreadLocalConfigOption("OGR_SQLITE_SYNCHRONOUS", NULL);
    CPLSetThreadLocalConfigOption("OGR_SQLITE_JOURNAL", NULL);
    CPLPopErrorHandler();
}

static enum status failed(const struct sink *s, struct err *e)
{
    return err_set(e, FAILED, "%s: writing %s failed (%s); nothing was left behind", stage_name(s->stage), s->format->driver,
                   s->complaint.text[0] != '\0' ? s->complaint.text : "?");
}

static char **option_list(const char *const *option)
{
    char **list = NULL;
    for (; *option != NULL; option++)
        list = CSLAddString(list, *option);
    return list;
}

static OGRSpatialReferenceH reference_of(const struct crs *crs)
{
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    const char *definition = crs_code(crs)[0] != '\0' ? crs_code(crs) : crs_wkt(crs);
    if (OSRSetFromUserInput(srs, definition) != OGRERR_NONE) {
        OSRDestroySpatialReference(srs);
        return NULL;
    }
    OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    return srs;
}

static bool create_field(struct sink *s, const struct sink_field *f)
{
    static const OGRFieldType types[] = { [SINK_TEXT] = OFTString, [SINK_INTEGER] = OFTInteger64, [SINK_REAL] = OFTReal };
    bool is_short = (s->format->traits & SHORT_NAMES) != 0;
    OGRFieldDefnH definition = OGR_Fld_Create(is_short && f->short_name != NULL ? f->short_name : f->name, types[f->type]);
    if (is_short && f->type == SINK_REAL) {
        OGR_Fld_SetWidth(definition, SHORT_NUMBER_WIDTH);
        OGR_Fld_SetPrecision(definition, f->decimals);
    }
    if (f->title_zh != NULL && f->title_en != NULL && !is_short) {
        char title[200];
        snprintf(title, sizeof title, "%s · %s", f->title_zh, f->title_en);
        OGR_Fld_SetAlternativeName(definition, title);
    }
    bool fine = OGR_L_CreateField(s->layer, definition, TRUE) == OGRERR_NONE;
    OGR_Fld_Destroy(definition);
    return fine;
}

static bool create_layer(struct sink *s, const char *name, const struct crs *target, const char *metadata)
{
    bool no_geometry = (s->format->traits & NO_GEOMETRY) != 0;
    OGRSpatialReferenceH srs = no_geometry || target == NULL ? NULL : reference_of(target);
    char **options = option_list(s->format->layer_option);
    s->layer = GDALDatasetCreateLayer(s->dataset, name, srs, no_geometry ? wkbNone : wkbMultiPolygon, options);
    CSLDestroy(options);
    if (srs != NULL)
        OSRRelease(srs);
    for (int i = 0; s->layer != NULL && i < s->fields; i++)
        if (!create_field(s, &s->field[i]))
            return false;
    if (s->layer == NULL)
        return false;
    if (metadata != NULL)
        GDALSetMetadataItem(s->dataset, "gridpatrol", metadata, NULL);
    s->definition = OGR_L_GetLayerDefn(s->layer);
    return true;
}

static bool create(struct sink *s, const char *layer, const struct crs *target, const char *metadata)
{
    bool in_memory = (s->format->traits & IN_MEMORY) != 0;
    GDALDriverH driver = GDALGetDriverByName(s->format->driver);
    if (driver == NULL) {
        snprintf(s->complaint.text, sizeof s->complaint.text, "this GDAL has no driver %s", s->format->driver);
        return false;
    }
    snprintf(s->memory, sizeof s->memory, "/vsimem/gridpatrol-%p", (void *)s);
    VSIMkdir(s->memory, 0700); // CSV looks for its folder
    char path[8192];
    snprintf(path, sizeof path, "%s/%s", in_memory ? s->memory : stage_folder(s->stage), stage_name(s->stage));
    char **options = option_list(s->format->dataset_option);
    s->dataset = GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, options);
    CSLDestroy(options);
    if (s->dataset == NULL || !create_layer(s, layer, target, metadata))
        return false;
    if (GDALDatasetTestCapability(s->dataset, ODsCTransactions))
        return GDALDatasetStartTransaction(s->dataset, FALSE) == OGRERR_NONE;
    return true;
}

// Where the geometry goes: the CRS of the file, and the road from the CRS it is given in.
static enum status find_road(struct sink *s, const struct crs *crs, const struct crs **target, struct err *e)
{
    if (crs == NULL || (s->format->traits & NO_GEOMETRY) != 0)
        return OK;
    enum status status = OK;
    if ((s->format->traits & LONLAT_ONLY) != 0) {
        status = crs_open("EPSG:4326", &s->lonlat, e);
        *target = s->lonlat;
    } else if (*target == NULL) {
        *target = crs;
    }
    return status != OK ? status : crs_road_open(crs, *target, &s->road, e);
}

enum status sink_open(const char *path, const char *layer, const struct crs *crs, const struct crs *target,
                      const struct sink_field *field, int fields, const char *metadata, struct sink **out, struct err *e)
{
    enum status status = sink_check(path, e);
    if (status != OK)
        return status;
    GDALAllRegister();
    struct sink *s = mem_get(1, sizeof *s);
    s->format = format_of(path);
    s->field = field;
    s->fields = fields;
    status = find_road(s, crs, &target, e);
    if (status == OK)
        status = stage_open(path, &s->stage, e);
    if (status == OK) {
        begin(s);
        bool fine = create(s, layer, target, metadata);
        end();
        if (!fine)
            status = failed(s, e);
    }
    if (status != OK) {
        sink_abandon(s);
        return status;
    }
    *out = s;
    return OK;
}

static uint32_t read_u32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

// One ring of `count` points at p, moved to the file's CRS. False when a point has no place there.
static bool move_ring(struct sink *s, uint8_t *p, uint32_t count)
{
    if (count > s->point_cap)
        s->point = mem_grow(s->point, &s->point_cap, count, sizeof *s->point);
    memcpy(s->point, p, count * sizeof *s->point);
    if (crs_road_go(s->road, s->point, count) != 0)
        return false;
    memcpy(p, s->point, count * sizeof *s->point);
    return true;
}

// The rings of one polygon (past its type); moves *at behind it.
static bool move_polygon(struct sink *s, uint8_t *wkb, size_t len, size_t *at)
{
    if (len - *at < 4)
        return false;
    uint32_t rings = read_u32(wkb + *at);
    *at += 4;
    for (uint32_t r = 0; r < rings; r++) {
        if (len - *at < 4)
            return false;
        uint32_t points = read_u32(wkb + *at);
        *at += 4;
        if ((len - *at) / sizeof(struct xy_m) < points || !move_ring(s, wkb + *at, points))
            return false;
        *at += points * sizeof(struct xy_m);
    }
    return true;
}

// Walks little-endian POLYGON (3) or MULTIPOLYGON (6), the two that we write ourselves.
static bool move_geometry(struct sink *s, uint8_t *wkb, size_t len)
{
    if (len < 9 || wkb[0] != 1)
        return false;
    uint32_t type = read_u32(wkb + 1);
    size_t at = 5;
    if (type == 3)
        return move_polygon(s, wkb, len, &at);
    uint32_t polygons = read_u32(wkb + at);
    at += 4;
    for (uint32_t i = 0; type == 6 && i < polygons; i++) {
        if (len - at < 5)
            return false;
        at += 5;
        if (!move_polygon(s, wkb, len, &at))
            return false;
    }
    return type == 6;
}

static bool set_geometry(struct sink *s, OGRFeatureH feature, const uint8_t *wkb, size_t len)
{
    if (wkb == NULL || s->road == NULL)
        return true;
    if (len > s->wkb_cap)
        s->wkb = mem_grow(s->wkb, &s->wkb_cap, len, 1);
    memcpy(s->wkb, wkb, len);
    if (!crs_road_is_straight(s->road) && !move_geometry(s, s->wkb, len)) {
        snprintf(s->complaint.text, sizeof s->complaint.text, "row %lld has no place in the CRS of the file",
                 (long long)s->rows + 1);
        return false;
    }
    OGRGeometryH shape = NULL;
    if (OGR_G_CreateFromWkb(s->wkb, NULL, &shape, (int)len) != OGRERR_NONE)
        return false;
    if (OGR_G_GetGeometryType(shape) == wkbPolygon)
        shape = OGR_G_ForceToMultiPolygon(shape);
    return OGR_F_SetGeometryDirectly(feature, shape) == OGRERR_NONE;
}

// dBase fields end at 254 bytes; what is cut ends with an ellipsis and never in the middle of a character.
static void set_short_text(OGRFeatureH feature, int i, const char *text)
{
    char cut[SHORT_TEXT_MOST + 1];
    size_t len = SHORT_TEXT_MOST - 3;
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    memcpy(cut, text, len);
    strcpy(cut + len, "…");
    OGR_F_SetFieldString(feature, i, cut);
}

static void set_value(const struct sink *s, OGRFeatureH feature, int i, const struct sink_value *v)
{
    const struct sink_field *f = &s->field[i];
    bool missing = v->is_null || (f->type == SINK_TEXT && v->text == NULL) || (f->type == SINK_REAL && !isfinite(v->real));
    if (missing) {
        OGR_F_SetFieldNull(feature, i);
    } else if (f->type == SINK_INTEGER) {
        OGR_F_SetFieldInteger64(feature, i, v->integer);
    } else if (f->type == SINK_REAL) {
        double scale = pow(10, f->decimals), rounded = round(v->real * scale) / scale;
        OGR_F_SetFieldDouble(feature, i, rounded == 0 ? 0 : rounded); // no -0
    } else if ((s->format->traits & SHORT_NAMES) != 0 && strlen(v->text) > SHORT_TEXT_MOST) {
        set_short_text(feature, i, v->text);
    } else {
        OGR_F_SetFieldString(feature, i, v->text);
    }
}

enum status sink_write(struct sink *s, const uint8_t *wkb, size_t wkb_len, const struct sink_value *value, struct err *e)
{
    begin(s);
    OGRFeatureH feature = OGR_F_Create(s->definition);
    for (int i = 0; i < s->fields; i++)
        set_value(s, feature, i, &value[i]);
    bool fine = set_geometry(s, feature, wkb, wkb_len) && OGR_L_CreateFeature(s->layer, feature) == OGRERR_NONE;
    OGR_F_Destroy(feature);
    end();
    if (!fine)
        return failed(s, e);
    s->rows++;
    return OK;
}

static bool close_dataset(struct sink *s)
{
    bool fine = true;
    if (GDALDatasetTestCapability(s->dataset, ODsCTransactions))
        fine = GDALDatasetCommitTransaction(s->dataset) == OGRERR_NONE;
    GDALClose(s->dataset);
    s->dataset = NULL;
    return fine && s->complaint.text[0] == '\0';
}

static uint16_t read_u16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }

// A zip keeps the local time of each entry (XLSX is one): set them all to the start of 1980, in both places it stands.
// Offsets after PKWARE APPNOTE 4.3: end record 22 bytes, directory entry 46, local header 30.
static void forget_zip_times(uint8_t *zip, size_t len)
{
    static const uint8_t first_of_january_1980[4] = { 0, 0, 0x21, 0 };
    if (len < 22 || memcmp(zip + len - 22, "PK\5\6", 4) != 0)
        return;
    int entries = read_u16(zip + len - 22 + 10);
    size_t at = read_u32(zip + len - 22 + 16);
    for (int i = 0; i < entries && at + 46 <= len && memcmp(zip + at, "PK\1\2", 4) == 0; i++) {
        size_t local = read_u32(zip + at + 42);
        memcpy(zip + at + 12, first_of_january_1980, 4);
        if (local + 30 <= len && memcmp(zip + local, "PK\3\4", 4) == 0)
            memcpy(zip + local + 10, first_of_january_1980, 4);
        at += 46u + read_u16(zip + at + 28) + read_u16(zip + at + 30) + read_u16(zip + at + 32);
    }
}

static enum status put_on_disk(struct sink *s, struct err *e)
{
    enum status status = OK;
    char **names = VSIReadDir(s->memory);
    for (int i = 0; status == OK && i < CSLCount(names); i++) {
        char path[8192];
        snprintf(path, sizeof path, "%s/%s", s->memory, names[i]);
        vsi_l_offset len = 0;
        GByte *bytes = VSIGetMemFileBuffer(path, &len, FALSE);
        if (bytes == NULL)
            continue; // "." of the listing
        if (strcmp(s->format->extension, "xlsx") == 0)
            forget_zip_times(bytes, len);
        status = stage_put(s->stage, names[i], bytes, len, e);
    }
    CSLDestroy(names);
    return status;
}

static void drop_beside(struct sink *s)
{
    const char *name = stage_name(s->stage), *dot = strrchr(name, '.');
    for (const char *const *suffix = s->format->drop_beside; *suffix != NULL; suffix++) {
        char other[512];
        int kept = (*suffix)[0] == '.' ? (int)(dot - name) : (int)strlen(name);
        snprintf(other, sizeof other, "%.*s%s", kept, name, *suffix);
        stage_drop_beside(s->stage, other);
    }
}

enum status sink_commit(struct sink *s, struct err *e)
{
    begin(s);
    bool fine = close_dataset(s);
    end();
    enum status status = fine ? OK : failed(s, e);
    if (status == OK && (s->format->traits & IN_MEMORY) != 0)
        status = put_on_disk(s, e);
    if (status == OK) {
        drop_beside(s);
        status = stage_commit(s->stage, e);
        s->stage = NULL;
    }
    sink_abandon(s);
    return status;
}

void sink_abandon(struct sink *s)
{
    if (s == NULL)
        return;
    begin(s);
    if (s->dataset != NULL)
        GDALClose(s->dataset);
    if (s->memory[0] != '\0')
        VSIRmdirRecursive(s->memory);
    end();
    stage_abandon(s->stage);
    if (s->road != NULL)
        crs_road_close(s->road);
    if (s->lonlat != NULL)
        crs_close(s->lonlat);
    mem_free(s->point);
    mem_free(s->wkb);
    mem_free(s);
}

enum status sink_text_file(const char *path, const char *data, size_t len, struct err *e)
{
    struct stage *stage;
    enum status status = stage_open(path, &stage, e);
    if (status != OK)
        return status;
    status = stage_put(stage, stage_name(stage), data, len, e);
    if (status == OK)
        return stage_commit(stage, e);
    stage_abandon(stage);
    return status;
}
