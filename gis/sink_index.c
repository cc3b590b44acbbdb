#include "gis/sink_inside.h"
#include "gis/source_sqlite.h"
#include "core/base/mem.h"
#include "core/base/status.h"
#include "gis/rtree_pack.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_ROOM = 256, PAIRS_MOST = 64, NODE_ROOM = 2048 };

// Rows for one of the tree's tables: each has two columns.
struct pairs {
    char head[HEAD_ROOM];
    struct sink_insert insert;
    struct sink_cell cell[2 * PAIRS_MOST];
    uint8_t data[PAIRS_MOST][NODE_ROOM]; // of nodes
    int count;
};

struct sink_index {
    const struct sink_base *base;
    char *table, *trigger;   // rtree_LAYER_geom; what adds a new row to it, put aside meanwhile
    struct rtree_pack *pack;
    int64_t rows;
};

struct sink_index *sink_index_open(const struct sink_base *base, void *dataset, const char *layer)
{
    struct sink_index *x = mem_get(1, sizeof *x);
    x->base = base;
    x->table = source_ask(dataset, "SELECT name FROM sqlite_master WHERE name = 'rtree_%s_geom'", layer);
    x->trigger = source_ask(dataset, "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'rtree_%s_geom_insert'", layer);
    char *bytes = source_ask(dataset, "SELECT length(data) FROM \"rtree_%s_geom_node\"", layer);
    size_t node_bytes = bytes != NULL ? strtoul(bytes, NULL, 10) : 0;
    mem_free(bytes);
    x->pack = node_bytes <= NODE_ROOM ? rtree_pack_open(node_bytes) : NULL;
    if (x->table == NULL || x->trigger == NULL || x->pack == NULL || !sink_base_run(base, NULL, 0, "DROP TRIGGER \"%s_insert\"", x->table)) {
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
    rtree_pack_close(x->pack);
    mem_free(x);
}

void sink_index_add(struct sink_index *x, struct box_m box)
{
    rtree_pack_add(x->pack, ++x->rows, box);
}

// --- Writing -------------------------------------------------------------------------------------------------------------

struct tables { struct pairs node, parent, row, *filling; }; // filling: the one that has rows waiting

static void open_pairs(const struct sink_index *x, const char *verb, const char *table, struct pairs *p)
{
    int len = snprintf(p->head, sizeof p->head, "%s INTO \"%s_%s\" VALUES", verb, x->table, table);
    must(len < HEAD_ROOM);
    p->insert = (struct sink_insert){ .base = x->base, .head = p->head, .columns = 2, .most = PAIRS_MOST };
}

static void flush(struct pairs *p)
{
    if (p != NULL && p->count > 0)
        sink_insert_rows(&p->insert, p->cell, p->count);
    if (p != NULL)
        p->count = 0;
}

// The tables are filled in turn: the same tree gives the same bytes.
static void add_pair(struct tables *t, struct pairs *p, int64_t number, struct sink_cell of)
{
    if (t->filling != p || p->count == PAIRS_MOST)
        flush(t->filling);
    t->filling = p;
    p->cell[2 * p->count] = cell_integer(number);
    p->cell[2 * p->count + 1] = of;
    p->count++;
}

static enum status add_node(void *ctx, int64_t number, const uint8_t *data, size_t bytes, struct err *e)
{
    struct tables *t = ctx;
    (void)e;
    if (t->node.count == PAIRS_MOST)
        flush(&t->node);
    uint8_t *kept = memcpy(t->node.data[t->node.count], data, bytes);
    add_pair(t, &t->node, number, cell_blob(kept, bytes));
    return OK;
}

static enum status add_parent(void *ctx, int64_t node, int64_t parent, struct err *e)
{
    struct tables *t = ctx;
    (void)e;
    add_pair(t, &t->parent, node, cell_integer(parent));
    return OK;
}

static enum status add_row(void *ctx, int64_t row, int64_t leaf, struct err *e)
{
    struct tables *t = ctx;
    (void)e;
    add_pair(t, &t->row, row, cell_integer(leaf));
    return OK;
}

// What goes wrong is a complaint of the sink.
static void write_tree(struct sink_index *x)
{
    struct err none = { .lang = LANG_EN };
    struct tables *t = mem_get(1, sizeof *t);
    open_pairs(x, "INSERT OR REPLACE", "node", &t->node); // the root is there
    open_pairs(x, "INSERT", "parent", &t->parent);
    open_pairs(x, "INSERT", "rowid", &t->row);
    rtree_pack_write(x->pack, &(struct rtree_writer){ add_node, add_parent, add_row, t }, &none);
    flush(t->filling);
    sink_insert_clear(&t->node.insert);
    sink_insert_clear(&t->parent.insert);
    sink_insert_clear(&t->row.insert);
    mem_free(t);
}

void sink_index_write(struct sink_index *x)
{
    if (rtree_pack_count(x->pack) > 0)
        write_tree(x);
    sink_base_run(x->base, NULL, 0, "%s", x->trigger);
}
