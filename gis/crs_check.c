#include "gis/crs.h"
#include "gis/crs_inside.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

// What can be wrong with coordinates is tried in the order in which people get it wrong; the first that explains them speaks.
struct suspect { const struct crs *crs; struct box_m extent; const char *what; };

static struct box_m shifted_x(struct box_m b, double dx)
{
    return (struct box_m){ b.min_x + dx, b.min_y, b.max_x + dx, b.max_y };
}

static struct box_m exchanged(struct box_m b)
{
    return (struct box_m){ b.min_y, b.min_x, b.max_y, b.max_x };
}

static bool within(struct box_m inner, struct box_m outer, double margin_x, double margin_y)
{
    return inner.min_x >= outer.min_x - margin_x && inner.max_x <= outer.max_x + margin_x
        && inner.min_y >= outer.min_y - margin_y && inner.max_y <= outer.max_y + margin_y;
}

// A tenth of the area's size or one degree beyond its edge is tolerated: registers draw areas of use along borders.
static bool in_area(struct box_m lonlat, struct box_m area)
{
    if (area.min_x > area.max_x)
        area.max_x += 360;
    double margin_x = fmax(1, 0.1 * (area.max_x - area.min_x)), margin_y = fmax(1, 0.1 * (area.max_y - area.min_y));
    for (int turn = -1; turn <= 1; turn++)
        if (within(shifted_x(lonlat, 360 * turn), area, margin_x, margin_y))
            return true;
    return false;
}

static bool are_degrees(struct box_m b)
{
    return within(b, (struct box_m){ -180, -90, 180, 90 }, 1, 1);
}

// Do these coordinates lie where this CRS is used? Without a stated area: anywhere on Earth.
static bool fits(const struct crs *c, struct box_m extent)
{
    struct box_m area = { -180, -90, 180, 90 }, lonlat;
    char name[8];
    double half_turn = crs_half_turn(c);
    if (half_turn > 0 && !within(extent, (struct box_m){ -half_turn, -half_turn / 2, half_turn, half_turn / 2 }, 1, 1))
        return false;
    if (crs_lonlat_box(c, extent, &lonlat) > 0)
        return false;
    crs_area_of_use(c, &area, name, sizeof name);
    return in_area(lonlat, area);
}

// Gauss-Kruger zones of China, each both with the zone number before the easting (带号) and without. EPSG register 10.
struct zones { const char *datum; int first, last, with_prefix, without; };
static const struct zones china[] = {
    { "CGCS2000", 13, 23, 4491, 4502 },
    { "CGCS2000", 25, 45, 4513, 4534 },
    { "Xian 1980", 13, 23, 2327, 2338 },
    { "Xian 1980", 25, 45, 2349, 2370 },
    { "Beijing 1954", 13, 23, 21413, 21453 },
    { "Beijing 1954", 25, 45, 2401, 2422 },
};
enum { CHINA_ROWS = sizeof china / sizeof *china };

// The register's number for this zone of the same datum; 0: not known.
static int epsg_of_zone(const char *crs_name, int zone, bool with_prefix)
{
    for (int i = 0; i < CHINA_ROWS; i++)
        if (strstr(crs_name, china[i].datum) != NULL && zone >= china[i].first && zone <= china[i].last)
            return (with_prefix ? china[i].with_prefix : china[i].without) + zone - china[i].first;
    return 0;
}

static void say_code(int code, char *out, size_t cap)
{
    if (code > 0)
        snprintf(out, cap, "EPSG:%d", code);
    else
        out[0] = '\0';
}

// The zone in eastings like 39 500 000; 0: none.
static int zone_of(struct box_m extent)
{
    double zone = floor(extent.min_x / 1e6);
    return zone == floor(extent.max_x / 1e6) && zone >= 1 && zone <= 120 ? (int)zone : 0;
}

static bool is_prefixed(const struct suspect *s, struct err *e)
{
    int zone = zone_of(s->extent);
    if (zone == 0 || crs_half_turn(s->crs) > 0)
        return false;
    char code[16];
    say_code(epsg_of_zone(crs_name(s->crs), zone, true), code, sizeof code);
    bool stripped = fits(s->crs, shifted_x(s->extent, -1e6 * zone));
    if (!stripped && code[0] == '\0')
        return false;
    if (code[0] != '\0')
        err_set(e, INVALID, "%s: the eastings (%.0f to %.0f) begin with the zone number %d, but %.60s has none or another; "
                "the CRS is likely %s", s->what, s->extent.min_x, s->extent.max_x, zone, crs_name(s->crs), code);
    else
        err_set(e, INVALID, "%s: the eastings (%.0f to %.0f) begin with the zone number %d, but %.60s has none; "
                "name the CRS of that zone", s->what, s->extent.min_x, s->extent.max_x, zone, crs_name(s->crs));
    return true;
}

