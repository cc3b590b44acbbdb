#include "core/store/compartment_rows.h"

#include "core/base/mem.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SQL_CEILING = 65536, COLUMNS_MOST = 80, NAME_BYTES = 64 };
static const char *const tables[] = { "lead", "step", "proceeding", "clock_pause", "number_series", "audit", "audit_head" };
enum { TABLES = sizeof tables / sizeof tables[0], LOOKED_AT = 3 };       // the first three are read beside the open ones

// --- Compartments and boxes -----------------------------------------------------------------------------------------------------------

enum status compartment_select(struct db *db, const char *agency_id, char public_key[SEAL_KEY_TEXT], struct err *e)
{
    struct err none = { .lang = e->lang };
    enum status s = db_text(db, "SELECT public_key FROM compartment WHERE agency_id = $1", VALUES(value_text(agency_id)), public_key, SEAL_KEY_TEXT, &none);
    if (s != OK && s != NOT_FOUND)
        *e = none;
    return s;
}

enum status compartment_insert(struct db *db, const char *agency_id, const char *public_key, const char *made_by, int64_t now_s, struct err *e)
{
    return db_run(db, "INSERT INTO compartment (agency_id, public_key, made_by, made_at_s) VALUES ($1, $2, $3, $4) ON CONFLICT (agency_id) DO UPDATE SET "
                      "public_key = $2, made_by = $3, made_at_s = $4",
                  VALUES(value_text(agency_id), value_text(public_key), value_text(made_by), value_integer(now_s)), e);
}

enum status compartment_list(struct work *w, const struct page *p, compartment_visit *fn, void *ctx)
{
    struct rows *r = NULL;
    enum status s = db_ask(w->db, "SELECT g.key, g.name_zh, g.name_en, c.public_key, a.name, c.made_at_s FROM compartment c JOIN agency g ON g.id = c.agency_id "
                                  "LEFT JOIN actor a ON a.id = c.made_by WHERE $1 IS NULL OR g.key > $1 ORDER BY g.key LIMIT $2",
                           VALUES(value_text(page_after(p)), value_integer(page_limit(p))), &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; )
        s = fn(ctx, &(struct compartment_told){ rows_text(r, 0), rows_text(r, 1), rows_text(r, 2), rows_text(r, 3), rows_text(r, 4), rows_integer(r, 5) }, w->e);
    rows_done(r);
    return s;
}

enum status box_each(struct db *db, box_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT id, box FROM sealed ORDER BY id", NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        size_t len = 0;
        const void *box = rows_bytes(r, 1, &len);
        s = fn(ctx, rows_text(r, 0), box, len, e);
    }
    rows_done(r);
    return s;
}

enum status box_insert(struct db *db, const char *id, const struct buf *box, struct err *e)
{
    return db_run(db, "INSERT INTO sealed (id, box) VALUES ($1, $2)", VALUES(value_text(id), value_bytes(box->data, box->len)), e);
}

enum status box_update(struct db *db, const char *id, const struct buf *box, struct err *e)
{
    return db_run(db, "UPDATE sealed SET box = $2 WHERE id = $1", VALUES(value_text(id), value_bytes(box->data, box->len)), e);
}

// --- Tables in memory -----------------------------------------------------------------------------------------------------------------

// What the station's own table says of itself, but for what it refers to: that lies in another schema.
static void write_table(struct buf *b, const char *statement, const char *name)
{
    const char *columns = strchr(statement, '(');
    must(columns != NULL);
    buf_printf(b, "CREATE TEMP TABLE %s ", name);
    while (*columns != '\0') {
        const char *reference = strstr(columns, " REFERENCES ");
        buf_add(b, columns, reference != NULL ? (size_t)(reference - columns) : strlen(columns));
        if (reference == NULL)
            break;
        const char *end = strchr(reference, ')');
        must(end != NULL);
        columns = end + 1;
    }
    buf_text(b, ";");
}

static enum status make_table(struct db *db, const char *of, const char *name, struct err *e)
{
    char statement[16384];
    struct buf sql;
    enum status s = db_text(db, "SELECT sql FROM main.sqlite_master WHERE type = 'table' AND name = $1", VALUES(value_text(of)), statement, sizeof statement, e);
    if (s != OK)
        return s;
    buf_init(&sql, SQL_CEILING);
    write_table(&sql, statement, name);
    must(!sql.full);
    s = db_script(db, sql.data, e);
    buf_clear(&sql);
    return s;
}

