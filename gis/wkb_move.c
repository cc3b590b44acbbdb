#include "gis/wkb_move.h"

#include "gis/wkb_walk.h"
#include <math.h>

struct moving { struct crs_road *road; bool swap_axes, lost; };

static void put_double(uint8_t *at, double value, bool swap)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (swap)
        bits = __builtin_bswap64(bits);
    memcpy(at, &bits, sizeof bits);
}

static void move_run(void *ctx, const struct wkb_run *r, uint32_t part)
{
    enum { SOME = 256 };
    struct moving *m = ctx;
    struct xy_m point[SOME];
    (void)part;
    for (uint32_t first = 0; first < r->count; first += SOME) {
        uint32_t n = r->count - first < SOME ? r->count - first : SOME;
        for (uint32_t i = 0; i < n; i++)
            point[i] = wkb_run_point(r, first + i);
        m->lost |= m->road != NULL && crs_road_go(m->road, point, n) > 0;
        for (uint32_t i = 0; i < n; i++) {
            uint8_t *at = (uint8_t *)r->at + (size_t)(first + i) * r->stride; // the caller's bytes, which may be written
            put_double(at, m->swap_axes ? point[i].y : point[i].x, r->swap);
            put_double(at + sizeof(double), m->swap_axes ? point[i].x : point[i].y, r->swap);
        }
    }
}

bool wkb_move(uint8_t *bytes, size_t len, struct crs_road *road, bool swap_axes)
{
    struct moving m = { road, swap_axes, false };
    return wkb_walk(bytes, len, &(struct wkb_steps){ .run = move_run }, &m) && !m.lost;
}
