#include "gis/register_shift.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "gis/register_parts.h"
#include <math.h>
#include <string.h>

enum { TURNS = 2, FEWEST_TIES = 5, FEW_BUILDINGS = 2000, MANY_BUILDINGS = 100000, MANY_PAIRS = 400000, FIRST_SAMPLE = 3 };
static const double FIRST_BANDWIDTH_M = 60;
static const double FIRST_REACH_M = 2.5, LATER_REACH_M = 1.5; // a tie may lie this far from where it is expected

struct registration {
    struct field *field;           // NULL: zero everywhere
    struct cell_index quiet;       // vote cells where the surveys are one drawing: zero there
    uint8_t *active;               // [after] the others
    struct ties ties;
    double noise_m, overhang_m;
    bool trusted;                  // the coordinates were not to be doubted
    const struct footprints *after;
};

static struct xy_m from_votes(const void *ctx, struct xy_m place) { return votes_at(ctx, place); }
static struct xy_m from_field(const void *ctx, struct xy_m place) { return field_at(ctx, place).shift; }
static struct xy_m from_nothing(const void *ctx, struct xy_m place)
{
    (void)ctx, (void)place;
    return (struct xy_m){0, 0};
}

// Where at least half of the footprints have an identical twin the surveys are one drawing, and there is nothing to register.
static bool find_active(struct registration *r, const struct register_input *in)
{
    size_t n = (size_t)in->after->count;
    struct sort_item *item = mem_get(n, sizeof *item);
    bool any = false;
    r->active = mem_get(n, 1);
    r->quiet = (struct cell_index){.size_m = VOTE_CELL_M, .key = mem_get(n, sizeof *r->quiet.key)};
    for (size_t i = 0; i < n; i++)
        item[i] = (struct sort_item){cell_key(VOTE_CELL_M, footprint_middle(in->after, (int64_t)i)), (uint32_t)i};
    sort_by_key(item, n);
    for (size_t first = 0, end; first < n; first = end) {
        size_t twins = 0;
        for (end = first; end < n && item[end].key == item[first].key; end++)
            twins += in->twin[item[end].value] != NOBODY;
        bool quiet = 2 * twins >= end - first && twins > 0;
        if (quiet)
            r->quiet.key[r->quiet.count++] = item[first].key;
        for (size_t k = first; k < end; k++)
            r->active[item[k].value] = !quiet;
        any |= !quiet;
    }
    cell_index_ready(&r->quiet);
    mem_free(item);
    return any;
}

static void all_active(struct registration *r)
{
    if (r->active == NULL)
        r->active = mem_get((size_t)r->after->count, 1);
    memset(r->active, 1, (size_t)r->after->count);
}

static void retie(struct registration *r, const struct register_input *in, shift_at *expect, const void *ctx, double reach_m)
{
    mem_free(r->ties.tie);
    ties_find(in, expect, ctx, reach_m, &r->ties);
    r->noise_m = r->ties.noise_m;
}

// Rough first: the votes are a metre off, a third of the ties tells the rest.
static void register_field(struct registration *r, struct register_input *in)
{
    struct votes votes;
    votes_count(in, &votes);
    in->sample = FIRST_SAMPLE;
    if (in->after->count < FEW_BUILDINGS)
        in->sample = 1;
    retie(r, in, from_votes, &votes, FIRST_REACH_M);
    votes_clear(&votes);
    for (int turn = 0; turn < TURNS && r->ties.count >= FEWEST_TIES; turn++) {
        struct field *f = field_open(in, &r->ties, r->noise_m, turn == 0 ? FIRST_BANDWIDTH_M : 0);
        field_close(r->field);
        r->field = f;
        in->sample = in->after->count > MANY_BUILDINGS ? 2 : 1;
        if (turn + 1 < TURNS)
            retie(r, in, from_field, f, fmax(LATER_REACH_M, 4 * r->noise_m));
    }
}

// Nothing is displaced; the noise is learnt all the same.
static void learn_noise(struct registration *r, struct register_input *in)
{
    all_active(r);
    in->sample = in->pairs->count > MANY_PAIRS ? 4 : 1;
    retie(r, in, from_nothing, NULL, FIRST_REACH_M);
}

static struct registration *open_with(struct register_input *in, const struct near_pairs *pairs, bool look)
{
    struct registration *r = mem_get(1, sizeof *r);
    uint32_t *first = near_pairs_first(pairs, in->after->count);
    r->after = in->after;
    r->trusted = !look;
    in->pairs = pairs;
    in->first_pair = first;
    bool any = look && find_active(r, in);
    if (r->active == NULL)
        all_active(r);
    in->active = r->active;
    if (any)
        register_field(r, in);
    else
        learn_noise(r, in);
    r->overhang_m = r->ties.overhang_m;
    mem_free(first);
    return r;
}

struct registration *registration_open(struct pool *pool, const struct footprints *before, const struct footprints *after,
                                       const uint32_t *twin, const struct near_pairs *pairs, double max_shift_m)
{
    struct register_input in = {.pool = pool, .before = before, .after = after, .twin = twin, .max_shift_m = max_shift_m};
    return open_with(&in, pairs, true);
}

struct registration *registration_none(struct pool *pool, const struct footprints *before, const struct footprints *after,
                                       const uint32_t *twin, const struct near_pairs *pairs)
{
    struct register_input in = {.pool = pool, .before = before, .after = after, .twin = twin};
    return open_with(&in, pairs, false);
}

struct placed registration_at(const struct registration *r, struct xy_m place)
{
    if (r->field == NULL || cell_find(&r->quiet, cell_key(VOTE_CELL_M, place)) != SIZE_MAX)
        return (struct placed){0};
    return field_at(r->field, place);
}

double registration_vertex_noise_m(const struct registration *r) { return r->noise_m; }
double registration_overhang_m(const struct registration *r) { return r->overhang_m; }

int64_t registration_cells(const struct registration *r, struct registration_cell **out)
{
    size_t n = (size_t)r->after->count;
    struct sort_item *item = mem_get(n, sizeof *item);
    for (size_t i = 0; i < n; i++)
        item[i] = (struct sort_item){cell_key(VOTE_CELL_M, footprint_middle(r->after, (int64_t)i)), 0};
    sort_by_key(item, n);
    struct registration_cell *cell = mem_get(n, sizeof *cell);
    int64_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && item[i].key == item[i - 1].key)
            continue;
        struct xy_m at = cell_centre(VOTE_CELL_M, item[i].key);
        struct placed p = registration_at(r, at);
        bool quiet = cell_find(&r->quiet, item[i].key) != SIZE_MAX;
        bool doubtful = !r->trusted && !quiet && (p.ties < FEWEST_TIES || p.sd_m > fmax(0.5, 1.5 * r->noise_m));
        cell[count++] = (struct registration_cell){at, p.shift, p.sd_m, p.ties, doubtful};
    }
    mem_free(item);
    *out = cell;
    return count;
}

void registration_close(struct registration *r)
{
    if (r == NULL)
        return;
    field_close(r->field);
    cell_index_clear(&r->quiet);
    mem_free(r->active);
    mem_free(r->ties.tie);
    mem_free(r);
}
