#include "tests/bench/city.h"
#include <math.h>

// Outlines on a unit frontage and a unit depth, counter-clockwise; a and b are the free proportions of the form.
static int outline_l(double a, double b, struct xy_m *v)
{
    struct xy_m p[] = { { 0, 0 }, { 1, 0 }, { 1, b }, { a, b }, { a, 1 }, { 0, 1 } };
    for (int i = 0; i < 6; i++)
        v[i] = p[i];
    return 6;
}

static int outline_t(double a, double b, struct xy_m *v)
{
    double l = 0.5 - a / 2, r = 0.5 + a / 2;
    struct xy_m p[] = { { 0, 0 }, { 1, 0 }, { 1, b }, { r, b }, { r, 1 }, { l, 1 }, { l, b }, { 0, b } };
    for (int i = 0; i < 8; i++)
        v[i] = p[i];
    return 8;
}

static int outline_u(double a, double b, struct xy_m *v)
{
    double w = a / 2;
    struct xy_m p[] = { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 1 - w, 1 }, { 1 - w, b }, { w, b }, { w, 1 }, { 0, 1 } };
    for (int i = 0; i < 8; i++)
        v[i] = p[i];
    return 8;
}

static int (*const OUTLINE[])(double, double, struct xy_m *) = {
    [FORM_L] = outline_l, [FORM_T] = outline_t, [FORM_U] = outline_u,
};

static void draw_court(struct place p, double width_m, double depth_m, struct rng *r, struct rings *out)
{
    double wing = fmin(rng_between(r, 8, 13), 0.3 * fmin(width_m, depth_m));
    struct xy_m court[] = {
        { wing, wing }, { wing, depth_m - wing }, { width_m - wing, depth_m - wing }, { width_m - wing, wing }
    };
    shape_rectangle(out, p, 0, 0, width_m, depth_m);
    shape_add_ring(out, p, court, 4);
}

void building_draw(struct place p, enum building_form form, double width_m, double depth_m, struct rng *r,
                   struct rings *out)
{
    rings_start(out);
    if (form == FORM_BLOCK) {
        shape_rectangle(out, p, 0, 0, width_m, depth_m);
        return;
    }
    if (form == FORM_COURT) {
        draw_court(p, width_m, depth_m, r, out);
        return;
    }
    struct xy_m v[8];
    double a = rng_between(r, 0.35, 0.65), b = rng_between(r, 0.4, 0.7);
    int n = OUTLINE[form](a, b, v);
    for (int i = 0; i < n; i++)
        v[i] = (struct xy_m){ v[i].x * width_m, v[i].y * depth_m };
    shape_add_ring(out, p, v, n);
}

double building_height_m(struct rng *r, int least_floors, int most_floors)
{
    return 3.0 * (least_floors + (int)rng_below(r, (uint32_t)(most_floors - least_floors + 1)));
}
