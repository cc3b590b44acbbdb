#include "gis/wall.h"
#include "core/base/mem.h"
#include <math.h>
#include <string.h>

enum { WALL_TRIES = 12 };              // candidates looked at for one wall
static const double FACING = 0.75;     // cosine: walls that differ by more than 41 degrees do not correspond
static const double SHORTEST_M = 0.25; // a shared piece below this says nothing

void walls_clear(struct walls *w)
{
    mem_free(w->wall);
    mem_free(w->covered_m);
    *w = (struct walls){0};
}

void wall_pieces_clear(struct wall_pieces *p)
{
    mem_free(p->piece);
    mem_free(p->pull);
    *p = (struct wall_pieces){0};
}

void walls_of(const struct rings *outline, struct walls *out)
{
    out->count = 0;
    size_t most = outline->count == 0 ? 0 : outline->first[outline->count];
    if (most > out->cap)
        out->wall = mem_grow(out->wall, &out->cap, most, sizeof *out->wall);
    for (uint32_t r = 0; r < outline->count; r++) {
        uint32_t begin = outline->first[r], end = outline->first[r + 1];
        for (uint32_t i = begin; i < end; i++) {
            struct xy_m p = outline->vertex[i], q = outline->vertex[i + 1 < end ? i + 1 : begin];
            double dx = q.x - p.x, dy = q.y - p.y, length = sqrt(dx * dx + dy * dy);
            if (length < 1e-6)
                continue;
            struct xy_m u = {dx / length, dy / length};
            out->wall[out->count++] = (struct wall){p, u, {u.y, -u.x}, length, r};
        }
    }
    if (out->count > out->covered_cap)
        out->covered_m = mem_grow(out->covered_m, &out->covered_cap, out->count, sizeof *out->covered_m);
    if (out->count > 0)
        memset(out->covered_m, 0, out->count * sizeof *out->covered_m);
}

struct candidate { uint32_t wall; double from, to, offset; };

static double dot(struct xy_m a, struct xy_m b) { return a.x * b.x + a.y * b.y; }

// Where b runs beside a: false when it does not, or too far off.
static bool beside(const struct wall *a, const struct wall *b, double reach_m, struct candidate *out)
{
    double cosine = dot(a->along, b->along);
    if (cosine < FACING)
        return false;
    struct xy_m d = {b->from.x - a->from.x, b->from.y - a->from.y};
    double start = dot(d, a->along), end = start + b->length_m * cosine;
    double from = start > 0 ? start : 0, to = end < a->length_m ? end : a->length_m;
    if (to - from < SHORTEST_M)
        return false;
    double middle = (from + to) / 2;
    double offset = dot(d, a->out) + dot(b->along, a->out) * (middle - start) / cosine;
    if (fabs(offset) > reach_m)
        return false;
    out->from = from;
    out->to = to;
    out->offset = offset;
    return true;
}

static void sort_by_distance(struct candidate *c, int n)
{
    for (int i = 1; i < n; i++) {
        struct candidate x = c[i];
        int k = i;
        for (; k > 0 && fabs(c[k - 1].offset) > fabs(x.offset); k--)
            c[k] = c[k - 1];
        c[k] = x;
    }
}

static double spread(double at) { return at * at + (1 - at) * (1 - at); }

static void add_piece(struct wall_pieces *out, struct walls *old, struct walls *new_, uint32_t a, const struct candidate *c)
{
    if (out->count == out->cap)
        out->piece = mem_grow(out->piece, &out->cap, out->count + 16, sizeof *out->piece);
    const struct wall *wa = &old->wall[a], *wb = &new_->wall[c->wall];
    double middle = (c->from + c->to) / 2, length = c->to - c->from;
    struct xy_m place = {wa->from.x + wa->along.x * middle + wa->out.x * c->offset,
                         wa->from.y + wa->along.y * middle + wa->out.y * c->offset};
    struct xy_m d = {place.x - wb->from.x, place.y - wb->from.y};
    double at_b = dot(d, wb->along) / wb->length_m;
    at_b = at_b < 0 ? 0 : at_b > 1 ? 1 : at_b;
    double at_a = middle / wa->length_m;
    out->piece[out->count++] =
        (struct wall_piece){.old_wall = a, .new_wall = c->wall, .length_m = length, .offset_m = c->offset, .old_at = at_a,
                            .new_at = at_b, .factor = spread(at_a) + spread(at_b)};
    old->covered_m[a] += length;
    new_->covered_m[c->wall] += length;
}

