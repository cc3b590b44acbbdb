#include "core/base/mem.h"
#include "gis/sink_inside.h"
#include <ogr_api.h>
#include <string.h>

enum { SHORT_TEXT_MOST = 254 };

static bool set_geometry(struct sink_maker *m, OGRFeatureH feature, const uint8_t *wkb, size_t len)
{
    if (wkb == NULL || m->road == NULL) {
        OGR_F_SetGeometryDirectly(feature, NULL); // the row before had one
        return true;
    }
    size_t most = sink_shape_len(wkb, len);
    struct box_m box;
    if (most > m->wkb_cap)
        m->wkb = mem_grow(m->wkb, &m->wkb_cap, most, 1);
    OGRGeometryH shape = NULL;
    if (most == 0 || !sink_shape_put(m, wkb, len, m->wkb, &box) ||
        OGR_G_CreateFromWkb(m->wkb, NULL, &shape, (int)most) != OGRERR_NONE)
        return false;
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

static void set_value(const struct sink *s, OGRFeatureH feature, int i, const struct sink_cell *cell)
{
    switch (cell->kind) {
    case CELL_NULL: case CELL_BLOB: OGR_F_SetFieldNull(feature, i); break;
    case CELL_INTEGER: OGR_F_SetFieldInteger64(feature, i, cell->integer); break;
    case CELL_REAL: OGR_F_SetFieldDouble(feature, i, cell->real); break;
    case CELL_TEXT:
        if ((s->traits & SINK_SHORT_NAMES) != 0 && cell->len > SHORT_TEXT_MOST)
            set_short_text(feature, i, cell->bytes);
        else
            OGR_F_SetFieldString(feature, i, cell->bytes);
    }
}

bool sink_feature_make(const struct sink *s, struct sink_maker *m, const uint8_t *wkb, size_t len, void **feature)
{
    if (*feature == NULL)
        *feature = OGR_F_Create(s->definition);
    for (int i = 0; i < s->fields; i++)
        set_value(s, *feature, i, &m->cell[i]);
    return set_geometry(m, *feature, wkb, len);
}

bool sink_feature_write(struct sink *s, void *feature)
{
    OGR_F_SetFID(feature, OGRNullFID);
    return OGR_L_CreateFeature(s->layer, feature) == OGRERR_NONE;
}

void sink_feature_free(void *feature)
{
    if (feature != NULL)
        OGR_F_Destroy(feature);
}
