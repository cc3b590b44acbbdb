#include "core/store/view_rows.h"

#include "core/base/buf.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SQL_CEILING = 32768, NAME_ROOM = VIEW_COLUMN };

enum status layer_insert(struct db *db, const struct layer *l, const char *definition, const char *sha256, struct err *e)
{
    return db_run(db, "INSERT INTO layer (key, title_zh, title_en, definition, sha256) VALUES ($1, $2, $3, $4, $5) "
                      "ON CONFLICT (key) DO UPDATE SET title_zh = $2, title_en = $3, definition = $4, sha256 = $5 WHERE sha256 <> $5",
                  VALUES(value_text(l->key), value_text(l->title_zh), value_text(l->title_en), value_text(definition), value_text(sha256)), e);
}

// Column names are plain words (layer.c sees to it). Map programs ask a view's column for its declared type and expressions
// have none. So what is kept in JSON stands in a column of its type too (struct property, held_in), which a load fills; and
// seconds that mean a day have a generated column, COLUMN_day, which takes no room. Generated ones are worked out for every row
// that is written, all of them whatever its kind: so there is one for a column, not one for each layer's property.
static bool is_day(const struct property *p) { return p->column != NULL && p->type == PROPERTY_DATE; }

void view_column(const struct property *p, char out[VIEW_COLUMN])
{
    size_t length = strlen(p->held_in);
    bool seconds = is_day(p) && length > 2 && strcmp(p->held_in + length - 2, "_s") == 0;
    must(snprintf(out, NAME_ROOM, "%.*s%s", (int)(seconds ? length - 2 : length), p->held_in, is_day(p) ? "_day" : "") < NAME_ROOM);
}

static const char *const column_types[PROPERTY_TYPES] = { [PROPERTY_TEXT] = "TEXT", [PROPERTY_NUMBER] = "REAL", [PROPERTY_INTEGER] = "INTEGER",
                                            [PROPERTY_DATE] = "DATE" };

// "" when the table has no such column yet.
static enum status type_of_column(struct db *db, const char *table, const char *name, char type[16], struct err *e)
{
    return db_text(db, "SELECT coalesce(max(type), '') FROM pragma_table_xinfo($1) WHERE name = $2", VALUES(value_text(table), value_text(name)), type, 16, e);
}

static enum status add_column(struct db *db, const struct layer *l, const struct property *p, const char *name, int64_t zone_offset_s, struct err *e)
{
    struct buf b;
    buf_init(&b, SQL_CEILING);
    buf_printf(&b, "ALTER TABLE %s ADD COLUMN %s %s", l->table, name, column_types[p->type]);
    if (is_day(p))
        buf_printf(&b, " GENERATED ALWAYS AS (date(%s + %" PRId64 ", 'unixepoch')) VIRTUAL", p->column, zone_offset_s);
    must(!b.full);
    enum status s = db_script(db, b.data, e);
    buf_clear(&b);
    return s;
}

// Rows that were there before the layer had this property's column, or before it had this type.
static enum status fill_column(struct db *db, const struct layer *l, const struct property *p, int64_t zone_offset_s, struct err *e)
{
    struct buf b;
    buf_init(&b, SQL_CEILING);
    buf_printf(&b, "UPDATE %s SET %s = %sjson_extract(properties, '$.%s')", l->table, p->held_in, p->type == PROPERTY_DATE ? "date(" : "", p->name);
    if (p->type == PROPERTY_DATE)
        buf_printf(&b, " + %" PRId64 ", 'unixepoch')", zone_offset_s);
    buf_printf(&b, " WHERE json_type(properties, '$.%s') IS NOT NULL", p->name);
    if (strcmp(l->table, "asset") == 0)
        buf_printf(&b, " AND kind = '%s'", l->key);
    must(!b.full);
    enum status s = db_script(db, b.data, e);
    buf_clear(&b);
    return s;
}

static enum status drop_column(struct db *db, const struct layer *l, const char *name, struct err *e)
{
    char sql[2 * NAME_ROOM];
    must(snprintf(sql, sizeof sql, "ALTER TABLE %s DROP COLUMN %s", l->table, name) < (int)sizeof sql);
    return db_script(db, sql, e);
}

