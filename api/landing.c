// The first page, what is conformed to, and the API document's place.
#include "api/answer.h"
#include "api/openapi.h"
#include "api/routes.h"
#include "api/server.h"
#include <string.h>

enum { DOCUMENT_CEILING = 4 << 20 };

static const char *const conformance[] = {
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
    "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/collections-selection",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/schemas",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/returnables-and-receivables",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/sortables",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/returnables-and-receivables",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/sortables",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/ogc-process-description",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/dismiss",
    NULL,
};

static const char *name_of_district(const struct exchange *x)
{
    const struct district *d = station_district(x->server->station);
    return x->lang == LANG_ZH || d->name_en[0] == '\0' ? d->name_zh : d->name_en;
}

static enum status get_landing(struct exchange *x)
{
    static const struct { const char *rel, *path; enum format type; const char *title; } links[] = {
        { "service-desc", "/api?f=openapi", FORMAT_OPENAPI, "The API document (OpenAPI 3.0)" },
        { "service-doc", "/api?f=html", FORMAT_HTML, "The API document for people" },
        { "conformance", "/conformance", FORMAT_JSON, "What this service conforms to" },
        { "data", "/collections", FORMAT_JSON, "The collections" },
        { "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", "/tiles", FORMAT_JSON, "All collections as vector tiles" },
        { "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", "/tileMatrixSets", FORMAT_JSON, "The tile matrix sets" },
        { "http://www.opengis.net/def/rel/ogc/1.0/processes", "/processes", FORMAT_JSON, "What can be computed" },
        { "http://www.opengis.net/def/rel/ogc/1.0/job-list", "/jobs", FORMAT_JSON, "Jobs of yours" },
    };
    struct buf b;
    buf_init(&b, DOCUMENT_CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    json_put_text(&j, "title", name_of_district(x));
    json_put_text(&j, "description", text_in(x->lang, "Patrol grid, register, surveys, cases and leads of the district"));
    json_put_list(&j, "links");
    put_self_links(x, &j);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        put_link(&j, (struct link){ .rel = links[i].rel, .href = link_to(x, "%s", links[i].path), .type = format_type(links[i].type),
                                    .title = text_in(x->lang, links[i].title) });
    json_put_end(&j);
    json_put_end(&j);
    return answer_document(x, &b);
}

static enum status get_conformance(struct exchange *x)
{
    struct buf b;
    buf_init(&b, DOCUMENT_CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    json_put_list(&j, "conformsTo");
    for (int i = 0; conformance[i] != NULL; i++)
        json_put_text(&j, NULL, conformance[i]);
    json_put_end(&j);
    return answer_with_self_links(x, &j);
}

static enum status get_api(struct exchange *x)
{
    struct buf b;
    buf_init(&b, DOCUMENT_CEILING);
    openapi_write(x, &b);
    return answer_document(x, &b);
}

const struct route landing_routes[] = {
    { .method = HTTP_GET, .path = "/", .serve = get_landing, .formats = FORMAT_JSON | FORMAT_HTML, .id = "landingPage", .tag = "common", .about = "The first page: where to go from here",
      .page = page_landing },
    { .method = HTTP_GET, .path = "/conformance", .serve = get_conformance, .formats = FORMAT_JSON | FORMAT_HTML, .id = "conformance", .tag = "common", .about = "What this service conforms to",
      .page = page_conformance },
    { .method = HTTP_GET, .path = "/api", .serve = get_api, .formats = FORMAT_OPENAPI | FORMAT_HTML, .id = "api", .tag = "common", .about = "This document", .page = page_api },
    { .path = NULL },
};
