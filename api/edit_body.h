// edit_body.h - what a body says of a thing: a GeoJSON feature, or a merge patch of one (RFC 7396), in the CRS Content-Crs names.
#pragma once
#include "api/exchange.h"
#include "core/register_edit.h"

struct edit_body { struct register_given given; const char *id; };     // id: a UUID somebody minted; NULL: none, or no UUID
// All of it lives in the request's arena. INVALID with the place in the body: not JSON, a property the layer has not (or not for who
// asks), a value of another kind, a geometry that is none. TOO_BIG.
enum status edit_body_read(struct exchange *x, const struct layer *l, bool is_patch, struct edit_body *out);
