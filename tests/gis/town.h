// town.h - communities with bays, lakes, houses, roads and rivers for tests of the grid, and what is asked of the cells made of them.
// Include after cmocka.h.
#pragma once
#include "gis/cells_check.h"
#include "gis/cells_make.h"
#include "core/base/mem.h"
#include "tests/gis/shapes.h"

enum { TOWN_CODE = 40, TOWN_CELLS_MAX = 3000 };
static const struct xy_m TOWN_ORIGIN = { 431000, 3541000 };

static struct pool *pool;
static struct err e;

struct town {
    char what[96];                     // said when something is wrong with it
    struct polygons community, building, cells;
    struct segments lines;
    uint8_t parent[TOWN_CELLS_MAX];    // community of each cell
    struct cells_made made;            // of the last community that was made
    struct cells_findings found;
};

static inline void town_init(struct town *p)
{
    *p = (struct town){0};
    polygons_init(&p->community, TOWN_ORIGIN);
    polygons_init(&p->building, TOWN_ORIGIN);
}

static inline void town_clear(struct town *p)
{
    polygons_clear(&p->community);
    polygons_clear(&p->building);
    polygons_clear(&p->cells);
    segments_clear(&p->lines);
    cells_findings_clear(&p->found);
}

// A wavy round border of this radius with bays, and a lake in it: coordinates with all their digits.
static inline void add_round(struct town *p, struct xy_m middle, double radius, int corners, double bays)
{
    struct rings r = {0};
    double step = 2 * acos(-1) / corners;
    for (int hole = 0; hole < 2; hole++) {
        for (int i = 0; i < corners; i++) {
            double angle = (hole ? -i : i) * step, wave = (hole ? 0.2 : 1) * radius * (1 + bays * sin(5 * angle));
            rings_add_vertex(&r, (struct xy_m){ middle.x + wave * cos(angle), middle.y + wave * sin(angle) });
        }
        rings_end_ring(&r);
    }
    polygons_add_local(&p->community, &r);
    rings_clear(&r);
}

static inline void add_box(struct polygons *to, double x0, double y0, double x1, double y1)
{
    struct rings r = {0};
    struct xy_m corner[] = { { x0, y0 }, { x1, y0 }, { x1, y1 }, { x0, y1 } };
    for (int i = 0; i < 4; i++)
        rings_add_vertex(&r, corner[i]);
    rings_end_ring(&r);
    polygons_add_local(to, &r);
    rings_clear(&r);
}

// Rows of detached and attached houses, a little turned.
static inline void add_houses(struct town *p, double extent, uint64_t seed)
{
    struct rings r = {0};
    for (double y = -extent; y < extent; y += 28)
        for (double x = -extent; x < extent; x += 17) {
            if (shapes_random(&seed) < 0.25)
                continue;
            bool attached = shapes_random(&seed) < 0.3;
            double turn = attached ? 0 : 0.3 * (shapes_random(&seed) - 0.5), w = attached ? 17 : 9 + 5 * shapes_random(&seed), d = 8 + 8 * shapes_random(&seed);
            struct xy_m corner[] = { { 0, 0 }, { w, 0 }, { w, d }, { w / 2, d }, { w / 2, d * 0.7 }, { 0, d * 0.7 } };
            rings_start(&r);
            for (int i = 0; i < 6; i++)
                rings_add_vertex(&r, (struct xy_m){ x + corner[i].x * cos(turn) - corner[i].y * sin(turn), y + corner[i].x * sin(turn) + corner[i].y * cos(turn) });
            rings_end_ring(&r);
            polygons_add_local(&p->building, &r);
        }
    rings_clear(&r);
}

// Two roads that care for no house, a ring road, a river that leaves and comes back.
static inline void add_lines(struct town *p, double extent)
{
    segments_add(&p->lines, (struct xy_m){ -extent, -0.31 * extent }, (struct xy_m){ extent, 0.27 * extent });
    segments_add(&p->lines, (struct xy_m){ 0.13 * extent, -extent }, (struct xy_m){ 0.09 * extent, extent });
    for (int i = 0; i < 60; i++) {
        double a = i * acos(-1) / 30, b = (i + 1) * acos(-1) / 30, radius = 0.45 * extent;
        segments_add(&p->lines, (struct xy_m){ radius * cos(a), radius * sin(a) }, (struct xy_m){ radius * cos(b), radius * sin(b) });
    }
    for (int i = 0; i < 80; i++) {
        double x = -extent + i * extent / 40, next = x + extent / 40;
        segments_add(&p->lines, (struct xy_m){ x, 0.8 * extent * sin(x / 130) }, (struct xy_m){ next, 0.8 * extent * sin(next / 130) });
    }
}

static inline struct xy_m turned(struct xy_m p, double angle)
{
    return (struct xy_m){ p.x * cos(angle) - p.y * sin(angle), p.x * sin(angle) + p.y * cos(angle) };
}

