#include "gis/source_inside.h"
#include <cpl_string.h>
#include <ogr_api.h>
#include <string.h>
#include <strings.h>

void source_list_add(struct buf *list, const char *name)
{
    if (list->len < SOURCE_LIST_BYTES / 4)
        buf_printf(list, "%s%.80s", list->len > 0 ? ", " : "", name);
}

static enum status say_fields(const struct source *s, const char *wanted, struct err *e)
{
    struct buf list;
    buf_init(&list, SOURCE_LIST_BYTES);
    OGRFeatureDefnH defn = OGR_L_GetLayerDefn(s->layer);
    for (int i = 0; i < OGR_FD_GetFieldCount(defn); i++)
        source_list_add(&list, OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(defn, i)));
    err_set(e, INVALID, "%s has no field \"%.80s\"; it has: %.500s", s->called, wanted, list.len > 0 ? list.data : "-");
    buf_clear(&list);
    return INVALID;
}

static bool is_plain(OGRFieldType type)
{
    return type == OFTInteger || type == OFTInteger64 || type == OFTReal || type == OFTString;
}

// The exact spelling first, then any case.
static int field_index(OGRFeatureDefnH defn, const char *wanted)
{
    int n = OGR_FD_GetFieldCount(defn);
    for (int i = 0; i < n; i++)
        if (strcmp(OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(defn, i)), wanted) == 0)
            return i;
    for (int i = 0; i < n; i++)
        if (strcasecmp(OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(defn, i)), wanted) == 0)
            return i;
    return -1;
}

static enum status find_field(struct source *s, enum source_field field, const char *wanted, struct err *e)
{
    if (wanted == NULL)
        return OK;
    OGRFeatureDefnH defn = OGR_L_GetLayerDefn(s->layer);
    int i = field_index(defn, wanted);
    if (i < 0 && field == FIELD_ID && strcasecmp(wanted, OGR_L_GetFIDColumn(s->layer)) == 0)
        return OK; // the feature id itself
    if (i < 0)
        return say_fields(s, wanted, e);
    OGRFieldDefnH found = OGR_FD_GetFieldDefn(defn, i);
    if (!is_plain(OGR_Fld_GetType(found)))
        return err_set(e, INVALID, "%s: field \"%.80s\" is of type %s; a text or a number is needed", s->called, wanted,
                       OGR_GetFieldTypeName(OGR_Fld_GetType(found)));
    s->field[field] = OGR_Fld_GetNameRef(found);
    return OK;
}

enum status source_find_fields(struct source *s, const struct source_spec *spec, struct err *e)
{
    const char *const wanted[SOURCE_FIELDS] = {
        [FIELD_ID] = spec->id_field, [FIELD_HEIGHT] = spec->height_field, [FIELD_FLOORS] = spec->floors_field,
        [FIELD_DISSOLVE] = spec->dissolve_by, [FIELD_KIND] = spec->kind_field,
    };
    enum status st = OK;
    for (int i = 0; i < SOURCE_FIELDS && st == OK; i++)
        st = find_field(s, i, wanted[i], e);
    return st;
}

static bool is_wanted(const struct source *s, const char *name)
{
    for (int i = 0; i < SOURCE_FIELDS; i++)
        if (s->field[i] != NULL && strcmp(s->field[i], name) == 0)
            return true;
    return s->spec.where != NULL && strcasestr(s->spec.where, name) != NULL; // the filter may need it
}

// Decoding columns nobody asked for would cost more than the geometry. Of several geometries the first counts.
void source_ignore_other_fields(struct source *s)
{
    OGRFeatureDefnH defn = OGR_L_GetLayerDefn(s->layer);
    char **ignored = CSLAddString(NULL, "OGR_STYLE");
    for (int i = 0; i < OGR_FD_GetFieldCount(defn); i++) {
        const char *name = OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(defn, i));
        if (!is_wanted(s, name))
            ignored = CSLAddString(ignored, name);
    }
    for (int i = 1; i < OGR_FD_GetGeomFieldCount(defn); i++)
        ignored = CSLAddString(ignored, OGR_GFld_GetNameRef(OGR_FD_GetGeomFieldDefn(defn, i)));
    OGR_L_SetIgnoredFields(s->layer, (const char **)ignored);
    CSLDestroy(ignored);
}

enum status source_set_filter(struct source *s, struct err *e)
{
    if (s->spec.where == NULL)
        return OK;
    struct source_hush hush;
    source_hush_begin(&hush);
    bool good = OGR_L_SetAttributeFilter(s->layer, s->spec.where) == OGRERR_NONE;
    source_hush_end(&hush);
    return good ? OK : err_set(e, INVALID, "%s: the filter \"%.200s\" is not understood: %.300s", s->called,
                               s->spec.where, hush.said[0] != '\0' ? hush.said : "-");
}
