#include "core/layer.h"

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/resource.h"
#include "core/store/document_rows.h"
#include "core/store/view_rows.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { ARENA_BYTES = 16 << 20 };

// --- All of them -----------------------------------------------------------------------------------------------------------

static enum status take_text(struct layer_list *l, const char *name, const char *text, size_t bytes, struct err *e)
{
    struct json_doc *doc = NULL;
    struct layer layer;
    enum status s = json_parse(text, bytes, name, NULL, &doc, e);
    if (s == OK)
        s = layer_read(doc, l->arena, &layer, e);
    json_close(doc);
    if (s != OK || layer_find(l, layer.key) != NULL)         // the station's own came first
        return s;
    if (l->count == LAYERS_MOST)
        return err_set(e, TOO_BIG, "a station may have %d layers", LAYERS_MOST);
    layer.definition = arena_text(l->arena, text);
    l->layer[l->count++] = layer;
    return OK;
}

static enum status take_own(void *ctx, const char *name, const char *text, struct err *e)
{
    return take_text(ctx, name, text, strlen(text), e);
}

enum status layer_read_all(struct db *db, struct arena *a, struct layer_list *out, struct err *e)
{
    *out = (struct layer_list){ .arena = a };
    enum status s = document_each(db, "layers", take_own, out, e);
    for (const struct resource *r = NULL; s == OK && (r = resource_next("layers/", r)) != NULL; )
        s = take_text(out, r->path, r->text, r->bytes, e);
    return s;
}

struct layer *layer_find(struct layer_list *l, const char *key)
{
    for (int i = 0; i < l->count; i++)
        if (strcmp(l->layer[i].key, key) == 0)
            return &l->layer[i];
    return NULL;
}

static bool is_called(const struct property *p, const char *name)
{
    if (strcasecmp(p->name, name) == 0 || strcmp(p->title_zh, name) == 0 || strcasecmp(p->title_en, name) == 0)
        return true;
    for (int i = 0; i < p->aliases; i++)
        if (strcasecmp(p->alias[i], name) == 0)
            return true;
    return false;
}

const struct property *layer_property(const struct layer *l, const char *name)
{
    for (int i = 0; i < l->properties; i++)
        if (is_called(&l->property[i], name))
            return &l->property[i];
    return NULL;
}

// --- Layer and table ----------------------------------------------------------------------------------------------------

// "'present'" as the schema writes it.
static const char *default_text(const char *written, struct arena *a)
{
    size_t n = written != NULL ? strlen(written) : 0;
    if (n < 2 || written[0] != '\'')
        return arena_text(a, written);
    char *text = arena_text(a, written + 1);
    text[n - 2] = '\0';
    return text;
}

static bool fits(enum property_type type, const char *declared)
{
    static const char *const kept_as[PROPERTY_TYPES] = {
        [PROPERTY_TEXT] = "TEXT", [PROPERTY_NUMBER] = "REAL", [PROPERTY_INTEGER] = "INTEGER", [PROPERTY_DATE] = "INTEGER",
        [PROPERTY_INSTANT] = "INTEGER", [PROPERTY_BOOLEAN] = "INTEGER",
    };
    return declared[0] == '\0' || strcmp(kept_as[type], declared) == 0;        // expressions of a view declare nothing
}

// One question for all columns: a list is asked for too often to ask for each.
struct column { const char *name, *fallback, *type; };
enum { COLUMNS_MOST = 500 };

static enum status list_columns(struct db *db, struct arena *a, const char *table, struct column out[COLUMNS_MOST], int *count, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT name, \"notnull\", dflt_value, coalesce(type, '') FROM pragma_table_info($1)", VALUES(value_text(table)), &r, e);
    *count = 0;
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; (*count)++) {
        must(*count < COLUMNS_MOST);
        out[*count] = (struct column){ arena_text(a, rows_text(r, 0)), rows_integer(r, 1) != 0 ? default_text(rows_text(r, 2), a) : NULL,
                                       arena_text(a, rows_text(r, 3)) };
    }
    rows_done(r);
    return s;
}

static const struct column *find_column(const struct column *column, int columns, const char *name)
{
    for (int i = 0; i < columns; i++)
        if (strcmp(column[i].name, name) == 0)
            return &column[i];
    return NULL;
}

static enum status check_property(const struct layer *l, const struct column *c, struct property *p, struct err *e)
{
    if (c == NULL)
        return err_set(e, INVALID, "layer %s, property %s: %s has no column %s", l->key, p->name, l->read, p->column);
    if (!fits(p->type, c->type))
        return err_set(e, INVALID, "layer %s, property %s: column %s of %s is %s, which is another type", l->key, p->name, p->column, l->read, c->type);
    p->fallback = c->fallback;
    return OK;
}

