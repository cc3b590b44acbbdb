#include "core/store/spatialite_wkb.h"

#include "core/base/mem.h"
#include "core/store/spatialite_shape.h"
#include "gis/wkb_box.h"
#include <sqlite3.h>

static void as_binary(sqlite3_context *answer, int count, sqlite3_value **given)
{
    (void)count;
    const uint8_t *blob = sqlite3_value_blob(given[0]);
    size_t len = (size_t)sqlite3_value_bytes(given[0]), wkb_len = 0;
    if (blob == NULL || len == 0)
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
    sqlite3_result_int(answer, spatialite_shape_box(blob, len, &box) && (is_within(&box, &window) || meets(blob, len, &window)));
}

enum status spatialite_wkb_teach(sqlite3 *db, struct err *e)
{
    static const int how = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int code = sqlite3_create_function_v2(db, "ST_AsBinary", 1, how, NULL, as_binary, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(db, "MeetsBox", 5, how, NULL, meets_box, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : err_set(e, FAILED, "the store says: %s", sqlite3_errmsg(db));
}
