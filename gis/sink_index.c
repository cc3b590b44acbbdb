#include "gis/sink_inside.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "gis/footprint_order.h"
#include <gdal.h>
#include <inttypes.h>
#include <math.h>
#include <ogr_api.h>
#include <stdlib.h>
#include <string.h>

// What SQLite's R*Tree module keeps in three tables: T_node(nodeno, data), T_parent(nodeno, parentnode), T_rowid(rowid, nodeno).
// Node 1 is the root. Data is 2 bytes height of the tree (in the root), 2 bytes count of cells, then the cells: 8 bytes id (of a
// row, or of a node below) and min x, max x, min y, max y as 4 byte floats; all big-endian, the rest of the node zero.
enum { HEAD_BYTES = 4, CELL_BYTES = 24, NODE_BYTES_MOST = HEAD_BYTES + 51 * CELL_BYTES, ROOT = 1, CURVE_LEVELS = 16 };
enum { SQL_CEILING = 1 << 20, SQL_BYTES = 200000 }; // SQLite takes statements of up to 10^6 bytes
struct cell { int64_t id; float min_x, max_x, min_y, max_y; };

struct sink_index {
    void *dataset;
    char *table, *trigger;   // rtree_LAYER_geom; what adds a new row to it, put aside meanwhile
    size_t node_bytes;
    struct cell *cell;       // one a row that has a geometry
    size_t cells, cap;
    int64_t rows;
    struct buf sql;          // the statement in the making
};

// Runs the statement; its first answer, or NULL. Caller frees (mem_free). What went wrong is GDAL's complaint.
static char *ask(struct sink_index *x)
{
    OGRLayerH answer = GDALDatasetExecuteSQL(x->dataset, x->sql.data, NULL, NULL);
    OGRFeatureH row = answer != NULL ? OGR_L_GetNextFeature(answer) : NULL;
    char *text = NULL;
    if (row != NULL) {
        const char *value = OGR_F_GetFieldAsString(row, 0);
        text = strcpy(mem_get(strlen(value) + 1, 1), value);
        OGR_F_Destroy(row);
    }
    if (answer != NULL)
        GDALDatasetReleaseResultSet(x->dataset, answer);
    x->sql.len = 0;
    return text;
}

struct sink_index *sink_index_open(void *dataset, const char *layer)
{
    struct sink_index *x = mem_get(1, sizeof *x);
    x->dataset = dataset;
    buf_init(&x->sql, SQL_CEILING);
    buf_printf(&x->sql, "SELECT CreateSpatialIndex('%s', 'geom')", layer);
    mem_free(ask(x));
    buf_printf(&x->sql, "SELECT name FROM sqlite_master WHERE name = 'rtree_%s_geom'", layer);
    x->table = ask(x);
    buf_printf(&x->sql, "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'rtree_%s_geom_insert'", layer);
    x->trigger = ask(x);
    buf_printf(&x->sql, "SELECT length(data) FROM \"rtree_%s_geom_node\"", layer);
    char *bytes = ask(x);
    x->node_bytes = bytes != NULL ? strtoul(bytes, NULL, 10) : 0;
    mem_free(bytes);
    if (x->table == NULL || x->trigger == NULL || x->node_bytes < HEAD_BYTES + 2 * CELL_BYTES || x->node_bytes > NODE_BYTES_MOST) {
        sink_index_close(x);
        return NULL;
    }
    buf_printf(&x->sql, "DROP TRIGGER \"%s_insert\"", x->table);
    mem_free(ask(x));
    return x;
}

void sink_index_close(struct sink_index *x)
{
    if (x == NULL)
        return;
    mem_free(x->table);
    mem_free(x->trigger);
    mem_free(x->cell);
    buf_clear(&x->sql);
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
    if (!(box.min_x <= box.max_x))
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

static void flush(struct sink_index *x)
{
    if (x->sql.len > 0)
        mem_free(ask(x));
}

// One more row of VALUES for a table; the statement is run once it is long.
static void begin_row(struct sink_index *x, const char *table)
{
    if (x->sql.len > SQL_BYTES)
        flush(x);
    if (x->sql.len == 0)
        buf_printf(&x->sql, "INSERT OR REPLACE INTO \"%s_%s\" VALUES", x->table, table);
    else
        buf_text(&x->sql, ",");
}

static void write_node(struct sink_index *x, int64_t number, int height, const struct cell *cell, size_t cells)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t data[NODE_BYTES_MOST] = { 0 }, *end = put(put(data, (uint64_t)height, 2), cells, 2);
    for (size_t i = 0; i < cells; i++) {
        end = put(end, (uint64_t)cell[i].id, 8);
        end = put_float(put_float(put_float(put_float(end, cell[i].min_x), cell[i].max_x), cell[i].min_y), cell[i].max_y);
    }
    char hex[2 * NODE_BYTES_MOST];
    for (size_t i = 0; i < x->node_bytes; i++) {
        hex[2 * i] = digits[data[i] >> 4];
        hex[2 * i + 1] = digits[data[i] & 15];
    }
    begin_row(x, "node");
    buf_printf(&x->sql, "(%" PRId64 ",x'", number);
    buf_add(&x->sql, hex, 2 * x->node_bytes);
    buf_text(&x->sql, "')");
}

static void write_parents(struct sink_index *x, int64_t first, size_t nodes, int64_t first_parent, size_t most)
{
    for (size_t i = 0; i < nodes; i++) {
        begin_row(x, "parent");
        buf_printf(&x->sql, "(%" PRId64 ",%" PRId64 ")", first + (int64_t)i, first_parent + (int64_t)(i / most));
    }
    flush(x);
}

// The leaf of every row, 0 where a row has none. An array of JSON is read ten times faster than rows of VALUES.
static void write_leaves(struct sink_index *x, int64_t first_leaf, size_t most)
{
    uint32_t *leaf = mem_get((size_t)x->rows, sizeof *leaf);
    for (size_t i = 0; i < x->cells; i++)
        leaf[x->cell[i].id - 1] = (uint32_t)first_leaf + (uint32_t)(i / most);
    for (int64_t row = 0; row < x->rows; row++) {
        if (x->sql.len == 0)
            buf_printf(&x->sql, "INSERT INTO \"%s_rowid\" SELECT key + %" PRId64 ", value FROM json_each('[0", x->table, row);
        buf_text(&x->sql, ",");
        buf_fixed(&x->sql, leaf[row], 0);
        if (x->sql.len > SQL_BYTES || row + 1 == x->rows) {
            buf_text(&x->sql, "]') WHERE value > 0");
            flush(x);
        }
    }
    mem_free(leaf);
}

// One level of the tree, its nodes numbered from `first`. Its cells give way to those of the level above it.
static void write_nodes(struct sink_index *x, int64_t first, int height, size_t cells, size_t most)
{
    for (size_t i = 0; i < cells; i += most) {
        size_t count = cells - i < most ? cells - i : most;
        int64_t number = first + (int64_t)(i / most);
        write_node(x, number, number == ROOT ? height : 0, x->cell + i, count);
        x->cell[i / most] = around(x->cell + i, count, number);
    }
    flush(x);
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
    buf_text(&x->sql, x->trigger);
    flush(x);
}
