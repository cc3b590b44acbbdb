#include "gis/footprint_plain.h"
#include "core/base/vectors.h"
#include "gis/footprint_valid.h"
#include <math.h>
#include <string.h>

enum { FEWEST = 3, ALWAYS_ROUND_ONCE = 4 };  // corners that turn to one side only: with so few the ring cannot wind twice
static const double NARROW = 0x1p16;         // millimetres
static const double WHOLE = 0x1.8p52;        // added and taken away again a number below 2^51 is rounded, halves to even, as rint does

// --- the bytes -----------------------------------------------------------------------------------------------------------

// Byte order, type, how many: what a multipolygon of one begins with, and a polygon of one ring (OGC 06-103r4, 8.2).
static const uint8_t MULTI_OF_ONE[] = { 1, 6, 0, 0, 0, 1, 0, 0, 0 }, POLYGON_OF_ONE[] = { 1, 3, 0, 0, 0, 1, 0, 0, 0 };
enum { HEAD_BYTES = sizeof POLYGON_OF_ONE, COUNT_BYTES = 4, POINT_BYTES = 2 * sizeof(double) };

// Where the points begin, and how many there are without the last, which repeats the first. NULL: another kind of bytes.
static const uint8_t *find_points(const uint8_t *wkb, size_t len, uint32_t *corners)
{
    uint32_t points;
    if (len >= HEAD_BYTES && memcmp(wkb, MULTI_OF_ONE, HEAD_BYTES) == 0)
        wkb += HEAD_BYTES, len -= HEAD_BYTES;
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || len < HEAD_BYTES + COUNT_BYTES || memcmp(wkb, POLYGON_OF_ONE, HEAD_BYTES) != 0)
        return NULL;
    memcpy(&points, wkb + HEAD_BYTES, sizeof points);
    wkb += HEAD_BYTES + COUNT_BYTES;
    if (points < FEWEST + 1 || points > PLAIN_CORNERS + 1 || len != HEAD_BYTES + COUNT_BYTES + (size_t)points * POINT_BYTES)
        return NULL;
    *corners = points - 1;
    return memcmp(wkb, wkb + (size_t)*corners * POINT_BYTES, POINT_BYTES) == 0 ? wkb : NULL;
}

static inline double number_at(const uint8_t *at)
{
    double number;
    memcpy(&number, at, sizeof number);
    return number;
}

// A NaN stays out of it.
static struct box_m box_of(const uint8_t *point, uint32_t corners)
{
    struct box_m box = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    for (uint32_t i = 0; i < corners; i++, point += POINT_BYTES) {
        double x = number_at(point), y = number_at(point + sizeof x);
        box.min_x = x < box.min_x ? x : box.min_x;
        box.max_x = x > box.max_x ? x : box.max_x;
        box.min_y = y < box.min_y ? y : box.min_y;
        box.max_y = y > box.max_y ? y : box.max_y;
    }
    return box;
}

// Two corners at a time; the point that closes the ring is the second of an odd last one. False: wider than 65 m, or no numbers.
static bool round_points(const uint8_t *point, uint32_t corners, struct mm64 origin, struct mm *vertex)
{
    typedef lanes anywhere __attribute__((aligned(1), may_alias));
    const lanes low = { (double)origin.x, (double)origin.y, (double)origin.x, (double)origin.y };
    lanes_mask narrow = ~(lanes_mask){ 0 };
    for (uint32_t i = 0; i < corners; i += 2) {
        lanes metres = *(const anywhere *)(point + (size_t)i * POINT_BYTES), off = metres * 1000 + WHOLE - WHOLE - low;
        lanes_mask fits = (off >= 0) & (off < NARROW); // a NaN does not
        floats_mask two = __builtin_convertvector(lanes_only(fits, off), floats_mask);
        memcpy(&vertex[i], &two, sizeof two);
        narrow &= fits;
    }
    return lanes_bits(narrow) == (1 << LANES) - 1;
}

// --- the ring ------------------------------------------------------------------------------------------------------------

// How it turns at its corners, the least and the most; in line where a corner does not turn at all or is drawn twice. v[n] is v[0].
struct turning { int64_t least, most; bool in_line; };

static struct turning turning_of(const struct mm *v, uint32_t n)
{
    struct turning t = { INT64_MAX, INT64_MIN, false };
    int64_t from_x = v[0].x - v[n - 1].x, from_y = v[0].y - v[n - 1].y;
    for (uint32_t i = 0; i < n; i++) {
        int64_t to_x = v[i + 1].x - v[i].x, to_y = v[i + 1].y - v[i].y, turn = from_x * to_y - from_y * to_x;
        t.least = turn < t.least ? turn : t.least;
        t.most = turn > t.most ? turn : t.most;
        t.in_line |= turn == 0;
        from_x = to_x, from_y = to_y;
    }
    return t;
}

// False: somebody else must look. Else its turning is that of a valid ring.
static bool find_turning(struct mm *v, uint32_t n, bool *clockwise)
{
    v[n] = v[0];
    struct turning t = turning_of(v, n);
    if (t.in_line)
        return false;
    *clockwise = t.most < 0;
    if (n <= ALWAYS_ROUND_ONCE && (t.least > 0 || t.most < 0))
        return true;
    double area2 = mm_area2(v, n);
    *clockwise = area2 < 0;
    return area2 != 0 && footprint_edges_apart(v, n);
}

bool plain_outline_read(const uint8_t *wkb, size_t len, struct mm *vertex, struct plain_outline *out)
{
    uint32_t corners;
    bool clockwise;
    const uint8_t *point = find_points(wkb, len, &corners);
    if (point == NULL)
        return false;
    struct box_m box = box_of(point, corners);
    if (!box_is_a_place(box))
        return false;
    struct mm64 origin = { llrint(box.min_x * 1000), llrint(box.min_y * 1000) };
    if (!round_points(point, corners, origin, vertex) || !find_turning(vertex, corners, &clockwise))
        return false;
    if (clockwise)
        mm_reverse(vertex, corners);
    *out = (struct plain_outline){ box, origin, corners };
    return true;
}
