// layer_read.c - one file of data/layers, or a district's own, as a layer: the first value that does not fit is named with its place.
#include "core/layer.h"

#include "core/base/mem.h"
#include "core/data_reader.h"
#include "core/lifecycle.h"
#include <stdio.h>
#include <string.h>

enum { PROPERTIES_MOST = 100, CODES_MOST = 200, ALIASES_MOST = 100 };

// What is loaded, and what else is published: those come about by commands of their own.
static const char *const tables[] = { "building", "permit", "zone", "asset", NULL };
static const char *const records[] = { "area", "cell", "survey", "change", "finding", "case", "lead", NULL };

// Keys and columns go into SQL text: they are plain words or the layer is refused.
static const char *plain_word(struct data_reader *r, const char *key)
{
    const char *word = data_word(r, key);
    if (strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(word))
        data_wrong(r, key, "a word of small letters, digits and _");
    return word;
}

static const char *plain_word_or_null(struct data_reader *r, const char *key)
{
    return json_is_there(json_get(r->object, key)) ? plain_word(r, key) : NULL;
}

static size_t list_or_none(struct data_reader *r, const char *key, size_t most, struct json *list)
{
    return json_is_there(json_get(r->object, key)) ? data_list(r, key, most, list) : 0;
}

static void read_aliases(struct data_reader *r, struct property *p)
{
    struct json list;
    p->aliases = (int)list_or_none(r, "aliases", ALIASES_MOST, &list);
    const char **alias = arena_get(r->arena, ((size_t)p->aliases + 1) * sizeof *alias);
    for (int i = 0; i < p->aliases && r->s == OK; i++) {
        r->s = json_read_text(json_at(list, (size_t)i), &alias[i], r->e);
        if (r->s == OK)
            alias[i] = arena_text(r->arena, alias[i]);
    }
    p->alias = alias;
}

// "yes", or {"code": "yes", "title_zh": "是", "title_en": "yes"}.
static void read_code(struct data_reader *r, struct json v, struct property_code *out)
{
    static const char *const known[] = { "code", "title_zh", "title_en", NULL };
    struct data_reader inner = { .object = v, .arena = r->arena, .e = r->e };
    if (json_kind(v) == JSON_KIND_TEXT) {
        r->s = json_read_text(v, &out->code, r->e);
        if (r->s == OK)
            out->code = out->title_zh = out->title_en = arena_text(r->arena, out->code);
        return;
    }
    data_known_keys(&inner, known);
    out->code = data_text(&inner, "code");
    out->title_zh = data_text(&inner, "title_zh");
    out->title_en = data_text(&inner, "title_en");
    r->s = inner.s;
}

static void read_codes(struct data_reader *r, struct property *p)
{
    struct json list;
    p->codes = (int)list_or_none(r, "codes", CODES_MOST, &list);
    struct property_code *code = arena_get(r->arena, ((size_t)p->codes + 1) * sizeof *code);
    for (int i = 0; i < p->codes && r->s == OK; i++)
        read_code(r, json_at(list, (size_t)i), &code[i]);
    p->code = code;
}

static enum status read_property(struct json v, struct arena *a, struct property *p, struct err *e)
{
    static const char *const known[] = { "name", "title_zh", "title_en", "type", "column", "codes", "aliases", "required", "personal", "searched", "names",
                                         NULL };
    static const char *const types[] = { "text", "number", "integer", "date", "instant", "boolean", NULL };
    struct data_reader r = { .object = v, .arena = a, .e = e };
    data_known_keys(&r, known);
    p->name = plain_word(&r, "name");
    p->title_zh = data_text(&r, "title_zh");
    p->title_en = data_text(&r, "title_en");
    p->type = (enum property_type)data_choice(&r, "type", types, "text, number, integer, date, instant or boolean");
    p->column = plain_word_or_null(&r, "column");
    read_codes(&r, p);
    read_aliases(&r, p);
    p->is_required = data_bool_or(&r, "required", false);
    p->is_personal = data_bool_or(&r, "personal", false);
    p->is_searched = data_bool_or(&r, "searched", false);
    if (r.s == OK && p->is_searched && (p->is_personal || p->type != PROPERTY_TEXT))
        data_wrong(&r, "searched", "false: only texts that are not personal are searched");
    p->names = plain_word_or_null(&r, "names");
    return r.s;
}

