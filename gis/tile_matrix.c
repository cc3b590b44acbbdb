#include "gis/tile_matrix.h"
#include "core/base/buf.h"
#include "core/base/status.h"

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846, SEMI_MAJOR_M = 6378137, PIXEL_M = 0.00028; // of WGS 84 and CGCS2000; OGC's pixel
enum { TILE_PIXELS = 256 };

static const struct tile_set_facts SETS[] = {
    [TILE_WEB_MERCATOR_QUAD] = { .id = "WebMercatorQuad", .title = "Google Maps Compatible for the World", .zoom_most = 24,
        .uri = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad", .crs = "http://www.opengis.net/def/crs/EPSG/0/3857",
        .scale_set = "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible" },
    [TILE_CGCS2000_QUAD] = { .id = "CGCS2000Quad", .title = "CGCS2000 for the World", .zoom_most = 23,
        .crs = "http://www.opengis.net/def/crs/EPSG/0/4490" },
};

// What differs between the sets besides their names: tiles across the first matrix, and the CRS.
struct shape { uint32_t columns, rows; double across, origin_x, origin_y, unit_m; bool latitude_first; };

static struct shape shape_of(enum tile_set set)
{
    double half_m = PI * SEMI_MAJOR_M;
    if (set == TILE_WEB_MERCATOR_QUAD)
        return (struct shape){ 1, 1, 2 * half_m, -half_m, half_m, 1, false };
    return (struct shape){ 2, 1, 360, -180, 90, 2 * half_m / 360, true };
}

const struct tile_set_facts *tile_set_facts(enum tile_set set)
{
    return &SETS[set];
}

bool tile_set_find(const char *id, enum tile_set *out)
{
    for (int set = 0; set < TILE_SETS; set++)
        if (strcmp(SETS[set].id, id) == 0) {
            *out = (enum tile_set)set;
            return true;
        }
    return false;
}

static uint32_t columns_of(enum tile_set set, int z) { return shape_of(set).columns << z; }
static uint32_t rows_of(enum tile_set set, int z) { return shape_of(set).rows << z; }

bool tile_is_there(struct tile_place t)
{
    return t.z >= 0 && t.z <= SETS[t.set].zoom_most && t.x < columns_of(t.set, t.z) && t.y < rows_of(t.set, t.z);
}

// --- places ------------------------------------------------------------------------------------------------------------------

// What is no number is low.
static double clamp(double v, double low, double high)
{
    return !(v > low) ? low : v > high ? high : v;
}

// Degrees of latitude at this share of the way from the north edge of the matrix to the south edge.
static double latitude_at(enum tile_set set, double share)
{
    if (set != TILE_WEB_MERCATOR_QUAD)
        return 90 - 180 * share;
    return atan(sinh(PI * (1 - 2 * share))) * 180 / PI;
}

static double share_of_latitude(enum tile_set set, double lat)
{
    if (set != TILE_WEB_MERCATOR_QUAD)
        return (90 - lat) / 180;
    return 0.5 - atanh(sin(clamp(lat, -89, 89) * PI / 180)) / (2 * PI);
}

struct lonlat_box tile_box(struct tile_place t, double margin_units)
{
    must(tile_is_there(t));
    double columns = columns_of(t.set, t.z), rows = rows_of(t.set, t.z), margin = margin_units / TILE_EXTENT;
    return (struct lonlat_box){
        (t.x - margin) / columns * 360 - 180, latitude_at(t.set, (t.y + 1 + margin) / rows),
        (t.x + 1 + margin) / columns * 360 - 180, latitude_at(t.set, (t.y - margin) / rows),
    };
}

static uint32_t index_at(double share, uint32_t count)
{
    return (uint32_t)clamp(floor(share * count), 0, count - 1.0);
}

struct tile_place tile_at(enum tile_set set, int z, struct lonlat p)
{
    must(z >= 0 && z <= SETS[set].zoom_most);
    return (struct tile_place){ set, z, index_at((p.lon + 180) / 360, columns_of(set, z)), index_at(share_of_latitude(set, p.lat), rows_of(set, z)) };
}

struct tile_limits tile_limits(enum tile_set set, int z, struct lonlat_box extent)
{
    struct tile_place low = tile_at(set, z, (struct lonlat){ extent.west, extent.south }), high = tile_at(set, z, (struct lonlat){ extent.east, extent.north });
    return (struct tile_limits){ low.x, high.x, high.y, low.y };
}

// --- JSON --------------------------------------------------------------------------------------------------------------------

static void add_member(struct buf *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    buf_printf(out, ",\"%s\":", name);
    buf_json_text(out, value);
}

// %.15g: fifteen digits, as OGC's own definitions have them.
static void matrix_json(struct buf *out, enum tile_set set, int z)
{
    struct shape s = shape_of(set);
    double cell = s.across / (TILE_PIXELS * (double)columns_of(set, z));
    buf_printf(out, "%s{\"id\":\"%d\",\"scaleDenominator\":%.15g,\"cellSize\":%.15g,\"cornerOfOrigin\":\"topLeft\",\"pointOfOrigin\":[%.15g,%.15g],",
               z > 0 ? "," : "", z, cell * s.unit_m / PIXEL_M, cell, s.latitude_first ? s.origin_y : s.origin_x,
               s.latitude_first ? s.origin_x : s.origin_y);
    buf_printf(out, "\"tileWidth\":%d,\"tileHeight\":%d,\"matrixWidth\":%u,\"matrixHeight\":%u}", TILE_PIXELS, TILE_PIXELS, columns_of(set, z),
               rows_of(set, z));
}

void tile_set_json(struct buf *out, enum tile_set set)
{
    const struct tile_set_facts *f = &SETS[set];
    buf_text(out, "{\"id\":");
    buf_json_text(out, f->id);
    add_member(out, "title", f->title);
    add_member(out, "uri", f->uri);
    add_member(out, "crs", f->crs);
    buf_text(out, shape_of(set).latitude_first ? ",\"orderedAxes\":[\"Lat\",\"Lon\"]" : ",\"orderedAxes\":[\"X\",\"Y\"]");
    add_member(out, "wellKnownScaleSet", f->scale_set);
    buf_text(out, ",\"tileMatrices\":[");
    for (int z = 0; z <= f->zoom_most; z++)
        matrix_json(out, set, z);
    buf_text(out, "]}");
}

void tile_limits_json(struct buf *out, enum tile_set set, int z_first, int z_last, struct lonlat_box extent)
{
    buf_text(out, "[");
    for (int z = z_first; z <= z_last; z++) {
        struct tile_limits l = tile_limits(set, z, extent);
        buf_printf(out, "%s{\"tileMatrix\":\"%d\",\"minTileRow\":%u,\"maxTileRow\":%u,\"minTileCol\":%u,\"maxTileCol\":%u}", z > z_first ? "," : "", z,
                   l.min_y, l.max_y, l.min_x, l.max_x);
    }
    buf_text(out, "]");
}
