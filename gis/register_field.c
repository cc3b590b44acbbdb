// Field: ties become a smooth displacement with a known uncertainty, anywhere in the district.
#include "core/base/mem.h"
#include "gis/register_parts.h"
#include <math.h>
#include <string.h>

enum { ROBUST_TURNS = 2, FIRST_BANDWIDTH_M = 60 };
static const double NODE_SPACING = 1.4;    // bandwidths, at most
static const double FIRST_TUKEY_M = 2;
static const float STEEPEST = 0.04f, SEAM_SHARE = 0.04f;
static const double TAIL_Z2 = 4 * 4;        // beyond this many variances a tie is off the field
static const double FEW_LEAN = 10, FEW_TAIL_LEAN = 40; // cells with few ties lean this much on the whole

struct field {
    const struct district *district;
    struct tie_map map;
    struct asked asked;
    struct fit_rule rule;
    int across;                             // node cells beside each other in a cell of the district
    double node_m;                          // side of a node cell
    uint32_t *nodes, *node_first;           // [cells] bits of the corners a cell keeps; [cells + 1] into at
    struct polynomial *at;
    float *misfit;                          // [cells] sd of what the field leaves, one axis, m
    float misfit_all;
    float *tail, tail_all, tail_m;          // [cells], and all together
};

// --- nodes ---

static struct xy_m cell_corner(const struct district *d, size_t cell)
{
    struct xy_m c = cell_centre(VOTE_CELL_M, d->cell.key[cell]);
    return (struct xy_m){c.x - VOTE_CELL_M / 2, c.y - VOTE_CELL_M / 2};
}

// Which node cell of a cell: 0 .. across - 1, and how far in it, 0 .. 1.
static int node_cell(const struct field *f, double from_corner_m, double *in_it)
{
    double at = from_corner_m / f->node_m;
    int k = at <= 0 ? 0 : at >= f->across ? f->across - 1 : (int)at;
    *in_it = at - k;
    return k;
}

// A node on the border belongs to up to four cells: the first of them that is there keeps it.
struct keeper { uint32_t cell; int node; };
struct touching { int from_x, to_x, from_y, to_y; }; // which cells around have this corner too

static struct touching touching_of(const struct field *f, int x, int y)
{
    return (struct touching){x == 0 ? -1 : 0, x == f->across ? 1 : 0, y == 0 ? -1 : 0, y == f->across ? 1 : 0};
}

static struct keeper keeper_of(const struct field *f, size_t cell, int x, int y)
{
    struct touching t = touching_of(f, x, y);
    for (int dy = t.from_y; dy <= t.to_y; dy++)
        for (int dx = t.from_x; dx <= t.to_x; dx++) {
            uint32_t o = f->district->around[cell][(dy + 1) * 3 + dx + 1];
            if (o != NOBODY)
                return (struct keeper){o, (y - dy * f->across) * CORNERS + x - dx * f->across};
        }
    return (struct keeper){(uint32_t)cell, y * CORNERS + x}; // not reached: the cell itself is there
}

struct wanting { struct field *field; uint32_t *nodes, all; }; // [cells] bits of the corners its buildings ask; all there are

static void want_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct wanting *w = ctx;
    const struct district *d = w->field->district;
    for (int64_t i = first; i < last; i++) {
        uint32_t c = d->walk[i];
        struct xy_m corner = cell_corner(d, c);
        for (uint32_t k = d->first[c]; k < d->first[c + 1] && d->role[c] == CELL_ACTIVE && w->nodes[c] != w->all; k++) {
            struct xy_m p = footprint_middle(d->in->after, d->member[k]);
            double u, v;
            int at = node_cell(w->field, p.y - corner.y, &v) * CORNERS + node_cell(w->field, p.x - corner.x, &u);
            w->nodes[c] |= 1u << at | 1u << (at + 1) | 1u << (at + CORNERS) | 1u << (at + CORNERS + 1);
        }
    }
}

static bool is_wanted(const struct wanting *w, size_t cell, int x, int y)
{
    struct touching t = touching_of(w->field, x, y);
    bool wanted = false;
    for (int dy = t.from_y; dy <= t.to_y; dy++)
        for (int dx = t.from_x; dx <= t.to_x; dx++) {
            uint32_t o = w->field->district->around[cell][(dy + 1) * 3 + dx + 1];
            int node = (y - dy * w->field->across) * CORNERS + x - dx * w->field->across;
            wanted |= o != NOBODY && (w->nodes[o] >> node & 1);
        }
    return wanted;
}