// So that nothing is parallel to the axes and every coordinate has all its digits.
static inline void turn_all(struct town *p, double angle)
{
    struct rings *r[] = { &p->community.rings, &p->building.rings };
    for (int k = 0; k < 2; k++)
        for (uint32_t i = 0; i < r[k]->first[r[k]->count]; i++)
            r[k]->vertex[i] = turned(r[k]->vertex[i], angle);
    for (size_t i = 0; i < p->lines.count; i++)
        p->lines.at[i] = (struct segment_m){ turned(p->lines.at[i].a, angle), turned(p->lines.at[i].b, angle) };
}

static inline void make(struct town *p, int64_t which)
{
    struct cells_ground g = { &p->community, which, &p->lines, &p->building };
    if (cells_make(&g, NULL, &p->cells, &p->made, &e) != OK)
        fail_msg("%s %s", p->what, e.text);
    memset(p->parent, (int)which, sizeof p->parent);
}

static inline void make_all(struct town *p)
{
    static uint8_t parent[TOWN_CELLS_MAX];
    struct polygons all;
    struct rings r = {0};
    polygons_init(&all, TOWN_ORIGIN);
    for (int64_t which = 0; which < p->community.count; which++) {
        polygons_clear(&p->cells);
        make(p, which);
        for (int64_t i = 0; i < p->cells.count; i++) {
            polygons_get(&p->cells, i, &r);
            parent[all.count] = (uint8_t)which;
            polygons_add_local(&all, &r);
        }
    }
    rings_clear(&r);
    polygons_clear(&p->cells);
    p->cells = all;
    memcpy(p->parent, parent, sizeof parent);
}

static inline void check(struct town *p)
{
    static char code[TOWN_CELLS_MAX][TOWN_CODE];
    static const char *codes[TOWN_CELLS_MAX], *parents[TOWN_CELLS_MAX], *community[] = { "320612001001", "320612001002" };
    assert_in_range(p->cells.count, 1, TOWN_CELLS_MAX);
    for (int64_t i = 0, number = 1; i < p->cells.count; i++, number++) {
        if (i > 0 && p->parent[i] != p->parent[i - 1])
            number = 1;
        parents[i] = community[p->parent[i]];
        assert_int_equal(cell_code_format(cell_scheme_get("15"), parents[i], number, code[i], &e), OK);
        codes[i] = code[i];
    }
    struct cells_question q = { &p->cells, &p->community, &p->building, codes, parents, community, cell_scheme_get("15") };
    if (cells_check(&q, &(struct cells_limits){ .cut_m2 = 1e-6 }, pool, NULL, &p->found, &e) != OK)
        fail_msg("%s", e.text);
    assert_float_equal(p->found.unsettled_m2, 0, 0);
}

static inline void expect_none(const struct town *p, enum cells_kind kind)
{
    for (int64_t i = 0; i < p->found.count; i++) {
        const struct cells_finding *f = &p->found.at[i];
        bool by_community = kind == CELLS_BUILDING_CUT && f->severity == CELLS_WARNING;    // cut by what was told
        bool next_door = f->kind == CELLS_VERTEX && p->parent[f->cell] != p->parent[f->other]; // each community is made for itself
        if (f->kind == kind && !by_community && !next_door)
            fail_msg("%s %s: %lld found, the first at %.4f %.4f, %.9g m2", p->what, cells_kind_name(kind), (long long)p->found.per_kind[kind], f->where.x,
                     f->where.y, f->area_m2);
    }
}

static inline double mean_compactness(const struct polygons *cells)
{
    struct rings r = {0};
    double sum = 0;
    for (int64_t i = 0; i < cells->count; i++) {
        polygons_get(cells, i, &r);
        double perimeter_m = rings_perimeter_m(&r);
        sum += 4 * acos(-1) * rings_area_m2(&r) / (perimeter_m * perimeter_m);
    }
    rings_clear(&r);
    return sum / (double)cells->count;
}

static inline void tell(const char *what, const struct town *p)
{
    print_message("%s: %lld cells, %lld small, %lld large, compactness %.2f, %lld of %lld houses stepped around, %lld at the border, %s\n", what,
                  (long long)p->made.cells, (long long)p->made.small, (long long)p->made.large, mean_compactness(&p->cells),
                  (long long)p->made.stepped, (long long)p->building.count, (long long)p->made.at_border, p->made.rounded ? "rounded" : "not rounded");
}

static inline void expect_whole(struct town *p)
{
    check(p);
    static const enum cells_kind NEVER[] = { CELLS_GAP, CELLS_OVERLAP, CELLS_OUTSIDE, CELLS_INVALID, CELLS_VERTEX, CELLS_SEQUENCE, CELLS_SLIVER,
                                             CELLS_BUILDING_CUT, CELLS_CODE_FORM, CELLS_CODE_PREFIX };
    for (size_t i = 0; i < sizeof NEVER / sizeof *NEVER; i++)
        expect_none(p, NEVER[i]);
    assert_int_equal(p->found.per_kind[CELLS_TOO_SMALL], p->made.small);
    assert_int_equal(p->found.per_kind[CELLS_TOO_LARGE], p->made.large);
}

static inline int town_open_pool(void **state)
{
    (void)state;
    pool = pool_open(2);
    return 0;
}

static inline int town_close_pool(void **state)
{
    (void)state;
    pool_close(pool);
    return 0;
}
