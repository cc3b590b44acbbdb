#include "core/base/mem.h"
#include "core/base/vectors.h"
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

static const struct tile_node *node_of(struct tile_grid *g, double lat)
{
    int k = (int)round_down(lat / NODE_DEGREES);
    struct tile_node *n = &g->node[(unsigned)k % TILE_NODES];
    if (n->k != k || n->term[1] == 0)
        node_make(n, k);
    return n;
}

static inline double y_near(const struct tile_node *n, double lat)
{
    double h = (lat - (n->k + 0.5) * NODE_DEGREES) * (PI / 180), y = n->term[TILE_NODE_TERMS - 1];
    for (int d = TILE_NODE_TERMS - 2; d >= 0; d--)
        y = y * h + n->term[d];
    return y;
}

static double mercator_y(struct tile_grid *g, double lat)
{
    lat = lat > TILE_EDGE_LATITUDE ? TILE_EDGE_LATITUDE : lat < -TILE_EDGE_LATITUDE ? -TILE_EDGE_LATITUDE : lat;
    return y_near(node_of(g, lat), lat);
}

bool tile_grid_place(struct tile_grid *g, double lon, double lat, struct xy_m *out)
{
    if (!(fabs(lon) <= 360 && fabs(lat) <= 90))     // also what is no number
        return false;
    double y = g->set == TILE_WEB_MERCATOR_QUAD ? g->middle - mercator_y(g, lat) * g->y_units : (90 - lat) * g->y_units;
    *out = (struct xy_m){ (lon + 180) * g->x_units - g->west, y - g->north };
    return true;
}

// Most things lie around one node.
VECTORS static void place_near(const struct tile_grid *g, const struct tile_node *n, struct tile_columns *c, size_t count)
{
    double *restrict x = c->x, *restrict y = c->y;
    for (size_t i = 0; i < count; i++) {
        x[i] = (x[i] + 180) * g->x_units - g->west;
        y[i] = g->middle - y_near(n, y[i]) * g->y_units - g->north;
    }
}

static bool place_one(struct tile_grid *g, double *x, double *y)
{
    struct xy_m p = { 0, 0 };
    bool is_there = tile_grid_place(g, *x, *y, &p);
    *x = p.x, *y = p.y;
    return is_there;
}

bool tile_grid_places(struct tile_grid *g, struct tile_columns *c, size_t count)
{
    double low = INFINITY, high = -INFINITY, far = 0;
    for (size_t i = 0; i < count; i++) {
        low = c->y[i] < low ? c->y[i] : low, high = c->y[i] > high ? c->y[i] : high;
        far = fabs(c->x[i]) <= far ? far : fabs(c->x[i]);          // what is no number goes in
    }
    bool is_usual = g->set == TILE_WEB_MERCATOR_QUAD && low >= -TILE_EDGE_LATITUDE && high <= TILE_EDGE_LATITUDE && far <= 360;
    const struct tile_node *n = is_usual ? node_of(g, low) : NULL;
    if (is_usual && (low == high || node_of(g, high) == n)) {
        place_near(g, n, c, count);
        return true;
    }
    bool all = true;
    for (size_t i = 0; i < count && all; i++)
        all = place_one(g, &c->x[i], &c->y[i]);
    return all;
}

void tile_columns_room(struct tile_columns *c, size_t count)
{
    if (count <= c->cap)
        return;
    mem_free(c->x), mem_free(c->y);
    c->cap = count + count / 2;
    c->x = mem_get(c->cap, sizeof *c->x), c->y = mem_get(c->cap, sizeof *c->y);
}
