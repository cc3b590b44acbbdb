#include "core/store/bulk_tree.h"

#include "core/base/buf.h"
#include "core/store/spatialite_shape.h"
#include "gis/rtree_pack.h"
#include <stdio.h>
#include <string.h>

enum { SQL_ROOM = 512, NAME_ROOM = 96, COLUMNS_MOST = 4, PACK_SHARE = 4 };  // packed anew when a quarter of it or more is new

struct tree {
    struct db *db;
    char column[64], name[NAME_ROOM];                      // name: idx_TABLE_COLUMN
    char node_sql[SQL_ROOM], parent_sql[SQL_ROOM], row_sql[SQL_ROOM];
    struct rtree_pack *pack;                               // of the new rows; NULL: a tree we do not know
    int64_t there;                                         // boxes in it before
};
struct trees { const char *table; struct tree tree[COLUMNS_MOST]; int count; };

static void name_tree(struct tree *t, struct db *db, const char *table, const char *column)
{
    char name[NAME_ROOM];
    must(snprintf(name, sizeof name, "idx_%s_%s", table, column) < NAME_ROOM);
    *t = (struct tree){ .db = db };
    snprintf(t->column, sizeof t->column, "%s", column);
    memcpy(t->name, name, sizeof name);
    snprintf(t->node_sql, SQL_ROOM, "INSERT OR REPLACE INTO \"%s_node\" (nodeno, data) VALUES ($1, $2)", name);
    snprintf(t->parent_sql, SQL_ROOM, "INSERT INTO \"%s_parent\" (nodeno, parentnode) VALUES ($1, $2)", name);
    snprintf(t->row_sql, SQL_ROOM, "INSERT INTO \"%s_rowid\" (rowid, nodeno) VALUES ($1, $2)", name);
}

static enum status list_trees(struct db *db, struct trees *t, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT f_geometry_column FROM geometry_columns WHERE f_table_name = $1 AND spatial_index_enabled = 1 ORDER BY 1",
                           VALUES(value_text(t->table)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; t->count++) {
        must(t->count < COLUMNS_MOST);
        name_tree(&t->tree[t->count], db, t->table, rows_text(r, 0));
    }
    rows_done(r);
    return s;
}

static enum status open_tree(struct tree *t, struct err *e)
{
    char sql[SQL_ROOM];
    int64_t node_bytes = 0;
    snprintf(sql, sizeof sql, "SELECT length(data) FROM \"%s_node\" WHERE nodeno = 1", t->name);
    enum status s = db_integer(t->db, sql, NO_VALUES, &node_bytes, e);
    if (s != OK)
        return s;
    t->pack = rtree_pack_open((size_t)node_bytes);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM \"%s_rowid\"", t->name);
    return db_integer(t->db, sql, NO_VALUES, &t->there, e);
}

// --- Boxes ----------------------------------------------------------------------------------------------------------------

