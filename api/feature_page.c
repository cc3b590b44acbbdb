// Pages of features: a table with its filter, and one record.
#include "api/web_page.h"

#include "api/answer.h"
#include "api/collection.h"
#include "api/web_shape.h"
#include "api/params.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/mem.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS_MOST = 9, FORM_FIELDS_MOST = 12, DECIMALS = 4 };

static const struct layer *layer_of(struct web_page *p) { return layer_find(&p->x->server->layers, p->x->segment[0]); }

static const char *path_of(struct web_page *p, const char *layer_key, const char *id)
{
    char path[300];
    snprintf(path, sizeof path, "/collections/%.80s/items%s%.100s", layer_key, id[0] != '\0' ? "/" : "", id);
    return arena_text(p->x->request->arena, path);
}

// --- A value ------------------------------------------------------------------------------------------------------------------

// A record named by its number leads to where it is.
static void put_named(struct web_page *p, const struct property *property, const char *number)
{
    struct buf query;
    buf_init(&query, 4096);
    buf_text(&query, "number=");
    percent_encode(&query, number);
    page_link(p, path_of(p, property->names, ""), query.data, number);
    buf_clear(&query);
}

static void put_word(struct web_page *p, const struct layer *l, const struct property *property, const char *text)
{
    if (property->type == PROPERTY_INSTANT)
        page_moment(p, text);
    else if (property->names != NULL)
        put_named(p, property, text);
    else if (property->codes > 0 && strcmp(property->name, "state") == 0) {
        page_raw(p, "<span class=\"state\" data-state=\"");
        page_text(p, text);
        page_raw(p, "\">");
        page_text(p, code_title(p->x, l, property, text));
        page_raw(p, "</span>");
    } else
        page_text(p, code_title(p->x, l, property, text));
}

void page_property(struct web_page *p, const struct layer *l, const struct property *property, struct json v)
{
    if (property == NULL || json_kind(v) != JSON_KIND_TEXT) {
        if (json_kind(v) == JSON_KIND_REAL)
            buf_json_number(p->out, page_number(v), DECIMALS);
        else
            page_value(p, v);
        return;
    }
    put_word(p, l, property, page_word(v));
}

// --- The filter ---------------------------------------------------------------------------------------------------------------

static void put_label(struct web_page *p, const char *name, const char *title)
{
    page_raw(p, "<label for=\"f-");
    page_text(p, name);
    page_raw(p, "\">");
    page_text(p, title);
    page_raw(p, "</label>");
}

static void put_option(struct web_page *p, const char *value, const char *title, const char *chosen)
{
    page_raw(p, "<option value=\"");
    page_text(p, value);
    page_raw(p, strcmp(value, chosen) == 0 ? "\" selected>" : "\">");
    page_text(p, title);
    page_raw(p, "</option>");
}

static void begin_control(struct web_page *p, const char *tag, const char *name)
{
    buf_printf(p->out, "<%s id=\"f-", tag);
    page_text(p, name);
    page_raw(p, "\" name=\"");
    page_text(p, name);
    page_raw(p, "\"");
}

static void put_choice(struct web_page *p, const struct layer *l, const struct property *property)
{
    const char *chosen = text_or_empty(param_text(p->x, property->name));
    begin_control(p, "select", property->name);
    page_raw(p, ">");
    put_option(p, "", text_in(p->x->lang, "any"), chosen);
    for (int i = 0; i < property->codes; i++)
        put_option(p, property->code[i].code, code_title(p->x, l, property, property->code[i].code), chosen);
    if (property->type == PROPERTY_BOOLEAN) {
        put_option(p, "true", text_in(p->x->lang, "yes"), chosen);
        put_option(p, "false", text_in(p->x->lang, "no"), chosen);
    }
    page_raw(p, "</select>");
}

static void put_field(struct web_page *p, const char *name, const char *title, const char *example)
{
    page_raw(p, "<div>");
    put_label(p, name, title);
    begin_control(p, "input", name);
    page_raw(p, " value=\"");
    page_text(p, text_or_empty(param_text(p->x, name)));
    page_raw(p, "\" placeholder=\"");
    page_text(p, example);
    page_raw(p, "\"></div>");
}

static bool is_asked_by_value(const struct property *property)
{
    return property->type == PROPERTY_TEXT || property->type == PROPERTY_BOOLEAN || property->type == PROPERTY_INTEGER;
}

