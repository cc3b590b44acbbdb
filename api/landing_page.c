// Pages of what the service is: the first one, what it conforms to, and the API document as people read it.
#include "api/web_page.h"

#include "api/collection.h"
#include "api/server.h"
#include "api/web.h"
#include <stdio.h>
#include <string.h>

// What can be seen here is what /collections tells: the same predicate, the same titles.
static void put_layers(struct web_page *p)
{
    struct server *s = p->x->server;
    page_raw(p, "<ul class=\"cards\">");
    for (int i = 0; i < s->layers.count; i++) {
        const struct layer *l = &s->layers.layer[i];
        char path[128];
        if (!visible_layer(&p->x->viewer, l))
            continue;
        snprintf(path, sizeof path, "/collections/%s/items", l->key);
        page_raw(p, "<li>");
        page_link(p, path, "", collection_title(p->x, l));
        page_raw(p, "</li>");
    }
    page_raw(p, "</ul>\n");
}

// Empty until its script runs; without one, or without a map in this build, what is below is the page.
static void put_map(struct web_page *p)
{
    if (!web_has_map())
        return;
    page_sheet(p, "maplibre-gl.css");
    page_sheet(p, "map.css");
    page_raw(p, "<section id=\"map-room\" class=\"map-room\" hidden data-home=\"");
    page_text(p, base_url(p->x));
    page_raw(p, "\"><div id=\"map\"></div><aside id=\"panel\" aria-label=\"");
    page_say(p, "Layers, search and list");
    page_raw(p, "\"></aside></section>\n");
    page_script(p, "map.mjs");
}

void page_landing(struct web_page *p)
{
    page_begin(p, page_word(json_get(p->doc, "title")));
    put_map(p);
    page_raw(p, "<div class=\"below\">");
    page_raw(p, "<p class=\"lead\">");
    page_text(p, page_word(json_get(p->doc, "description")));
    page_raw(p, "</p>\n");
    page_heading(p, "What there is to see");
    put_layers(p);
    page_heading(p, "For map programs and scripts");
    page_raw(p, "<p>");
    page_say(p, "QGIS: Layer, Add WFS / OGC API - Features layer, with this address:");
    page_raw(p, " <code>");
    page_text(p, base_url(p->x));
    page_raw(p, "</code></p><ul>");
    static const struct { const char *path, *title; } places[] = { { "/collections", "The collections" }, { "/conformance", "What this service conforms to" }, { "/api", "API document" } };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        page_raw(p, "<li>");
        page_link(p, places[i].path, "", text_in(p->x->lang, places[i].title));
        page_raw(p, "</li>");
    }
    page_raw(p, "</ul></div>");
}

void page_conformance(struct web_page *p)
{
    struct json list = json_get(p->doc, "conformsTo");
    page_begin(p, text_in(p->x->lang, "What this service conforms to"));
    page_raw(p, "<ul class=\"plain\">");
    for (size_t i = 0; i < json_count(list); i++) {
        page_raw(p, "<li><code>");
        page_text(p, page_word(json_at(list, i)));
        page_raw(p, "</code></li>\n");
    }
    page_raw(p, "</ul>");
}

// --- The API document -------------------------------------------------------------------------------------------------------------

static struct json referred(struct web_page *p, struct json v)
{
    const char *ref = page_word(json_get(v, "$ref"));
    const char *name = strrchr(ref, '/');
    return name != NULL ? json_get(json_get(json_get(p->doc, "components"), "parameters"), name + 1) : v;
}

static void put_parameters(struct web_page *p, struct json list)
{
    page_raw(p, "<ul class=\"plain\">");
    for (size_t i = 0; i < json_count(list); i++) {
        struct json one = referred(p, json_at(list, i));
        page_raw(p, "<li><code>");
        page_text(p, page_word(json_get(one, "name")));
        page_raw(p, "</code> ");
        page_text(p, page_word(json_get(one, "description")));
        page_raw(p, "</li>");
    }
    page_raw(p, "</ul>");
}

static void put_operations(struct web_page *p, const char *path, struct json methods)
{
    for (struct json_each m = { 0 }; json_next(methods, &m);) {
        page_raw(p, "<details><summary><b class=\"method\">");
        page_text(p, m.key);
        page_raw(p, "</b> <code>");
        page_text(p, path);
        page_raw(p, "</code> ");
        page_text(p, page_word(json_get(m.value, "summary")));
        page_raw(p, "</summary>");
        put_parameters(p, json_get(m.value, "parameters"));
        page_raw(p, "</details>\n");
    }
}

void page_api(struct web_page *p)
{
    page_begin(p, text_in(p->x->lang, "API document"));
    page_raw(p, "<p class=\"lead\">");
    page_say(p, "Every address of this service, with its parameters. Programs read the same as OpenAPI 3.0.");
    page_raw(p, "</p>\n");
    for (struct json_each m = { 0 }; json_next(json_get(p->doc, "paths"), &m);)
        put_operations(p, m.key, m.value);
}