// The new rows, all columns in one walk.
static enum status read_new(struct db *db, struct trees *t, int64_t last_fid, struct err *e)
{
    struct buf sql;
    struct rows *r = NULL;
    buf_init(&sql, SQL_ROOM);
    buf_text(&sql, "SELECT fid");
    for (int i = 0; i < t->count; i++)
        buf_printf(&sql, ", %s", t->tree[i].column);
    buf_printf(&sql, " FROM %s WHERE fid > $1 ORDER BY fid", t->table);
    must(!sql.full);
    enum status s = db_ask(db, sql.data, VALUES(value_integer(last_fid)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        for (int i = 0; i < t->count; i++) {
            struct box_m box;
            size_t len = 0;
            const void *shape = rows_bytes(r, i + 1, &len);
            if (t->tree[i].pack != NULL && spatialite_shape_box(shape, len, &box))
                rtree_pack_add(t->tree[i].pack, rows_integer(r, 0), box);
        }
    rows_done(r);
    buf_clear(&sql);
    return s;
}

static enum status read_old(struct tree *t, struct err *e)
{
    char sql[SQL_ROOM];
    struct rows *r = NULL;
    if (t->there == 0)
        return OK;
    snprintf(sql, sizeof sql, "SELECT pkid, xmin, ymin, xmax, ymax FROM \"%s\"", t->name);
    enum status s = db_ask(t->db, sql, NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        rtree_pack_add(t->pack, rows_integer(r, 0), (struct box_m){ rows_real(r, 1), rows_real(r, 2), rows_real(r, 3), rows_real(r, 4) });
    rows_done(r);
    return s;
}

// --- Packed anew ------------------------------------------------------------------------------------------------------------

static enum status put_node(void *ctx, int64_t number, const uint8_t *data, size_t bytes, struct err *e)
{
    struct tree *t = ctx;
    return db_run(t->db, t->node_sql, VALUES(value_integer(number), value_bytes(data, bytes)), e);
}

static enum status put_parent(void *ctx, int64_t node, int64_t parent, struct err *e)
{
    struct tree *t = ctx;
    return db_run(t->db, t->parent_sql, VALUES(value_integer(node), value_integer(parent)), e);
}

static enum status put_row(void *ctx, int64_t id, int64_t leaf, struct err *e)
{
    struct tree *t = ctx;
    return db_run(t->db, t->row_sql, VALUES(value_integer(id), value_integer(leaf)), e);
}

static enum status empty_tables(struct tree *t, struct err *e)
{
    static const char *const tables[] = { "node", "parent", "rowid" };
    char sql[SQL_ROOM];
    enum status s = OK;
    for (int i = 0; s == OK && i < 3; i++) {
        snprintf(sql, sizeof sql, "DELETE FROM \"%s_%s\"", t->name, tables[i]);
        s = db_script(t->db, sql, e);
    }
    return s;
}

static enum status pack(struct tree *t, struct err *e)
{
    enum status s = read_old(t, e);
    if (s == OK)
        s = empty_tables(t, e);
    return s == OK ? rtree_pack_write(t->pack, &(struct rtree_writer){ put_node, put_parent, put_row, t }, e) : s;
}

// --- One by one ---------------------------------------------------------------------------------------------------------------

// Strips of one two-hundredth of a degree, each from south to north: neighbours come one after the other, so the tree's pages stay
// at hand and its boxes small.
static enum status put_in(struct tree *t, const char *table, int64_t last_fid, struct err *e)
{
    char sql[SQL_ROOM * 2];
    const char *c = t->column;
    must(snprintf(sql, sizeof sql, "INSERT INTO \"%s\" (pkid, xmin, xmax, ymin, ymax) SELECT fid, MbrMinX(%s), MbrMaxX(%s), MbrMinY(%s), MbrMaxY(%s) "
                  "FROM %s WHERE fid > $1 AND %s IS NOT NULL ORDER BY CAST(MbrMinX(%s) * 200 AS INTEGER), MbrMinY(%s)", t->name, c, c, c, c, table, c, c,
                  c) < (int)sizeof sql);
    return db_run(t->db, sql, VALUES(value_integer(last_fid)), e);
}

static enum status fill(struct tree *t, const char *table, int64_t last_fid, struct err *e)
{
    int64_t new_boxes = t->pack != NULL ? (int64_t)rtree_pack_count(t->pack) : 0;
    if (t->pack != NULL && new_boxes == 0)
        return OK;
    return new_boxes > 0 && new_boxes * PACK_SHARE >= t->there ? pack(t, e) : put_in(t, table, last_fid, e);
}

enum status bulk_trees_fill(struct db *db, const char *table, int64_t last_fid, struct err *e)
{
    struct trees t = { .table = table };
    enum status s = list_trees(db, &t, e);
    for (int i = 0; s == OK && i < t.count; i++)
        s = open_tree(&t.tree[i], e);
    if (s == OK)
        s = read_new(db, &t, last_fid, e);
    for (int i = 0; s == OK && i < t.count; i++)
        s = fill(&t.tree[i], table, last_fid, e);
    for (int i = 0; i < t.count; i++)
        rtree_pack_close(t.tree[i].pack);
    return s;
}
