// Outlines grown or shrunk: every edge sweeps a strip, every corner that opens a mitred wedge; all of them add to the windings
// of the outline itself (grown) or take from them (shrunk). Where the strips of a corner overlap nothing may be counted that was
// not swept: the path runs back through the corner, or, where both edges are long enough for the overlap of this corner and the
// next, straight to where they meet (counting the overlap once is enough as long as no place lies in two overlaps of an edge).
#include "gis/arrange_parts.h"
#include <math.h>

static const double MITRE_LIMIT = 5;       // times the distance: a sharper corner is cut off there

struct path { struct arrangement *a; struct xy_m first; uint16_t last; bool begun; };

static void go(struct path *p, double x, double y)
{
    uint16_t to = arrange_place(p->a, (struct xy_m){x, y});
    if (p->begun)
        arrange_edge(p->a, p->last, to, ARRANGE_COVERED);
    else
        p->first = (struct xy_m){x, y};
    p->last = to;
    p->begun = true;
}

struct heading { struct xy_m along; double length; };

static struct heading heading(struct xy_m p, struct xy_m q)
{
    double dx = q.x - p.x, dy = q.y - p.y, length = sqrt(dx * dx + dy * dy);
    return (struct heading){{dx / length, dy / length}, length};
}

// Round one corner, from edge e to edge f.
static void corner(struct path *path, struct xy_m at, const struct heading *e, const struct heading *f, double d)
{
    struct xy_m u = e->along, v = f->along, m = {u.y * d, -u.x * d}, n = {v.y * d, -v.x * d};
    double sine = u.x * v.y - u.y * v.x, cosine = u.x * v.x + u.y * v.y;
    double half = (e->length < f->length ? e->length : f->length) / 2;
    bool opens = sine * d >= 0;
    if (opens ? 2 <= MITRE_LIMIT * MITRE_LIMIT * (1 + cosine) : fabs(d * sine) <= half * (1 + cosine)) {
        double by = 1 / (1 + cosine);
        go(path, at.x + (m.x + n.x) * by, at.y + (m.y + n.y) * by);
    } else if (opens) {
        double half_cosine = sqrt(cosine < -1 ? 0 : (1 + cosine) / 2), half_sine = sqrt((1 - cosine) / 2);
        double far = fabs(d) * (MITRE_LIMIT - half_cosine) / half_sine;
        go(path, at.x + m.x + u.x * far, at.y + m.y + u.y * far);
        go(path, at.x + n.x - v.x * far, at.y + n.y - v.y * far);
    } else {
        go(path, at.x + m.x, at.y + m.y);
        go(path, at.x, at.y);
        go(path, at.x + n.x, at.y + n.y);
    }
}

void arrange_add_grown(struct arrangement *a, const struct rings *r, double distance_m)
{
    a->grown = true;
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t first = r->first[k], end = r->first[k + 1];
        struct path path = {.a = a};
        struct heading e = heading(r->vertex[end - 1], r->vertex[first]);
        for (uint32_t i = first; i < end; i++) {
            struct heading f = heading(r->vertex[i], r->vertex[i + 1 < end ? i + 1 : first]);
            a->refused |= !(f.length > ARRANGE_NEAR_M);
            if (a->refused)
                return;
            corner(&path, r->vertex[i], &e, &f, distance_m);
            e = f;
        }
        go(&path, path.first.x, path.first.y);
    }
}
