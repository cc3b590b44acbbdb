#include "api/report_map.h"
#include "api/reason.h"
#include "gis/wkb.h"
#include <math.h>

static const double UNITS = 10; // a metre has so many units

static const char *const COLOUR[CHANGE_CLASSES] = {
    [CHANGE_NEW] = "#d7263d",      [CHANGE_GONE] = "#5b5f97",      [CHANGE_SAME] = "#9aa5a0",   [CHANGE_SHIFTED] = "#8d99ae",
    [CHANGE_ENLARGED] = "#f46036", [CHANGE_REDUCED] = "#2e86ab",   [CHANGE_RESHAPED] = "#a846a0", [CHANGE_REBUILT] = "#8f2d56",
    [CHANGE_SPLIT] = "#1b998b",    [CHANGE_MERGED] = "#117864",    [CHANGE_INFILLED] = "#e0a106", [CHANGE_HEIGHTENED] = "#b5651d",
    [CHANGE_LOWERED] = "#3d7a99",  [CHANGE_CAPTURE_RULE] = "#a3a380", [CHANGE_UNKNOWN] = "#b8b8b8",
};
const char *report_colour(enum change_class c) { return COLOUR[c]; }

struct box_m report_area(const struct comparison *c)
{
    struct box_m all = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    for (int side = 0; side < SIDES; side++) {
        const struct footprints *f = &c->pair.survey[side].layer;
        for (int64_t i = 0; i < f->count; i++) {
            struct box_m b = footprint_box(f, i);
            all = (struct box_m){ fmin(all.min_x, b.min_x), fmin(all.min_y, b.min_y), fmax(all.max_x, b.max_x),
                                  fmax(all.max_y, b.max_y) };
        }
    }
    if (!(all.min_x <= all.max_x))
        return (struct box_m){ 0, 0, 100, 100 };
    double margin = 10 + 0.02 * fmax(all.max_x - all.min_x, all.max_y - all.min_y);
    return (struct box_m){ all.min_x - margin, all.min_y - margin, all.max_x + margin, all.max_y + margin };
}

static long long unit_x(struct box_m area, double x_m) { return llround((x_m - area.min_x) * UNITS); }
static long long unit_y(struct box_m area, double y_m) { return llround((area.max_y - y_m) * UNITS); }

struct xy_m report_place(struct box_m area, struct mm64 where)
{
    return (struct xy_m){ (double)unit_x(area, (double)where.x / 1000), (double)unit_y(area, (double)where.y / 1000) };
}

static void open_svg(struct box_m area, const char *id, struct buf *out)
{
    buf_printf(out, "<svg id=\"%s\" viewBox=\"0 0 %lld %lld\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\">\n", id,
               unit_x(area, area.max_x), unit_y(area, area.min_y));
}

// One ring as a closed path: the first vertex absolute, the others relative, which is short.
static void add_ring(const struct xy_m *v, uint32_t count, struct xy_m origin, struct box_m area, struct buf *out)
{
    long long x = unit_x(area, origin.x + v[0].x), y = unit_y(area, origin.y + v[0].y);
    buf_printf(out, "M%lld %lldl", x, y);
    for (uint32_t i = 1; i < count; i++) {
        long long next_x = unit_x(area, origin.x + v[i].x), next_y = unit_y(area, origin.y + v[i].y);
        buf_printf(out, "%lld %lld ", next_x - x, next_y - y);
        x = next_x;
        y = next_y;
    }
    buf_text(out, "z");
}

static void add_rings(const struct rings *r, struct xy_m origin, struct box_m area, struct buf *out)
{
    for (uint32_t k = 0; k < r->count; k++)
        if (r->first[k + 1] > r->first[k])
            add_ring(r->vertex + r->first[k], r->first[k + 1] - r->first[k], origin, area, out);
}

static int64_t add_background(const struct footprints *f, struct box_m area, struct buf *out)
{
    if (f->count > MAP_BACKGROUND_MOST)
        return 0;
    struct rings r = { 0 };
    buf_text(out, "<path class=\"ground\" d=\"");
    for (int64_t i = 0; i < f->count; i++) {
        struct mm64 frame = f->origin[i];
        footprint_rings(f, i, frame, (struct xy_m){ 0, 0 }, &r);
        add_rings(&r, (struct xy_m){ (double)frame.x / 1000, (double)frame.y / 1000 }, area, out);
    }
    buf_text(out, "\"/>\n");
    rings_clear(&r);
    return f->count;
}

// A dot that keeps its size at any zoom (a line without length), and the true shape for those who zoom in.
static void add_change(const struct diff_result *d, int64_t i, struct wkb_shape *shape, struct box_m area, struct buf *out)
{
    const struct change *ch = &d->change[i];
    struct wkb_facts facts = { 0 };
    buf_printf(out, "<a href=\"#r%lld\" data-c=\"%s\" fill=\"%s\" stroke=\"%s\">", (long long)i + 1,
               change_class_name(ch->class), COLOUR[ch->class], COLOUR[ch->class]);
    enum wkb_kind kind = ch->wkb_len > 0 ? wkb_read(d->wkb + ch->wkb_first, ch->wkb_len, shape, &facts) : WKB_EMPTY;
    if (kind == WKB_POLYGON || kind == WKB_MULTIPOLYGON) {
        buf_text(out, "<path d=\"");
        add_rings(&shape->rings, (struct xy_m){ 0, 0 }, area, out);
        buf_text(out, "\"/>");
    }
    buf_printf(out, "<path class=\"dot\" d=\"M%lld %lldh0\"/></a>\n", unit_x(area, (double)ch->where.x / 1000),
               unit_y(area, (double)ch->where.y / 1000));
}

