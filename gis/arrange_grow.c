// Outlines grown or shrunk: every edge sweeps a strip, every corner that opens a mitred wedge; all of them add to the windings
// of the outline itself (grown) or take from them (shrunk). Where the strips of a corner overlap, the path runs back through
// the corner, so that nothing is counted that was not swept.
#include "gis/arrange_parts.h"
#include <math.h>

static const double MITRE_LIMIT = 5;       // times the distance: a sharper corner is cut off there
static const double STRAIGHT = 1e-9;       // sine of a turn that is none

struct path { struct arrangement *a; struct xy_m first, last; bool begun; };

static void go(struct path *p, double x, double y)
{
    struct xy_m to = {x, y};
    if (p->begun)
        arrange_edge(p->a, p->last, to, ARRANGE_COVERED);
    else
        p->first = to;
    p->last = to;
    p->begun = true;
}

// Round one corner, from the edge along u to the edge along v.
static void corner(struct path *path, struct xy_m at, struct xy_m u, struct xy_m v, double d)
{
    double sine = u.x * v.y - u.y * v.x, cosine = u.x * v.x + u.y * v.y;
    struct xy_m m = {u.y * d, -u.x * d}, n = {v.y * d, -v.x * d};
    if (fabs(sine) < STRAIGHT && cosine > 0) {
        go(path, at.x + m.x, at.y + m.y);
    } else if (sine * d < 0) {
        go(path, at.x + m.x, at.y + m.y);
        go(path, at.x, at.y);
        go(path, at.x + n.x, at.y + n.y);
    } else if (2 <= MITRE_LIMIT * MITRE_LIMIT * (1 + cosine)) {
        double by = 1 / (1 + cosine);
        go(path, at.x + (m.x + n.x) * by, at.y + (m.y + n.y) * by);
    } else {
        double half_cosine = sqrt(fmax(0, 1 + cosine) / 2), half_sine = sqrt((1 - cosine) / 2);
        double far = fabs(d) * (MITRE_LIMIT - half_cosine) / half_sine;
        go(path, at.x + m.x + u.x * far, at.y + m.y + u.y * far);
        go(path, at.x + n.x - v.x * far, at.y + n.y - v.y * far);
    }
}

static bool direction(struct xy_m p, struct xy_m q, struct xy_m *out)
{
    double dx = q.x - p.x, dy = q.y - p.y, length = sqrt(dx * dx + dy * dy);
    *out = (struct xy_m){dx / length, dy / length};
    return length > ARRANGE_NEAR_M;
}

void arrange_add_grown(struct arrangement *a, const struct rings *r, double distance_m)
{
    a->grown = true;
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t first = r->first[k], end = r->first[k + 1];
        struct path path = {.a = a};
        struct xy_m u, v;
        a->refused |= !direction(r->vertex[end - 1], r->vertex[first], &u);
        for (uint32_t i = first; i < end && !a->refused; i++) {
            a->refused |= !direction(r->vertex[i], r->vertex[i + 1 < end ? i + 1 : first], &v);
            corner(&path, r->vertex[i], u, v, distance_m);
            u = v;
        }
        if (!a->refused)
            go(&path, path.first.x, path.first.y);
    }
}