// The chain in memory moves its own end; the triggers of the station's table stay with that one.
static const char CHAIN[] = "CREATE TEMP TRIGGER memory_audit_moves_head AFTER INSERT ON audit BEGIN UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash; END;";

enum status memory_open(struct db *db, struct err *e)
{
    enum status s = OK;
    for (int i = 0; s == OK && i < TABLES; i++)
        s = make_table(db, tables[i], tables[i], e);
    if (s == OK)
        s = db_script(db, CHAIN, e);
    return s == OK ? db_script(db, "INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, '');", e) : s;
}

enum status memory_empty(struct db *db, struct err *e)
{
    enum status s = OK;
    for (int i = 0; s == OK && i < TABLES; i++) {
        char sql[NAME_BYTES + 32];
        snprintf(sql, sizeof sql, "DELETE FROM temp.%s;", tables[i]);
        s = db_script(db, sql, e);
    }
    return s;
}

enum status memory_close(struct db *db, struct err *e)
{
    enum status s = OK;
    for (int i = TABLES - 1; s == OK && i >= 0; i--) {
        char sql[NAME_BYTES + 32];
        snprintf(sql, sizeof sql, "DROP TABLE temp.%s;", tables[i]);
        s = db_script(db, sql, e);
    }
    return s;
}

// A reader may not write, which holds for memory too: it is let for as long as it takes.
enum status memory_look(struct db *db, struct err *e)
{
    enum status s = db_script(db, "PRAGMA query_only=OFF;", e);
    for (int i = 0; s == OK && i < LOOKED_AT; i++) {
        char sql[256], name[NAME_BYTES];
        snprintf(name, sizeof name, "opened_%s", tables[i]);
        s = make_table(db, tables[i], name, e);
        snprintf(sql, sizeof sql, "CREATE TEMP VIEW %s AS SELECT * FROM main.%s UNION ALL SELECT * FROM temp.%s;", tables[i], tables[i], name);
        if (s == OK)
            s = db_script(db, sql, e);
    }
    return s;
}

void memory_look_away(struct db *db)
{
    struct err aside = { .lang = LANG_EN };
    for (int i = 0; i < LOOKED_AT; i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "DROP VIEW IF EXISTS temp.%s; DROP TABLE IF EXISTS temp.opened_%s;", tables[i], tables[i]);
        (void)db_script(db, sql, &aside);
    }
    (void)db_script(db, "PRAGMA query_only=ON;", &aside);
}

// --- Rows to JSON and back --------------------------------------------------------------------------------------------------------------

struct columns { char name[COLUMNS_MOST][NAME_BYTES]; int count; };

