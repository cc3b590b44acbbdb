// Cells: a plain grid over the district, laid once; every step of the registration goes over it cell by cell.
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "gis/register_parts.h"
#include <math.h>
#include <string.h>

enum { CELL_BIAS = 1 << 30 };
enum { FEW = 8 };        // footprints: a cell of fewer is judged together with those around it
enum { SOME_OF = 10 };   // one twin in so many: a row of houses redrawn on the drawing that all around it share
enum { BESIDE = 2 };     // quiet cells no further than this from an active one lend it their ties

uint64_t cell_key(double size_m, struct xy_m p)
{
    int64_t x = (int64_t)floor(p.x / size_m) + CELL_BIAS, y = (int64_t)floor(p.y / size_m) + CELL_BIAS;
    return (uint64_t)y << 32 | (uint64_t)x;
}

uint64_t cell_neighbour(uint64_t key, int dx, int dy)
{
    return key + (uint64_t)((int64_t)dy * ((int64_t)1 << 32) + dx);
}

struct xy_m cell_centre(double size_m, uint64_t key)
{
    return (struct xy_m){((double)(int64_t)(key & 0xffffffff) - CELL_BIAS + 0.5) * size_m,
                         ((double)(int64_t)(key >> 32) - CELL_BIAS + 0.5) * size_m};
}

void cell_index_ready(struct cell_index *c)
{
    c->slots = 16;
    while (c->slots < 2 * c->count)
        c->slots *= 2;
    c->slot = mem_get(c->slots, sizeof *c->slot);
    for (size_t i = 0; i < c->count; i++) {
        size_t s = hash_mix(c->key[i]) & (c->slots - 1);
        while (c->slot[s] != 0)
            s = (s + 1) & (c->slots - 1);
        c->slot[s] = (uint32_t)i + 1;
    }
}

void cell_index_clear(struct cell_index *c)
{
    mem_free(c->key);
    mem_free(c->slot);
    *c = (struct cell_index){0};
}

size_t cell_find(const struct cell_index *c, uint64_t key)
{
    if (c->slots == 0)
        return SIZE_MAX;
    for (size_t s = hash_mix(key) & (c->slots - 1); c->slot[s] != 0; s = (s + 1) & (c->slots - 1))
        if (c->key[c->slot[s] - 1] == key)
            return c->slot[s] - 1;
    return SIZE_MAX;
}

// Neighbours in memory are neighbours on the ground: what is sorted by cells are not footprints but runs of them.
struct run { uint32_t first, end; };
struct laying { struct district *district; uint64_t *key; struct sort_item *item; struct run *run; size_t runs; };

static void key_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct laying *l = ctx;
    for (int64_t i = first; i < last; i++)
        l->key[i] = cell_key(VOTE_CELL_M, footprint_middle(l->district->in->after, i));
}

static void find_runs(struct laying *l, size_t n)
{
    size_t runs = 0, room = 0, items = 0;
    for (size_t i = 0; i < n; i++)
        runs += i == 0 || l->key[i] != l->key[i - 1];
    l->run = mem_grow(NULL, &room, runs, sizeof *l->run);
    l->item = mem_grow(NULL, &items, runs, sizeof *l->item);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || l->key[i] != l->key[i - 1]) {
            l->item[l->runs] = (struct sort_item){l->key[i], (uint32_t)l->runs};
            l->run[l->runs++].first = (uint32_t)i;
        }
        l->run[l->runs - 1].end = (uint32_t)i + 1;
    }
}

static void take_cells(struct laying *l, size_t n)
{
    struct district *d = l->district;
    uint32_t at = 0;
    d->member = mem_get(n, sizeof *d->member);
    d->first = mem_get(l->runs + 1, sizeof *d->first);
    d->cell = (struct cell_index){.size_m = VOTE_CELL_M, .key = mem_get(l->runs, sizeof *d->cell.key)};
    for (size_t r = 0; r < l->runs; r++) {
        if (r == 0 || l->item[r].key != l->item[r - 1].key) {
            d->first[d->cell.count] = at;
            d->cell.key[d->cell.count++] = l->item[r].key;
        }
        for (uint32_t i = l->run[l->item[r].value].first; i < l->run[l->item[r].value].end; i++)
            d->member[at++] = i;
    }
    d->first[d->cell.count] = (uint32_t)n;
    cell_index_ready(&d->cell);
}