static const char *joined(struct arena *a, const char *key, const char *property)
{
    size_t room = strlen(key) + strlen(property) + 2;
    char *name = arena_get(a, room);
    snprintf(name, room, "%s_%s", key, property);
    return name;
}

static void read_properties(struct data_reader *r, struct layer *l)
{
    struct json list;
    l->properties = (int)data_list(r, "properties", PROPERTIES_MOST, &list);
    l->property = arena_get(r->arena, ((size_t)l->properties + 1) * sizeof *l->property);
    for (int i = 0; i < l->properties && r->s == OK; i++) {
        r->s = read_property(json_at(list, (size_t)i), r->arena, &l->property[i], r->e);
        for (int k = 0; k < i && r->s == OK; k++)
            if (strcmp(l->property[k].name, l->property[i].name) == 0)
                r->s = json_wrong(json_get(json_at(list, (size_t)i), "name"), "a name of its own for each property", r->e);
        if (r->s == OK)
            l->property[i].held_in = l->property[i].column != NULL ? l->property[i].column : joined(r->arena, l->key, l->property[i].name);
    }
}

static bool is_among(const char *word, const char *const *words)
{
    while (*words != NULL && strcmp(*words, word) != 0)
        words++;
    return *words != NULL;
}

// Three tables are one layer each; an asset's rows say by their kind which layer they are of, and its view is map_KEY.
static bool fits_table(const struct layer *l)
{
    if (!l->is_register)
        return is_among(l->key, records);
    if (strcmp(l->table, "asset") != 0)
        return strcmp(l->table, l->key) == 0;
    return !is_among(l->key, tables) && !is_among(l->key, records);
}

// Any table or view may be read from, but what is loaded goes into one of four.
static void read_table(struct data_reader *r, struct layer *l)
{
    l->is_register = data_bool_or(r, "register", true);
    l->table = l->is_register ? tables[data_choice(r, "table", tables, "building, permit, zone or asset")] : plain_word(r, "table");
    l->read = plain_word_or_null(r, "read");
    if (l->is_register && l->read != NULL)
        data_wrong(r, "read", "nothing, since what is loaded is read from its table,");
    l->read = l->read != NULL ? l->read : l->table;
    l->instead = l->is_register ? NULL : data_text(r, "instead");
}

static void read_place(struct data_reader *r, struct layer *l)
{
    static const char *const geometries[] = { "point", "area", "any", NULL };
    l->geometry = (enum layer_geometry)data_choice(r, "geometry", geometries, "point, area or any");
    if (l->is_register && l->geometry == LAYER_ANY)
        data_wrong(r, "geometry", "point or area");
    if (l->is_register && r->s == OK)
        r->s = json_read_number(json_get(r->object, "accuracy_m"), &l->accuracy_m, r->e);
    if (l->is_register && !(l->accuracy_m > 0))
        data_wrong(r, "accuracy_m", "a number of metres above 0");
    l->shape = l->is_register && strcmp(l->table, "asset") == 0 && l->geometry == LAYER_AREA ? "outline" : "geom";
}

static void check_properties(struct data_reader *r, const struct layer *l)
{
    struct json list = json_get(r->object, "properties");
    for (int i = 0; i < l->properties && r->s == OK; i++) {
        const struct property *p = &l->property[i];
        if (l->is_register && p->type > PROPERTY_DATE)
            r->s = json_wrong(json_get(json_at(list, (size_t)i), "type"), "text, number, integer or date", r->e);
        else if (!l->is_register && p->column == NULL)
            r->s = json_wrong(json_get(json_at(list, (size_t)i), "column"), "a column of what it is read from", r->e);
    }
}

