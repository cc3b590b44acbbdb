#include "core/store/spatialite_wkb.h"

#include "core/base/mem.h"
#include "core/store/spatialite_shape.h"
#include "gis/wkb_box.h"
#include <sqlite3.h>
#include <string.h>

// 00, byte order, SRID, min x, min y, max x, max y, 7C, class and coordinates as in WKB, FE; parts of a whole begin with 69 in place of a
// byte order (Furieri, "BLOB-Geometry").
enum { MARK_AT = 38, FRAME_BYTES = 44 };
enum { MARK_START = 0x00, MARK_MBR = 0x7c, MARK_PART = 0x69, MARK_END = 0xfe, LITTLE = 1 };
enum { POINT = 1, LINE, POLYGON, MULTIPOINT, MULTILINE, MULTIPOLYGON, COLLECTION };

static uint32_t u32_at(const uint8_t *at)
{
    uint32_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

// Little-endian, as this machine is; everything that is written here is.
static bool is_framed(const uint8_t *blob, size_t len)
{
    return len >= FRAME_BYTES && blob[0] == MARK_START && blob[1] == LITTLE && blob[MARK_AT] == MARK_MBR && blob[len - 1] == MARK_END;
}

struct walk { uint8_t *at; size_t left; };

static bool skip(struct walk *w, uint64_t bytes)
{
    if (bytes > w->left)
        return false;
    w->at += bytes;
    w->left -= (size_t)bytes;
    return true;
}

static bool take(struct walk *w, uint32_t *v)
{
    if (w->left < sizeof *v)
        return false;
    *v = u32_at(w->at);
    return skip(w, sizeof *v);
}

static bool skip_line(struct walk *w)
{
    uint32_t points;
    return take(w, &points) && skip(w, (uint64_t)points * 16);
}

static bool skip_simple(struct walk *w, uint32_t class)
{
    uint32_t rings;
    if (class == POINT)
        return skip(w, 16);
    if (class == LINE)
        return skip_line(w);
    if (class != POLYGON || !take(w, &rings))
        return false;
    for (; rings > 0; rings--)
        if (!skip_line(w))
            return false;
    return true;
}

// Parts get a byte order in place of their mark.
static bool settle_parts(struct walk *w)
{
    uint32_t parts, class;
    if (!take(w, &parts))
        return false;
    for (; parts > 0; parts--) {
        if (w->left == 0 || *w->at != MARK_PART)
            return false;
        *w->at = LITTLE;
        if (!skip(w, 1) || !take(w, &class) || !skip_simple(w, class))
            return false;
    }
    return true;
}

bool spatialite_to_wkb(const uint8_t *blob, size_t len, uint8_t *out, size_t *wkb_len)
{
    if (blob == NULL || !is_framed(blob, len))
        return false;
    *wkb_len = len - MARK_AT - 1;
    memcpy(out, blob + MARK_AT, *wkb_len);
    out[0] = LITTLE;
    struct walk w = { out + 1, *wkb_len - 1 };
    uint32_t class = 0;
    bool fine = take(&w, &class) && (class >= MULTIPOINT && class <= COLLECTION ? settle_parts(&w) : skip_simple(&w, class));
    return fine && w.left == 0;
}

// --- SQL ------------------------------------------------------------------------------------------------------------------------

static void as_binary(sqlite3_context *answer, int count, sqlite3_value **given)
{
    (void)count;
    const uint8_t *blob = sqlite3_value_blob(given[0]);
    size_t len = (size_t)sqlite3_value_bytes(given[0]), wkb_len = 0;
    if (blob == NULL || len < FRAME_BYTES)
        return;                                    // NULL
    uint8_t *wkb = sqlite3_malloc64(len);
    if (wkb == NULL)
        sqlite3_result_error_nomem(answer);
    else if (spatialite_to_wkb(blob, len, wkb, &wkb_len))
        sqlite3_result_blob64(answer, wkb, wkb_len, sqlite3_free);
    else
        sqlite3_free(wkb);
}

static bool is_within(const struct box_m *inner, const struct box_m *outer)
{
    return inner->min_x >= outer->min_x && inner->max_x <= outer->max_x && inner->min_y >= outer->min_y && inner->max_y <= outer->max_y;
}

static bool meets(const uint8_t *blob, size_t len, const struct box_m *window)
{
    enum { USUAL = 4096 };
    uint8_t usual[USUAL], *wkb = len <= USUAL ? usual : mem_get(len, 1);
    size_t wkb_len;
    bool met = spatialite_to_wkb(blob, len, wkb, &wkb_len) && wkb_meets_box(wkb, wkb_len, *window);
    if (wkb != usual)
        mem_free(wkb);
    return met;
}

static void meets_box(sqlite3_context *answer, int count, sqlite3_value **given)
{
    (void)count;
    const uint8_t *blob = sqlite3_value_blob(given[0]);
    size_t len = (size_t)sqlite3_value_bytes(given[0]);
    struct box_m box, window = { sqlite3_value_double(given[1]), sqlite3_value_double(given[2]), sqlite3_value_double(given[3]),
                                 sqlite3_value_double(given[4]) };
    if (blob == NULL)
        return;                                    // NULL
    bool is_shape = is_framed(blob, len) && spatialite_shape_box(blob, len, &box);
    sqlite3_result_int(answer, is_shape && (is_within(&box, &window) || meets(blob, len, &window)));
}

enum status spatialite_wkb_teach(sqlite3 *db, struct err *e)
{
    static const int how = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int code = sqlite3_create_function_v2(db, "ST_AsBinary", 1, how, NULL, as_binary, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(db, "MeetsBox", 5, how, NULL, meets_box, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : err_set(e, FAILED, "the store says: %s", sqlite3_errmsg(db));
}
