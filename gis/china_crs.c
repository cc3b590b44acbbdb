#include "gis/china_crs.h"
#include "core/base/status.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

// --- GCJ-02 ------------------------------------------------------------------------------------------------------------

static const double ROUNDING = 1e-9;        // degrees; metres in the Mercator

static bool is_inside(struct xy_m p, double slack)
{
    return p.x >= 72.004 - slack && p.x <= 137.8347 + slack && p.y >= 0.8293 - slack && p.y <= 55.8271 + slack;
}

// The public formula: polynomials and waves in metres, turned into degrees on Krasovsky's ellipsoid.
static struct xy_m gcj_shift(struct xy_m p)
{
    static const double A = 6378245.0, EE = 0.00669342162296594323;
    double x = p.x - 105, y = p.y - 35, root = sqrt(fabs(x));
    double common = 20 * sin(6 * PI * x) + 20 * sin(2 * PI * x);
    double north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
                   + (common + 20 * sin(PI * y) + 40 * sin(PI / 3 * y) + 160 * sin(PI / 12 * y) + 320 * sin(PI / 30 * y)) * 2 / 3;
    double east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
                  + (common + 20 * sin(PI * x) + 40 * sin(PI / 3 * x) + 150 * sin(PI / 12 * x) + 300 * sin(PI / 30 * x)) * 2 / 3;
    double lat = p.y / 180 * PI, w = 1 - EE * sin(lat) * sin(lat), root_w = sqrt(w);
    return (struct xy_m){ east * 180 / (A / root_w * cos(lat) * PI), north * 180 / (A * (1 - EE) / (w * root_w) * PI) };
}

static struct xy_m gcj_of_lonlat(struct xy_m p)
{
    struct xy_m shift = gcj_shift(p);
    return (struct xy_m){ p.x + shift.x, p.y + shift.y };
}

// --- BD-09 -------------------------------------------------------------------------------------------------------------

static struct xy_m bd_of_gcj(struct xy_m p)
{
    static const double TURN = 3.14159265358979323846 * 3000 / 180;
    double far = sqrt(p.x * p.x + p.y * p.y) + 0.00002 * sin(p.y * TURN);
    double angle = atan2(p.y, p.x) + 0.000003 * cos(p.x * TURN);
    return (struct xy_m){ far * cos(angle) + 0.0065, far * sin(angle) + 0.006 };
}

// --- The way back ------------------------------------------------------------------------------------------------------

typedef struct xy_m shifted(struct xy_m p);

// Where must one stand to be shifted to g? The shift bends by less than 1 % a step, so five or six steps reach the last digit.
static struct xy_m back(shifted *f, struct xy_m g)
{
    enum { STEPS_MOST = 40 };
    static const double ENOUGH = 2e-13;     // degrees; a double near 120 resolves 1.4e-14
    struct xy_m p = g;
    for (int step = 0; step < STEPS_MOST; step++) {
        struct xy_m q = f(p), off = { q.x - g.x, q.y - g.y };
        p = (struct xy_m){ p.x - off.x, p.y - off.y };
        if (fabs(off.x) < ENOUGH && fabs(off.y) < ENOUGH)
            break;
    }
    return p;
}

// --- BD-09 Mercator: polynomials for bands of 15 degrees -----------------------------------------------------------------

// Metres of x and y: x = c0 + c1 |lon|, y = sum of c[2 + i] t^i with t = |lat| / c[9].
struct band { double from_lat, c[10]; };
static const struct band bands[] = {
    { 60, { 0.0008277824516172526, 111320.7020463578, 647795574.6671607, -4082003173.641316, 10774905663.51142, -15171875531.51559,
            12053065338.62167, -5124939663.577472, 913311935.9512032, 67.5 } },
    { 45, { 0.00337398766765, 111320.7020202162, 4481351.045890365, -23393751.19931662, 79682215.47186455, -115964993.2797253,
            97236711.15602145, -43661946.33752821, 8477230.501135234, 52.5 } },
    { 30, { 0.00220636496208, 111320.7020209128, 51751.86112841131, 3796837.749470245, 992013.7397791013, -1221952.21711287,
            1340652.697009075, -620943.6990984312, 144416.9293806241, 37.5 } },
    { 15, { -0.0003441963504368392, 111320.7020576856, 278.2353980772752, 2485758.690035394, 6070.750963243378, 54821.18345352118,
            9540.606633304236, -2710.55326746645, 1405.483844121726, 22.5 } },
    { 0, { -0.0003218135878613132, 111320.7020701615, 0.00369383431289, 823725.6402795718, 0.46104986909093, 2351.343141331292,
           1.58060784298199, 8.77738589078284, 0.37238884252424, 7.45 } },
};
enum { BANDS = sizeof bands / sizeof bands[0] };
static const double MERCATOR_LAT_MOST = 74;

static double band_y(const struct band *b, double lat)
{
    double t = lat / b->c[9], y = 0;
    for (int i = 8; i >= 2; i--)
        y = y * t + b->c[i];
    return y;
}

static double band_slope(const struct band *b, double lat)
{
    double t = lat / b->c[9], slope = 0;
    for (int i = 8; i >= 3; i--)
        slope = slope * t + (i - 2) * b->c[i];
    return slope / b->c[9];
}