static void keep_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    const struct wanting *w = ctx;
    const struct field *f = w->field;
    for (int64_t c = first; c < last; c++)
        for (int k = 0; k < CORNERS * CORNERS; k++) {
            int x = k % CORNERS, y = k / CORNERS;
            if (x <= f->across && y <= f->across && keeper_of(f, (size_t)c, x, y).cell == c && is_wanted(w, (size_t)c, x, y))
                f->nodes[c] |= 1u << k;
        }
}

static void lay_nodes(struct field *f)
{
    size_t cells = f->district->cell.count;
    struct wanting w = {f, mem_get(cells, sizeof *w.nodes), 0};
    for (int y = 0; y <= f->across; y++)
        w.all |= ((1u << (f->across + 1)) - 1) << (y * CORNERS);
    f->nodes = mem_get(cells, sizeof *f->nodes);
    f->node_first = mem_get(cells + 1, sizeof *f->node_first);
    pool_range(f->district->in->pool, (int64_t)cells, 64, want_slice, &w);
    pool_range(f->district->in->pool, (int64_t)cells, 256, keep_slice, &w);
    mem_free(w.nodes);
    for (size_t c = 0; c < cells; c++)
        f->node_first[c + 1] = f->node_first[c] + (uint32_t)__builtin_popcount(f->nodes[c]);
    f->at = mem_get(f->node_first[cells], sizeof *f->at);
}

static void fit_nodes(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct field *f = ctx;
    struct fit_rows rows = {{0}};
    for (int64_t c = first; c < last; c++) {
        struct xy_m corner = cell_corner(f->district, (size_t)c);
        struct polynomial *at = &f->at[f->node_first[c]];
        for (int k = 0; k < CORNERS * CORNERS; k++)
            if (f->nodes[c] >> k & 1)
                fit_at(&f->asked, &f->rule, (struct xy_m){corner.x + k % CORNERS * f->node_m, corner.y + k / CORNERS * f->node_m}, SIZE_MAX,
                       &rows, at++);
    }
}

// --- blending ---

static axes widened(const float two[AXES]) { return (axes){two[EAST], two[NORTH]}; }

static void see(const struct polynomial *q, struct seen_node *out)
{
    out->q = q;
    for (int i = 0; i < TERMS; i++)
        out->term[i] = widened(q->term[i]);
    out->low = widened(q->low), out->high = widened(q->high);
}

void field_view_open(const struct field *f, size_t cell, struct field_view *out)
{
    out->field = f, out->cell = cell, out->corner = cell_corner(f->district, cell);
    for (int y = 0; y <= f->across; y++)
        for (int x = 0; x <= f->across; x++) {
            struct keeper k = keeper_of(f, cell, x, y);
            uint32_t nodes = f->nodes[k.cell], n = f->node_first[k.cell] + (uint32_t)__builtin_popcount(nodes & ((1u << k.node) - 1));
            struct seen_node *node = &out->node[y * CORNERS + x];
            node->q = NULL;
            if ((nodes >> k.node & 1) && f->at[n].ties > 0)
                see(&f->at[n], node);
        }
}

// The four nodes around a place, their weights, and where it lies from each of them, in metres.
struct corner { const struct seen_node *node; double weight, x, y; };
static int corners_of(const struct field_view *view, struct xy_m place, struct corner out[4])
{
    const struct field *f = view->field;
    double u, v, sum = 0;
    int at_x = node_cell(f, place.x - view->corner.x, &u), at_y = node_cell(f, place.y - view->corner.y, &v), count = 0;
    for (int c = 0; c < 4; c++) {
        int right = c & 1, up = c >> 1;
        const struct seen_node *node = &view->node[(at_y + up) * CORNERS + at_x + right];
        if (node->q == NULL)
            continue;
        double w = (right ? u : 1 - u) * (up ? v : 1 - v) + 1e-9;
        out[count++] = (struct corner){node, w, (u - right) * f->node_m, (v - up) * f->node_m};
        sum += w;
    }
    for (int c = 0; c < count; c++)
        out[c].weight /= sum;
    return count;
}

static inline axes held(axes v, axes low, axes high)
{
    axes_mask over = v > high, under = v < low;
    return (axes)((under & (axes_mask)low) | (~under & ((over & (axes_mask)high) | (~over & (axes_mask)v))));
}