// A bar of a round length in the drawing itself, for those without a script; the page's own bar follows the zoom.
static void add_scale_bar(struct box_m area, struct buf *out)
{
    double long_side = fmax(area.max_x - area.min_x, area.max_y - area.min_y), power = pow(10, floor(log10(long_side / 6)));
    double lead = long_side / 6 / power, bar_m = (lead >= 5 ? 5 : lead >= 2 ? 2 : 1) * power;
    double margin = 0.015 * long_side * UNITS, y = (area.max_y - area.min_y) * UNITS - margin;
    buf_printf(out, "<g class=\"still\"><path d=\"M%.0f %.0fv%.0fh%.0fv%.0f\"/><text x=\"%.0f\" y=\"%.0f\" font-size=\"%.0f\">%g m</text></g>\n",
               margin, y - margin / 2, margin / 2, bar_m * UNITS, -margin / 2, 1.5 * margin, y - margin / 2, margin, bar_m);
}

static bool is_drawn(const struct change *ch) { return ch->class != CHANGE_SAME; }

void report_map(const struct comparison *c, struct box_m area, struct buf *out, struct map_facts *facts)
{
    *facts = (struct map_facts){ 0 };
    open_svg(area, "map", out);
    facts->buildings_drawn = add_background(&c->pair.survey[AFTER].layer, area, out);
    struct wkb_shape shape = { 0 };
    int64_t most = c->pair.result.count < MAP_CHANGES_MOST ? c->pair.result.count : MAP_CHANGES_MOST;
    for (int64_t i = most - 1; i >= 0; i--) // the first in rank on top
        if (is_drawn(&c->pair.result.change[i])) {
            add_change(&c->pair.result, i, &shape, area, out);
            facts->changes_drawn++;
        }
    wkb_shape_clear(&shape);
    add_scale_bar(area, out);
    buf_text(out, "</svg>\n");
}

// Arrows long enough to be seen: the longest is about as long as the cells are apart.
static double arrow_scale(const struct diff_result *d, struct box_m area)
{
    double longest = 0;
    for (int64_t i = 0; i < d->cells; i++)
        longest = fmax(longest, hypot(d->cell[i].shift.x, d->cell[i].shift.y));
    double apart = sqrt((area.max_x - area.min_x) * (area.max_y - area.min_y) / fmax(1, (double)d->cells));
    if (longest < 0.005)
        return 0;
    double scale = fmin(apart, 0.2 * fmax(area.max_x - area.min_x, area.max_y - area.min_y)) / longest;
    double power = pow(10, floor(log10(scale)));
    return fmax(1, floor(scale / power) * power); // a round number, which can be told
}

static void add_arrow(const struct registration_cell *cell, double scale, struct box_m area, double head, struct buf *out)
{
    double dx = cell->shift.x * scale * UNITS, dy = -cell->shift.y * scale * UNITS, length = hypot(dx, dy);
    long long x = unit_x(area, cell->where.x), y = unit_y(area, cell->where.y);
    buf_printf(out, "<g class=\"%s\"><path class=\"dot\" d=\"M%lld %lldh0\"/>", cell->doubtful ? "doubtful" : "sure", x, y);
    if (length > 1) {
        double ux = dx / length, uy = dy / length, h = fmin(head, length / 2);
        buf_printf(out, "<path d=\"M%lld %lldl%.0f %.0fm%.0f %.0fl%.0f %.0fl%.0f %.0f\"/>", x, y, dx, dy, h * (-ux - 0.5 * uy),
                   h * (-uy + 0.5 * ux), h * (ux + 0.5 * uy), h * (uy - 0.5 * ux), h * (-ux + 0.5 * uy), h * (-uy - 0.5 * ux));
    }
    buf_text(out, "</g>\n");
}

void report_arrows(const struct comparison *c, struct box_m area, struct buf *out, struct map_facts *facts)
{
    const struct diff_result *d = &c->pair.result;
    *facts = (struct map_facts){ .arrow_scale = arrow_scale(d, area) };
    int64_t step = d->cells / MAP_ARROWS_MOST + 1; // every so manieth: evenly over the area, as cells come in rows
    double head = 0.012 * fmax(area.max_x - area.min_x, area.max_y - area.min_y) * UNITS;
    open_svg(area, "arrows", out);
    for (int64_t i = 0; i < d->cells; i += step) {
        add_arrow(&d->cell[i], facts->arrow_scale, area, head, out);
        facts->arrows_drawn++;
    }
    add_scale_bar(area, out);
    buf_text(out, "</svg>\n");
}