static enum status columns_of(struct db *db, const char *table, struct columns *out, struct err *e)
{
    struct rows *r = NULL;
    out->count = 0;
    enum status s = db_ask(db, "SELECT name FROM pragma_table_info($1, 'main') ORDER BY cid", VALUES(value_text(table)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        must(out->count < COLUMNS_MOST);
        rows_copy(r, 0, out->name[out->count++], NAME_BYTES);
    }
    rows_done(r);
    return s;
}

static void add_value(struct buf *out, const struct rows *r, int type, int column)
{
    const char *word = rows_text(r, type);
    if (strcmp(word, "integer") == 0) {
        buf_printf(out, "%" PRId64, rows_integer(r, column));
    } else if (strcmp(word, "real") == 0) {
        buf_printf(out, "%.17e", rows_real(r, column));
    } else if (strcmp(word, "blob") == 0) {
        buf_text(out, "{\"hex\":");
        buf_json_text(out, rows_text(r, column));
        buf_text(out, "}");
    } else {
        buf_json_text(out, strcmp(word, "null") == 0 ? NULL : rows_text(r, column));
    }
}

// As they lie, by row id or by key: a step's table has none of the former.
static void write_select(struct buf *sql, const char *table, const struct columns *c)
{
    for (int i = 0; i < c->count; i++)
        buf_printf(sql, "%stypeof(\"%s\"), CASE typeof(\"%s\") WHEN 'blob' THEN hex(\"%s\") ELSE \"%s\" END", i > 0 ? ", " : "SELECT ", c->name[i], c->name[i],
                   c->name[i], c->name[i]);
    buf_printf(sql, " FROM temp.%s", table);
}

static enum status write_rows(struct db *db, const char *table, const struct columns *c, struct buf *out, struct err *e)
{
    struct rows *r = NULL;
    struct buf sql;
    const char *between = "";
    buf_init(&sql, SQL_CEILING);
    write_select(&sql, table, c);
    must(!sql.full);
    enum status s = db_ask(db, sql.data, NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; between = ",") {
        buf_printf(out, "%s[", between);
        for (int i = 0; i < c->count; i++) {
            buf_text(out, i > 0 ? "," : "");
            add_value(out, r, 2 * i, 2 * i + 1);
        }
        buf_text(out, "]");
    }
    rows_done(r);
    buf_clear(&sql);
    return s;
}

enum status memory_write(struct db *db, struct buf *out, struct err *e)
{
    enum status s = OK;
    buf_text(out, "{");
    for (int t = 0; s == OK && t < TABLES; t++) {
        struct columns c;
        s = columns_of(db, tables[t], &c, e);
        buf_printf(out, "%s\"%s\":{\"columns\":[", t > 0 ? "," : "", tables[t]);
        for (int i = 0; s == OK && i < c.count; i++)
            buf_printf(out, "%s\"%s\"", i > 0 ? "," : "", c.name[i]);
        buf_text(out, "],\"rows\":[");
        if (s == OK)
            s = write_rows(db, tables[t], &c, out, e);
        buf_text(out, "]}");
    }
    buf_text(out, "}");
    return s == OK && out->full ? err_set(e, TOO_BIG, "a secret lead is longer than %zu bytes", out->ceiling) : s;
}

static bool of_hex(const char *hex, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned byte;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            return false;
        out[i] = (uint8_t)byte;
    }
    return true;
}

// bytes: where those of a blob go; what was there before is given back.
static enum status read_value(struct json v, struct value *out, uint8_t **bytes, struct err *e)
{
    const char *text = "";
    *out = value_null();
    switch (json_kind(v)) {
    case JSON_KIND_NULL: return OK;
    case JSON_KIND_TEXT: *out = value_text((json_read_text(v, &text, e), text)); return OK;
    case JSON_KIND_INTEGER: out->kind = VALUE_INTEGER; return json_read_int(v, &out->integer, e);
    case JSON_KIND_REAL: out->kind = VALUE_REAL; return json_read_number(v, &out->real, e);
    default: break;
    }
    enum status s = json_read_text(json_get(v, "hex"), &text, e);
    size_t len = strlen(text) / 2;
    mem_free(*bytes);
    *bytes = s == OK ? mem_get(len + 1, 1) : NULL;
    if (s == OK && !of_hex(text, *bytes, len))
        s = json_wrong(v, "hexadecimal digits", e);
    if (s == OK)
        *out = value_bytes(*bytes, len);
    return s;
}

// Columns are named by the box, but only those the table has are taken: what is in a box is a stranger's word.
static enum status check_columns(struct db *db, const char *table, struct json list, struct columns *out, struct err *e)
{
    struct columns has;
    size_t count = 0;
    enum status s = columns_of(db, table, &has, e);
    if (s == OK)
        s = json_read_list(list, &count, e);
    if (s == OK && count > COLUMNS_MOST)
        s = json_wrong(list, "columns of the table", e);
    out->count = 0;
    for (size_t i = 0; s == OK && i < count; i++) {
        const char *name = "";
        int k = 0;
        s = json_read_text(json_at(list, i), &name, e);
        while (k < has.count && strcmp(has.name[k], name) != 0)
            k++;
        if (s == OK && k == has.count)
            s = json_wrong(json_at(list, i), "columns of the table", e);
        if (s == OK)
            memcpy(out->name[out->count++], has.name[k], NAME_BYTES);
    }
    return s;
}

