// tile_bench [HOUSES] - tiles, GeoJSON and packed geometry of building footprints, on one core: ours beside what a competent programmer
// writes in an afternoon (a plain loop, and the way of PostGIS with GEOS: clip, snap, make valid). Prints microseconds, ratios and bytes, each
// the median of many rounds taken in turn, and stops when answers differ.
#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/status.h"
#include "gis/geojson.h"
#include "gis/packed.h"
#include "gis/tile.h"

#include <geos_c.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 41, CORNERS_MOST = 12, HOUSE_BYTES = 13 + 16 * (CORNERS_MOST + 1) };
static const double PI = 3.14159265358979323846;
static const struct tile_place HERE = { TILE_WEB_MERCATOR_QUAD, 15, 27406, 13268 };

struct houses {
    int count;
    uint8_t *wkb;                       // HOUSE_BYTES for each
    size_t *len;
    struct buf packed, json;            // one after the other
    size_t *packed_at, *json_at;        // [count + 1]
    struct tile_property (*property)[3];
    double corners;
};

// --- houses ------------------------------------------------------------------------------------------------------------------

static double random_unit(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15u;
    return (double)(hash_mix(*seed) >> 11) * 0x1p-53;
}

// A rectangle, an L or a T, turned: 4, 6 or 8 corners, in metres.
static int house_corners(uint64_t *seed, struct xy_m *p)
{
    double w = 9 + 14 * random_unit(seed), d = 7 + 8 * random_unit(seed), a = w * 0.4, b = d * 0.5, turn = random_unit(seed) * PI;
    const struct xy_m rectangle[] = { { 0, 0 }, { w, 0 }, { w, d }, { 0, d } };
    const struct xy_m l[] = { { 0, 0 }, { w, 0 }, { w, b }, { a, b }, { a, d }, { 0, d } };
    const struct xy_m t[] = { { 0, 0 }, { w, 0 }, { w, b }, { w - a / 2, b }, { w - a / 2, d }, { a / 2, d }, { a / 2, b }, { 0, b } };
    int kind = (int)(random_unit(seed) * 3), n = 4 + 2 * kind;
    const struct xy_m *from = kind == 0 ? rectangle : kind == 1 ? l : t;
    for (int i = 0; i < n; i++)
        p[i] = (struct xy_m){ from[i].x * cos(turn) - from[i].y * sin(turn), from[i].x * sin(turn) + from[i].y * cos(turn) };
    return n;
}

// A district of them, a little wider than the tile.
static size_t house_wkb(uint64_t *seed, struct lonlat_box b, int i, int across, uint8_t *out)
{
    struct xy_m p[CORNERS_MOST];
    int n = house_corners(seed, p);
    double lon = b.west + (b.east - b.west) * ((i % across + 0.3 * random_unit(seed)) / across * 1.06 - 0.03);
    double lat = b.south + (b.north - b.south) * ((i / across + 0.3 * random_unit(seed)) / across * 1.06 - 0.03);
    uint32_t head[2] = { 1, (uint32_t)n + 1 };
    memcpy(out, "\1\3\0\0\0", 5);
    memcpy(out + 5, head, 8);
    for (int k = 0; k <= n; k++) {
        struct lonlat q = { lon + p[k % n].x / (111320 * cos(lat * PI / 180)), lat + p[k % n].y / 110900 };
        q.lon = round(q.lon * 1e7) / 1e7, q.lat = round(q.lat * 1e7) / 1e7;
        memcpy(out + 13 + 16 * k, &q, sizeof q);
    }
    return 13 + 16 * ((size_t)n + 1);
}

