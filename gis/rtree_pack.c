#include "gis/rtree_pack.h"

#include "core/base/mem.h"
#include "core/base/sort.h"
#include "gis/footprint_order.h"
#include <math.h>
#include <string.h>

// A node's data: 2 bytes height of the tree (in the root), 2 bytes count of cells, then the cells: 8 bytes id (of a row, or of a
// node below) and min x, max x, min y, max y as 4 byte floats; all big-endian, the rest of the node zero.
enum { HEAD_BYTES = 4, CELL_BYTES = 24, NODE_BYTES_MOST = HEAD_BYTES + 51 * CELL_BYTES, ROOT = 1, CURVE_LEVELS = 16 };
struct cell { int64_t id; float min_x, max_x, min_y, max_y; };

struct rtree_pack { size_t node_bytes, most; struct cell *cell; size_t cells, cap; };   // most: cells of a node

struct rtree_pack *rtree_pack_open(size_t node_bytes)
{
    if (node_bytes < HEAD_BYTES + 2 * CELL_BYTES || node_bytes > NODE_BYTES_MOST)
        return NULL;
    struct rtree_pack *p = mem_get(1, sizeof *p);
    p->node_bytes = node_bytes;
    p->most = (node_bytes - HEAD_BYTES) / CELL_BYTES;
    return p;
}

void rtree_pack_close(struct rtree_pack *p)
{
    if (p == NULL)
        return;
    mem_free(p->cell);
    mem_free(p);
}

size_t rtree_pack_count(const struct rtree_pack *p) { return p->cells; }

// As the module rounds (rtreeValueDown, rtreeValueUp): the box of floats holds the box of doubles.
static float below(double v)
{
    float f = (float)v;
    return f > v ? (float)(v * (v < 0 ? 1 + 0x1p-23 : 1 - 0x1p-23)) : f;
}

static float above(double v) { return -below(-v); }

void rtree_pack_add(struct rtree_pack *p, int64_t id, struct box_m box)
{
    if (!(box.min_x <= box.max_x))
        return;
    if (p->cells == p->cap)
        p->cell = mem_grow(p->cell, &p->cap, p->cells + 1, sizeof *p->cell);
    p->cell[p->cells++] = (struct cell){ id, below(box.min_x), above(box.max_x), below(box.min_y), above(box.max_y) };
}

// --- In order -----------------------------------------------------------------------------------------------------------

static struct cell around(const struct cell *cell, size_t cells, int64_t id)
{
    struct cell all = cell[0];
    all.id = id;
    for (size_t i = 1; i < cells; i++) {
        all.min_x = cell[i].min_x < all.min_x ? cell[i].min_x : all.min_x;
        all.max_x = cell[i].max_x > all.max_x ? cell[i].max_x : all.max_x;
        all.min_y = cell[i].min_y < all.min_y ? cell[i].min_y : all.min_y;
        all.max_y = cell[i].max_y > all.max_y ? cell[i].max_y : all.max_y;
    }
    return all;
}

static void sort_by_place(struct rtree_pack *p)
{
    struct cell all = around(p->cell, p->cells, 0);
    double wide = fmax((double)all.max_x - all.min_x, (double)all.max_y - all.min_y), scale = wide > 0 ? ((1 << CURVE_LEVELS) - 1) / wide : 0;
    struct sort_item *item = mem_get(p->cells, sizeof *item);
    for (size_t i = 0; i < p->cells; i++) {
        const struct cell *c = &p->cell[i];
        double from_x = ((double)c->min_x + c->max_x) / 2 - all.min_x, from_y = ((double)c->min_y + c->max_y) / 2 - all.min_y;
        item[i] = (struct sort_item){ hilbert_place((uint32_t)(from_x * scale), (uint32_t)(from_y * scale), CURVE_LEVELS), (uint32_t)i };
    }
    sort_by_key(item, p->cells);
    struct cell *sorted = mem_get(p->cells, sizeof *sorted);
    for (size_t i = 0; i < p->cells; i++)
        sorted[i] = p->cell[item[i].value];
    mem_free(item);
    mem_free(p->cell);
    p->cell = sorted;
    p->cap = p->cells;
}