void walls_match(struct walls *old, struct walls *new_, double reach_m, struct wall_pieces *out)
{
    out->count = 0;
    for (uint32_t a = 0; a < old->count; a++) {
        struct candidate found[WALL_TRIES];
        int n = 0;
        for (uint32_t b = 0; b < new_->count && n < WALL_TRIES; b++)
            if (beside(&old->wall[a], &new_->wall[b], reach_m, &found[n]))
                found[n++].wall = b;
        sort_by_distance(found, n);
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < i && found[i].to > found[i].from; k++) { // the nearer wall has its part already
                if (found[k].to <= found[k].from || found[k].to <= found[i].from || found[k].from >= found[i].to)
                    continue;
                if (found[k].from <= found[i].from)
                    found[i].from = found[k].to;
                else
                    found[i].to = found[k].from;
            }
            if (found[i].to - found[i].from >= SHORTEST_M)
                add_piece(out, old, new_, a, &found[i]);
            else
                found[i].to = found[i].from;
        }
    }
}

void wall_pieces_pull(const struct walls *old, struct wall_pieces *p, double overhang_m)
{
    if (p->count > p->pull_cap)
        p->pull = mem_grow(p->pull, &p->pull_cap, p->count, sizeof *p->pull);
    for (size_t k = 0; k < p->count; k++) {
        const struct wall_piece *w = &p->piece[k];
        double half = w->length_m / 2;
        p->pull[k] = (struct wall_pull){old->wall[w->old_wall].out, w->offset_m - overhang_m, (half < 1 ? half : 1) / w->factor,
                                       1 / sqrt(w->factor > 1 ? w->factor : 1)};
    }
}

bool wall_fit_move(const struct walls *old, struct wall_pieces *p, double tukey_m, struct wall_fit *out)
{
    wall_pieces_pull(old, p, 0);
    struct xy_m t = {0, 0};
    double xx = 0, xy = 0, yy = 0;
    for (int turn = 0; turn < 4; turn++) {
        double gx = 0, gy = 0, per_cut = 1 / (turn == 0 ? 4 * tukey_m : turn == 1 ? 2 * tukey_m : tukey_m);
        xx = xy = yy = 0;
        for (size_t k = 0; k < p->count; k++) {
            const struct wall_pull *w = &p->pull[k];
            struct xy_m n = w->out;
            double left = (w->offset_m + dot(n, t)) * per_cut, inside = 1 - left * left;
            inside = inside > 0 ? inside : 0;
            double weight = w->weight * inside * inside;
            xx += weight * n.x * n.x, xy += weight * n.x * n.y, yy += weight * n.y * n.y;
            gx += weight * n.x * w->offset_m, gy += weight * n.y * w->offset_m;
        }
        double det = xx * yy - xy * xy;
        if (det < 0.02 * (xx + yy) * (xx + yy) || det < 1e-9)
            return false;
        t.x = -(yy * gx - xy * gy) / det;
        t.y = -(xx * gy - xy * gx) / det;
    }
    double sum = 0, of = 0, worst = 0, outward = 0;
    for (size_t k = 0; k < p->count; k++) {
        double left = p->pull[k].offset_m + dot(p->pull[k].out, t);
        sum += left * left / p->piece[k].factor;
        outward += left;
        of += 1;
        worst = fmax(worst, fabs(left));
    }
    *out = (struct wall_fit){t, xx, xy, yy, sqrt(sum / of), outward / of, worst, (int)p->count};
    return true;
}
