// GeoJSON geometry to WKB: strict, with the place of what is wrong.
#include "core/base/buf.h"
#include "gis/geojson.h"
#include "gis/geojson_inside.h"
#include "gis/wkb_bytes.h"

#include <string.h>

struct reading {
    struct geojson_rules rules;
    struct geojson_facts facts;
    struct buf *out;
    struct err *e;
};

// --- positions, lines, rings ------------------------------------------------------------------------------------------------

struct position { double x, y; };

static enum status read_ordinates(const struct reading *r, struct json v, struct position *out)
{
    enum status s = json_read_number(json_at(v, 0), &out->x, r->e);
    if (s == OK)
        s = json_read_number(json_at(v, 1), &out->y, r->e);
    if (s != OK || !r->rules.lonlat)
        return s;
    if (!(out->x >= -180 && out->x <= 180))
        return json_wrong(json_at(v, 0), "a longitude from -180 to 180", r->e);
    if (!(out->y >= -90 && out->y <= 90))
        return json_wrong(json_at(v, 1), "a latitude from -90 to 90", r->e);
    return OK;
}

static enum status read_position(struct reading *r, struct json v, struct position *out)
{
    size_t numbers = json_count(v);
    if (json_kind(v) != JSON_KIND_LIST || numbers < 2 || numbers > 3)
        return json_wrong(v, "a position of two or three numbers", r->e);
    double height;
    enum status s = numbers == 3 ? json_read_number(json_at(v, 2), &height, r->e) : OK;
    if (s == OK)
        s = read_ordinates(r, v, out);
    if (s != OK)
        return s;
    r->facts.z_cut |= numbers == 3;
    if (++r->facts.vertices > r->rules.vertices_most)
        return err_set(r->e, TOO_BIG, "a geometry of more than %u positions; send it in parts or simplify it", r->rules.vertices_most);
    return OK;
}

static enum status take_position(struct reading *r, struct json v)
{
    struct position p;
    enum status s = read_position(r, v, &p);
    if (s != OK)
        return s;
    wkb_put_double(r->out, p.x);
    wkb_put_double(r->out, p.y);
    return OK;
}

static enum status take_positions(struct reading *r, struct json v)
{
    enum status s = OK;
    wkb_put_u32(r->out, (uint32_t)json_count(v));
    for (size_t i = 0; i < json_count(v) && s == OK; i++)
        s = take_position(r, json_at(v, i));
    return s;
}

static bool is_list_of(struct json v, size_t least)
{
    return json_kind(v) == JSON_KIND_LIST && json_count(v) >= least;
}

static enum status take_line(struct reading *r, struct json v)
{
    if (!is_list_of(v, 2))
        return json_wrong(v, "a line of at least 2 positions", r->e);
    return take_positions(r, v);
}

static enum status take_ring(struct reading *r, struct json v)
{
    if (!is_list_of(v, 4))
        return json_wrong(v, "a ring of at least 4 positions", r->e);
    enum status s = take_positions(r, v);
    if (s != OK)
        return s;
    size_t last = json_count(v) - 1;
    struct position a, b;
    read_ordinates(r, json_at(v, 0), &a);
    read_ordinates(r, json_at(v, last), &b);
    if (a.x != b.x || a.y != b.y)
        return json_wrong(json_at(v, last), "a ring that ends at its first position", r->e);
    return OK;
}

static enum status take_polygon(struct reading *r, struct json v)
{
    if (!is_list_of(v, 1))
        return json_wrong(v, "a list of at least one ring", r->e);
    enum status s = OK;
    wkb_put_u32(r->out, (uint32_t)json_count(v));
    for (size_t i = 0; i < json_count(v) && s == OK; i++)
        s = take_ring(r, json_at(v, i));
    return s;
}

// --- geometries -------------------------------------------------------------------------------------------------------------

typedef enum status take(struct reading *r, struct json coordinates);

