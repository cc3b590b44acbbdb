#include "core/feature_cell.h"

#include "gis/kml.h"
#include <stdio.h>
#include <string.h>

// KML 2.3 (OGC 12-007r2), written as it goes: GDAL's writer keeps everything in memory and its time grows with the square.

static void put_element(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, "<%s>", name);
    buf_html(out, text);
    buf_printf(out, "</%s>", name);
}

void cell_kml_head(const struct layer *l, const struct cell_style *s, struct buf *out)
{
    buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>\n");
    put_element(out, "name", s->lang == LANG_ZH ? l->title_zh : l->title_en);
    buf_text(out, "\n");
}

void cell_kml_foot(struct buf *out) { buf_text(out, "</Document></kml>\n"); }

// What stands beside the mark on a map: a name, else a number, else the id.
static const char *name_of(const struct feature *f)
{
    static const char *const called[] = { "name", "name_zh", "number", "code" };
    for (size_t k = 0; k < sizeof called / sizeof *called; k++)
        for (int i = 0; i < f->layer->properties; i++)
            if (strcmp(f->layer->property[i].name, called[k]) == 0 && f->layer->property[i].type == PROPERTY_TEXT && feature_has(f, i))
                return feature_text(f, i);
    return f->id;
}

static void put_number(struct buf *out, const struct sink_value *v, enum sink_type type)
{
    if (type == SINK_INTEGER)
        buf_integer(out, v->integer);
    else
        buf_json_number(out, v->real, 9);
}

static void put_data(struct buf *out, const struct feature *f, const struct cell_column *c, const struct cell_style *s)
{
    char room[WHEN_LOCAL_TEXT];
    struct sink_value v;
    cell_value(f, c, s, room, &v);
    if (v.is_null)
        return;
    buf_text(out, "<Data name=\"");
    buf_html(out, cell_name(f->layer, c));
    buf_text(out, "\">");
    put_element(out, "displayName", c->title);
    buf_text(out, "<value>");
    if (cell_type(f->layer, c) == SINK_TEXT)
        buf_html(out, v.text);
    else
        put_number(out, &v, cell_type(f->layer, c));
    buf_text(out, "</value></Data>");
}

void cell_kml_placemark(const struct feature *f, const struct cell_columns *c, const struct cell_style *s, struct buf *out)
{
    buf_text(out, "<Placemark id=\"id-");   // an id of XML begins with a letter
    buf_html(out, f->id);
    buf_text(out, "\">");
    put_element(out, "name", name_of(f));
    buf_text(out, "<ExtendedData>");
    for (int i = 0; i < c->count; i++)
        put_data(out, f, &c->column[i], s);
    buf_text(out, "</ExtendedData>");
    if (f->wkb != NULL)
        kml_add_wkb(out, f->wkb, f->wkb_len);
    buf_text(out, "</Placemark>\n");
}
