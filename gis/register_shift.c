#include "gis/register_shift.h"
#include "core/base/mem.h"
#include "gis/register_parts.h"
#include <math.h>

enum { FEWEST_TIES = 5, FIRST_OF = 4, FEW_BUILDINGS = 2000 };
static const double FIRST_REACH_M = 2.5, LATER_REACH_M = 1.5; // a tie may lie this far from where it is expected

struct registration {
    const struct register_input *in;
    struct district district;
    struct ties ties;
    struct field *field;           // NULL: zero everywhere
    bool trusted;                  // the coordinates were not to be doubted
};

// Rough first: the votes are a metre off, a quarter of the ties tells the rest.
static void register_field(struct registration *r)
{
    struct votes votes;
    votes_count(&r->district, &votes);
    uint32_t step = r->in->after->count < FEW_BUILDINGS ? 1 : FIRST_OF;
    ties_find(&r->ties, &(struct expected){.votes = &votes, .reach_m = FIRST_REACH_M}, step);
    votes_clear(&votes);
    if (r->ties.count < FEWEST_TIES)
        return;
    struct field *rough = field_open(&r->ties, true);
    ties_find(&r->ties, &(struct expected){.field = rough, .reach_m = fmax(LATER_REACH_M, 4 * r->ties.noise_m)}, 1);
    if (r->ties.count >= FEWEST_TIES)
        r->field = field_open(&r->ties, false);
    field_close(rough);
}

// Nothing is displaced; the noise is learnt all the same.
static void learn_noise(struct registration *r)
{
    ties_find(&r->ties, &(struct expected){.reach_m = FIRST_REACH_M}, 1);
}

static struct registration *open_with(const struct register_input *in, bool trusted)
{
    struct registration *r = mem_get(1, sizeof *r);
    r->in = in;
    r->trusted = trusted;
    district_open(in, &r->district);
    ties_open(&r->district, &r->ties);
    if (r->district.any_active && !trusted)
        register_field(r);
    else
        learn_noise(r);
    return r;
}

struct registration *registration_open(const struct register_input *in) { return open_with(in, false); }
struct registration *registration_none(const struct register_input *in) { return open_with(in, true); }

static bool is_zero(const struct registration *r, size_t cell)
{
    return r->field == NULL || cell == SIZE_MAX || r->district.role[cell] != CELL_ACTIVE;
}

static struct placed cell_placed(const struct registration *r, size_t cell, struct xy_m place)
{
    struct field_view view;
    if (is_zero(r, cell))
        return (struct placed){0};
    field_view_open(r->field, cell, &view);
    return field_view_at(&view, place);
}

struct placed registration_at(const struct registration *r, struct xy_m place)
{
    return cell_placed(r, cell_find(&r->district.cell, cell_key(VOTE_CELL_M, place)), place);
}

struct placing { const struct registration *r; struct placed *out; };
static void place_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct placing *p = ctx;
    const struct district *d = &p->r->district;
    struct field_view view;
    for (int64_t w = first; w < last; w++) {
        uint32_t c = d->walk[w];
        if (is_zero(p->r, c))
            continue;
        field_view_open(p->r->field, c, &view);
        for (uint32_t k = d->first[c]; k < d->first[c + 1]; k++)
            if (d->in->twin[d->member[k]] == NOBODY)
                p->out[d->member[k]] = field_view_at(&view, footprint_middle(d->in->after, d->member[k]));
    }
}

void registration_place(const struct registration *r, struct placed *out)
{
    struct placing p = {r, out};
    pool_range(r->in->pool, (int64_t)r->district.cell.count, 32, place_slice, &p);
}

double registration_vertex_noise_m(const struct registration *r) { return r->ties.noise_m; }
double registration_overhang_m(const struct registration *r) { return r->ties.overhang_m; }

struct telling { const struct registration *r; struct registration_cell *out; };
static void tell_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct telling *t = ctx;
    const struct registration *r = t->r;
    for (int64_t c = first; c < last; c++) {
        struct xy_m at = cell_centre(VOTE_CELL_M, r->district.cell.key[c]);
        struct placed p = cell_placed(r, (size_t)c, at);
        bool quiet = r->trusted || r->district.role[c] != CELL_ACTIVE;
        bool doubtful = !quiet && (p.ties < FEWEST_TIES || p.sd_m > fmax(0.5, 1.5 * r->ties.noise_m));
        t->out[c] = (struct registration_cell){at, p.shift, p.sd_m, p.ties, doubtful};
    }
}

int64_t registration_cells(const struct registration *r, struct registration_cell **out)
{
    int64_t count = (int64_t)r->district.cell.count;
    struct telling t = {r, mem_get((size_t)count, sizeof *t.out)};
    pool_range(r->in->pool, count, 64, tell_slice, &t);
    *out = t.out;
    return count;
}

void registration_close(struct registration *r)
{
    if (r == NULL)
        return;
    field_close(r->field);
    ties_close(&r->ties);
    district_close(&r->district);
    mem_free(r);
}
