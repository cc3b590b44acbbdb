#include "api/web_shape.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// A plan of a few hundred metres: metres east and north of the middle are true enough by the length of a degree there.
enum { PLAN_PX = 320, MARGIN_PX = 24, POINTS_MOST = 200000 };
static const double DEGREE_M = 111320, LEAST_M = 20;

struct plan { double west, south, east, north, scale, cos_lat; int points; };

static bool is_position(struct json v) { return json_count(v) >= 2 && isfinite(page_number(json_at(v, 0))); }

static void take_position(struct plan *plan, double lon, double lat)
{
    plan->west = fmin(plan->west, lon), plan->east = fmax(plan->east, lon);
    plan->south = fmin(plan->south, lat), plan->north = fmax(plan->north, lat);
    plan->points++;
}

static void take_in(struct plan *plan, struct json v)
{
    if (is_position(v)) {
        take_position(plan, page_number(json_at(v, 0)), page_number(json_at(v, 1)));
        return;
    }
    for (size_t i = 0; i < json_count(v) && json_kind(v) == JSON_KIND_LIST; i++)
        take_in(plan, json_at(v, i));
}

static void put_position(struct web_page *p, const struct plan *plan, struct json v, char how)
{
    double x = (page_number(json_at(v, 0)) - (plan->west + plan->east) / 2) * DEGREE_M * plan->cos_lat * plan->scale;
    double y = ((plan->south + plan->north) / 2 - page_number(json_at(v, 1))) * DEGREE_M * plan->scale;
    buf_printf(p->out, "%c%.1f %.1f", how, x + PLAN_PX / 2.0, y + PLAN_PX / 2.0);
}

// A ring or a line becomes one piece of the path; a lone position a dot.
static void put_pieces(struct web_page *p, const struct plan *plan, struct json v, bool is_area)
{
    if (is_position(v)) {
        put_position(p, plan, v, 'M');
        page_raw(p, "h.01");
        return;
    }
    bool is_line = is_position(json_at(v, 0));
    for (size_t i = 0; i < json_count(v); i++)
        if (is_line)
            put_position(p, plan, json_at(v, i), i == 0 ? 'M' : 'L');
        else
            put_pieces(p, plan, json_at(v, i), is_area);
    if (is_line && is_area)
        page_raw(p, "Z");
}

// 1, 2 or 5 times a power of ten, about a third of the plan.
static double bar_of(double plan_m)
{
    double power = pow(10, floor(log10(plan_m / 3))), times = plan_m / 3 / power;
    return (times >= 5 ? 5 : times >= 2 ? 2 : 1) * power;
}

static void put_bar(struct web_page *p, double plan_m, double scale)
{
    double bar_m = bar_of(plan_m);
    buf_printf(p->out, "<path class=\"bar\" d=\"M10 %dv5h%.1fv-5\"/><text x=\"14\" y=\"%d\">%g m</text>", PLAN_PX - 15, bar_m * scale, PLAN_PX - 16, bar_m);
}

// Calls fn for the geometry itself, or for each of a collection.
typedef void geometry_visit(struct web_page *p, struct plan *plan, struct json geometry, const char *look);
static void each_geometry(struct web_page *p, struct plan *plan, const struct plan_shape *s, geometry_visit *fn)
{
    struct json features = json_get(s->shape, "features");
    for (size_t i = 0; i < json_count(features); i++)
        fn(p, plan, json_get(json_at(features, i), "geometry"), s->look);
    if (json_kind(features) == JSON_KIND_NONE)
        fn(p, plan, s->shape, s->look);
}

static void frame(struct web_page *p, struct plan *plan, struct json geometry, const char *look)
{
    (void)p, (void)look;
    take_in(plan, json_get(geometry, "coordinates"));
}

static void draw(struct web_page *p, struct plan *plan, struct json geometry, const char *look)
{
    const char *type = page_word(json_get(geometry, "type"));
    bool is_dot = strcmp(type, "Point") == 0, is_area = strstr(type, "Polygon") != NULL;
    if (look == NULL)
        return;
    buf_printf(p->out, "<path class=\"%s\" d=\"", is_dot ? "dot" : is_area ? look : "line");
    put_pieces(p, plan, json_get(geometry, "coordinates"), is_area);
    page_raw(p, "\"/>");
}

// False: there is nothing to draw, or what is no longitude and latitude.
static bool settle(struct plan *plan, double *plan_m)
{
    if (plan->points == 0 || plan->points > POINTS_MOST || fabs(plan->south) > 90 || fabs(plan->north) > 90 || fabs(plan->west) > 360 || fabs(plan->east) > 360)
        return false;
    plan->cos_lat = cos((plan->south + plan->north) / 2 * M_PI / 180);
    double wide_m = fmax((plan->east - plan->west) * DEGREE_M * plan->cos_lat, (plan->north - plan->south) * DEGREE_M);
    *plan_m = fmax(wide_m, LEAST_M) * PLAN_PX / (PLAN_PX - 2 * MARGIN_PX);
    plan->scale = PLAN_PX / *plan_m;
    return true;
}

static void begin_figure(struct web_page *p)
{
    buf_printf(p->out, "<figure class=\"plan\"><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", PLAN_PX, PLAN_PX);
    page_say(p, "Its shape, north is up");
    page_raw(p, "\">");
}

static void end_figure(struct web_page *p, const struct plan *plan, double plan_m, const char *caption)
{
    put_bar(p, plan_m, plan->scale);
    page_raw(p, "</svg><figcaption>");
    if (caption != NULL)
        page_text(p, caption);
    else
        buf_printf(p->out, "%.6f, %.6f", (plan->west + plan->east) / 2, (plan->south + plan->north) / 2);
    page_raw(p, "</figcaption></figure>\n");
}

static const struct plan EMPTY = { .west = INFINITY, .south = INFINITY, .east = -INFINITY, .north = -INFINITY };

void page_plan(struct web_page *p, const struct plan_shape drawn[PLAN_SHAPES], const char *caption)
{
    struct plan plan = EMPTY;
    double plan_m = 0;
    for (int i = 0; i < PLAN_SHAPES; i++)
        each_geometry(p, &plan, &drawn[i], frame);
    if (!settle(&plan, &plan_m))
        return;
    begin_figure(p);
    for (int i = 0; i < PLAN_SHAPES; i++)
        each_geometry(p, &plan, &drawn[i], draw);
    end_figure(p, &plan, plan_m, caption);
}

void page_shape(struct web_page *p, struct json geometry)
{
    page_plan(p, (struct plan_shape[PLAN_SHAPES]){ { geometry, "area" } }, NULL);
}

void page_dot(struct web_page *p, double lon, double lat)
{
    struct plan plan = EMPTY;
    double plan_m = 0;
    if (!isfinite(lon) || !isfinite(lat))
        return;
    take_position(&plan, lon, lat);
    if (!settle(&plan, &plan_m))
        return;
    begin_figure(p);
    buf_printf(p->out, "<path class=\"dot\" d=\"M%d %dh.01\"/>", PLAN_PX / 2, PLAN_PX / 2);
    end_figure(p, &plan, plan_m, NULL);
}