static void put_property_fields(struct web_page *p, const struct layer *l)
{
    int fields = 0;
    for (int i = 0; i < l->properties && fields < FORM_FIELDS_MOST; i++) {
        const struct property *property = &l->property[i];
        if (!visible_property(&p->x->viewer, l, property) || !is_asked_by_value(property))
            continue;
        fields++;
        if (property->codes == 0 && property->type != PROPERTY_BOOLEAN) {
            put_field(p, property->name, property_title(p->x, property), "");
            continue;
        }
        page_raw(p, "<div>");
        put_label(p, property->name, property_title(p->x, property));
        put_choice(p, l, property);
        page_raw(p, "</div>");
    }
}

static void put_sorting(struct web_page *p, const struct layer *l)
{
    const char *chosen = text_or_empty(param_text(p->x, "sortby"));
    page_raw(p, "<div>");
    put_label(p, "sortby", text_in(p->x->lang, "Sorted by"));
    begin_control(p, "select", "sortby");
    page_raw(p, ">");
    put_option(p, "", "–", chosen);
    for (int i = 0; i < l->properties; i++) {
        const struct property *property = &l->property[i];
        char down[120], title[300];
        if (!visible_property(&p->x->viewer, l, property))
            continue;
        put_option(p, property->name, property_title(p->x, property), chosen);
        snprintf(down, sizeof down, "-%s", property->name);
        snprintf(title, sizeof title, "%s ↓", property_title(p->x, property));
        put_option(p, down, title, chosen);
    }
    page_raw(p, "</select></div>");
}

// f=html: what is left empty counts as not given (params.c).
static void put_form(struct web_page *p, const struct layer *l)
{
    page_raw(p, "<details class=\"filter\"><summary>");
    page_say(p, "Filter");
    page_raw(p, "</summary><form method=\"get\"><input type=\"hidden\" name=\"f\" value=\"html\">");
    if (param_text(p->x, "lang") != NULL)
        page_raw(p, p->x->lang == LANG_ZH ? "<input type=\"hidden\" name=\"lang\" value=\"zh\">" : "<input type=\"hidden\" name=\"lang\" value=\"en\">");
    page_raw(p, "<div class=\"fields\">");
    put_property_fields(p, l);
    if (l->time != NULL)
        put_field(p, "datetime", text_in(p->x->lang, "Time (RFC 3339, or an interval)"), "2026-01-01/2026-06-30");
    put_field(p, "bbox", text_in(p->x->lang, "Box: west, south, east, north"), "121.00,31.90,121.10,32.00");
    put_field(p, "filter", text_in(p->x->lang, "Expression (CQL2)"), "CASEI(name) LIKE CASEI('%a%')");
    put_sorting(p, l);
    put_field(p, "limit", text_in(p->x->lang, "On a page"), "100");
    page_raw(p, "</div><button>");
    page_say(p, "Show");
    page_raw(p, "</button></form></details>\n");
}

// --- The table ----------------------------------------------------------------------------------------------------------------

struct columns { const struct property *property[COLUMNS_MOST]; int count; };

static bool some_has(struct json features, const char *name)
{
    for (size_t i = 0; i < json_count(features); i++)
        if (json_is_there(json_get(json_get(json_at(features, i), "properties"), name)))
            return true;
    return false;
}

// The first of the layer's properties that tell something here; those that were asked for by name are all shown.
static struct columns columns_of(struct web_page *p, const struct layer *l, struct json features)
{
    struct columns c = { .count = 0 };
    bool is_wish = param_get(p->x, "properties") != NULL;
    for (int i = 0; i < l->properties && c.count < COLUMNS_MOST; i++) {
        const struct property *property = &l->property[i];
        if (visible_property(&p->x->viewer, l, property) && (is_wish || some_has(features, property->name)) &&
            json_kind(json_get(json_get(json_at(features, 0), "properties"), property->name)) != JSON_KIND_NONE)
            c.property[c.count++] = property;
    }
    return c;
}

