// tile_sample TILE.mvt TRUTH.json - one tile (z 15, x 27406, y 13268 of WebMercatorQuad) of made-up houses, roads and assets, and what went into
// it as JSON, for readers that others wrote (tests/e2e/tile_readers.sh).
#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/status.h"
#include "gis/geojson.h"
#include "gis/tile.h"

#include <stdio.h>
#include <string.h>

enum { FEATURES = 120 };
static const struct tile_place HERE = { TILE_WEB_MERCATOR_QUAD, 15, 27406, 13268 };

struct sample { struct tile *tile; struct buf truth, wkb; uint64_t seed; const char *layer; };

static double random_unit(struct sample *s)
{
    s->seed += 0x9e3779b97f4a7c15u;
    return (double)(hash_mix(s->seed) >> 11) * 0x1p-53;
}

static void add_u32(struct buf *b, uint32_t v)
{
    buf_add(b, (uint8_t[]){ (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) }, 4);
}

static void add_head(struct buf *b, uint32_t type)
{
    buf_add(b, "\1", 1);
    add_u32(b, type);
}

// Corners in shares of a side, from a place well inside of the tile.
static void add_places(struct sample *s, struct lonlat at, double side, const struct xy_m *p, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct lonlat q = { at.lon + side * p[i].x, at.lat + side * p[i].y };
        buf_add(&s->wkb, &q, sizeof q);
    }
}

static struct lonlat a_place(struct sample *s)
{
    struct lonlat_box b = tile_box(HERE, -200);
    return (struct lonlat){ b.west + (b.east - b.west) * random_unit(s), b.south + (b.north - b.south) * random_unit(s) };
}

static const struct xy_m HOUSE[] = { { 0, 0 }, { 1, 0 }, { 1, 0.8 }, { 0.4, 0.8 }, { 0.4, 1 }, { 0, 1 }, { 0, 0 } };
static const struct xy_m YARD[] = { { 0.1, 0.1 }, { 0.3, 0.1 }, { 0.3, 0.3 }, { 0.1, 0.3 }, { 0.1, 0.1 } };
static const struct xy_m ROAD[] = { { 0, 0 }, { 1, 0.1 }, { 1.5, 1 }, { 3, 1.2 } };

static void draw_house(struct sample *s, uint64_t id)
{
    struct lonlat at = a_place(s);
    double side = 0.0002 + 0.0002 * random_unit(s);
    bool yard = id % 3 == 0;
    add_head(&s->wkb, 3);
    add_u32(&s->wkb, yard ? 2 : 1);
    add_u32(&s->wkb, 7);
    add_places(s, at, side, HOUSE, 7);
    if (!yard)
        return;
    add_u32(&s->wkb, 5);
    add_places(s, at, side, YARD, 5);
}

static void draw_road(struct sample *s, uint64_t id)
{
    (void)id;
    add_head(&s->wkb, 2);
    add_u32(&s->wkb, 4);
    add_places(s, a_place(s), 0.0001 + 0.0001 * random_unit(s), ROAD, 4);
}

static void draw_asset(struct sample *s, uint64_t id)
{
    (void)id;
    add_head(&s->wkb, 1);
    add_places(s, a_place(s), 0, ROAD, 1);
}

static void tell_truth(struct sample *s, uint64_t id, const struct tile_property *p, bool first)
{
    buf_printf(&s->truth, "%s{\"layer\":\"%s\",\"id\":%llu,\"geometry\":", first ? "" : ",\n", s->layer, (unsigned long long)id);
    must(geojson_add_wkb(&s->truth, (const uint8_t *)s->wkb.data, s->wkb.len, 9));
    buf_text(&s->truth, ",\"properties\":{\"name\":");
    buf_json_text(&s->truth, p[0].text);
    buf_printf(&s->truth, ",\"floors\":%lld,\"height_m\":", (long long)p[1].integer);
    buf_json_number(&s->truth, p[2].real, 6);
    buf_printf(&s->truth, ",\"lawful\":%s}}", p[3].truth ? "true" : "false");
}

static void add_layer(struct sample *s, const char *name, void (*draw)(struct sample *s, uint64_t id), bool first)
{
    static const char *const names[] = { "通州区 1 号", "plain", "\"quoted\"", "" };
    s->layer = name;
    tile_layer(s->tile, name);
    for (uint64_t id = 1; id <= FEATURES; id++) {
        const struct tile_property p[] = {
            { .key = "name", .kind = TILE_TEXT, .text = names[id % 4] }, { .key = "floors", .kind = TILE_INTEGER, .integer = (int64_t)id % 9 - 2 },
            { .key = "height_m", .kind = TILE_REAL, .real = (double)id / 8 }, { .key = "lawful", .kind = TILE_TRUTH, .truth = id % 2 == 0 },
        };
        s->wkb.len = 0;
        draw(s, id);
        struct tile_feature f = { .id = id, .geometry = (const uint8_t *)s->wkb.data, .geometry_len = s->wkb.len, .property = p, .properties = 4 };
        must(tile_add(s->tile, &f) == TILE_SHOWN);
        tell_truth(s, id, p, first && id == 1);
    }
}

static int write_file(const char *path, const void *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    bool whole = f != NULL && fwrite(bytes, 1, len, f) == len;
    if (f != NULL && fclose(f) != 0)
        whole = false;
    if (!whole)
        perror(path);
    return whole ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s TILE.mvt TRUTH.json\n", argv[0]);
        return 2;
    }
    struct sample s = { .tile = tile_open(), .seed = 4 };
    struct tile_options o = tile_usual_options();
    buf_init(&s.truth, 1 << 24);
    buf_init(&s.wkb, 1 << 16);
    tile_begin(s.tile, HERE, &o);
    buf_text(&s.truth, "[");
    add_layer(&s, "building", draw_house, true);
    add_layer(&s, "road", draw_road, false);
    add_layer(&s, "asset", draw_asset, false);
    buf_text(&s.truth, "]\n");
    struct tile_bytes b = tile_end(s.tile);
    int bad = write_file(argv[1], b.bytes, b.len) | write_file(argv[2], s.truth.data, s.truth.len);
    tile_close(s.tile);
    buf_clear(&s.truth);
    buf_clear(&s.wkb);
    return bad;
}