static enum status make_column(struct db *db, const struct layer *l, const struct property *p, int64_t zone_offset_s, struct err *e)
{
    char name[NAME_ROOM], type[16] = "";
    if (p->column != NULL && !is_day(p))
        return OK;
    view_column(p, name);
    enum status s = type_of_column(db, l->table, name, type, e);
    if (s != OK || strcmp(type, column_types[p->type]) == 0)
        return s;
    if (type[0] != '\0')                // a new version of the layer means something else by it
        s = drop_column(db, l, name, e);
    if (s == OK)
        s = add_column(db, l, p, name, zone_offset_s, e);
    return s == OK && p->column == NULL ? fill_column(db, l, p, zone_offset_s, e) : s;
}

static void write_view(struct buf *b, const struct layer *l)
{
    static const char *const ours[] = { "source", "source_id", "cell_code", "community_code", "accuracy_m", "version", "valid_from_s" };
    bool is_asset = strcmp(l->table, "asset") == 0;
    buf_printf(b, "CREATE VIEW map_%s AS SELECT fid, id", l->key);
    for (int i = 0; i < l->properties; i++) {
        char name[NAME_ROOM];
        view_column(&l->property[i], name);
        buf_printf(b, ", %s AS %s", name, l->property[i].name);
    }
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (layer_property(l, ours[i]) == NULL)
            buf_printf(b, ", %s", ours[i]);
    if (!is_asset && layer_property(l, "area_m2") == NULL)
        buf_text(b, ", area_m2");
    buf_printf(b, ", %s FROM %s WHERE valid_to_s IS NULL", l->shape, l->table);
    if (is_asset)
        buf_printf(b, " AND kind = '%s'", l->key);
    must(!b->full);
}

static enum status register_geometry(struct db *db, const struct layer *l, const char *view, struct err *e)
{
    enum status s = db_run(db, "DELETE FROM views_geometry_columns WHERE view_name = $1", VALUES(value_text(view)), e);
    return s == OK ? db_run(db, "INSERT INTO views_geometry_columns (view_name, view_geometry, view_rowid, f_table_name, f_geometry_column, "
                                "read_only) VALUES ($1, $2, 'fid', $3, $2, 1)",
                            VALUES(value_text(view), value_text(l->shape), value_text(l->table)), e) : s;
}

static enum status replace_view(struct db *db, const struct layer *l, const char *view, const char *sql, int64_t zone_offset_s, struct err *e)
{
    char drop[NAME_ROOM + 32];
    snprintf(drop, sizeof drop, "DROP VIEW IF EXISTS %s", view);
    enum status s = db_script(db, drop, e);
    for (int i = 0; s == OK && i < l->properties; i++)
        s = make_column(db, l, &l->property[i], zone_offset_s, e);
    if (s == OK)
        s = db_script(db, sql, e);
    return s == OK ? register_geometry(db, l, view, e) : s;
}

// A view of the same words over columns that mean the same.
static enum status is_made(struct db *db, const struct layer *l, const char *view, const char *sql, bool *out, struct err *e)
{
    int64_t same = 0;
    enum status s = db_integer(db, "SELECT count(*) FROM sqlite_master WHERE type = 'view' AND name = $1 AND sql = $2",
                               VALUES(value_text(view), value_text(sql)), &same, e);
    *out = same > 0;
    for (int i = 0; s == OK && *out && i < l->properties; i++) {
        const struct property *p = &l->property[i];
        char name[NAME_ROOM], type[16] = "";
        if (p->column != NULL && !is_day(p))
            continue;
        view_column(p, name);
        s = type_of_column(db, l->table, name, type, e);
        *out = strcmp(type, column_types[p->type]) == 0;
    }
    return s;
}

enum status view_make(struct db *db, const struct layer *l, int64_t zone_offset_s, struct err *e)
{
    char view[NAME_ROOM];
    bool made = false;
    struct buf sql;
    snprintf(view, sizeof view, "map_%.100s", l->key);
    buf_init(&sql, SQL_CEILING);
    write_view(&sql, l);
    enum status s = is_made(db, l, view, sql.data, &made, e);
    if (s == OK && !made)
        s = replace_view(db, l, view, sql.data, zone_offset_s, e);
    buf_clear(&sql);
    return s;
}

enum status view_forget(struct db *db, const char *key, struct err *e)
{
    char view[NAME_ROOM], drop[NAME_ROOM + 32];
    snprintf(view, sizeof view, "map_%.100s", key);
    snprintf(drop, sizeof drop, "DROP VIEW IF EXISTS %s", view);
    enum status s = db_script(db, drop, e);
    if (s == OK)
        s = db_run(db, "DELETE FROM views_geometry_columns WHERE view_name = $1", VALUES(value_text(view)), e);
    return s == OK ? db_run(db, "DELETE FROM layer WHERE key = $1", VALUES(value_text(key)), e) : s;
}
