// From pieces of boundary, each with the region on its left, to rings: outer ones first, each followed by its holes.
#include "gis/arrange_parts.h"
#include <math.h>
#include <string.h>

static const double NOTHING_M2 = 1e-7;       // rings smaller than this are rounding

// Each place is left as often as it is reached, or something was too close to call.
static bool link_bounds(struct arrangement *a)
{
    int open[ARRANGE_PLACES];
    memset(open, 0, (size_t)a->places * sizeof *open);
    memset(a->first_out, 0xff, (size_t)a->places * sizeof *a->first_out);
    for (int k = 0; k < a->bounds; k++) {
        open[a->from[k]]++, open[a->to[k]]--;
        a->after[k] = a->first_out[a->from[k]];
        a->first_out[a->from[k]] = (uint16_t)k;
        a->used[k] = false;
    }
    for (int p = 0; p < a->places; p++)
        if (open[p] != 0)
            return false;
    return true;
}

// A turn as a number that grows from sharp right to sharp left.
static double turn_of(struct xy_m u, struct xy_m v)
{
    double sine = u.x * v.y - u.y * v.x, cosine = u.x * v.x + u.y * v.y, size = fabs(sine) + fabs(cosine);
    return cosine >= 0 ? sine / size : sine >= 0 ? 2 - sine / size : -2 - sine / size;
}

// Where several ways lead on, the leftmost keeps the region on the left.
static uint16_t next_bound(const struct arrangement *a, uint16_t k)
{
    uint16_t best = a->first_out[a->to[k]];
    if (best == ARRANGE_NONE || a->after[best] == ARRANGE_NONE)
        return best;
    struct xy_m p = a->place[a->from[k]], q = a->place[a->to[k]], u = {q.x - p.x, q.y - p.y};
    double most = -INFINITY;
    for (uint16_t n = best; n != ARRANGE_NONE; n = a->after[n]) {
        struct xy_m to = a->place[a->to[n]];
        double turn = turn_of(u, (struct xy_m){to.x - q.x, to.y - q.y});
        if (turn > most)
            most = turn, best = n;
    }
    return best;
}

// A ring that passes a place twice is no valid ring.
static bool trace_ring(struct arrangement *a, uint16_t start, struct rings *out)
{
    memset(a->passed, 0, (size_t)a->places);
    uint16_t k = start;
    do {
        if (k == ARRANGE_NONE || a->used[k] || a->passed[a->from[k]])
            return false;
        a->used[k] = a->passed[a->from[k]] = true;
        rings_add_vertex(out, a->place[a->from[k]]);
        k = next_bound(a, k);
    } while (k != start);
    rings_end_ring(out);
    return true;
}

static double area_of(const struct rings *r, uint32_t k)
{
    uint32_t first[2] = {0, r->first[k + 1] - r->first[k]};
    return rings_area_m2(&(struct rings){.vertex = r->vertex + r->first[k], .first = first, .count = 1});
}

static bool holds(const struct rings *r, uint32_t k, struct xy_m p)
{
    uint32_t first[2] = {0, r->first[k + 1] - r->first[k]};
    return rings_contain(&(struct rings){.vertex = r->vertex + r->first[k], .first = first, .count = 1}, p);
}

// Between its neighbours on one line.
static bool is_straight(struct xy_m a, struct xy_m p, struct xy_m b)
{
    double ux = p.x - a.x, uy = p.y - a.y, vx = b.x - p.x, vy = b.y - p.y, wx = b.x - a.x, wy = b.y - a.y;
    double off = ux * wy - uy * wx;
    return ux * vx + uy * vy > 0 && off * off <= ARRANGE_NEAR_M * ARRANGE_NEAR_M * (wx * wx + wy * wy);
}