static void make_houses(struct houses *h, int count)
{
    static const char *const standings[] = { "lawful", "unverified", "illegal", "gone" };
    uint64_t seed = 1;
    struct lonlat_box b = tile_box(HERE, 0);
    int across = (int)ceil(sqrt(count));
    *h = (struct houses){ .count = count, .wkb = mem_get((size_t)count, HOUSE_BYTES), .len = mem_get((size_t)count, sizeof *h->len),
                          .packed_at = mem_get((size_t)count + 1, sizeof *h->packed_at), .json_at = mem_get((size_t)count + 1, sizeof *h->json_at),
                          .property = mem_get((size_t)count, sizeof *h->property) };
    buf_init(&h->packed, 1u << 30);
    buf_init(&h->json, 1u << 30);
    for (int i = 0; i < count; i++) {
        uint8_t *wkb = h->wkb + (size_t)i * HOUSE_BYTES;
        h->len[i] = house_wkb(&seed, b, i, across, wkb);
        h->corners += (double)(h->len[i] - 29) / 16;
        must(packed_add_wkb(&h->packed, wkb, h->len[i]) && geojson_add_wkb(&h->json, wkb, h->len[i], GEOJSON_DEGREE_DECIMALS));
        h->packed_at[i + 1] = h->packed.len;
        h->json_at[i + 1] = h->json.len;
        h->property[i][0] = (struct tile_property){ .key = "standing", .kind = TILE_TEXT, .text = standings[i * 7 % 11 % 4] };
        h->property[i][1] = (struct tile_property){ .key = "floors", .kind = TILE_INTEGER, .integer = i * 5 % 7 + 1 };
        h->property[i][2] = (struct tile_property){ .key = "height_m", .kind = TILE_REAL, .real = (double)(i * 37 % 400) / 10 + 3 };
    }
}

// --- the afternoon -----------------------------------------------------------------------------------------------------------

struct plain { struct buf feature, commands, layer; };

static void plain_varint(struct buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        buf_add(b, &(uint8_t){ (uint8_t)(v | 0x80) }, 1);
    buf_add(b, &(uint8_t){ (uint8_t)v }, 1);
}

static int32_t plain_step(struct buf *b, int32_t from, int32_t to)
{
    int32_t d = to - from;
    plain_varint(b, (uint32_t)d << 1 ^ (uint32_t)(d >> 31));
    return to;
}

// One ring as a feature; points are already whole units, the last one not repeated.
static void plain_feature(struct plain *p, const int32_t (*at)[2], uint32_t n, uint64_t id)
{
    int32_t x = 0, y = 0;
    p->commands.len = p->feature.len = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i < 2)
            plain_varint(&p->commands, i == 0 ? 9 : 2 | (uint64_t)(n - 1) << 3);
        x = plain_step(&p->commands, x, at[i][0]);
        y = plain_step(&p->commands, y, at[i][1]);
    }
    plain_varint(&p->commands, 15);
    plain_varint(&p->feature, 8);
    plain_varint(&p->feature, id);
    buf_add(&p->feature, "\x18\3\x22", 3);
    plain_varint(&p->feature, p->commands.len);
    buf_add(&p->feature, p->commands.data, p->commands.len);
    buf_add(&p->layer, "\x12", 1);
    plain_varint(&p->layer, p->feature.len);
    buf_add(&p->layer, p->feature.data, p->feature.len);
}

static void plain_units(const uint8_t *at, double out[2])
{
    double p[2], tiles = exp2(HERE.z);
    memcpy(p, at, sizeof p);
    out[0] = ((p[0] + 180) / 360 * tiles - HERE.x) * TILE_EXTENT;
    out[1] = ((1 - log(tan(p[1] * PI / 180) + 1 / cos(p[1] * PI / 180)) / PI) / 2 * tiles - HERE.y) * TILE_EXTENT;
}

// Project, round, drop what is repeated, write. Nothing is clipped, simplified or made valid.
static void plain_tile(const struct houses *h, struct plain *p)
{
    p->layer.len = 0;
    for (int i = 0; i < h->count; i++) {
        const uint8_t *wkb = h->wkb + (size_t)i * HOUSE_BYTES;
        int32_t at[CORNERS_MOST + 1][2];
        uint32_t points, n = 0;
        memcpy(&points, wkb + 9, sizeof points);
        for (uint32_t k = 0; k + 1 < points; k++) {
            double u[2];
            plain_units(wkb + 13 + 16 * k, u);
            at[n][0] = (int32_t)floor(u[0] + 0.5), at[n][1] = (int32_t)floor(u[1] + 0.5);
            n += n == 0 || at[n][0] != at[n - 1][0] || at[n][1] != at[n - 1][1];
        }
        if (n >= 3)
            plain_feature(p, (const int32_t (*)[2])at, n, (uint64_t)i);
    }
}