static enum status take_multi(struct reading *r, struct json v, enum wkb_type member, take *one)
{
    if (!is_list_of(v, 1))
        return json_wrong(v, "a list of at least one member", r->e);
    enum status s = OK;
    wkb_put_u32(r->out, (uint32_t)json_count(v));
    for (size_t i = 0; i < json_count(v) && s == OK; i++) {
        wkb_put_header(r->out, member);
        s = one(r, json_at(v, i));
    }
    return s;
}

static enum status take_multipoint(struct reading *r, struct json v) { return take_multi(r, v, WKB_TYPE_POINT, take_position); }
static enum status take_multiline(struct reading *r, struct json v) { return take_multi(r, v, WKB_TYPE_LINE, take_line); }
static enum status take_multipolygon(struct reading *r, struct json v) { return take_multi(r, v, WKB_TYPE_POLYGON, take_polygon); }

static take *const TAKES[] = {
    [WKB_TYPE_POINT] = take_position, [WKB_TYPE_LINE] = take_line, [WKB_TYPE_POLYGON] = take_polygon, [WKB_TYPE_MULTIPOINT] = take_multipoint,
    [WKB_TYPE_MULTILINE] = take_multiline, [WKB_TYPE_MULTIPOLYGON] = take_multipolygon, [WKB_TYPE_COLLECTION] = NULL,
};

static enum status read_type(const struct reading *r, struct json v, enum wkb_type *out)
{
    const char *name;
    enum status s = json_read_text(json_get(v, "type"), &name, r->e);
    if (s != OK)
        return s;
    for (enum wkb_type type = WKB_TYPE_POINT; type <= WKB_TYPE_COLLECTION; type++)
        if (strcmp(name, geojson_type_name(type)) == 0) {
            *out = type;
            return OK;
        }
    return json_wrong(json_get(v, "type"), "the type of a geometry (Point, LineString, Polygon, Multi... or GeometryCollection)", r->e);
}

static enum status take_geometry(struct reading *r, struct json v, int depth);

static enum status take_collection(struct reading *r, struct json v, int depth)
{
    struct json members = json_get(v, "geometries");
    if (depth >= r->rules.depth_most)
        return err_set(r->e, TOO_BIG, "geometry collections are nested more than %d deep", r->rules.depth_most);
    if (!is_list_of(members, 1))
        return json_wrong(members, "a list of at least one geometry", r->e);
    enum status s = OK;
    wkb_put_u32(r->out, (uint32_t)json_count(members));
    for (size_t i = 0; i < json_count(members) && s == OK; i++)
        s = take_geometry(r, json_at(members, i), depth + 1);
    return s;
}

// RFC 7946, 7.1: what makes another type does not stand in this one.
static enum status take_geometry(struct reading *r, struct json v, int depth)
{
    enum wkb_type type = WKB_TYPE_POINT;
    enum status s = read_type(r, v, &type);
    if (s != OK)
        return s;
    struct json other = json_get(v, type == WKB_TYPE_COLLECTION ? "coordinates" : "geometries");
    if (json_kind(other) != JSON_KIND_NONE)
        return json_wrong(other, "no such member in a geometry of this type", r->e);
    wkb_put_header(r->out, type);
    return TAKES[type] != NULL ? TAKES[type](r, json_get(v, "coordinates")) : take_collection(r, v, depth);
}

enum status geojson_read(struct json v, const struct geojson_rules *rules, struct buf *out, struct geojson_facts *facts, struct err *e)
{
    struct reading r = { .rules = *rules, .out = out, .e = e };
    if (r.rules.vertices_most == 0)
        r.rules.vertices_most = GEOJSON_VERTICES_MOST;
    if (r.rules.depth_most == 0)
        r.rules.depth_most = GEOJSON_DEPTH_MOST;
    size_t before = out->len;
    enum status s = take_geometry(&r, v, 0);
    if (s == OK && out->full)
        s = err_set(e, TOO_BIG, "the geometry takes more than %zu bytes", out->ceiling);
    if (s != OK)
        geojson_forget(out, before);
    else
        *facts = r.facts;
    return s;
}
