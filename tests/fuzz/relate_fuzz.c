// Any closed lines at all, crossing themselves as they like: the overlap area is then the integral of the product of both
// winding numbers, and what follows from that must hold, whether GEOS would call the shapes valid or not.
#include "core/base/status.h"
#include "gis/relate.h"
#include <math.h>
#include <string.h>

enum { VERTICES_MOST = 40, SPLIT = 4 };

struct bytes { const uint8_t *at; size_t left; };

static int take(struct bytes *b)
{
    if (b->left == 0)
        return -1;
    b->left--;
    return *b->at++;
}

// The upper bit of x ends the ring, x 255 the shape, y 254 turns to millimetres. Coarse steps make touching edges common.
static void read_rings(struct bytes *b, struct rings *out)
{
    double unit = 0.5;
    rings_start(out);
    for (int n = 0; n < VERTICES_MOST; n++) {
        int x = take(b), y = take(b);
        if (y < 0 || x == 255)
            break;
        if (y == 254)
            unit = 0.001;
        rings_add_vertex(out, (struct xy_m){ (x & 127) * unit - 20, (y & 63) * unit - 10 });
        if (x & 128)
            rings_end_ring(out);
    }
    rings_end_ring(out);
}

// The same line with every edge cut into pieces and another first vertex: many more edges, the same ground.
static void redraw(const struct rings *r, int pieces, struct xy_m by, struct rings *out)
{
    rings_start(out);
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t n = r->first[k + 1] - r->first[k];
        for (uint32_t i = 0; i < n; i++) {
            struct xy_m p = r->vertex[r->first[k] + (i + 1) % n], q = r->vertex[r->first[k] + (i + 2) % n];
            for (int s = 0; s < pieces; s++)
                rings_add_vertex(out, (struct xy_m){ p.x + (q.x - p.x) * s / pieces + by.x, p.y + (q.y - p.y) * s / pieces + by.y });
        }
        rings_end_ring(out);
    }
}

static void check(const struct rings *a, const struct rings *b)
{
    double ab = relate_overlap_m2(a, b), ba = relate_overlap_m2(b, a);
    must(memcmp(&ab, &ba, sizeof ab) == 0);
    must(isfinite(ab) && ab >= 0);
    must(ab <= fmin(fabs(rings_area_m2(a)), fabs(rings_area_m2(b))) + 1e-9);
    // a shape without area has no side that is inside: which sign its area rounds to decides nothing worth comparing
    if (fabs(rings_area_m2(a)) < 1e-9 || fabs(rings_area_m2(b)) < 1e-9)
        return;
    struct rings p = { 0 }, q = { 0 };
    redraw(a, SPLIT, (struct xy_m){ 0, 0 }, &p);
    redraw(b, SPLIT, (struct xy_m){ 0, 0 }, &q);
    must(fabs(relate_overlap_m2(&p, &q) - ab) < 1e-6);
    redraw(a, 1, (struct xy_m){ 100, -300 }, &p);
    redraw(b, 1, (struct xy_m){ 100, -300 }, &q);
    must(fabs(relate_overlap_m2(&p, &q) - ab) < 1e-6);
    rings_clear(&p);
    rings_clear(&q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes b = { data, size };
    struct rings r = { 0 }, s = { 0 };
    read_rings(&b, &r);
    read_rings(&b, &s);
    check(&r, &s);
    check(&r, &r);
    rings_clear(&r);
    rings_clear(&s);
    return 0;
}