static const struct band *band_of_lat(double lat)
{
    int i = 0;
    while (i < BANDS - 1 && lat < bands[i].from_lat)
        i++;
    return &bands[i];
}

// The bands leave gaps where they meet: 1 cm at 15 degrees, 4 cm at 30, 0.4 m at 45, 15 m at 60. A gap is the lower band's.
static const struct band *band_of_y(double y)
{
    int i = 0;
    while (i < BANDS - 1 && y < band_y(&bands[i], bands[i].from_lat))
        i++;
    return &bands[i];
}

static double lat_of_y(const struct band *b, double y)
{
    double lat = (2 * atan(exp(y / 6378137.0)) - PI / 2) * 180 / PI;
    for (int step = 0; step < 20; step++) {
        double off = (band_y(b, lat) - y) / band_slope(b, lat);
        lat -= off;
        if (fabs(off) < 2e-13)
            break;
    }
    return lat;
}

// Baidu's polynomials are for positive values and do not begin at zero; a third of a millimetre is cut off at Greenwich.
static double signed_like(double size, double like)
{
    return copysign(fmax(size, 0), like);
}

static bool mercator_of_bd(struct xy_m p, struct xy_m *out)
{
    if (!(fabs(p.y) <= MERCATOR_LAT_MOST + ROUNDING) || !(fabs(p.x) <= 180 + 1))
        return false;
    const struct band *b = band_of_lat(fabs(p.y));
    *out = (struct xy_m){ signed_like(b->c[0] + b->c[1] * fabs(p.x), p.x), signed_like(band_y(b, fabs(p.y)), p.y) };
    return true;
}

static bool bd_of_mercator(struct xy_m m, struct xy_m *out)
{
    const struct band *b = band_of_y(fabs(m.y));
    if (!(fabs(m.y) <= band_y(&bands[0], MERCATOR_LAT_MOST) + ROUNDING) || !(fabs(m.x) <= 181 * b->c[1]))
        return false;
    *out = (struct xy_m){ signed_like((fabs(m.x) - b->c[0]) / b->c[1], m.x), signed_like(lat_of_y(b, fabs(m.y)), m.y) };
    return true;
}

// --- Names and arrays --------------------------------------------------------------------------------------------------

static const struct { const char *name; enum china_crs crs; } names[] = {
    { "gcj02", CHINA_GCJ02 }, { "gcj02ll", CHINA_GCJ02 }, { "bd09", CHINA_BD09 }, { "bd09ll", CHINA_BD09 }, { "bd09mc", CHINA_BD09MC },
    { "bd09mercator", CHINA_BD09MC },
};

bool china_crs_named(const char *name, enum china_crs *out)
{
    char plain[16];
    size_t len = 0;
    for (const char *c = name; *c != '\0'; c++)
        if (strchr(" -_", *c) == NULL && len < sizeof plain)
            plain[len++] = (char)tolower((unsigned char)*c);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (len == strlen(names[i].name) && memcmp(plain, names[i].name, len) == 0) {
            *out = names[i].crs;
            return true;
        }
    return false;
}

const char *china_crs_name(enum china_crs c)
{
    static const char *const shown[CHINA_CRSS] = { "GCJ-02", "BD-09", "BD-09 Mercator" };
    must(c < CHINA_CRSS);
    return shown[c];
}

static bool is_place(struct xy_m p)
{
    return fabs(p.x) <= 180 + ROUNDING && fabs(p.y) <= 90 + ROUNDING;
}

static bool place_to_lonlat(enum china_crs from, struct xy_m given, struct xy_m *out)
{
    struct xy_m degrees = given;
    if (from == CHINA_BD09MC && !bd_of_mercator(given, &degrees))
        return false;
    struct xy_m gcj = from == CHINA_GCJ02 ? degrees : back(bd_of_gcj, degrees), inner = back(gcj_of_lonlat, gcj);
    *out = is_inside(inner, ROUNDING) ? inner : degrees;
    return is_place(*out);
}

static bool place_from_lonlat(enum china_crs to, struct xy_m given, struct xy_m *out)
{
    if (!is_place(given))
        return false;
    struct xy_m degrees = given;
    if (is_inside(given, 0)) {
        struct xy_m gcj = gcj_of_lonlat(given);
        degrees = to == CHINA_GCJ02 ? gcj : bd_of_gcj(gcj);
    }
    *out = degrees;
    return to != CHINA_BD09MC || mercator_of_bd(degrees, out);
}

typedef bool conversion(enum china_crs c, struct xy_m given, struct xy_m *out);

static size_t convert(conversion *f, enum china_crs c, struct xy_m *places, size_t count)
{
    must(c < CHINA_CRSS);
    size_t failed = 0;
    for (size_t i = 0; i < count; i++)
        if (!f(c, places[i], &places[i])) {
            places[i] = (struct xy_m){ NAN, NAN };
            failed++;
        }
    return failed;
}

size_t china_crs_to_lonlat(enum china_crs from, struct xy_m *places, size_t count)
{
    return convert(place_to_lonlat, from, places, count);
}

size_t china_crs_from_lonlat(enum china_crs to, struct xy_m *places, size_t count)
{
    return convert(place_from_lonlat, to, places, count);
}