static void put_row(struct web_page *p, const struct layer *l, const struct columns *c, struct json feature)
{
    const char *id = page_word(json_get(feature, "id"));
    struct json properties = json_get(feature, "properties");
    page_raw(p, "<tr><td>");
    page_link(p, path_of(p, l->key, id), "", text_in(p->x->lang, "Record"));
    page_raw(p, "</td>");
    for (int i = 0; i < c->count; i++) {
        struct json v = json_get(properties, c->property[i]->name);
        page_raw(p, json_kind(v) == JSON_KIND_REAL || json_kind(v) == JSON_KIND_INTEGER ? "<td class=\"n\">" : "<td>");
        page_property(p, l, c->property[i], v);
        page_raw(p, "</td>");
    }
    page_raw(p, "</tr>\n");
}

static void put_head(struct web_page *p, const struct columns *c)
{
    page_raw(p, "<thead><tr><th scope=\"col\"></th>");
    for (int i = 0; i < c->count; i++)
        page_column(p, property_title(p->x, c->property[i]));
    page_raw(p, "</tr></thead>");
}

void page_next(struct web_page *p)
{
    struct json links = json_get(p->doc, "links");
    for (size_t i = 0; i < json_count(links); i++) {
        struct json link = json_at(links, i);
        if (strcmp(page_word(json_get(link, "rel")), "next") != 0)
            continue;
        page_raw(p, "<p><a class=\"button\" rel=\"next\" href=\"");
        page_text(p, page_word(json_get(link, "href")));
        page_raw(p, "\">");
        page_say(p, "The next page");
        page_raw(p, "</a></p>\n");
    }
}

void page_items(struct web_page *p)
{
    const struct layer *l = layer_of(p);
    struct json features = json_get(p->doc, "features");
    struct columns c = columns_of(p, l, features);
    long long returned = (long long)page_number(json_get(p->doc, "numberReturned"));
    page_begin(p, collection_title(p->x, l));
    put_form(p, l);
    page_raw(p, "<p>");
    if (json_is_there(json_get(p->doc, "numberMatched")))
        page_sayf(p, "%lld of %lld", returned, (long long)page_number(json_get(p->doc, "numberMatched")));
    else
        page_sayf(p, "%lld features", returned);
    page_raw(p, "</p>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"");
    page_text(p, collection_title(p->x, l));
    page_raw(p, "\"><table>");
    put_head(p, &c);
    page_raw(p, "<tbody>\n");
    for (size_t i = 0; i < json_count(features); i++)
        put_row(p, l, &c, json_at(features, i));
    page_raw(p, "</tbody></table></div>\n");
    page_next(p);
}

// --- One ------------------------------------------------------------------------------------------------------------------------

// What people call it: its number, name, title or code; else what it is.
static const char *name_of(struct web_page *p, const struct layer *l, struct json properties)
{
    static const char *const keys[] = { "number", "name", "title", "code" };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *text = page_word(json_get(properties, keys[i]));
        if (text[0] != '\0')
            return text;
    }
    return collection_title(p->x, l);
}

// Records people work on: what whoever is signed in can do with this one.
static void put_way_to_work(struct web_page *p, const struct layer *l)
{
    char path[200];
    snprintf(path, sizeof path, "/%.40ss/%.60s", l->key, page_word(json_get(p->doc, "id")));
    if (p->x->viewer.role == ROLE_PUBLIC || !(route_methods(path) & 1u << HTTP_GET))
        return;
    page_raw(p, "<p>");
    page_link(p, path, "", text_in(p->x->lang, "All that belongs to it, and what can be done now"));
    page_raw(p, "</p>\n");
}

void page_item(struct web_page *p)
{
    const struct layer *l = layer_of(p);
    struct json properties = json_get(p->doc, "properties");
    page_begin(p, name_of(p, l, properties));
    page_raw(p, "<p class=\"soft\">");
    page_text(p, collection_title(p->x, l));
    page_raw(p, " · <code>");
    page_text(p, page_word(json_get(p->doc, "id")));
    page_raw(p, "</code></p>\n");
    put_way_to_work(p, l);
    page_raw(p, "<div class=\"beside\"><table class=\"record\">");
    for (struct json_each m = { 0 }; json_next(properties, &m);) {
        const struct property *property = property_called(l, m.key);
        if (!json_is_there(m.value))
            continue;
        page_row(p, property != NULL ? property_title(p->x, property) : m.key);
        page_property(p, l, property, m.value);
        page_row_end(p);
    }
    page_raw(p, "</table>\n");
    page_shape(p, json_get(p->doc, "geometry"));
    page_raw(p, "</div>");
}
