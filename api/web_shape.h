// web_shape.h - a shape on a page: drawn as SVG, with a scale bar and its place in words.
#pragma once
#include "api/web_page.h"

// A GeoJSON geometry in longitude and latitude; nothing for null, or for coordinates of another kind.
void page_shape(struct web_page *p, struct json geometry);
