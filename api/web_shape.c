#include "api/web_shape.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// A plan of a few hundred metres: metres east and north of the middle are true enough by the length of a degree there.
enum { PLAN_PX = 320, MARGIN_PX = 24, POINTS_MOST = 200000 };
static const double DEGREE_M = 111320, LEAST_M = 20;

struct plan { double west, south, east, north, scale, cos_lat; int points; };

static bool is_position(struct json v) { return json_count(v) >= 2 && isfinite(page_number(json_at(v, 0))); }

static void take_in(struct plan *plan, struct json v)
{
    if (is_position(v)) {
        double lon = page_number(json_at(v, 0)), lat = page_number(json_at(v, 1));
        plan->west = fmin(plan->west, lon), plan->east = fmax(plan->east, lon);
        plan->south = fmin(plan->south, lat), plan->north = fmax(plan->north, lat);
        plan->points++;
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

void page_shape(struct web_page *p, struct json geometry)
{
    struct plan plan = { .west = INFINITY, .south = INFINITY, .east = -INFINITY, .north = -INFINITY };
    struct json coordinates = json_get(geometry, "coordinates");
    const char *type = page_word(json_get(geometry, "type"));
    take_in(&plan, coordinates);
    if (plan.points == 0 || plan.points > POINTS_MOST || fabs(plan.south) > 90 || fabs(plan.north) > 90 || fabs(plan.west) > 360)
        return;
    plan.cos_lat = cos((plan.south + plan.north) / 2 * M_PI / 180);
    double wide_m = fmax((plan.east - plan.west) * DEGREE_M * plan.cos_lat, (plan.north - plan.south) * DEGREE_M);
    double plan_m = fmax(wide_m, LEAST_M) * PLAN_PX / (PLAN_PX - 2 * MARGIN_PX);
    plan.scale = PLAN_PX / plan_m;
    bool is_dot = strcmp(type, "Point") == 0, is_area = strstr(type, "Polygon") != NULL;
    buf_printf(p->out, "<figure class=\"plan\"><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", PLAN_PX, PLAN_PX);
    page_say(p, "Its shape, north is up");
    buf_printf(p->out, "\"><path class=\"%s\" d=\"", is_dot ? "dot" : is_area ? "area" : "line");
    put_pieces(p, &plan, coordinates, is_area);
    page_raw(p, "\"/>");
    put_bar(p, plan_m, plan.scale);
    buf_printf(p->out, "</svg><figcaption>%.6f, %.6f</figcaption></figure>\n", (plan.west + plan.east) / 2, (plan.south + plan.north) / 2);
}
