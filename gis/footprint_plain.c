#include "gis/footprint_plain.h"
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

static inline axes axes_swap(axes a) { return __builtin_shufflevector(a, a, 1, 0); }
#ifdef __SSE2__
static inline axes axes_least(axes a, axes b) { return __builtin_ia32_minpd(a, b); } // b where a is a NaN
static inline axes axes_most(axes a, axes b) { return __builtin_ia32_maxpd(a, b); }
#else
static inline axes axes_choose(axes_mask which, axes yes, axes no) { return (axes)((which & (axes_mask)yes) | (~which & (axes_mask)no)); }
static inline axes axes_least(axes a, axes b) { return axes_choose(a < b, a, b); }
static inline axes axes_most(axes a, axes b) { return axes_choose(a > b, a, b); }
#endif
static inline void axes_to_mm(axes a, struct mm *out)
{
    typedef int32_t two __attribute__((vector_size(sizeof *out)));
    two whole = __builtin_convertvector(a, two);
    memcpy(out, &whole, sizeof *out);
}

static inline axes point_at(const uint8_t *at)
{
    axes point;
    memcpy(&point, at, sizeof point);
    return point;
}

// A NaN stays out of it.
static struct box_m box_of(const uint8_t *point, uint32_t corners)
{
    axes least = { INFINITY, INFINITY }, most = -least;
    for (uint32_t i = 0; i < corners; i++, point += POINT_BYTES) {
        least = axes_least(point_at(point), least);
        most = axes_most(point_at(point), most);
    }
    return (struct box_m){ least[EAST], least[NORTH], most[EAST], most[NORTH] };
}

// Millimetres from the origin. False: wider than 65 m, or no numbers.
static bool round_points(const uint8_t *point, uint32_t corners, struct mm64 origin, axes *off)
{
    const axes low = { (double)origin.x, (double)origin.y };
    axes_mask narrow = { -1, -1 };
    for (uint32_t i = 0; i < corners; i++, point += POINT_BYTES) {
        off[i] = point_at(point) * 1000 + WHOLE - WHOLE - low;
        narrow &= off[i] < NARROW; // a NaN is not
    }
    return (narrow[EAST] & narrow[NORTH]) != 0;
}

// --- the ring ------------------------------------------------------------------------------------------------------------

// How it turns at its corners, the least and the most; in line where a corner does not turn at all or is drawn twice.
struct turning { double least, most; bool in_line; };

// off[n] is off[0]. The corners as whole numbers go to v; products of them are exact.
static struct turning turning_of(const axes *off, uint32_t n, struct mm *v)
{
    axes least = { INFINITY, INFINITY }, from = off[0] - off[n - 1];
    axes_mask in_line = { 0, 0 };
    for (uint32_t i = 0; i < n; i++) {
        axes to = off[i + 1] - off[i], across = from * axes_swap(to), turn = across - axes_swap(across); // to one side, to the other
        least = axes_least(turn, least);
        in_line |= turn == 0;
        axes_to_mm(off[i], &v[i]);
        from = to;
    }
    return (struct turning){ least[0], -least[1], in_line[0] != 0 };
}

// False: somebody else must look. Else its turning is that of a valid ring.
static bool find_turning(axes *off, uint32_t n, struct mm *v, bool *clockwise)
{
    off[n] = off[0];
    struct turning t = turning_of(off, n, v);
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
    axes off[PLAIN_CORNERS + 1];
    uint32_t corners;
    bool clockwise;
    const uint8_t *point = find_points(wkb, len, &corners);
    if (point == NULL)
        return false;
    struct box_m box = box_of(point, corners);
    if (!box_is_a_place(box))
        return false;
    struct mm64 origin = { llrint(box.min_x * 1000), llrint(box.min_y * 1000) };
    if (!round_points(point, corners, origin, off) || !find_turning(off, corners, vertex, &clockwise))
        return false;
    if (clockwise)
        mm_reverse(vertex, corners);
    *out = (struct plain_outline){ box, origin, corners };
    return true;
}
