#include "gis/sink_inside.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "core/base/status.h"
#include "gis/footprint_order.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What SQLite's R*Tree module keeps in three tables: T_node(nodeno, data), T_parent(nodeno, parentnode), T_rowid(rowid, nodeno).
// Node 1 is the root. Data is 2 bytes height of the tree (in the root), 2 bytes count of cells, then the cells: 8 bytes id (of a
// row, or of a node below) and min x, max x, min y, max y as 4 byte floats; all big-endian, the rest of the node zero.
enum { HEAD_BYTES = 4, CELL_BYTES = 24, NODE_BYTES_MOST = HEAD_BYTES + 51 * CELL_BYTES, ROOT = 1, CURVE_LEVELS = 16 };
enum { HEAD_ROOM = 256, PAIRS_MOST = 64 };
struct cell { int64_t id; float min_x, max_x, min_y, max_y; };

// Rows for one of the tables: each has two columns.
struct pairs {
    char head[HEAD_ROOM];
    struct sink_insert insert;
    struct sink_cell cell[2 * PAIRS_MOST];
    uint8_t data[PAIRS_MOST][NODE_BYTES_MOST]; // of nodes
    int count;
};

struct sink_index {
    const struct sink_base *base;
    char *table, *trigger;   // rtree_LAYER_geom; what adds a new row to it, put aside meanwhile
    size_t node_bytes;
    struct cell *cell;       // one a row that has a geometry
    size_t cells, cap;
    int64_t rows;
};

struct sink_index *sink_index_open(const struct sink_base *base, void *dataset, const char *layer)
{
    struct sink_index *x = mem_get(1, sizeof *x);
    x->base = base;
    x->table = sink_ask(dataset, "SELECT name FROM sqlite_master WHERE name = 'rtree_%s_geom'", layer);
    x->trigger = sink_ask(dataset, "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'rtree_%s_geom_insert'", layer);
    char *bytes = sink_ask(dataset, "SELECT length(data) FROM \"rtree_%s_geom_node\"", layer);
    x->node_bytes = bytes != NULL ? strtoul(bytes, NULL, 10) : 0;
    mem_free(bytes);
    if (x->table == NULL || x->trigger == NULL || x->node_bytes < HEAD_BYTES + 2 * CELL_BYTES || x->node_bytes > NODE_BYTES_MOST ||
        !sink_base_run(base, NULL, 0, "DROP TRIGGER \"%s_insert\"", x->table)) {
        sink_index_close(x);
        return NULL;
    }
    return x;
}

void sink_index_close(struct sink_index *x)
{
    if (x == NULL)
        return;
    mem_free(x->table);
    mem_free(x->trigger);
    mem_free(x->cell);
    mem_free(x);
}

// As the module rounds (rtreeValueDown, rtreeValueUp): the box of floats holds the box of doubles.
static float below(double v)
{
    float f = (float)v;
    return f > v ? (float)(v * (v < 0 ? 1 + 0x1p-23 : 1 - 0x1p-23)) : f;
}

static float above(double v) { return -below(-v); }

void sink_index_add(struct sink_index *x, struct box_m box)
{
    int64_t id = ++x->rows;
    if (box_is_empty(box))
        return;
    if (x->cells == x->cap)
        x->cell = mem_grow(x->cell, &x->cap, x->cells + 1, sizeof *x->cell);
    x->cell[x->cells++] = (struct cell){ id, below(box.min_x), above(box.max_x), below(box.min_y), above(box.max_y) };
}

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

// A tree packed along the Hilbert curve (Kamel and Faloutsos 1993): what is near goes into one node.
static void sort_cells(struct sink_index *x)
{
    struct cell all = around(x->cell, x->cells, 0);
    double wide = fmax((double)all.max_x - all.min_x, (double)all.max_y - all.min_y), scale = wide > 0 ? ((1 << CURVE_LEVELS) - 1) / wide : 0;
    struct sort_item *item = mem_get(x->cells, sizeof *item);
    for (size_t i = 0; i < x->cells; i++) {
        const struct cell *c = &x->cell[i];
        double from_x = ((double)c->min_x + c->max_x) / 2 - all.min_x, from_y = ((double)c->min_y + c->max_y) / 2 - all.min_y;
        item[i] = (struct sort_item){ hilbert_place((uint32_t)(from_x * scale), (uint32_t)(from_y * scale), CURVE_LEVELS), (uint32_t)i };
    }
    sort_by_key(item, x->cells);
    struct cell *sorted = mem_get(x->cells, sizeof *sorted);
    for (size_t i = 0; i < x->cells; i++)
        sorted[i] = x->cell[item[i].value];
    mem_free(item);
    mem_free(x->cell);
    x->cell = sorted;
    x->cap = x->cells;
}

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

