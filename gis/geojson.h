// geojson.h - geometry as GeoJSON text (RFC 7946) out of well-known binary, and back.
//
// Out: any simple-feature type, decimals cut to what the CRS is worth (7 for degrees, 3 or 4 for metres), outer rings
// counter-clockwise and holes clockwise whatever they were. Nothing is cut at the antimeridian. In: strictly what the RFC says a
// geometry is, whole or not at all, with sentences that name the place; rings keep their direction. "crs" and other foreign members
// are passed over: which CRS the coordinates are in is the caller's to know.
#pragma once
#include "core/base/json.h"
#include "core/base/status.h"
#include "gis/geom.h"

struct buf;

enum { GEOJSON_DEGREE_DECIMALS = 7, GEOJSON_METRE_DECIMALS = 3 };

// Adds the geometry object. false: broken WKB, a coordinate that is no number or has over 15 digits; then nothing was added.
// A POINT EMPTY has coordinates []. decimals: 0..9.
bool geojson_add_wkb(struct buf *out, const uint8_t *wkb, size_t len, int decimals);

enum { GEOJSON_VERTICES_MOST = 200000, GEOJSON_DEPTH_MOST = 7 };    // of one geometry; collections within collections (WKB goes one deeper)
struct geojson_rules {
    bool lonlat;                                    // longitudes -180 to 180 and latitudes -90 to 90, nothing else
    uint32_t vertices_most;                         // 0: GEOJSON_VERTICES_MOST
    int depth_most;                                 // 0: GEOJSON_DEPTH_MOST
};
struct geojson_facts { uint32_t vertices; bool z_cut; };    // z_cut: third numbers were there and were left out

// Adds little-endian 2D WKB. v is the geometry object (not a feature, not null). INVALID: not a geometry, with the place;
// TOO_BIG: a limit. Then nothing was added. out's ceiling is a limit as well: TOO_BIG.
enum status geojson_read(struct json v, const struct geojson_rules *rules, struct buf *out, struct geojson_facts *facts, struct err *e);
