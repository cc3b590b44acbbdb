#include "gis/sink_inside.h"
#include "core/base/mem.h"
#include "gis/stage.h"
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

// Drivers say little about a full disk, so all but one write into memory and the bytes are put on disk by stage_put, which
// checks every one. GeoPackage is SQLite: it writes to the stage itself and reports its own faults.
enum { SHORT_NUMBER_WIDTH = 19 };
static const char CLOCK[] = "2000-01-01T00:00:00.000Z"; // in every file: the same input must give the same bytes

struct format {
    const char *extension, *driver;
    int traits;
    const char *dataset_option[4], *layer_option[6]; // end with NULL
    const char *drop_beside[8];                      // left from an older file; "." replaces the extension, else added
};
static const struct format formats[] = {
    { "gpkg", "GPKG", SINK_TABLE, { NULL }, { "GEOMETRY_NAME=geom", "FID=fid", "SPATIAL_INDEX=NO", NULL },
      { "-wal", "-shm", "-journal", NULL } },
    { "geojson", "GeoJSON", SINK_IN_MEMORY | SINK_LONLAT_ONLY, { NULL }, { "RFC7946=YES", NULL }, { NULL } },
    { "geojsonl", "GeoJSONSeq", SINK_IN_MEMORY | SINK_LONLAT_ONLY, { NULL }, { NULL }, { NULL } },
    { "fgb", "FlatGeobuf", SINK_IN_MEMORY, { NULL }, { "SPATIAL_INDEX=YES", NULL }, { NULL } },
    { "shp", "ESRI Shapefile", SINK_IN_MEMORY | SINK_SHORT_NAMES, { NULL },
      { "ENCODING=UTF-8", "DBF_DATE_LAST_UPDATE=2000-01-01", NULL },
      { ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".qpj", ".shp.xml", NULL } },
    { "shp.zip", "ESRI Shapefile", SINK_IN_MEMORY | SINK_SHORT_NAMES | SINK_ZIP, { NULL },
      { "ENCODING=UTF-8", "DBF_DATE_LAST_UPDATE=2000-01-01", NULL }, { NULL } },
    { "csv", "CSV", SINK_IN_MEMORY, { NULL }, { "GEOMETRY=AS_WKT", "WRITE_BOM=YES", NULL }, { NULL } },
    { "xlsx", "XLSX", SINK_IN_MEMORY | SINK_NO_GEOMETRY | SINK_ZIP, { NULL }, { NULL }, { NULL } },
};

static bool ends_with(const char *path, const char *extension)
{
    size_t len = strlen(path), tail = strlen(extension);
    return len > tail && path[len - tail - 1] == '.' && strcasecmp(path + len - tail, extension) == 0;
}

static const struct format *format_of(const char *path)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (ends_with(path, formats[i].extension))
            return &formats[i];
    return NULL;
}

enum status sink_check(const char *path, struct err *e)
{
    if (format_of(path) == NULL)
        return err_set(e, INVALID, "%s: the ending says the format; it is one of %s", path,
                       ".gpkg .geojson .geojsonl .fgb .shp .shp.zip .csv .xlsx");
    return stage_check(path, e);
}

static void CPL_STDCALL keep_complaint(CPLErr level, CPLErrorNum number, const char *text)
{
    (void)number;
    struct complaint *c = CPLGetErrorHandlerUserData();
    if (level >= CE_Failure && c->text[0] == '\0')
        snprintf(c->text, sizeof c->text, "%s", text);
}

void sink_begin(struct complaint *c)
{
    CPLPushErrorHandlerEx(keep_complaint, c);
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", CLOCK);
    CPLSetThreadLocalConfigOption("OGR_SQLITE_SYNCHRONOUS", "OFF"); // the stage syncs the whole file once
    CPLSetThreadLocalConfigOption("OGR_SQLITE_JOURNAL", "OFF");     // a failed file is thrown away, never rolled back
    CPLSetThreadLocalConfigOption("OGR_SQLITE_PRAGMA", "page_size=16384"); // a row is 600 bytes: a quarter of the calls, 5 % less file
}

void sink_end(void)
{
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", NULL);
    CPLSetThreadLocalConfigOption("OGR_SQLITE_SYNCHRONOUS", NULL);
    CPLSetThreadLocalConfigOption("OGR_SQLITE_JOURNAL", NULL);
    CPLSetThreadLocalConfigOption("OGR_SQLITE_PRAGMA", NULL);
    CPLPopErrorHandler();
}

enum status sink_failed(const struct sink *s, struct err *e)
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
    bool is_short = (s->traits & SINK_SHORT_NAMES) != 0;
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

