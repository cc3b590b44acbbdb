// Pages of collections: what there is, one of them, and its properties.
#include "api/web_page.h"

#include "api/collection.h"
#include "api/server.h"
#include "core/base/mem.h"
#include <stdio.h>
#include <string.h>

static void put_interval(struct web_page *p, struct json extent)
{
    struct json interval = json_at(json_get(json_get(extent, "temporal"), "interval"), 0);
    if (json_count(interval) != 2)
        return;
    page_raw(p, "<span>");
    page_moment(p, page_word(json_at(interval, 0)));
    page_raw(p, " – ");
    page_moment(p, page_word(json_at(interval, 1)));
    page_raw(p, "</span>");
}

static const char *collection_path(struct web_page *p, const char *key, const char *rest)
{
    char path[200];
    snprintf(path, sizeof path, "/collections/%.80s%s", key, rest);
    return arena_text(p->x->request->arena, path);
}

void page_collections(struct web_page *p)
{
    struct json list = json_get(p->doc, "collections");
    page_begin(p, text_in(p->x->lang, "Collections"));
    page_raw(p, "<ul class=\"cards\">");
    for (size_t i = 0; i < json_count(list); i++) {
        struct json one = json_at(list, i);
        const char *key = page_word(json_get(one, "id"));
        page_raw(p, "<li>");
        page_link(p, collection_path(p, key, ""), "", page_word(json_get(one, "title")));
        page_raw(p, "<code>");
        page_text(p, key);
        page_raw(p, "</code>");
        put_interval(p, json_get(one, "extent"));
        page_link(p, collection_path(p, key, "/items"), "", text_in(p->x->lang, "Features"));
        page_raw(p, "</li>\n");
    }
    page_raw(p, "</ul>");
}

static void put_box(struct web_page *p, struct json extent)
{
    struct json box = json_at(json_get(json_get(extent, "spatial"), "bbox"), 0);
    if (json_count(box) != 4)
        return;
    page_row(p, text_in(p->x->lang, "Extent"));
    for (size_t i = 0; i < 4; i++) {
        page_raw(p, i > 0 ? ", " : "");
        buf_json_number(p->out, page_number(json_at(box, i)), 6);
    }
    page_row_end(p);
}

static void put_crs_list(struct web_page *p, struct json list)
{
    page_row(p, text_in(p->x->lang, "Coordinate reference systems"));
    for (size_t i = 0; i < json_count(list); i++) {
        page_raw(p, "<code>");
        page_text(p, page_word(json_at(list, i)));
        page_raw(p, "</code><br>");
    }
    page_row_end(p);
}

void page_collection(struct web_page *p)
{
    static const struct { const char *rest, *title; } parts[] = {
        { "/items", "Features" }, { "/queryables", "What may be asked" }, { "/sortables", "What may be sorted by" }, { "/schema", "What a feature looks like" },
        { "/tiles", "Tiles" },
    };
    const char *key = page_word(json_get(p->doc, "id"));
    struct json extent = json_get(p->doc, "extent");
    page_begin(p, page_word(json_get(p->doc, "title")));
    page_raw(p, "<ul class=\"cards\">");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        page_raw(p, "<li>");
        page_link(p, collection_path(p, key, parts[i].rest), "", text_in(p->x->lang, parts[i].title));
        page_raw(p, "</li>");
    }
    page_raw(p, "</ul>\n<table class=\"record\">");
    page_row(p, text_in(p->x->lang, "Name for programs"));
    page_raw(p, "<code>");
    page_text(p, key);
    page_raw(p, "</code>");
    page_row_end(p);
    put_box(p, extent);
    if (json_is_there(json_get(extent, "temporal"))) {
        page_row(p, text_in(p->x->lang, "Time"));
        put_interval(p, extent);
        page_row_end(p);
    }
    put_crs_list(p, json_get(p->doc, "crs"));
    page_raw(p, "</table>");
}

// --- Properties ----------------------------------------------------------------------------------------------------------------

static void put_codes(struct web_page *p, const char *name, struct json codes)
{
    const struct layer *l = layer_find(&p->x->server->layers, p->x->segment[0]);
    const struct property *property = property_called(l, name);
    for (size_t i = 0; i < json_count(codes); i++) {
        const char *code = page_word(json_at(codes, i));
        page_raw(p, i > 0 ? ", <code>" : "<code>");
        page_text(p, code);
        page_raw(p, "</code> ");
        page_text(p, code_title(p->x, l, property, code));
    }
}

void page_schema(struct web_page *p)
{
    static const char *const heads[] = { "name", "title", "type", "values", NULL };
    page_begin(p, page_word(json_get(p->doc, "title")));
    page_table(p, heads);
    for (struct json_each m = { 0 }; json_next(json_get(p->doc, "properties"), &m);) {
        page_raw(p, "<tr><td><code>");
        page_text(p, m.key);
        page_raw(p, "</code></td><td>");
        page_text(p, page_word(json_get(m.value, "title")));
        page_raw(p, "</td><td>");
        page_text(p, page_word(json_get(m.value, "type")));
        page_raw(p, " ");
        page_text(p, page_word(json_get(m.value, "format")));
        page_raw(p, "</td><td>");
        put_codes(p, m.key, json_get(m.value, "enum"));
        page_raw(p, "</td></tr>\n");
    }
    page_raw(p, "</tbody></table></div>");
}
