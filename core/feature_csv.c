#include "core/feature_cell.h"

#include "gis/wkt.h"
#include <string.h>

enum { PLACE_DECIMALS = 7, NUMBER_DECIMALS = 9 };
static const char BYTE_ORDER_MARK[] = "\xEF\xBB\xBF", LINE_END[] = "\r\n";

// What table programs calculate when they find it at the beginning of a cell.
static bool is_formula(const char *text) { return text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL; }

static void put_text(struct buf *out, const char *text)
{
    bool is_plain = !is_formula(text) && text[strcspn(text, "\",\r\n")] == '\0' && text[0] != ' ';
    if (is_plain) {
        buf_utf8(out, text);
        return;
    }
    buf_text(out, is_formula(text) ? "\"'" : "\"");
    for (const char *quote; (quote = strchr(text, '"')) != NULL; text = quote + 1) {
        buf_add(out, text, (size_t)(quote - text));
        buf_text(out, "\"\"");
    }
    buf_utf8(out, text);
    buf_text(out, "\"");
}

static void put_value(struct buf *out, const struct sink_value *v, enum sink_type type)
{
    if (v->is_null)
        return;
    switch (type) {
    case SINK_INTEGER: buf_integer(out, v->integer); return;
    case SINK_REAL: buf_json_number(out, v->real, NUMBER_DECIMALS); return;
    default: put_text(out, v->text != NULL ? v->text : "");
    }
}

void cell_csv_head(const struct layer *l, const struct cell_columns *c, struct buf *out)
{
    buf_text(out, BYTE_ORDER_MARK);
    buf_text(out, "WKT");
    for (int i = 0; i < c->count; i++) {
        buf_text(out, ",");
        put_text(out, c->column[i].title);
    }
    buf_text(out, l->geometry == LAYER_POINT ? ",lon,lat" : "");
    buf_text(out, LINE_END);
}

static void put_place(struct buf *out, const struct feature *f)
{
    struct xy_m p;
    bool found = f->wkb != NULL && wkt_point(f->wkb, f->wkb_len, &p);
    buf_text(out, ",");
    if (found)
        buf_fixed(out, p.x, PLACE_DECIMALS);
    buf_text(out, ",");
    if (found)
        buf_fixed(out, p.y, PLACE_DECIMALS);
}

void cell_csv_line(const struct feature *f, const struct feature *moved, const struct cell_columns *c, const struct cell_style *s, int decimals, struct buf *out)
{
    char room[WHEN_LOCAL_TEXT];
    struct sink_value v;
    if (moved->wkb != NULL) {
        buf_text(out, "\"");
        wkt_add_wkb(out, moved->wkb, moved->wkb_len, decimals);
        buf_text(out, "\"");
    }
    for (int i = 0; i < c->count; i++) {
        buf_text(out, ",");
        cell_value(f, &c->column[i], s, room, &v);
        put_value(out, &v, cell_type(f->layer, &c->column[i]));
    }
    if (f->layer->geometry == LAYER_POINT)
        put_place(out, f);
    buf_text(out, LINE_END);
}