static void write_insert(struct buf *sql, const char *table, const struct columns *c)
{
    buf_printf(sql, "INSERT INTO temp.%s (", table);
    for (int i = 0; i < c->count; i++)
        buf_printf(sql, "%s\"%s\"", i > 0 ? ", " : "", c->name[i]);
    buf_text(sql, ") VALUES (");
    for (int i = 0; i < c->count; i++)
        buf_printf(sql, "%s$%d", i > 0 ? ", " : "", i + 1);
    buf_text(sql, ")");
    must(!sql->full);
}

static enum status read_row(struct db *db, const char *sql, struct json row, int columns, struct err *e)
{
    struct value v[COLUMNS_MOST];
    uint8_t *bytes[COLUMNS_MOST] = { NULL };
    size_t count = 0;
    enum status s = json_read_list(row, &count, e);
    if (s == OK && count != (size_t)columns)
        s = json_wrong(row, "a value for each column", e);
    for (int i = 0; s == OK && i < columns; i++)
        s = read_value(json_at(row, (size_t)i), &v[i], &bytes[i], e);
    if (s == OK)
        s = db_run(db, sql, (struct values){ v, columns }, e);
    for (int i = 0; i < columns && i < COLUMNS_MOST; i++)
        mem_free(bytes[i]);
    return s;
}

static enum status read_table(struct db *db, const char *table, const char *into, struct json given, struct err *e)
{
    struct columns c;
    struct buf sql;
    size_t rows = 0;
    struct json list = json_get(given, "rows");
    enum status s = check_columns(db, table, json_get(given, "columns"), &c, e);
    if (s == OK)
        s = json_read_list(list, &rows, e);
    if (s != OK || c.count == 0)
        return s;
    buf_init(&sql, SQL_CEILING);
    write_insert(&sql, into, &c);
    for (size_t i = 0; s == OK && i < rows; i++)
        s = read_row(db, sql.data, json_at(list, i), c.count, e);
    buf_clear(&sql);
    return s;
}

enum status memory_read(struct db *db, struct json given, bool looking, struct err *e)
{
    enum status s = OK;
    for (int t = 0; s == OK && t < (looking ? LOOKED_AT : TABLES); t++) {
        char into[NAME_BYTES];
        snprintf(into, sizeof into, "%s%s", looking ? "opened_" : "", tables[t]);
        s = read_table(db, tables[t], into, json_get(given, tables[t]), e);
    }
    return s;
}

// --- Leads in memory ------------------------------------------------------------------------------------------------------------------

enum status memory_lead(struct db *db, const char *after, char id[ID_TEXT], struct err *e)
{
    return db_text(db, "SELECT coalesce(min(id), '') FROM temp.lead WHERE id > $1", VALUES(value_text(after)), id, ID_TEXT, e);
}

struct facts_of_lead { char *agency_id, *case_id, *number; };
static void read_facts(void *ctx, const struct rows *r)
{
    const struct facts_of_lead *out = ctx;
    rows_copy(r, 0, out->agency_id, ID_TEXT);
    rows_copy(r, 1, out->case_id, ID_TEXT);
    rows_copy(r, 2, out->number, 64);
}

enum status memory_lead_facts(struct db *db, const char *id, char agency_id[ID_TEXT], char case_id[ID_TEXT], char number[64], struct err *e)
{
    enum status s = db_row(db, "SELECT agency_id, case_id, number FROM temp.lead WHERE id = $1", VALUES(value_text(id)), read_facts,
                           &(struct facts_of_lead){ agency_id, case_id, number }, e);
    return s == NOT_FOUND ? err_set(e, NOT_FOUND, "nothing was found") : s;
}

enum status memory_forget_lead(struct db *db, const char *id, struct err *e)
{
    static const char *const statements[] = {
        "DELETE FROM temp.clock_pause WHERE thing_id = $1 OR thing_id IN (SELECT id FROM temp.proceeding WHERE about_id = $1)",
        "DELETE FROM temp.step WHERE thing_id = $1 OR thing_id IN (SELECT id FROM temp.proceeding WHERE about_id = $1)",
        "DELETE FROM temp.proceeding WHERE about_id = $1", "DELETE FROM temp.lead WHERE id = $1",
    };
    enum status s = OK;
    for (size_t i = 0; s == OK && i < sizeof statements / sizeof statements[0]; i++)
        s = db_run(db, statements[i], VALUES(value_text(id)), e);
    return s;
}