static struct pairs *open_pairs(const struct sink_index *x, const char *verb, const char *table)
{
    struct pairs *p = mem_get(1, sizeof *p);
    int len = snprintf(p->head, sizeof p->head, "%s INTO \"%s_%s\" VALUES", verb, x->table, table);
    must(len < HEAD_ROOM);
    p->insert = (struct sink_insert){ .base = x->base, .head = p->head, .columns = 2, .most = PAIRS_MOST };
    return p;
}

static void flush(struct pairs *p)
{
    sink_insert_rows(&p->insert, p->cell, p->count);
    p->count = 0;
}

static void add_pair(struct pairs *p, int64_t number, struct sink_cell of)
{
    p->cell[2 * p->count] = cell_integer(number);
    p->cell[2 * p->count + 1] = of;
    if (++p->count == PAIRS_MOST)
        flush(p);
}

static void close_pairs(struct pairs *p)
{
    flush(p);
    sink_insert_clear(&p->insert);
    mem_free(p);
}

static void write_node(const struct sink_index *x, struct pairs *nodes, int64_t number, int height, const struct cell *cell, size_t cells)
{
    uint8_t *data = nodes->data[nodes->count], *end = put(put(data, (uint64_t)height, 2), cells, 2);
    for (size_t i = 0; i < cells; i++) {
        end = put(end, (uint64_t)cell[i].id, 8);
        end = put_float(put_float(put_float(put_float(end, cell[i].min_x), cell[i].max_x), cell[i].min_y), cell[i].max_y);
    }
    memset(end, 0, x->node_bytes - (size_t)(end - data));
    add_pair(nodes, number, cell_blob(data, x->node_bytes));
}

static void write_parents(const struct sink_index *x, int64_t first, size_t nodes, int64_t first_parent, size_t most)
{
    struct pairs *parents = open_pairs(x, "INSERT", "parent");
    for (size_t i = 0; i < nodes; i++)
        add_pair(parents, first + (int64_t)i, cell_integer(first_parent + (int64_t)(i / most)));
    close_pairs(parents);
}

// The leaf of every row, 0 where a row has none.
static void write_leaves(const struct sink_index *x, int64_t first_leaf, size_t most)
{
    struct pairs *rows = open_pairs(x, "INSERT", "rowid");
    uint32_t *leaf = mem_get((size_t)x->rows, sizeof *leaf);
    for (size_t i = 0; i < x->cells; i++)
        leaf[x->cell[i].id - 1] = (uint32_t)first_leaf + (uint32_t)(i / most);
    for (int64_t row = 0; row < x->rows; row++)
        if (leaf[row] > 0)
            add_pair(rows, row + 1, cell_integer(leaf[row]));
    mem_free(leaf);
    close_pairs(rows);
}

// One level of the tree, its nodes numbered from `first`. Its cells give way to those of the level above it.
static void write_nodes(struct sink_index *x, int64_t first, int height, size_t cells, size_t most)
{
    struct pairs *nodes = open_pairs(x, "INSERT OR REPLACE", "node"); // the root is there
    for (size_t i = 0; i < cells; i += most) {
        size_t count = cells - i < most ? cells - i : most;
        int64_t number = first + (int64_t)(i / most);
        write_node(x, nodes, number, number == ROOT ? height : 0, x->cell + i, count);
        x->cell[i / most] = around(x->cell + i, count, number);
    }
    close_pairs(nodes);
}

static void write_tree(struct sink_index *x)
{
    size_t most = (x->node_bytes - HEAD_BYTES) / CELL_BYTES, cells = x->cells;
    int64_t first = ROOT + 1, first_below = 0;
    for (int height = 0; first_below != ROOT; height++) {
        size_t nodes = (cells - 1) / most + 1;
        first = nodes == 1 ? ROOT : first;
        if (height == 0)
            write_leaves(x, first, most);
        else
            write_parents(x, first_below, cells, first, most);
        write_nodes(x, first, height, cells, most);
        first_below = first;
        first += (int64_t)nodes;
        cells = nodes;
    }
}

void sink_index_write(struct sink_index *x)
{
    if (x->cells > 0) {
        sort_cells(x);
        write_tree(x);
    }
    sink_base_run(x->base, NULL, 0, "%s", x->trigger);
}
