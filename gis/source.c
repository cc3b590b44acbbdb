#include "core/base/mem.h"
#include "gis/source_inside.h"
#include "gis/source_layer.h"
#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <ctype.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <stdio.h>
#include <string.h>

void footprint_open_library(void)
{
    CPLSetErrorHandler(CPLQuietErrorHandler);
    CPLSetConfigOption("GDAL_PAM_ENABLED", "NO"); // no .aux.xml beside what we read
    GDALAllRegister();
}

// --- texts -----------------------------------------------------------------------------------------------------------

// A connection ("PG:host=... password=...") tells only its kind.
static void short_name(const char *path, char *out, size_t cap)
{
    const char *colon = strchr(path, ':'), *slash = strrchr(path, '/');
    bool connection = colon != NULL && (slash == NULL || colon < slash || strchr(path, ' ') != NULL) && colon - path > 1;
    if (path[0] == '{' || path[0] == '[')
        snprintf(out, cap, "%s", "{...}");
    else if (connection)
        snprintf(out, cap, "%.*s", (int)(colon - path + 1), path);
    else
        snprintf(out, cap, "%s", slash != NULL && slash[1] != '\0' ? slash + 1 : path);
}

// "before": the options of this role begin with it.
static const char *option_of(const struct source *s, char *out, size_t cap)
{
    size_t i = 0;
    for (; s->spec.role[i] != '\0' && i + 1 < cap; i++)
        out[i] = (char)tolower((unsigned char)s->spec.role[i]);
    out[i] = '\0';
    return out;
}

static const char *keep(struct source *s, int i, const char *text)
{
    if (text == NULL)
        return NULL;
    size_t len = strlen(text);
    s->text[i] = mem_get(len + 1, 1);
    memcpy(s->text[i], text, len);
    return s->text[i];
}

static void keep_spec(struct source *s, const struct source_spec *spec)
{
    s->spec = *spec;
    s->spec.role = keep(s, 0, spec->role != NULL ? spec->role : "");
    s->spec.path = keep(s, 1, spec->path);
    s->spec.layer = keep(s, 2, spec->layer);
    s->spec.crs = keep(s, 3, spec->crs);
    s->spec.where = keep(s, 4, spec->where);
    char name[200];
    short_name(spec->path, name, sizeof name);
    snprintf(s->called, sizeof s->called, "%s %s", s->spec.role, name);
}

// --- the file --------------------------------------------------------------------------------------------------------

static bool is_there(const char *path)
{
    VSIStatBufL stat;
    return VSIStatExL(path, &stat, VSI_STAT_EXISTS_FLAG) == 0;
}

static enum status say_not_opened(const struct source *s, const struct source_hush *h, struct err *e)
{
    struct source_hush hush;
    source_hush_begin(&hush);
    bool there = is_there(s->spec.path), named = strchr(s->spec.path, ':') != NULL;
    GDALDriverH raster = there ? GDALIdentifyDriverEx(s->spec.path, GDAL_OF_RASTER, NULL, NULL) : NULL;
    source_hush_end(&hush);
    if (!there && !named)
        return err_set(e, NOT_FOUND, "%s: there is no such file", s->called);
    if (raster != NULL && GDALGetMetadataItem(raster, GDAL_DCAP_VECTOR, NULL) == NULL)
        return err_set(e, INVALID, "%s is a raster (%s); a vector layer of building footprints is needed", s->called,
                       GDALGetDriverShortName(raster));
    if (h->said[0] != '\0' && strstr(h->said, "not recognized") == NULL)
        return err_set(e, INVALID, "%s cannot be opened as a vector layer: %.300s", s->called, h->said);
    return err_set(e, INVALID, "%s is no vector format GDAL knows; give a GeoPackage, Shapefile, GeoJSON, FlatGeobuf or the like", s->called);
}

static enum status open_file(struct source *s, struct err *e)
{
    static const char *const plain[] = { "GPKG", "FlatGeobuf", "GeoJSON", "GeoJSONSeq", "ESRI Shapefile", NULL };
    struct source_hush hush;
    source_hush_begin(&hush);
    s->dataset = GDALOpenEx(s->spec.path, GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, s->spec.from_stranger ? plain : NULL, NULL, NULL);
    source_hush_end(&hush);
    return s->dataset != NULL ? OK : say_not_opened(s, &hush, e);
}

// --- the layer -------------------------------------------------------------------------------------------------------