// As ST_AsMVTGeom does it: project, clip, snap with validity kept, write.
static void geos_house(GEOSContextHandle_t g, struct plain *p, const uint8_t *wkb, uint64_t id)
{
    uint32_t points;
    memcpy(&points, wkb + 9, sizeof points);
    GEOSCoordSequence *s = GEOSCoordSeq_create_r(g, points, 2);
    for (uint32_t k = 0; k < points; k++) {
        double u[2];
        plain_units(wkb + 13 + 16 * k, u);
        GEOSCoordSeq_setXY_r(g, s, k, u[0], u[1]);
    }
    GEOSGeometry *polygon = GEOSGeom_createPolygon_r(g, GEOSGeom_createLinearRing_r(g, s), NULL, 0);
    GEOSGeometry *clipped = GEOSClipByRect_r(g, polygon, -64, -64, 4160, 4160);
    GEOSGeometry *snapped = clipped != NULL ? GEOSGeom_setPrecision_r(g, clipped, 1, 0) : NULL;
    if (snapped != NULL && GEOSGeomTypeId_r(g, snapped) == GEOS_POLYGON && GEOSisEmpty_r(g, snapped) == 0) {
        const GEOSCoordSequence *r = GEOSGeom_getCoordSeq_r(g, GEOSGetExteriorRing_r(g, snapped));
        int32_t at[64][2];
        unsigned n = 0;
        GEOSCoordSeq_getSize_r(g, r, &n);
        for (unsigned k = 0; k + 1 < n && k < 64; k++) {
            double x, y;
            GEOSCoordSeq_getXY_r(g, r, k, &x, &y);
            at[k][0] = (int32_t)x, at[k][1] = (int32_t)y;
        }
        plain_feature(p, (const int32_t (*)[2])at, n - 1, id);
    }
    GEOSGeom_destroy_r(g, polygon);
    GEOSGeom_destroy_r(g, clipped);
    GEOSGeom_destroy_r(g, snapped);
}

static void plain_json(const struct houses *h, struct buf *out)
{
    out->len = 0;
    for (int i = 0; i < h->count; i++) {
        const uint8_t *wkb = h->wkb + (size_t)i * HOUSE_BYTES;
        uint32_t points;
        memcpy(&points, wkb + 9, sizeof points);
        buf_text(out, "{\"type\":\"Polygon\",\"coordinates\":[[");
        for (uint32_t k = 0; k < points; k++) {
            double p[2];
            memcpy(p, wkb + 13 + 16 * k, sizeof p);
            buf_printf(out, "%s[%.7f,%.7f]", k > 0 ? "," : "", p[0], p[1]);
        }
        buf_text(out, "]]}");
    }
}

// --- what is measured --------------------------------------------------------------------------------------------------------

struct bench { struct houses h; struct tile *tile; struct plain plain; GEOSContextHandle_t geos; struct buf out; size_t bytes; };

static void ours(struct bench *b, bool packed, bool properties)
{
    const struct houses *h = &b->h;
    struct tile_options o = tile_usual_options();
    o.bytes_most = 1 << 27;
    tile_begin(b->tile, HERE, &o);
    tile_layer(b->tile, "building");
    for (int i = 0; i < h->count; i++) {
        struct tile_feature f = { .id = (uint64_t)i, .geometry = h->wkb + (size_t)i * HOUSE_BYTES, .geometry_len = h->len[i], .is_packed = packed,
                                  .property = h->property[i], .properties = properties ? 3 : 0 };
        if (packed) {
            f.geometry = (const uint8_t *)h->packed.data + h->packed_at[i];
            f.geometry_len = h->packed_at[i + 1] - h->packed_at[i];
        }
        tile_add(b->tile, &f);
    }
    b->bytes = tile_end(b->tile).len;
}

static void tile_from_wkb(struct bench *b) { ours(b, false, false); }
static void tile_from_packed(struct bench *b) { ours(b, true, false); }
static void tile_with_properties(struct bench *b) { ours(b, false, true); }
static void tile_packed_with_properties(struct bench *b) { ours(b, true, true); }
static void tile_plain(struct bench *b) { plain_tile(&b->h, &b->plain), b->bytes = b->plain.layer.len; }

static void tile_geos(struct bench *b)
{
    b->plain.layer.len = 0;
    for (int i = 0; i < b->h.count; i++)
        geos_house(b->geos, &b->plain, b->h.wkb + (size_t)i * HOUSE_BYTES, (uint64_t)i);
    b->bytes = b->plain.layer.len;
}

static void json_from_wkb(struct bench *b)
{
    b->out.len = 0;
    for (int i = 0; i < b->h.count; i++)
        geojson_add_wkb(&b->out, b->h.wkb + (size_t)i * HOUSE_BYTES, b->h.len[i], GEOJSON_DEGREE_DECIMALS);
    b->bytes = b->out.len;
}

