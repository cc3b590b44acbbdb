#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/status.h"
#include "gis/sink_inside.h"
#include "gis/source_sqlite.h"
#include <gdal.h>
#include <ogr_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// GDAL makes the file and all that belongs to it; only the rows go past it. What GDAL would have counted of them, extent and number,
// is told here, and its triggers that count row by row rest meanwhile: in GDAL's order, for the same bytes.
enum { SQL_ROOM = 1024, HEAD_CEILING = 1 << 16, TRIGGERS = 2 };
static const char *const TRIGGER[TRIGGERS] = { "trigger_insert_feature_count", "trigger_delete_feature_count" };
static const size_t PART_BYTES_MOST = (size_t)64 << 30; // SQLite takes 1 GB a row

// Head of a geometry (OGC 12-128, 2.1.3): "GP", version, flags, srs_id; then min x, max x, min y, max y unless it is empty.
enum { HEAD_BYTES = 8, BOX_BYTES = 4 * sizeof(double), IS_LITTLE_ENDIAN = 1, HAS_BOX = 1 << 1, IS_EMPTY = 1 << 4 };
static const struct box_m NOWHERE = { .min_x = 1, .max_x = -1 };

struct sink_table {
    struct sink_base base;
    struct sink_insert insert;
    struct buf head;               // of the statement that inserts
    struct sink_index *index;
    char *layer, *trigger[TRIGGERS]; // its name, what makes them again
    int fields;
    int32_t srs_id;
    struct box_m extent;
    int64_t rows;
};

// --- Opening ------------------------------------------------------------------------------------------------------------------

static bool find_connection(struct sink_table *t, void *dataset)
{
    const char *wrong = NULL;
    t->base.sqlite = source_sqlite(dataset, t->base.sql->check, &wrong);
    return sink_base_fine(&t->base, wrong) && t->base.sqlite != NULL;
}

static bool find_srs(struct sink_table *t, void *dataset)
{
    char *id = source_ask(dataset, "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = '%s'", t->layer);
    t->srs_id = id != NULL ? (int32_t)strtol(id, NULL, 10) : 0;
    mem_free(id);
    return id != NULL;
}

static bool find_triggers(struct sink_table *t, void *dataset)
{
    for (int i = 0; i < TRIGGERS; i++) {
        t->trigger[i] = source_ask(dataset, "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = '%s_%s'", TRIGGER[i], t->layer);
        if (t->trigger[i] == NULL)
            return false;
    }
    return true;
}

static void write_head(struct sink_table *t, const struct sink_field *field)
{
    buf_init(&t->head, HEAD_CEILING);
    buf_printf(&t->head, "INSERT INTO \"%s\" (\"geom\"", t->layer);
    for (int i = 0; i < t->fields; i++)
        buf_printf(&t->head, ", \"%s\"", field[i].name);
    buf_text(&t->head, ") VALUES");
    t->insert = (struct sink_insert){ .base = &t->base, .head = t->head.data, .columns = 1 + t->fields, .most = PART_ROWS };
}

struct sink_table *sink_table_open(struct sink *s, const char *layer, const struct sink_sql *sql)
{
    must(sql != NULL);
    struct sink_table *t = mem_get(1, sizeof *t);
    t->base = (struct sink_base){ .sql = sql, .complaint = &s->complaint };
    t->layer = mem_text(layer);
    t->fields = s->fields;
    t->extent = NOWHERE;
    write_head(t, s->field);
    mem_free(source_ask(s->dataset, "SELECT CreateSpatialIndex('%s', 'geom')", layer)); // the table comes to be with it
    if (find_connection(t, s->dataset) && find_srs(t, s->dataset) && find_triggers(t, s->dataset))
        t->index = sink_index_open(&t->base, s->dataset, layer);
    if (t->index != NULL)
        return t;
    sink_base_fine(&t->base, "this GDAL makes GeoPackages in a way of its own");
    sink_table_close(t);
    return NULL;
}

void sink_table_close(struct sink_table *t)
{
    if (t == NULL)
        return;
    sink_insert_clear(&t->insert);
    sink_index_close(t->index);
    for (int i = 0; i < TRIGGERS; i++)
        mem_free(t->trigger[i]);
    mem_free(t->layer);
    buf_clear(&t->head);
    mem_free(t);
}

// --- Rows ---------------------------------------------------------------------------------------------------------------------

void sink_table_rows_init(const struct sink_table *t, struct table_rows *r)
{
    r->cell = mem_get((size_t)PART_ROWS * (size_t)t->insert.columns, sizeof *r->cell);
    r->bytes = arena_open(PART_BYTES_MOST);
}

void sink_table_rows_clear(struct table_rows *r)
{
    mem_free(r->cell);
    arena_close(r->bytes);
}