// Places where only something that is gone met a wall are no corners.
static void copy_corners(const struct rings *from, uint32_t k, struct rings *out)
{
    uint32_t first = from->first[k], end = from->first[k + 1];
    struct xy_m last = from->vertex[end - 1];
    for (uint32_t v = first; v < end; v++) {
        struct xy_m next = from->vertex[v + 1 < end ? v + 1 : first];
        if (is_straight(last, from->vertex[v], next))
            continue;
        last = from->vertex[v];
        rings_add_vertex(out, last);
    }
    rings_end_ring(out);
}

// The smallest outer ring round a hole; count: none.
static uint32_t outer_of(const struct rings *r, const double *area, uint32_t hole)
{
    struct xy_m p = r->vertex[r->first[hole]], q = r->vertex[r->first[hole] + 1], middle = {(p.x + q.x) / 2, (p.y + q.y) / 2};
    uint32_t best = r->count;
    for (uint32_t k = 0; k < r->count; k++)
        if (area[k] > 0 && (best == r->count || area[k] < area[best]) && holds(r, k, middle))
            best = k;
    return best;
}

static bool sort_rings(const struct rings *r, struct rings *out)
{
    double area[ARRANGE_PIECES / 3];
    uint32_t holes = 0, placed = 0;
    for (uint32_t k = 0; k < r->count; k++) {
        area[k] = area_of(r, k);
        holes += area[k] < -NOTHING_M2;
    }
    for (uint32_t k = 0; k < r->count; k++) {
        if (area[k] <= NOTHING_M2)
            continue;
        copy_corners(r, k, out);
        for (uint32_t h = 0; h < r->count && holes > 0; h++)
            if (area[h] < -NOTHING_M2 && outer_of(r, area, h) == k)
                copy_corners(r, h, out), placed++;
    }
    return placed == holes;
}

// --- where nothing meets ----------------------------------------------------------------------------------------------------

// As many places as edges, and each edge goes on where the one before ended or where a new loop begins.
static bool draw_loops(const struct arrangement *a, struct rings *out)
{
    for (int k = 0, first = 0; k < a->edges; k++) {
        if (a->edge[k].side != ARRANGE_COVERED)
            return false;
        rings_add_vertex(out, a->place[a->edge[k].from]);
        if (a->edge[k].to == a->edge[first].from) {
            rings_end_ring(out);
            first = k + 1;
        } else if (k + 1 == a->edges || a->edge[k].to != a->edge[k + 1].from)
            return false;
    }
    return true;
}

static struct box_m box_of(const struct rings *r, uint32_t k)
{
    uint32_t first[2] = {0, r->first[k + 1] - r->first[k]};
    return rings_box(&(struct rings){.vertex = r->vertex + r->first[k], .first = first, .count = 1});
}

static bool lies_apart(const struct rings *r, uint32_t k)
{
    struct box_m own = box_of(r, k);
    for (uint32_t i = 0; i < k; i++) {
        struct box_m other = box_of(r, i);
        if (own.min_x <= other.max_x && other.min_x <= own.max_x && own.min_y <= other.max_y && other.min_y <= own.max_y)
            return false;
    }
    return true;
}

// Nothing was split, so no loop meets itself or another; each goes round its ground, none round another.
bool arrange_loops(struct arrangement *a, struct rings *out)
{
    if (a->splits > 0 || a->places != a->edges)
        return false;
    rings_start(&a->traced);
    if (!draw_loops(a, &a->traced))
        return false;
    for (uint32_t k = 0; k < a->traced.count; k++)
        if (area_of(&a->traced, k) <= NOTHING_M2 || (k > 0 && !lies_apart(&a->traced, k)))
            return false;
    rings_start(out);
    return sort_rings(&a->traced, out);
}

// --- where walls meet -------------------------------------------------------------------------------------------------------

bool arrange_trace(struct arrangement *a, struct rings *out)
{
    rings_start(&a->traced);
    rings_start(out);
    if (!link_bounds(a))
        return false;
    for (int k = 0; k < a->bounds; k++)
        if (!a->used[k] && !trace_ring(a, (uint16_t)k, &a->traced))
            return false;
    return sort_rings(&a->traced, out);
}
