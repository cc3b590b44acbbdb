// tile_fuzz.c - a stranger's WKB, or packed bytes, into a tile: whatever it is, the tile reads as MVT 2.1, its polygons are valid by GEOS, and
// the budget is kept. The first byte chooses the set, the zoom, and how the rest is read; the tile is the one over the first vertex.
#include "core/base/buf.h"
#include "core/base/status.h"
#include "gis/geojson.h"
#include "gis/packed.h"
#include "tests/gis/tile_drawing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BUDGET = 4000, CORNERS_FOR_GEOS = 300 };

struct vertex { bool any; struct lonlat p; };

static void note_first(void *ctx, const struct wkb_run *r, uint32_t part)
{
    struct vertex *v = ctx;
    (void)part;
    if (v->any || r->count == 0)
        return;
    struct xy_m p = wkb_run_point(r, 0);
    if (fabs(p.x) <= 180 && fabs(p.y) <= 90)
        *v = (struct vertex){ true, { p.x, p.y } };
}

static struct tile_place choose_place(uint8_t choice, const uint8_t *data, size_t size)
{
    static const struct wkb_steps steps = { .run = note_first };
    struct vertex v = { false, { 121, 32 } };
    struct packed_box b;
    enum tile_set set = choice % 2 == 0 ? TILE_WEB_MERCATOR_QUAD : TILE_CGCS2000_QUAD;
    wkb_walk(data, size, &steps, &v);
    if (choice >= 0x80 && packed_box(data, size, &b))
        v = (struct vertex){ true, { b.min_x / 1e7, b.min_y / 1e7 } };
    return tile_at(set, choice % 64 / 2 % (tile_set_facts(set)->zoom_most + 1), v.p);
}

static void hold_polygon(GEOSContextHandle_t g, const struct mvt_feature *f)
{
    if (f->type != 3 || f->first[f->parts] > CORNERS_FOR_GEOS)
        return;
    GEOSGeometry *read = drawing_read(g, f);
    must(read != NULL && GEOSisValid_r(g, read) == 1);
    GEOSGeom_destroy_r(g, read);
}

static void hold(GEOSContextHandle_t g, struct tile_bytes b, uint32_t shown)
{
    static struct arena *a;
    struct mvt m;
    if (a == NULL)
        a = arena_open(64u << 20);
    arena_reset(a);
    must(b.len <= BUDGET && mvt_read(a, b.bytes, b.len, &m));
    must(m.layers == (shown > 0) && (shown == 0 || m.layer[0].features == shown));
    for (uint32_t i = 0; i < shown; i++)
        hold_polygon(g, &m.layer[0].feature[i]);
}

// What was packed says the same text as the WKB did.
static void hold_packed(const uint8_t *wkb, size_t len)
{
    static struct buf form = { .ceiling = 1 << 20 }, one = { .ceiling = 1 << 22 }, other = { .ceiling = 1 << 22 };
    form.len = one.len = other.len = 0;
    if (packed_add_wkb(&form, wkb, len)) {
        must(packed_add_geojson(&one, (const uint8_t *)form.data, form.len) && geojson_add_wkb(&other, wkb, len, GEOJSON_DEGREE_DECIMALS));
        must(one.len == other.len && memcmp(one.data, other.data, one.len) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static GEOSContextHandle_t geos;
    static struct tile *tile;
    if (size < 1)
        return 0;
    if (tile == NULL)
        geos = GEOS_init_r(), tile = tile_open();
    uint8_t choice = data[0];
    struct tile_options o = tile_usual_options();
    o.bytes_most = BUDGET;
    o.pixel_units = (choice & 0x40) != 0 ? 0 : TILE_PIXEL_UNITS;
    struct tile_property p = { .key = "n", .kind = TILE_INTEGER, .integer = choice };
    struct tile_feature f = { .id = 1, .geometry = data + 1, .geometry_len = size - 1, .is_packed = choice >= 0x80, .property = &p, .properties = 1 };
    tile_begin(tile, choose_place(choice, data + 1, size - 1), &o);
    tile_layer(tile, "a");
    uint32_t shown = tile_add(tile, &f) == TILE_SHOWN;
    hold(geos, tile_end(tile), shown);
    if (choice < 0x80)
        hold_packed(data + 1, size - 1);
    return 0;
}