struct sink_cell *sink_table_cells(const struct sink_table *t, const struct table_rows *r, int at)
{
    return r->cell + at * t->insert.columns + 1; // the geometry stands first
}

static size_t text_bytes(const struct sink_cell *cell, int cells)
{
    size_t bytes = 0;
    for (int i = 0; i < cells; i++)
        bytes += cell[i].kind == CELL_TEXT ? cell[i].len : 0;
    return bytes;
}

// Copies the texts to where they stay; returns what is behind them.
static uint8_t *keep_texts(struct sink_cell *cell, int cells, uint8_t *room)
{
    for (int i = 0; i < cells; i++) {
        if (cell[i].kind != CELL_TEXT)
            continue;
        cell[i].bytes = memcpy(room, cell[i].bytes, cell[i].len);
        room += cell[i].len;
    }
    return room;
}

// The head goes right before the multipolygon.
static struct sink_cell with_head(const struct sink_table *t, uint8_t *shape, size_t len, struct box_m box)
{
    bool empty = box_is_empty(box);
    size_t before = HEAD_BYTES + (empty ? 0 : BOX_BYTES);
    uint8_t *head = shape - before;
    memcpy(head, (uint8_t[]){ 'G', 'P', 0, IS_LITTLE_ENDIAN | (empty ? IS_EMPTY : HAS_BOX) }, 4);
    memcpy(head + 4, &t->srs_id, sizeof t->srs_id);
    if (!empty)
        memcpy(head + HEAD_BYTES, (double[]){ box.min_x, box.max_x, box.min_y, box.max_y }, BOX_BYTES);
    return cell_blob(head, before + len);
}

bool sink_table_make(const struct sink_table *t, struct sink_maker *m, const uint8_t *wkb, size_t len, struct table_rows *r, int at)
{
    struct sink_cell *cell = sink_table_cells(t, r, at);
    bool has_shape = wkb != NULL && m->road != NULL;
    size_t shape = has_shape ? sink_shape_len(wkb, len) : 0;
    if (at == 0)
        arena_reset(r->bytes);
    uint8_t *room = arena_get(r->bytes, text_bytes(cell, t->fields) + HEAD_BYTES + BOX_BYTES + shape);
    room = keep_texts(cell, t->fields, room) + HEAD_BYTES + BOX_BYTES;
    cell[-1] = (struct sink_cell){ .kind = CELL_NULL };
    r->box[at] = NOWHERE;
    if (!has_shape)
        return true;
    if (shape == 0 || !sink_shape_put(m, wkb, len, room, &r->box[at]))
        return false;
    cell[-1] = with_head(t, room, shape, r->box[at]);
    return true;
}

static bool rest_triggers(const struct sink_table *t)
{
    for (int i = 0; i < TRIGGERS; i++)
        if (!sink_base_run(&t->base, NULL, 0, "DROP TRIGGER \"%s_%s\"", TRIGGER[i], t->layer))
            return false;
    return true;
}

bool sink_table_write(struct sink_table *t, const struct table_rows *rows, int count)
{
    if (count == 0)
        return true;
    if (t->rows == 0 && !rest_triggers(t))
        return false;
    if (!sink_insert_rows(&t->insert, rows->cell, count))
        return false;
    for (int i = 0; i < count; i++) {
        sink_index_add(t->index, rows->box[i]);
        t->extent = box_union(t->extent, rows->box[i]);
    }
    t->rows += count;
    return true;
}

// --- Finishing ----------------------------------------------------------------------------------------------------------------

// The bounds as GDAL prints them into its statement, with what digits SQLite gives for that.
static void tell_extent(const struct sink_table *t)
{
    const struct sink_cell bound[] = { cell_real(t->extent.min_x), cell_real(t->extent.min_y), cell_real(t->extent.max_x),
                                       cell_real(t->extent.max_y) };
    sink_base_run(&t->base, bound, 4, "UPDATE gpkg_contents SET min_x = CAST(printf('%%.18g', ?1) AS REAL), "
                  "min_y = CAST(printf('%%.18g', ?2) AS REAL), max_x = CAST(printf('%%.18g', ?3) AS REAL), "
                  "max_y = CAST(printf('%%.18g', ?4) AS REAL) WHERE table_name = '%s'", t->layer);
}

void sink_table_finish(struct sink_table *t)
{
    if (t->rows > 0) {
        if (!box_is_empty(t->extent))
            tell_extent(t);
        sink_base_run(&t->base, (struct sink_cell[]){ cell_integer(t->rows) }, 1,
                      "UPDATE gpkg_ogr_contents SET feature_count = ?1 WHERE table_name = '%s'", t->layer);
        for (int i = 0; i < TRIGGERS; i++)
            sink_base_run(&t->base, NULL, 0, "%s", t->trigger[i]);
    }
    sink_index_write(t->index);
}