static inline axes shift_at(const struct corner *c)
{
    const struct seen_node *n = c->node;
    double x = c->x * n->q->per_m, y = c->y * n->q->per_m, xx = x * x, xy = x * y, yy = y * y;
    axes shift = n->term[0] + n->term[1] * x + n->term[2] * y + n->term[3] * xx + n->term[4] * xy + n->term[5] * yy;
    return c->weight * held(shift, n->low, n->high);
}

static inline struct xy_m shift_of(const struct corner *corner, int count, struct xy_m from)
{
    axes sum = {from.x, from.y};
    for (int c = 0; c < count; c++)
        sum += shift_at(&corner[c]);
    return (struct xy_m){sum[EAST], sum[NORTH]};
}

static void add_slopes(const struct corner *c, struct placed *sum)
{
    const struct polynomial *q = c->node->q;
    float x = (float)c->x * q->per_m, y = (float)c->y * q->per_m, w = (float)c->weight * q->per_m;
    sum->per_x.x += w * (q->term[1][EAST] + 2 * q->term[3][EAST] * x + q->term[4][EAST] * y);
    sum->per_x.y += w * (q->term[1][NORTH] + 2 * q->term[3][NORTH] * x + q->term[4][NORTH] * y);
    sum->per_y.x += w * (q->term[2][EAST] + q->term[4][EAST] * x + 2 * q->term[5][EAST] * y);
    sum->per_y.y += w * (q->term[2][NORTH] + q->term[4][NORTH] * x + 2 * q->term[5][NORTH] * y);
}

struct xy_m field_view_shift(const struct field_view *v, struct xy_m place)
{
    struct corner corner[4];
    int count = corners_of(v, place, corner);
    return shift_of(corner, count, v->field->map.middle);
}

// Seams bend the fit, but nobody draws a building across two sheets: beside them its shape is left alone, and nowhere is it
// stretched more than survey fields are.
static void calm(struct placed *p)
{
    float trust = 1 / (1 + p->tail / SEAM_SHARE * (p->tail / SEAM_SHARE));
    float *slope[] = {&p->per_x.x, &p->per_x.y, &p->per_y.x, &p->per_y.y};
    for (int k = 0; k < 4; k++) {
        float calmed = *slope[k] * trust;
        *slope[k] = calmed > STEEPEST ? STEEPEST : calmed < -STEEPEST ? -STEEPEST : calmed;
    }
}

struct placed field_view_at(const struct field_view *v, struct xy_m place)
{
    const struct field *f = v->field;
    struct corner corner[4];
    struct placed p = {.shift = f->map.middle};
    int count = corners_of(v, place, corner);
    if (count == 0) {
        p.sd_m = f->map.count > 0 ? 1 : 0;
        return p;
    }
    p.shift = shift_of(corner, count, p.shift);
    for (int c = 0; c < count; c++) {
        add_slopes(&corner[c], &p);
        p.sd_m += (float)(corner[c].weight * corner[c].node->q->sd_factor * f->rule.noise_m);
        p.ties += (int)corner[c].node->q->ties;
    }
    p.ties /= 4;
    p.sd_m = sqrtf(p.sd_m * p.sd_m + f->misfit[v->cell] * f->misfit[v->cell]);
    p.tail = f->tail[v->cell];
    p.tail_m = f->tail_m;
    calm(&p);
    return p;
}

// --- what the field leaves ---

struct leftover { float square, variance; }; // of one tie, one axis; square negative: no node near

struct leaving { struct field *field; struct leftover *left; };
static void leave_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct leaving *l = ctx;
    const struct field *f = l->field;
    struct field_view view;
    struct corner corner[4];
    for (int64_t c = first; c < last; c++) {
        if (f->map.first[c] == f->map.first[c + 1])
            continue;
        field_view_open(f, (size_t)c, &view);
        for (uint32_t k = f->map.first[c]; k < f->map.first[c + 1]; k++) {
            const struct tie_columns *t = &f->map.tie;
            double sd = 0;
            int count = corners_of(&view, (struct xy_m){view.corner.x + VOTE_CELL_M / 2 + t->x[k], view.corner.y + VOTE_CELL_M / 2 + t->y[k]}, corner);
            struct xy_m shift = shift_of(corner, count, (struct xy_m){0, 0});
            for (int n = 0; n < count; n++)
                sd += corner[n].weight * corner[n].node->q->sd_factor * f->rule.noise_m;
            double x = t->move_x[k] - shift.x, y = t->move_y[k] - shift.y, noise = f->rule.noise_m;
            l->left[k] = (struct leftover){count == 0 ? -1 : (float)((x * x + y * y) / 2), (float)(noise * noise * tie_variance(t->weight[k]) + sd * sd)};
        }
    }
}

