// How AFTER is displaced: a smooth Gaussian random field, and map sheets that were each put down a little wrong.
#include "core/base/mem.h"
#include "core/base/status.h"
#include "tests/bench/city.h"
#include <math.h>

// White noise on a grid, smoothed by a Gaussian of sd L/sqrt(2) in each direction, has the covariance exp(-r^2 / 2L^2).
// Nodes L/12 apart: a bilinear reading is off by at most sd * (1/12)^2 / 8, a thousandth.
enum { NODES_PER_LENGTH = 12, NODES_MAX = 1 << 26 };

struct field {
    uint64_t seed;
    struct xy_m corner;
    double step_m;
    int64_t columns, rows;
    float *x, *y;
    double seam_m, sheet_m, lean, lean_x, lean_y;
    struct place sheets;
};

static void smooth_line(const float *in, int64_t stride, int64_t count, const double *weight, int64_t reach, float *out)
{
    for (int64_t i = 0; i < count; i++) {
        double sum = 0;
        for (int64_t k = -reach; k <= reach; k++)
            if (i + k >= 0 && i + k < count)
                sum += weight[k + reach] * (double)in[(i + k) * stride];
        out[i] = (float)sum;
    }
}

static void smooth(float *grid, int64_t columns, int64_t rows)
{
    double sd = NODES_PER_LENGTH / M_SQRT2;
    int64_t reach = (int64_t)(3.5 * sd), longest = columns > rows ? columns : rows;
    double *weight = mem_get((size_t)(2 * reach + 1), sizeof *weight);
    float *line = mem_get((size_t)longest, sizeof *line);
    for (int64_t k = -reach; k <= reach; k++)
        weight[k + reach] = exp(-0.5 * (double)(k * k) / (sd * sd));
    for (int64_t y = 0; y < rows; y++) {
        smooth_line(grid + y * columns, 1, columns, weight, reach, line);
        for (int64_t x = 0; x < columns; x++)
            grid[y * columns + x] = line[x];
    }
    for (int64_t x = 0; x < columns; x++) {
        smooth_line(grid + x, columns, rows, weight, reach, line);
        for (int64_t y = 0; y < rows; y++)
            grid[y * columns + x] = line[y];
    }
    mem_free(weight);
    mem_free(line);
}

static void fill(struct field *f, struct box_m area, double length_m)
{
    double margin = 3 * length_m; // beyond the edge the sums are thinner
    f->step_m = length_m / NODES_PER_LENGTH;
    while ((area.max_x - area.min_x + 2 * margin) / f->step_m * ((area.max_y - area.min_y + 2 * margin) / f->step_m) >
           NODES_MAX)
        f->step_m *= 1.5;
    f->corner = (struct xy_m){ area.min_x - margin, area.min_y - margin };
    f->columns = (int64_t)((area.max_x - area.min_x + 2 * margin) / f->step_m) + 2;
    f->rows = (int64_t)((area.max_y - area.min_y + 2 * margin) / f->step_m) + 2;
    size_t nodes = (size_t)(f->columns * f->rows);
    f->x = mem_get(nodes, sizeof *f->x);
    f->y = mem_get(nodes, sizeof *f->y);
    for (size_t i = 0; i < nodes; i++) {
        struct xy_m n = random_normal_pair(f->seed, 41, i);
        f->x[i] = (float)n.x;
        f->y[i] = (float)n.y;
    }
    smooth(f->x, f->columns, f->rows);
    smooth(f->y, f->columns, f->rows);
}

static void scale(struct field *f, double by)
{
    for (size_t i = 0; i < (size_t)(f->columns * f->rows); i++) {
        f->x[i] *= (float)by;
        f->y[i] *= (float)by;
    }
}

// Scaled by what the buildings really get: to an rms length, or to the largest length that occurs.
static void scale_to_wish(struct field *f, const struct city *c)
{
    double most = 0, squares = 0;
    for (uint32_t i = 0; i < c->after_count; i++) {
        struct xy_m d = field_at(f, shapes_middle(&c->shapes, c->after[i].shape));
        most = fmax(most, hypot(d.x, d.y));
        squares += d.x * d.x + d.y * d.y;
    }
    if (most == 0)
        return;
    if (c->options->shift_rms_m > 0)
        scale(f, c->options->shift_rms_m / sqrt(squares / c->after_count));
    else
        scale(f, c->options->shift_m / most);
}

struct field *field_open(const struct city *c)
{
    struct field *f = mem_get(1, sizeof *f);
    const struct city_options *o = c->options;
    f->seed = (uint64_t)o->seed;
    f->seam_m = o->seam_m;
    f->sheet_m = o->seam_sheet_m;
    f->sheets = place_turned((struct xy_m){ 0, 0 }, -(5 + 20 * random_unit(f->seed, 42, 0)));
    f->lean = tan(o->lean_degrees * M_PI / 180);
    f->lean_x = cos(2 * M_PI * random_unit(f->seed, 43, 0));
    f->lean_y = sin(2 * M_PI * random_unit(f->seed, 43, 0));
    if (o->shift_m <= 0 && o->shift_rms_m <= 0)
        return f;
    fill(f, shapes_whole_box(&c->shapes, 0), o->shift_length_m);
    scale_to_wish(f, c);
    return f;
}

struct xy_m field_at(const struct field *f, struct xy_m p)
{
    if (f->x == NULL)
        return (struct xy_m){ 0, 0 };
    double x = (p.x - f->corner.x) / f->step_m, y = (p.y - f->corner.y) / f->step_m;
    int64_t i = (int64_t)x, j = (int64_t)y;
    must(x >= 0 && y >= 0 && i + 1 < f->columns && j + 1 < f->rows);
    double u = x - (double)i, v = y - (double)j, w[4] = { (1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v };
    int64_t at[4] = { j * f->columns + i, j * f->columns + i + 1, (j + 1) * f->columns + i,
                      (j + 1) * f->columns + i + 1 };
    struct xy_m d = { 0, 0 };
    for (int k = 0; k < 4; k++) {
        d.x += w[k] * (double)f->x[at[k]];
        d.y += w[k] * (double)f->y[at[k]];
    }
    return d;
}

struct xy_m field_seam(const struct field *f, struct xy_m centre)
{
    if (f->seam_m <= 0)
        return (struct xy_m){ 0, 0 };
    struct xy_m p = place_point(f->sheets, centre.x, centre.y);
    int64_t column = (int64_t)floor(p.x / f->sheet_m), row = (int64_t)floor(p.y / f->sheet_m);
    struct xy_m n = random_normal_pair(f->seed ^ 0x5ea4, (uint64_t)column, (uint64_t)row);
    return (struct xy_m){ n.x * f->seam_m, n.y * f->seam_m };
}

struct xy_m field_of_building(const struct field *f, const struct city *c, uint32_t after, struct xy_m centre)
{
    struct xy_m seam = field_seam(f, centre);
    double lean = f->lean * (double)c->after[after].height_m;
    return (struct xy_m){ seam.x + lean * f->lean_x, seam.y + lean * f->lean_y };
}

void field_close(struct field *f)
{
    if (f == NULL)
        return;
    mem_free(f->x);
    mem_free(f->y);
    mem_free(f);
}
