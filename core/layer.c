#include "core/layer.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/resource.h"
#include "core/store/view_rows.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { ARENA_BYTES = 16 << 20, LAYERS_MOST = 100, PROPERTIES_MOST = 100, CODES_MOST = 200 };

static enum status read_texts(struct json list, struct arena *a, const char *const **out, int *count, struct err *e)
{
    size_t n = 0;
    *count = 0;
    if (!json_is_there(list))
        return OK;
    enum status s = json_read_list(list, &n, e);
    if (s == OK && n > CODES_MOST)
        s = err_set(e, TOO_BIG, "a property may have %d codes, this one has %zu", CODES_MOST, n);
    const char **text = s == OK ? arena_get(a, (n + 1) * sizeof *text) : NULL;
    for (size_t i = 0; s == OK && i < n; i++) {
        s = json_read_text(json_at(list, i), &text[i], e);
        if (s == OK)
            text[i] = arena_text(a, text[i]);
    }
    if (s != OK)
        return s;
    *out = text;
    *count = (int)n;
    return OK;
}

static enum status read_type(struct json v, enum property_type *out, struct err *e)
{
    static const char *const names[] = { "text", "number", "integer", "date" };
    const char *word = "";
    enum status s = json_read_text(v, &word, e);
    for (int i = 0; s == OK && i < 4; i++)
        if (strcmp(word, names[i]) == 0) {
            *out = (enum property_type)i;
            return OK;
        }
    return s == OK ? err_set(e, INVALID, "\"%s\" is no type of a property: text, number, integer or date is expected", word) : s;
}

static enum status text_of(struct json object, const char *key, const char *missing, struct arena *a, const char **out, struct err *e)
{
    const char *text = NULL;
    enum status s = missing == NULL || missing[0] != '\0' ? json_read_text(json_get(object, key), &text, e)
                                                          : json_read_text_or(json_get(object, key), NULL, &text, e);
    if (s == OK)
        *out = arena_text(a, text);
    return s;
}

// A column's name goes into SQL text: it is a plain word or the layer is refused.
static bool is_plain(const char *word)
{
    return word == NULL || (word[0] != '\0' && strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(word));
}

static enum status read_property(struct json v, struct arena *a, struct property *p, struct err *e)
{
    enum status s = text_of(v, "name", NULL, a, &p->name, e);
    if (s == OK)
        s = text_of(v, "title_zh", NULL, a, &p->title_zh, e);
    if (s == OK)
        s = text_of(v, "title_en", NULL, a, &p->title_en, e);
    if (s == OK)
        s = text_of(v, "column", "", a, &p->column, e);
    if (s == OK)
        s = read_type(json_get(v, "type"), &p->type, e);
    if (s == OK)
        s = read_texts(json_get(v, "codes"), a, &p->code, &p->codes, e);
    if (s == OK)
        s = read_texts(json_get(v, "aliases"), a, &p->alias, &p->aliases, e);
    if (s == OK)
        s = json_read_bool_or(json_get(v, "required"), false, &p->is_required, e);
    if (s == OK)
        s = json_read_bool_or(json_get(v, "personal"), false, &p->is_personal, e);
    if (s == OK)
        s = json_read_bool_or(json_get(v, "searched"), false, &p->is_searched, e);
    if (s == OK && p->is_searched && (p->is_personal || p->type != PROPERTY_TEXT))
        s = err_set(e, INVALID, "\"%s\": only texts that are not personal are searched", p->name);
    if (s == OK && (!is_plain(p->name) || !is_plain(p->column)))
        s = err_set(e, INVALID, "\"%s\": names of properties and columns are small letters, digits and _", p->name);
    return s;
}

static const char *name_of_copy(struct arena *a, const char *key, const char *property)
{
    size_t room = strlen(key) + strlen(property) + 2;
    char *name = arena_get(a, room);
    snprintf(name, room, "%s_%s", key, property);
    return name;
}

static enum status read_properties(struct json list, struct arena *a, struct layer *l, struct err *e)
{
    size_t n = 0;
    enum status s = json_read_list(list, &n, e);
    if (s == OK && n > PROPERTIES_MOST)
        s = err_set(e, TOO_BIG, "a layer may have %d properties, this one has %zu", PROPERTIES_MOST, n);
    struct property *p = s == OK ? arena_get(a, (n + 1) * sizeof *p) : NULL;
    for (size_t i = 0; s == OK && i < n; i++)
        s = read_property(json_at(list, i), a, &p[i], e);
    for (size_t i = 0; s == OK && i < n; i++)
        p[i].held_in = p[i].column != NULL ? p[i].column : name_of_copy(a, l->key, p[i].name);
    l->property = p;
    l->properties = (int)n;
    return s;
}

static enum status read_layer(struct json v, struct arena *a, struct layer *l, struct err *e)
{
    const char *geometry = "";
    enum status s = text_of(v, "key", NULL, a, &l->key, e);
    if (s == OK)
        s = text_of(v, "title_zh", NULL, a, &l->title_zh, e);
    if (s == OK)
        s = text_of(v, "title_en", NULL, a, &l->title_en, e);
    if (s == OK)
        s = text_of(v, "table", NULL, a, &l->table, e);
    if (s == OK)
        s = text_of(v, "national_code", "", a, &l->national_code, e);
    if (s == OK)
        s = json_read_text(json_get(v, "geometry"), &geometry, e);
    if (s == OK)
        s = json_read_number(json_get(v, "accuracy_m"), &l->accuracy_m, e);
    if (s == OK)
        s = json_read_bool_or(json_get(v, "public"), false, &l->is_public, e);
    if (s == OK && strcmp(geometry, "point") != 0 && strcmp(geometry, "area") != 0)
        s = err_set(e, INVALID, "\"%s\" is no geometry of a layer: point or area is expected", geometry);
    l->geometry = strcmp(geometry, "area") == 0 ? LAYER_AREA : LAYER_POINT;
    if (s == OK && (!is_plain(l->table) || !is_plain(l->key)))
        s = err_set(e, INVALID, "\"%s\": names of properties and columns are small letters, digits and _", l->table);
    return s == OK ? read_properties(json_get(v, "properties"), a, l, e) : s;
}