static bool lacks_prefix(const struct suspect *s, struct err *e)
{
    double easting = 0;
    if (crs_half_turn(s->crs) > 0 || s->extent.min_x < 0 || s->extent.max_x >= 1e6 || !crs_easting_of_use(s->crs, &easting))
        return false;
    int zone = (int)floor(easting / 1e6);
    if (zone < 1 || zone > 120 || !fits(s->crs, shifted_x(s->extent, 1e6 * zone)))
        return false;
    char code[16];
    say_code(epsg_of_zone(crs_name(s->crs), zone, false), code, sizeof code);
    if (code[0] != '\0')
        err_set(e, INVALID, "%s: %.60s wants eastings that begin with the zone number %d, but they are %.0f to %.0f; "
                "the CRS is likely %s", s->what, crs_name(s->crs), zone, s->extent.min_x, s->extent.max_x, code);
    else
        err_set(e, INVALID, "%s: %.60s wants eastings that begin with the zone number %d, but they are %.0f to %.0f; "
                "name the CRS without it", s->what, crs_name(s->crs), zone, s->extent.min_x, s->extent.max_x);
    return true;
}

static bool is_swapped(const struct suspect *s, struct err *e)
{
    if (!fits(s->crs, exchanged(s->extent)))
        return false;
    err_set(e, INVALID, "%s: x %.10g to %.10g, y %.10g to %.10g lie outside %.60s but inside it when exchanged: the axes are "
            "swapped; x must be east or longitude, y north or latitude", s->what, s->extent.min_x, s->extent.max_x,
            s->extent.min_y, s->extent.max_y, crs_name(s->crs));
    return true;
}

static bool is_degrees(const struct suspect *s, struct err *e)
{
    if (crs_half_turn(s->crs) > 0 || !are_degrees(s->extent))
        return false;
    err_set(e, INVALID, "%s: x %.10g to %.10g, y %.10g to %.10g look like degrees, but %.60s is in metres; "
            "the CRS is likely a geographic one (EPSG:4326, EPSG:4490)", s->what, s->extent.min_x, s->extent.max_x,
            s->extent.min_y, s->extent.max_y, crs_name(s->crs));
    return true;
}

static bool is_metres(const struct suspect *s, struct err *e)
{
    struct box_m b = s->extent;
    if (crs_half_turn(s->crs) == 0 || fmax(fmax(fabs(b.min_x), fabs(b.max_x)), fmax(fabs(b.min_y), fabs(b.max_y))) < 1000)
        return false;
    err_set(e, INVALID, "%s: x %.10g to %.10g, y %.10g to %.10g look like metres, but %.60s is in degrees; "
            "name the projected CRS they are in", s->what, b.min_x, b.max_x, b.min_y, b.max_y, crs_name(s->crs));
    return true;
}

static enum status say_outside(const struct suspect *s, struct err *e)
{
    struct box_m area = { -180, -90, 180, 90 };
    char name[96] = "";
    crs_area_of_use(s->crs, &area, name, sizeof name);
    return err_set(e, INVALID, "%s: x %.10g to %.10g, y %.10g to %.10g lie outside the area where %.60s is used (%.60s; longitude "
                   "%.2f to %.2f, latitude %.2f to %.2f); is it the right CRS?", s->what, s->extent.min_x, s->extent.max_x,
                   s->extent.min_y, s->extent.max_y, crs_name(s->crs), name, area.min_x, area.max_x, area.min_y, area.max_y);
}

enum status crs_check(const struct crs *c, struct box_m extent, const char *what, struct err *e)
{
    static bool (*const explanations[])(const struct suspect *, struct err *) = {
        is_metres, is_degrees, is_prefixed, lacks_prefix, is_swapped,
    };
    if (extent.min_x > extent.max_x || extent.min_y > extent.max_y)
        return OK; // nothing there, nothing wrong
    if (!isfinite(extent.min_x + extent.max_x + extent.min_y + extent.max_y))
        return err_set(e, INVALID, "%s: its extent is not finite", what);
    if (fits(c, extent))
        return OK;
    struct suspect s = { c, extent, what };
    for (size_t i = 0; i < sizeof explanations / sizeof *explanations; i++)
        if (explanations[i](&s, e))
            return INVALID;
    return say_outside(&s, e);
}
