// Vector tiles: of one collection, and of several in one. What tiles there are is told by api/tilesets.c.
#include "api/params.h"
#include "api/routes.h"
#include "api/server.h"
#include "api/tile_cache.h"
#include "api/tileset.h"
#include "core/base/gzip.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TILE_CEILING = 256 << 20 };

// --- Which tile -------------------------------------------------------------------------------------------------------------

static bool read_index(const char *text, uint32_t *out)
{
    size_t len = strlen(text);
    if (len == 0 || len > 10 || strspn(text, "0123456789") != len)
        return false;
    unsigned long long v = strtoull(text, NULL, 10);
    *out = (uint32_t)v;
    return v <= UINT32_MAX;
}

static enum status read_place(struct exchange *x, const struct tileset *t, struct tile_place *out)
{
    const char *const *part = x->segment + (t->is_dataset ? 1 : 2);
    uint32_t z, y, col;
    if (!read_index(part[0], &z) || !read_index(part[1], &y) || !read_index(part[2], &col) || z > TILE_ZOOM_MOST)
        z = TILE_ZOOM_MOST + 1, y = col = 0;
    *out = (struct tile_place){ t->set, (int)z, col, y };
    if (tile_is_there(*out))
        return OK;
    return err_set(&x->err, NOT_FOUND, "%s has no tile %.12s/%.12s/%.12s; numbers of matrix, row and column are expected, within /tileMatrixSets/%s",
                   tile_set_facts(t->set)->id, part[0], part[1], part[2], tile_set_facts(t->set)->id);
}

// Beyond all there is no tile, inside of it an empty one may be.
static enum status check_reach(struct exchange *x, const struct tileset *t, struct tile_place p)
{
    struct lonlat_box box;
    bool found = false;
    enum status s = tileset_extent(x, t, &box, &found);
    struct tile_limits l = s == OK && found ? tile_limits(t->set, p.z, box) : (struct tile_limits){ 0 };
    if (s != OK || !found || (p.x >= l.min_x && p.x <= l.max_x && p.y >= l.min_y && p.y <= l.max_y))
        return s;
    return err_set(&x->err, NOT_FOUND, "nothing lies at tile %d/%u/%u; at this zoom there are rows %u to %u and columns %u to %u", p.z, p.y, p.x, l.min_y, l.max_y,
                   l.min_x, l.max_x);
}

// --- The answer -------------------------------------------------------------------------------------------------------------

static bool takes_gzip(const struct request *r)
{
    const char *accept = request_header(r, "Accept-Encoding"), *at = accept != NULL ? strcasestr(accept, "gzip") : NULL;
    if (at == NULL)
        return false;
    const char *q = at + strspn(at + 4, " ") + 4;
    return strncmp(q, ";q=0", 4) != 0 || strspn(q + 4, ".0") != strcspn(q + 4, ", ");
}

static void answer_nothing(struct exchange *x)
{
    struct buf none;
    buf_init(&none, 1);
    x->answer->kind = ANSWER_TEXT;
    x->answer->text = none;
}

// All are packed, or none.
static struct shared_bytes *join(const struct layer_tile *tile, int tiles)
{
    struct gzip_file file[LAYERS_MOST];
    struct buf whole;
    int n = 0, one = 0;
    for (int i = 0; i < tiles; i++)
        if (tile[i].bytes != NULL) {
            file[n].bytes = shared_bytes_data(tile[i].bytes, &file[n].len);
            one = i, n++;
        }
    if (n <= 1)
        return n == 1 ? shared_bytes_take(tile[one].bytes) : NULL;
    buf_init(&whole, TILE_CEILING);
    if (tile[one].is_packed)
        gzip_join(&whole, file, n);
    for (int i = 0; !tile[one].is_packed && i < n; i++)
        buf_add(&whole, file[i].bytes, file[i].len);
    must(!whole.full);
    struct shared_bytes *b = shared_bytes_make(whole.data, whole.len);
    buf_clear(&whole);
    return b;
}

static void answer_tiles(struct exchange *x, const struct layer_tile *tile, int tiles, bool packed)
{
    uint64_t tags[LAYERS_MOST];
    for (int i = 0; i < tiles; i++)
        tags[i] = tile[i].tag;
    if (answer_is_known(x, answer_tag(x, tags, (size_t)tiles * sizeof tags[0])))
        return;
    struct shared_bytes *bytes = join(tile, tiles);
    if (bytes == NULL) {
        answer_nothing(x);
        return;
    }
    if (packed)
        answer_header(x->answer, "Content-Encoding", "gzip");
    x->answer->kind = ANSWER_SHARED;
    x->answer->shared = bytes;
}

static enum status get_tile(struct exchange *x)
{
    struct tileset t;
    struct tile_place place;
    struct layer_tile tile[LAYERS_MOST] = { 0 };
    bool is_empty = true, packed = takes_gzip(x->request);
    enum status s = tileset_read(x, &t);
    if (s == OK)
        s = read_place(x, &t, &place);
    for (int i = 0; i < t.layers && s == OK; i++) {
        s = tile_cache_get(x->server->tiles, x, &(struct tile_wish){ t.layer[i], place, packed }, &tile[i]);
        is_empty = is_empty && tile[i].bytes == NULL;
    }
    if (s == OK && is_empty)
        s = check_reach(x, &t, place);
    if (s == OK)
        answer_tiles(x, tile, t.layers, packed);
    for (int i = 0; i < t.layers; i++)
        shared_bytes_drop(tile[i].bytes);
    return s;
}

#define PLACE "/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"
const struct route tile_routes[] = {
    { .method = HTTP_GET, .path = "/collections/{collectionId}" PLACE, .serve = get_tile, .formats = FORMAT_MVT,
      .id = "collection.vector.getTile", .tag = "tiles", .about = "A vector tile of a collection" },
    { .method = HTTP_GET, .path = PLACE, .serve = get_tile, .formats = FORMAT_MVT, .param = tileset_params,
      .id = "map.dataset.vector.getTile", .tag = "tiles", .about = "A vector tile of several collections" },
    { .path = NULL },
};
