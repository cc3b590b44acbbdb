// web_shape.h - shapes on a page: drawn as SVG to one scale, north up, with a scale bar.
#pragma once
#include "api/web_page.h"

// A GeoJSON geometry or feature collection in longitude and latitude. look: "area", "was" (before), NULL: not drawn, but in the frame.
struct plan_shape { struct json shape; const char *look; };
enum { PLAN_SHAPES = 2 };
// Nothing where there is nothing to draw. caption: UTF-8; NULL: the coordinates of the middle.
void page_plan(struct web_page *p, const struct plan_shape drawn[PLAN_SHAPES], const char *caption);
void page_shape(struct web_page *p, struct json geometry);
void page_dot(struct web_page *p, double lon, double lat);