static void json_from_packed(struct bench *b)
{
    b->out.len = 0;
    for (int i = 0; i < b->h.count; i++)
        packed_add_geojson(&b->out, (const uint8_t *)b->h.packed.data + b->h.packed_at[i], b->h.packed_at[i + 1] - b->h.packed_at[i]);
    b->bytes = b->out.len;
}

static void json_plain(struct bench *b) { plain_json(&b->h, &b->out), b->bytes = b->out.len; }

static void packed_from_wkb(struct bench *b)
{
    b->out.len = 0;
    for (int i = 0; i < b->h.count; i++)
        packed_add_wkb(&b->out, b->h.wkb + (size_t)i * HOUSE_BYTES, b->h.len[i]);
    b->bytes = b->out.len;
}

static void wkb_from_json(struct bench *b)
{
    b->out.len = 0;
    for (int i = 0; i < b->h.count; i++) {
        struct json_doc *d = NULL;
        struct geojson_facts facts;
        const char *text = b->h.json.data + b->h.json_at[i];
        must(json_parse(text, b->h.json_at[i + 1] - b->h.json_at[i], "house", NULL, &d, NULL) == OK);
        must(geojson_read(json_root(d), &(struct geojson_rules){ .lonlat = true }, &b->out, &facts, NULL) == OK);
        json_close(d);
    }
    b->bytes = b->out.len;
}

static void wkb_only(struct bench *b)
{
    b->bytes = 0;
    for (int i = 0; i < b->h.count; i++)
        b->bytes += b->h.len[i];
}

static const struct { const char *name; void (*run)(struct bench *b); int beside; } RUNS[] = {
    { "tile, from WKB", tile_from_wkb, -1 },
    { "tile, from packed", tile_from_packed, 0 },
    { "tile, from WKB, 3 properties", tile_with_properties, 0 },
    { "tile, from packed, 3 properties", tile_packed_with_properties, 0 },
    { "tile, plain loop: no clip, not valid", tile_plain, 0 },
    { "tile, GEOS: clip, snap, valid", tile_geos, 0 },
    { "GeoJSON, from WKB", json_from_wkb, -1 },
    { "GeoJSON, from packed", json_from_packed, 6 },
    { "GeoJSON, printf", json_plain, 6 },
    { "packed, from WKB", packed_from_wkb, -1 },
    { "WKB, from GeoJSON", wkb_from_json, -1 },
    { "WKB as it is", wkb_only, -1 },
};
enum { KINDS = sizeof RUNS / sizeof *RUNS };

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    struct bench b = { .tile = tile_open(), .geos = GEOS_init_r() };
    static double took_us[KINDS][ROUNDS];
    size_t bytes[KINDS] = { 0 };
    make_houses(&b.h, argc > 1 ? atoi(argv[1]) : 1000);
    buf_init(&b.out, 1u << 30);
    buf_init(&b.plain.feature, 1 << 20);
    buf_init(&b.plain.commands, 1 << 20);
    buf_init(&b.plain.layer, 1u << 30);
    for (int round = -2; round < ROUNDS; round++)       // the first two warm up
        for (int k = 0; k < KINDS; k++) {
            double start_s = cpu_s();
            RUNS[k].run(&b);
            if (round >= 0)
                took_us[k][round] = (cpu_s() - start_s) * 1e6;
            must(bytes[k] == 0 || bytes[k] == b.bytes);
            bytes[k] = b.bytes;
        }
    printf("%d houses of %.1f corners, median of %d rounds\n", b.h.count, b.h.corners / b.h.count, ROUNDS);
    printf("%-38s %10s %9s %12s %7s\n", "", "us", "ns/house", "bytes/house", "ratio");
    for (int k = 0; k < KINDS; k++) {
        qsort(took_us[k], ROUNDS, sizeof **took_us, by_size);
        double us = took_us[k][ROUNDS / 2];
        printf("%-38s %10.1f %9.1f %12.1f", RUNS[k].name, us, us * 1000 / b.h.count, (double)bytes[k] / b.h.count);
        if (RUNS[k].beside >= 0)
            printf(" %7.2f", us / took_us[RUNS[k].beside][ROUNDS / 2]);
        printf("\n");
    }
    tile_close(b.tile);
    GEOS_finish_r(b.geos);
    return 0;
}