static bool create_layer(struct sink *s, const struct sink_spec *spec)
{
    static const OGRwkbGeometryType types[] = { [SINK_AREAS] = wkbMultiPolygon, [SINK_POINTS] = wkbPoint, [SINK_SHAPELESS] = wkbNone, [SINK_MIXED] = wkbUnknown };
    bool no_geometry = (s->traits & SINK_NO_GEOMETRY) != 0 || s->shape == SINK_SHAPELESS;
    OGRSpatialReferenceH srs = s->target == NULL ? NULL : reference_of(s->target);
    char **options = option_list(s->format->layer_option);
    s->layer = GDALDatasetCreateLayer(s->dataset, spec->layer, srs, no_geometry ? wkbNone : types[s->shape], options);
    CSLDestroy(options);
    if (srs != NULL)
        OSRRelease(srs);
    for (int i = 0; s->layer != NULL && i < s->fields; i++)
        if (!create_field(s, &s->field[i]))
            return false;
    if (s->layer == NULL)
        return false;
    s->definition = OGR_L_GetLayerDefn(s->layer);
    bool by_table = (s->traits & SINK_TABLE) != 0 && !no_geometry;
    if (by_table)
        s->table = sink_table_open(s, spec->layer, spec->sql);
    return s->table != NULL || !by_table;
}

static bool create(struct sink *s, const struct sink_spec *spec)
{
    bool in_memory = (s->traits & SINK_IN_MEMORY) != 0;
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
    if (s->dataset == NULL || !create_layer(s, spec))
        return false;
    if (GDALDatasetTestCapability(s->dataset, ODsCTransactions))
        return GDALDatasetStartTransaction(s->dataset, FALSE) == OGRERR_NONE;
    return true;
}

// Where the geometry goes: the CRS of the file.
static enum status find_target(struct sink *s, const struct crs *crs, const struct crs *target, struct err *e)
{
    if (crs == NULL || (s->traits & SINK_NO_GEOMETRY) != 0)
        return OK;
    s->crs = crs;
    s->target = target != NULL ? target : crs;
    if ((s->traits & SINK_LONLAT_ONLY) == 0)
        return OK;
    enum status status = crs_open("EPSG:4326", &s->lonlat, e);
    s->target = s->lonlat;
    return status;
}

bool sink_is_table(const char *path)
{
    const struct format *f = format_of(path);
    return f != NULL && (strcmp(f->extension, "csv") == 0 || strcmp(f->extension, "xlsx") == 0);
}

enum status sink_open(const struct sink_spec *spec, struct sink **out, struct err *e)
{
    enum status status = sink_check(spec->path, e);
    if (status != OK)
        return status;
    GDALAllRegister();
    struct sink *s = mem_get(1, sizeof *s);
    s->format = format_of(spec->path);
    if (spec->shape == SINK_MIXED && (s->format->traits & SINK_SHORT_NAMES) != 0) {
        mem_free(s);
        return err_set(e, INVALID, "%s: areas and points are not held by one shapefile; choose another format", spec->path);
    }
    s->traits = s->format->traits;
    s->shape = spec->shape;
    s->field = spec->field;
    s->fields = spec->fields;
    status = find_target(s, spec->crs, spec->target, e);
    if (status == OK)
        status = sink_hire(s, e);
    if (status == OK)
        status = stage_open(spec->path, &s->stage, e);
    if (status == OK) {
        sink_begin(&s->complaint);
        bool fine = create(s, spec);
        sink_end();
        if (!fine)
            status = sink_failed(s, e);
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

static bool close_dataset(struct sink *s)
{
    bool fine = sink_rows_flush(s);
    if (s->table != NULL) {
        stage_begin_sync(s->stage); // the disk takes the rows while the index is made
        sink_table_finish(s->table);
        sink_table_close(s->table);
        s->table = NULL;
    }
    if (GDALDatasetTestCapability(s->dataset, ODsCTransactions))
        fine = GDALDatasetCommitTransaction(s->dataset) == OGRERR_NONE && fine;
    GDALClose(s->dataset);
    s->dataset = NULL;
    return fine && s->complaint.text[0] == '\0';
}

static uint16_t read_u16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }

// A zip keeps the local time of each entry (XLSX is one too): set them all to the start of 1980, in both places it stands.
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
        if ((s->traits & SINK_ZIP) != 0)
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

void sink_describe(struct sink *s, const char *json)
{
    GDALSetMetadataItem(s->dataset, "gridpatrol", json, NULL);
}

enum status sink_commit(struct sink *s, struct err *e)
{
    sink_begin(&s->complaint);
    bool fine = close_dataset(s);
    sink_end();
    enum status status = fine ? OK : sink_failed(s, e);
    if (status == OK && (s->traits & SINK_IN_MEMORY) != 0)
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
    sink_begin(&s->complaint);
    sink_rows_clear(s);
    sink_table_close(s->table);
    if (s->dataset != NULL)
        GDALClose(s->dataset);
    if (s->memory[0] != '\0')
        VSIRmdirRecursive(s->memory);
    sink_end();
    stage_abandon(s->stage);
    if (s->lonlat != NULL)
        crs_close(s->lonlat);
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