static void lay_walk(struct district *d)
{
    size_t cells = d->cell.count;
    struct sort_item *item = mem_get(cells, sizeof *item);
    for (size_t c = 0; c < cells; c++)
        item[c] = (struct sort_item){d->member[d->first[c]], (uint32_t)c};
    sort_by_key(item, cells);
    d->walk = mem_get(cells, sizeof *d->walk);
    for (size_t c = 0; c < cells; c++)
        d->walk[c] = item[c].value;
    mem_free(item);
}

static void know_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct district *d = ctx;
    for (int64_t w = first; w < last; w++) {
        uint32_t c = d->walk[w];
        for (uint32_t k = d->first[c]; k < d->first[c + 1]; k++)
            d->twins[c] += d->in->twin[d->member[k]] != NOBODY;
        for (int k = 0; k < 9; k++) {
            size_t o = cell_find(&d->cell, cell_neighbour(d->cell.key[c], k % 3 - 1, k / 3 - 1));
            d->around[c][k] = o == SIZE_MAX ? NOBODY : (uint32_t)o;
        }
    }
}

static bool is_quiet(const struct district *d, size_t cell)
{
    uint32_t own = d->first[cell + 1] - d->first[cell], twins = 0, count = 0;
    if (own >= FEW && 2 * d->twins[cell] >= own)
        return true;
    if (own >= FEW && SOME_OF * d->twins[cell] < own)
        return false;
    for (int k = 0; k < 9; k++) {
        uint32_t o = d->around[cell][k];
        if (o != NOBODY)
            twins += d->twins[o], count += d->first[o + 1] - d->first[o];
    }
    return 2 * twins >= count;
}

static void judge_roles(struct district *d)
{
    for (size_t c = 0; c < d->cell.count; c++) {
        d->role[c] = is_quiet(d, c) ? CELL_QUIET : CELL_ACTIVE;
        d->any_active |= d->role[c] == CELL_ACTIVE;
    }
}

static void mark_beside(struct district *d)
{
    uint8_t *was = mem_get(d->cell.count, 1);
    for (int turn = 0; turn < BESIDE; turn++) {
        memcpy(was, d->role, d->cell.count);
        for (size_t c = 0; c < d->cell.count; c++)
            for (int k = 0; k < 9 && was[c] != CELL_QUIET; k++)
                if (d->around[c][k] != NOBODY && was[d->around[c][k]] == CELL_QUIET)
                    d->role[d->around[c][k]] = CELL_BESIDE;
    }
    mem_free(was);
}

void district_open(const struct register_input *in, struct district *out)
{
    size_t n = (size_t)in->after->count;
    *out = (struct district){.in = in};
    struct laying l = {.district = out, .key = mem_get(n, sizeof *l.key)};
    pool_range(in->pool, (int64_t)n, 4096, key_slice, &l);
    find_runs(&l, n);
    sort_by_key(l.item, l.runs); // stable: the runs of a cell stay in their order
    take_cells(&l, n);
    mem_free(l.key);
    mem_free(l.item);
    mem_free(l.run);
    lay_walk(out);
    out->around = mem_get(out->cell.count, sizeof *out->around);
    out->role = mem_get(out->cell.count, 1);
    out->twins = mem_get(out->cell.count, sizeof *out->twins);
    pool_range(in->pool, (int64_t)out->cell.count, 256, know_slice, out);
    judge_roles(out);
    mark_beside(out);
}

void district_close(struct district *d)
{
    cell_index_clear(&d->cell);
    mem_free(d->first);
    mem_free(d->member);
    mem_free(d->walk);
    mem_free(d->around);
    mem_free(d->role);
    mem_free(d->twins);
    *d = (struct district){0};
}