enum status layer_check(struct db *db, struct arena *a, struct layer *l, struct err *e)
{
    const char *const always[] = { "fid", "id", l->shape };
    struct column column[COLUMNS_MOST];
    int columns = 0;
    enum status s = list_columns(db, a, l->read, column, &columns, e);
    for (size_t i = 0; s == OK && i < sizeof always / sizeof always[0]; i++)
        if (find_column(column, columns, always[i]) == NULL)
            s = err_set(e, INVALID, "layer %s: %s has no column %s", l->key, l->read, always[i]);
    for (int i = 0; s == OK && i < l->properties; i++)
        if (l->property[i].column != NULL)
            s = check_property(l, find_column(column, columns, l->property[i].column), &l->property[i], e);
    return s;
}

static enum status say_registers(const struct layer_list *l, const char *asked, struct err *e)
{
    char names[1024] = "";
    size_t used = 0;
    for (int i = 0; i < l->count && used < sizeof names; i++)
        if (l->layer[i].is_register)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "", l->layer[i].key);
    return err_set(e, NOT_FOUND, "there is no layer \"%s\"; there are: %s", asked, names);
}

enum status layer_get(struct work *w, struct arena *a, const char *key, struct layer *out)
{
    struct layer_list list;
    enum status s = layer_read_all(w->db, a, &list, w->e);
    struct layer *found = s == OK ? layer_find(&list, key) : NULL;
    if (s == OK && found == NULL)
        return say_registers(&list, key, w->e);
    if (s == OK)
        s = layer_check(w->db, a, found, w->e);
    if (s == OK)
        *out = *found;
    return s;
}

void layer_rows(const struct layer *l, const char *alias, struct buf *out)
{
    if (!l->is_register)
        return;
    buf_printf(out, " AND %s.valid_to_s IS NULL", alias);
    if (strcmp(l->table, "asset") == 0)
        buf_printf(out, " AND %s.kind = '%s'", alias, l->key);
}

// --- What the station knows ------------------------------------------------------------------------------------------------

enum status layer_record(struct work *w, const struct layer *l)
{
    char sha[65];
    must(l->is_register);
    hash_sha256(l->definition, strlen(l->definition), sha);
    enum status s = layer_insert(w->db, l, l->definition, sha, w->e);
    return s == OK ? view_make(w->db, l, w->district->zone_offset_s, w->e) : s;
}

enum status layer_record_all(struct work *w)
{
    struct arena *a = arena_open(ARENA_BYTES);
    struct layer_list list;
    enum status s = layer_read_all(w->db, a, &list, w->e);
    for (int i = 0; s == OK && i < list.count; i++) {
        s = layer_check(w->db, a, &list.layer[i], w->e);
        if (s == OK && list.layer[i].is_register)
            s = layer_record(w, &list.layer[i]);
    }
    arena_close(a);
    return s;
}

// The lists name what is written often; of a table that nobody thought of everything is taken to hang on it.
enum watch_kind layer_watch_kind(const char *table)
{
    static const char *const registers[] = { "building", "permit", "zone", "asset" };
    static const char *const apart[] = { "audit", "audit_head", "tally", "token", "password", "session", "step", "paper", "number_series", "clock_pause", "evidence" };
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++)
        if (strcmp(registers[i], table) == 0)
            return WATCH_ROWS;
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++)
        if (strcmp(apart[i], table) == 0)
            return WATCH_NOTHING;
    static const char *const kept_by_others[] = { "idx_", "sqlite_", "geometry_columns", "spatialite_" };
    for (size_t i = 0; i < sizeof kept_by_others / sizeof kept_by_others[0]; i++)
        if (strncmp(table, kept_by_others[i], strlen(kept_by_others[i])) == 0)
            return WATCH_NOTHING;
    return strstr(table, "_words_") != NULL ? WATCH_NOTHING : WATCH_REST;
}

const char *property_code_title(const struct property *p, const char *code, enum lang lang)
{
    for (int i = 0; p != NULL && i < p->codes; i++)
        if (strcmp(p->code[i].code, code) == 0)
            return lang == LANG_ZH ? p->code[i].title_zh : p->code[i].title_en;
    return code;
}

const char *const *property_codes(const struct property *p, struct arena *a)
{
    if (p == NULL || p->codes == 0)
        return NULL;
    const char **code = arena_get(a, ((size_t)p->codes + 1) * sizeof *code);
    for (int i = 0; i < p->codes; i++)
        code[i] = p->code[i].code;
    code[p->codes] = NULL;
    return code;
}
