#include "core/base/mem.h"
#include "gis/tile_parts.h"

#include <math.h>

static const double PI = 3.14159265358979323846, NODE_DEGREES = 0.125;

void tile_grid_begin(struct tile_grid *g, struct tile_place place)
{
    bool mercator = place.set == TILE_WEB_MERCATOR_QUAD;
    double across = (double)((uint64_t)TILE_EXTENT << place.z);     // of the matrix of one column
    g->set = place.set;
    g->x_units = (mercator ? across : 2 * across) / 360;
    g->y_units = mercator ? across / (2 * PI) : across / 180;
    g->middle = across / 2;
    g->west = (double)place.x * TILE_EXTENT;
    g->north = (double)place.y * TILE_EXTENT;
}

// The derivatives of atanh(sin lat) are sec(lat) times polynomials in t = tan(lat): P1 = 1, P(n+1) = t P(n) + (1 + t^2) P(n)'.
static void node_make(struct tile_node *n, int k)
{
    double lat = (k + 0.5) * NODE_DEGREES * PI / 180, t = tan(lat), factorial = 1;
    double poly[TILE_NODE_TERMS + 1] = { 1 };
    n->k = k;
    n->term[0] = atanh(sin(lat));
    for (int d = 1; d < TILE_NODE_TERMS; d++) {
        double value = 0, next[TILE_NODE_TERMS + 1] = { 0 };
        for (int i = d; i >= 0; i--)
            value = value * t + poly[i];
        factorial *= d;
        n->term[d] = value / (cos(lat) * factorial);
        for (int i = 0; i < d; i++) {
            next[i + 1] += (1 + i) * poly[i];
            if (i > 0)
                next[i - 1] += i * poly[i];
        }
        for (int i = 0; i <= TILE_NODE_TERMS; i++)
            poly[i] = next[i];
    }
}

static double round_down(double v)
{
    double whole = (double)(int64_t)v;
    return whole - (whole > v);
}

static double mercator_y(struct tile_grid *g, double lat)
{
    lat = lat > TILE_EDGE_LATITUDE ? TILE_EDGE_LATITUDE : lat < -TILE_EDGE_LATITUDE ? -TILE_EDGE_LATITUDE : lat;
    double at = round_down(lat / NODE_DEGREES);
    int k = (int)at;
    struct tile_node *n = &g->node[(unsigned)k % TILE_NODES];
    if (n->k != k || n->term[1] == 0)
        node_make(n, k);
    double h = (lat - (at + 0.5) * NODE_DEGREES) * (PI / 180), y = n->term[TILE_NODE_TERMS - 1];
    for (int d = TILE_NODE_TERMS - 2; d >= 0; d--)
        y = y * h + n->term[d];
    return y;
}

bool tile_grid_place(struct tile_grid *g, double lon, double lat, struct xy_m *out)
{
    if (!(fabs(lon) <= 360 && fabs(lat) <= 90))     // also what is no number
        return false;
    double y = g->set == TILE_WEB_MERCATOR_QUAD ? g->middle - mercator_y(g, lat) * g->y_units : (90 - lat) * g->y_units;
    *out = (struct xy_m){ (lon + 180) * g->x_units - g->west, y - g->north };
    return true;
}

void tile_path_room(struct tile_path *p, size_t more)
{
    p->at = mem_grow(p->at, &p->cap, p->count + more, sizeof *p->at);
}