static enum status read_resource(const struct resource *r, struct arena *a, struct layer *out, struct err *e)
{
    struct json_doc *doc = NULL;
    enum status s = json_parse(r->text, r->bytes, r->path, NULL, &doc, e);
    if (s == OK)
        s = read_layer(json_root(doc), a, out, e);
    json_close(doc);
    return s;
}

enum status layer_read_all(struct arena *a, struct layer **out, int *count, struct err *e)
{
    struct layer *list = arena_get(a, LAYERS_MOST * sizeof *list);
    int n = 0;
    enum status s = OK;
    for (const struct resource *r = resource_next("layers/", NULL); s == OK && r != NULL; r = resource_next("layers/", r)) {
        must(n < LAYERS_MOST);
        s = read_resource(r, a, &list[n++], e);
    }
    *out = list;
    *count = n;
    return s;
}

// "layers/KEY.json"
static bool is_of_key(const struct resource *r, const char *key)
{
    const char *name = r->path + strlen("layers/");
    size_t length = strlen(key);
    return strncmp(name, key, length) == 0 && strcmp(name + length, ".json") == 0;
}

static enum status say_layers(const char *key, struct err *e)
{
    char names[512] = "";
    size_t used = 0;
    for (const struct resource *r = resource_next("layers/", NULL); r != NULL && used < sizeof names; r = resource_next("layers/", r)) {
        const char *name = r->path + strlen("layers/");
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%.*s", used > 0 ? ", " : "", (int)(strlen(name) - strlen(".json")), name);
    }
    return err_set(e, NOT_FOUND, "there is no layer \"%s\"; there are: %s", key, names);
}

enum status layer_read_one(struct arena *a, const char *key, struct layer **out, struct err *e)
{
    for (const struct resource *r = resource_next("layers/", NULL); r != NULL; r = resource_next("layers/", r))
        if (is_of_key(r, key)) {
            *out = arena_get(a, sizeof **out);
            return read_resource(r, a, *out, e);
        }
    return say_layers(key, e);
}

struct layer *layer_find(struct layer *list, int count, const char *key)
{
    for (int i = 0; i < count; i++)
        if (strcmp(list[i].key, key) == 0)
            return &list[i];
    return NULL;
}

static bool is_called(const struct property *p, const char *name)
{
    if (strcasecmp(p->name, name) == 0)
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

// One question for all columns: a list is asked for too often to ask for each.
struct column { const char *name, *fallback; };
enum { COLUMNS_MOST = 500 };

static enum status list_columns(struct db *db, struct arena *a, const char *table, struct column out[COLUMNS_MOST], int *count, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT name, \"notnull\", dflt_value FROM pragma_table_info($1)", VALUES(value_text(table)), &r, e);
    *count = 0;
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; (*count)++) {
        must(*count < COLUMNS_MOST);
        out[*count] = (struct column){ arena_text(a, rows_text(r, 0)), rows_integer(r, 1) != 0 ? default_text(rows_text(r, 2), a) : NULL };
    }
    rows_done(r);
    return s;
}

static enum status check_property(const char *table, const struct column *column, int columns, struct property *p, struct err *e)
{
    for (int i = 0; i < columns; i++)
        if (strcmp(column[i].name, p->column) == 0) {
            p->fallback = column[i].fallback;
            return OK;
        }
    return err_set(e, INVALID, "property %s: table %s has no column %s", p->name, table, p->column);
}

enum status layer_check(struct db *db, struct arena *a, struct layer *l, struct err *e)
{
    struct column column[COLUMNS_MOST];
    int columns = 0;
    enum status s = list_columns(db, a, l->table, column, &columns, e);
    for (int i = 0; s == OK && i < l->properties; i++)
        if (l->property[i].column != NULL)
            s = check_property(l->table, column, columns, &l->property[i], e);
    return s;
}

// --- What the station knows ------------------------------------------------------------------------------------------------

enum status layer_record(struct work *w, const struct layer *l)
{
    char sha[65], path[64];
    size_t length = 0;
    snprintf(path, sizeof path, "layers/%.40s.json", l->key);
    const char *definition = resource_text(path, &length);
    hash_sha256(definition, length, sha);
    enum status s = layer_insert(w->db, l, definition, sha, w->e);
    return s == OK ? view_make(w->db, l, w->district->zone_offset_s, w->e) : s;
}

enum status layer_record_all(struct work *w)
{
    struct arena *a = arena_open(ARENA_BYTES);
    struct layer *list = NULL;
    int count = 0;
    enum status s = layer_read_all(a, &list, &count, w->e);
    for (int i = 0; s == OK && i < count; i++) {
        s = layer_check(w->db, a, &list[i], w->e);
        if (s == OK)
            s = layer_record(w, &list[i]);
    }
    arena_close(a);
    return s;
}