static bool in_tail(const struct field *f, const struct leftover *l)
{
    return 2 * l->square > TAIL_Z2 * (l->variance + 0.5 * f->misfit_all * f->misfit_all);
}

// Beyond what the ties' own noise explains: misfit of the field nearly everywhere, tails at seams.
static void sum_leftovers(struct field *f, const struct leftover *left)
{
    double all = 0, of = 0, witnesses = 0, tail = 0, tail_square = 0, limit = 2 * f->rule.tukey_m * f->rule.tukey_m;
    for (size_t i = 0; i < f->map.count; i++)
        if (left[i].square >= 0)
            all += fmin(left[i].square, limit) - left[i].variance, of += 1;
    f->misfit_all = (float)sqrt(of > 0 ? fmax(0, all / of) : 0);
    for (size_t i = 0; i < f->map.count; i++) {
        witnesses += f->map.witness[i];
        if (f->map.witness[i] && in_tail(f, &left[i]))
            tail += 1, tail_square += left[i].square;
    }
    f->tail_all = (float)(witnesses > 0 ? tail / witnesses : 0);
    f->tail_m = (float)(tail > 0 ? sqrt(tail_square / tail) : 0);
}

// Cell by cell; few ties lean on the whole.
static void measure_misfit(struct field *f)
{
    size_t cells = f->district->cell.count;
    struct leaving l = {f, mem_get(f->map.count, sizeof *l.left)};
    pool_range(f->district->in->pool, (int64_t)cells, 64, leave_slice, &l);
    sum_leftovers(f, l.left);
    double limit = 2 * f->rule.tukey_m * f->rule.tukey_m;
    for (size_t c = 0; c < cells; c++) {
        double sum = FEW_LEAN * f->misfit_all * f->misfit_all, tail = FEW_TAIL_LEAN * f->tail_all, count = FEW_LEAN, witnesses = FEW_TAIL_LEAN;
        for (uint32_t k = f->map.first[c]; k < f->map.first[c + 1]; k++) {
            if (l.left[k].square < 0)
                continue;
            sum += fmin(l.left[k].square, limit) - l.left[k].variance, count += 1;
            if (f->map.witness[k])
                tail += in_tail(f, &l.left[k]), witnesses += 1;
        }
        f->misfit[c] = (float)sqrt(fmax(0, sum / count));
        f->tail[c] = (float)(tail / witnesses);
    }
    mem_free(l.left);
}

// --- the field ---

struct field *field_open(const struct ties *ties, bool rough)
{
    const struct district *d = ties->district;
    struct field *f = mem_get(1, sizeof *f);
    f->district = d;
    f->misfit = mem_get(d->cell.count, sizeof *f->misfit);
    f->tail = mem_get(d->cell.count, sizeof *f->tail);
    tie_map_open(ties, &f->map);
    f->rule = (struct fit_rule){FIRST_BANDWIDTH_M, fmax(ties->noise_m, 0.01), FIRST_TUKEY_M, ROBUST_TURNS};
    if (!rough)
        choose_bandwidth(&f->map, &f->rule);
    f->across = rough ? 1 : (int)ceil(VOTE_CELL_M / (NODE_SPACING * f->rule.bandwidth_m));
    must(f->across < CORNERS);
    f->node_m = (double)VOTE_CELL_M / f->across;
    lay_nodes(f);
    asked_open(&f->map, f->rule.bandwidth_m, &f->asked);
    pool_range(d->in->pool, (int64_t)d->cell.count, 32, fit_nodes, f);
    asked_close(&f->asked);
    if (!rough)
        measure_misfit(f);
    return f;
}

void field_close(struct field *f)
{
    if (f == NULL)
        return;
    tie_map_close(&f->map);
    mem_free(f->nodes);
    mem_free(f->node_first);
    mem_free(f->at);
    mem_free(f->misfit);
    mem_free(f->tail);
    mem_free(f);
}