static enum status say_layers(const struct source *s, struct err *e)
{
    char option[16];
    struct buf list;
    buf_init(&list, SOURCE_LIST_BYTES);
    for (int i = 0; i < GDALDatasetGetLayerCount(s->dataset); i++)
        source_list_add(&list, OGR_L_GetName(GDALDatasetGetLayer(s->dataset, i)));
    option_of(s, option, sizeof option);
    const char *layers = list.len > 0 ? list.data : "-";
    if (s->spec.layer != NULL)
        err_set(e, INVALID, "%s has no layer \"%.80s\"; it has: %.500s", s->called, s->spec.layer, layers);
    else
        err_set(e, INVALID, "%s has several layers; choose one with --%s-layer: %.500s", s->called, option, layers);
    buf_clear(&list);
    return INVALID;
}

static enum status choose_layer(struct source *s, struct err *e)
{
    int layers = GDALDatasetGetLayerCount(s->dataset);
    if (layers == 0)
        return err_set(e, INVALID, "%s holds no vector layer", s->called);
    if (s->spec.layer != NULL)
        s->layer = GDALDatasetGetLayerByName(s->dataset, s->spec.layer);
    else if (layers == 1)
        s->layer = GDALDatasetGetLayer(s->dataset, 0);
    if (s->layer == NULL)
        return say_layers(s, e);
    if (OGR_L_GetGeomType(s->layer) == wkbNone)
        return err_set(e, INVALID, "%s: layer \"%.80s\" is a table without geometry", s->called, OGR_L_GetName(s->layer));
    return OK;
}

// --- CRS -------------------------------------------------------------------------------------------------------------

static enum status say_no_crs(const struct source *s, struct err *e)
{
    char option[16];
    return err_set(e, INVALID, "%s does not say its coordinate reference system; name it with --%s-crs, for example EPSG:4549",
                   s->called, option_of(s, option, sizeof option));
}

static enum status crs_of_file(struct source *s, struct err *e)
{
    struct source_hush hush;
    source_hush_begin(&hush);
    enum status st = source_layer_crs(s->layer, &s->crs, e);
    source_hush_end(&hush);
    return st == NOT_FOUND ? say_no_crs(s, e) : st;
}

static enum status choose_crs(struct source *s, struct err *e)
{
    return s->spec.crs != NULL ? crs_open(s->spec.crs, &s->crs, e) : crs_of_file(s, e);
}

// --- extent ----------------------------------------------------------------------------------------------------------

static void find_extent(struct source *s)
{
    struct source_hush hush;
    source_hush_begin(&hush);
    s->extent = source_layer_extent(s->layer, s->spec.where != NULL);
    s->features = OGR_L_GetFeatureCount(s->layer, FALSE);
    source_hush_end(&hush);
}

static void describe(struct source *s, enum lang lang)
{
    char name[160];
    const char *code = crs_code(s->crs);
    short_name(s->spec.path, name, sizeof name);
    snprintf(s->description, sizeof s->description, text_in(lang, "%s (%s), layer %.80s, %.100s"), name,
             GDALGetDriverShortName(GDALGetDatasetDriver(s->dataset)), OGR_L_GetName(s->layer), code[0] != '\0' ? code : crs_name(s->crs));
}

// --- the door --------------------------------------------------------------------------------------------------------

static enum status open_source(struct source *s, const struct source_spec *spec, struct err *e)
{
    enum status st = open_file(s, e);
    if (st == OK)
        st = choose_layer(s, e);
    if (st == OK)
        st = source_find_fields(s, spec, e);
    if (st == OK)
        st = choose_crs(s, e);
    if (st == OK)
        st = source_set_filter(s, e);
    if (st != OK)
        return st;
    struct source_hush hush;
    source_hush_begin(&hush);
    source_ignore_other_fields(s);
    source_hush_end(&hush);
    find_extent(s);
    describe(s, e->lang);
    return OK;
}

enum status source_open(const struct source_spec *spec, struct source **out, struct err *e)
{
    struct source *s = mem_get(1, sizeof *s);
    keep_spec(s, spec);
    enum status st = open_source(s, spec, e);
    if (st == OK)
        *out = s;
    else
        source_close(s);
    return st;
}

void source_close(struct source *s)
{
    if (s == NULL)
        return;
    struct source_hush hush;
    source_hush_begin(&hush);
    if (s->dataset != NULL)
        GDALClose(s->dataset);
    source_hush_end(&hush);
    crs_close(s->crs);
    for (size_t i = 0; i < sizeof s->text / sizeof *s->text; i++)
        mem_free(s->text[i]);
    mem_free(s);
}

const struct crs *source_crs(const struct source *s) { return s->crs; }
struct box_m source_extent(const struct source *s) { return s->extent; }
const char *source_description(const struct source *s) { return s->description; }