static void read_edit(struct data_reader *r, struct layer *l)
{
    struct json list;
    size_t n = list_or_none(r, "edit", ROLES, &list);
    for (size_t i = 0; i < n && r->s == OK; i++) {
        const char *word = "";
        r->s = json_read_text(json_at(list, i), &word, r->e);
        unsigned role = role_of_word(word);
        if (r->s == OK && (role == 0 || role == ROLE_PUBLIC))
            r->s = json_wrong(json_at(list, i), "the word of a role, such as analyst,", r->e);
        l->edit_roles |= role;
    }
    if (r->s == OK && n > 0 && !l->is_register)
        data_wrong(r, "edit", "nothing, since only registers are edited,");
}

static struct property *property_named(const struct layer *l, const char *name)
{
    for (int i = 0; i < l->properties; i++)
        if (strcmp(l->property[i].name, name) == 0)
            return &l->property[i];
    return NULL;
}

// "map": ["standing", "height_m"]
static void read_map(struct data_reader *r, const struct layer *l)
{
    struct json list;
    size_t n = list_or_none(r, "map", PROPERTIES_MOST, &list);
    for (size_t i = 0; i < n && r->s == OK; i++) {
        const char *name = "";
        r->s = json_read_text(json_at(list, i), &name, r->e);
        struct property *p = r->s == OK ? property_named(l, name) : NULL;
        if (r->s == OK && (p == NULL || p->is_personal))
            r->s = json_wrong(json_at(list, i), "the name of a property that is not personal", r->e);
        if (r->s == OK)
            p->is_on_map = true;
    }
}

static const struct property *read_moment(struct data_reader *r, struct json v, const struct layer *l)
{
    const char *name = "";
    if (r->s == OK)
        r->s = json_read_text(v, &name, r->e);
    const struct property *p = r->s == OK ? layer_property(l, name) : NULL;
    if (r->s == OK && (p == NULL || (p->type != PROPERTY_DATE && p->type != PROPERTY_INSTANT)))
        r->s = json_wrong(v, "a property of type date or instant", r->e);
    return p;
}

// "taken_at", or {"start": "opened_at", "end": "closed_at"}
static void read_time(struct data_reader *r, struct layer *l)
{
    static const char *const known[] = { "start", "end", NULL };
    struct json v = json_get(r->object, "time");
    if (r->s != OK || !json_is_there(v))
        return;
    if (json_kind(v) != JSON_KIND_OBJECT) {
        l->time = read_moment(r, v, l);
        return;
    }
    r->s = json_known_keys(v, known, r->e);
    l->time = read_moment(r, json_get(v, "start"), l);
    l->time_end = read_moment(r, json_get(v, "end"), l);
}

enum status layer_read(const struct json_doc *doc, struct arena *a, struct layer *out, struct err *e)
{
    static const char *const known[] = { "key", "title_zh", "title_en", "table", "read", "register", "instead", "geometry", "accuracy_m", "public",
                                         "edit", "national_code", "time", "map", "properties", NULL };
    struct data_reader r = { .object = json_root(doc), .arena = a, .e = e };
    struct layer l = { 0 };
    data_known_keys(&r, known);
    l.key = plain_word(&r, "key");
    l.title_zh = data_text(&r, "title_zh");
    l.title_en = data_text(&r, "title_en");
    read_table(&r, &l);
    read_place(&r, &l);
    l.is_public = data_bool_or(&r, "public", false);
    read_edit(&r, &l);
    l.national_code = data_text_or_none(&r, "national_code");
    read_properties(&r, &l);
    check_properties(&r, &l);
    read_time(&r, &l);
    read_map(&r, &l);
    if (r.s == OK && !fits_table(&l))
        data_wrong(&r, "key", "the table's own name, or for table asset a word that names nothing else here");
    if (r.s == OK)
        *out = l;
    return r.s;
}
