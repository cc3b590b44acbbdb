// Where one must not build: along the river and the middle road, farmland and an ecological redline at the rim, and
// something old in the middle.
#include "core/base/mem.h"
#include "gis/relate.h"
#include "tests/bench/district.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double RIVER_M = 25, ROAD_M = 20, FARMLAND_M = 260, REDLINE_M = 190, HERITAGE_M = 170;
static const struct { const char *kind, *law; double weight; } KIND[] = {
    { "farmland", "基本农田保护条例第十七条", 1.0 },   { "redline", "生态保护红线管理办法", 1.0 },
    { "river_setback", "河道管理条例第二十四条", 0.8 }, { "road_setback", "公路安全保护条例第十三条", 0.6 },
    { "heritage", "文物保护法第十九条", 0.9 },
};

static struct made_zone *add_zone(struct made *m, const char *kind, const char *name)
{
    m->zone = mem_grow(m->zone, &m->zone_cap, (size_t)m->zones + 1, sizeof *m->zone);
    struct made_zone *z = &m->zone[m->zones++];
    *z = (struct made_zone){ 0 };
    for (size_t i = 0; i < sizeof KIND / sizeof *KIND; i++)
        if (strcmp(KIND[i].kind, kind) == 0)
            z->kind = KIND[i].kind, z->law = KIND[i].law, z->weight = KIND[i].weight;
    must(z->kind != NULL);
    snprintf(z->name, sizeof z->name, "%s", name);
    return z;
}

// A strip on both sides of a line: its points pushed aside along x or along y, whichever the line crosses.
static void draw_strip(const struct rings *line, double half_m, struct rings *out)
{
    struct xy_m first = line->vertex[0], last = line->vertex[line->first[1] - 1];
    bool upright = fabs(last.y - first.y) > fabs(last.x - first.x);
    uint32_t n = line->first[1];
    rings_start(out);
    for (uint32_t i = 0; i < 2 * n; i++) {
        struct xy_m p = line->vertex[i < n ? i : 2 * n - 1 - i];
        double aside = i < n ? half_m : -half_m;
        rings_add_vertex(out, upright ? (struct xy_m){ p.x + aside, p.y } : (struct xy_m){ p.x, p.y - aside });
    }
    rings_end_ring(out);
}

static void draw_disc(struct xy_m centre, double radius_m, struct rings *out)
{
    enum { CORNERS = 24 };
    rings_start(out);
    for (int i = 0; i < CORNERS; i++)
        rings_add_vertex(out, place_point(place_turned(centre, 360.0 * i / CORNERS), radius_m, 0));
    rings_end_ring(out);
}

static void draw_box(struct box_m b, struct rings *out)
{
    rings_start(out);
    shape_rectangle(out, place_turned((struct xy_m){ 0, 0 }, 0), b.min_x, b.min_y, b.max_x, b.max_y);
}

static void zones_along_lines(struct made *m)
{
    const struct made_line *middle_road = NULL;
    int roads = 0, wanted = 0;
    for (uint32_t i = 0; i < m->lines; i++)
        wanted += strcmp(m->line[i].kind, "road") == 0;
    for (uint32_t i = 0; i < m->lines; i++) {
        char name[MADE_NAME + 24];
        if (strcmp(m->line[i].kind, "river") == 0) {
            snprintf(name, sizeof name, "%.40s河道管理范围", m->line[i].name);
            draw_strip(&m->line[i].points, RIVER_M, &add_zone(m, "river_setback", name)->ground);
        } else if (++roads * 2 >= wanted && middle_road == NULL) {
            middle_road = &m->line[i];
            snprintf(name, sizeof name, "%.40s建筑控制区", m->line[i].name);
            draw_strip(&m->line[i].points, ROAD_M, &add_zone(m, "road_setback", name)->ground);
        }
    }
}

void made_zones(struct made *m)
{
    struct box_m all = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    for (uint32_t i = 0; i < m->streets; i++) {
        struct box_m b = rings_box(&m->area[i].ground);
        all = (struct box_m){ fmin(all.min_x, b.min_x), fmin(all.min_y, b.min_y), fmax(all.max_x, b.max_x), fmax(all.max_y, b.max_y) };
    }
    double width = all.max_x - all.min_x, height = all.max_y - all.min_y;
    struct box_m west = { all.min_x + 5, all.min_y + 5, all.min_x + FARMLAND_M, all.min_y + 0.6 * height };
    struct box_m south = { all.min_x + 0.55 * width, all.min_y + 5, all.max_x - 5, all.min_y + REDLINE_M };
    draw_box(west, &add_zone(m, "farmland", "永久基本农田保护片块")->ground);
    draw_box(south, &add_zone(m, "redline", "南部湿地生态保护红线")->ground);
    draw_disc((struct xy_m){ all.min_x + 0.62 * width, all.min_y + 0.5 * height }, HERITAGE_M, &add_zone(m, "heritage", "老街文物保护范围")->ground);
    zones_along_lines(m);
}

const struct made_zone *made_zone_of(const struct made *m, const struct rings *r)
{
    const struct made_zone *heaviest = NULL;
    for (uint32_t i = 0; i < m->zones; i++) {
        bool inside = relate_overlap_m2(r, &m->zone[i].ground) > 0.5 * rings_area_m2(r);
        if (inside && (heaviest == NULL || m->zone[i].weight > heaviest->weight))
            heaviest = &m->zone[i];
    }
    return heaviest;
}