// --- The rows of the three tables ----------------------------------------------------------------------------------------

static uint8_t *put(uint8_t *out, uint64_t value, int bytes)
{
    for (int i = bytes; i > 0; i--)
        *out++ = (uint8_t)(value >> (8 * (i - 1)));
    return out;
}

static uint8_t *put_float(uint8_t *out, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return put(out, bits, 4);
}

static enum status write_node(const struct rtree_pack *p, const struct rtree_writer *w, int64_t number, int height, const struct cell *cell,
                              size_t cells, struct err *e)
{
    uint8_t data[NODE_BYTES_MOST] = { 0 }, *end = put(put(data, (uint64_t)height, 2), cells, 2);
    for (size_t i = 0; i < cells; i++) {
        end = put(end, (uint64_t)cell[i].id, 8);
        end = put_float(put_float(put_float(put_float(end, cell[i].min_x), cell[i].max_x), cell[i].min_y), cell[i].max_y);
    }
    return w->node(w->ctx, number, data, p->node_bytes, e);
}

struct level { int64_t first; int height; };              // its nodes are numbered from there on

// The leaf of every row.
static enum status write_rows(const struct rtree_pack *p, const struct rtree_writer *w, int64_t first_leaf, struct err *e)
{
    struct sort_item *item = mem_get(p->cells, sizeof *item);
    enum status s = OK;
    for (size_t i = 0; i < p->cells; i++)
        item[i] = (struct sort_item){ (uint64_t)p->cell[i].id, (uint32_t)(i / p->most) };
    sort_by_key(item, p->cells);
    for (size_t i = 0; s == OK && i < p->cells; i++)
        s = w->row(w->ctx, (int64_t)item[i].key, first_leaf + item[i].value, e);
    mem_free(item);
    return s;
}

static enum status write_parents(const struct rtree_pack *p, const struct rtree_writer *w, int64_t first, size_t nodes, int64_t first_parent,
                                 struct err *e)
{
    enum status s = OK;
    for (size_t i = 0; s == OK && i < nodes; i++)
        s = w->parent(w->ctx, first + (int64_t)i, first_parent + (int64_t)(i / p->most), e);
    return s;
}

// One level of the tree. Its cells give way to those of the level above it.
static enum status write_level(struct rtree_pack *p, const struct rtree_writer *w, struct level level, size_t cells, struct err *e)
{
    enum status s = OK;
    for (size_t i = 0; s == OK && i < cells; i += p->most) {
        size_t count = cells - i < p->most ? cells - i : p->most;
        int64_t number = level.first + (int64_t)(i / p->most);
        s = write_node(p, w, number, number == ROOT ? level.height : 0, p->cell + i, count, e);
        p->cell[i / p->most] = around(p->cell + i, count, number);
    }
    return s;
}

static enum status write_tree(struct rtree_pack *p, const struct rtree_writer *w, struct err *e)
{
    size_t cells = p->cells;
    int64_t next = ROOT + 1, below_first = 0;
    enum status s = OK;
    for (int height = 0; s == OK && below_first != ROOT; height++) {
        size_t nodes = (cells - 1) / p->most + 1;
        int64_t first = nodes == 1 ? ROOT : next;
        s = height == 0 ? write_rows(p, w, first, e) : write_parents(p, w, below_first, cells, first, e);
        if (s == OK)
            s = write_level(p, w, (struct level){ first, height }, cells, e);
        below_first = first;
        next = first + (int64_t)nodes;
        cells = nodes;
    }
    return s;
}

enum status rtree_pack_write(struct rtree_pack *p, const struct rtree_writer *w, struct err *e)
{
    if (p->cells == 0)
        return write_node(p, w, ROOT, 0, NULL, 0, e);
    sort_by_place(p);
    return write_tree(p, w, e);
}
