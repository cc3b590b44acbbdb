#include "core/survey_shapes.h"

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/blob.h"
#include "core/folder.h"
#include "core/store/spatialite_guest.h"
#include "gis/footprint.h"
#include "gis/packed.h"
#include "gis/wkb.h"
#include <stdlib.h>
#include <string.h>

enum { ID_MOST = 512 };

// Where a footprint lies: its id with the ending 0, then its shape.
struct place { uint64_t hash; uint32_t at, shape, len; };
struct survey_shapes { struct buf bytes; struct place *place; size_t places, cap; };

static uint64_t hash_of(const char *id, size_t len) { return hash_bytes(id, len, 1); }

static bool add(struct survey_shapes *s, const char *id, const uint8_t *wkb, size_t wkb_len)
{
    struct place p = { .hash = hash_of(id, strlen(id)), .at = (uint32_t)s->bytes.len };
    buf_add(&s->bytes, id, strlen(id) + 1);
    p.shape = (uint32_t)s->bytes.len;
    if (!packed_add_wkb(&s->bytes, wkb, wkb_len) || s->bytes.full)
        return !s->bytes.full;                              // a shape that cannot be shown is no reason to show none
    p.len = (uint32_t)s->bytes.len - p.shape;
    s->place = mem_grow(s->place, &s->cap, s->places + 1, sizeof *s->place);
    s->place[s->places++] = p;
    return true;
}

static int by_hash(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static const char *or_null(const char *text) { return text[0] != '\0' ? text : NULL; }

// One footprint, out of metres into longitude and latitude.
static bool add_footprint(struct survey_shapes *s, const struct footprints *f, int64_t i, struct crs_road *road, struct buf *wkb)
{
    static const double M_OF_MM = 1e-3;
    char id[ID_MOST];
    struct rings rings = { 0 };
    struct mm64 frame = f->origin[i];
    footprint_rings(f, i, frame, (struct xy_m){ 0, 0 }, &rings);
    uint32_t vertices = rings.first[rings.count];
    for (uint32_t v = 0; v < vertices; v++) {
        rings.vertex[v].x += (double)frame.x * M_OF_MM;
        rings.vertex[v].y += (double)frame.y * M_OF_MM;
    }
    crs_road_go_near(road, rings.vertex, vertices);
    wkb->len = 0;
    size_t len = wkb_write_multipolygon(wkb, &rings, (struct xy_m){ 0, 0 });
    bool fits = add(s, footprint_id(f, i, id, sizeof id), (const uint8_t *)wkb->data, len);
    rings_clear(&rings);
    return fits;
}

static enum status add_all(struct survey_shapes *s, const struct footprints *f, const struct crs *metric, const struct survey *v, struct err *e)
{
    struct crs *lonlat = NULL;
    struct crs_road *road = NULL;
    struct buf wkb;
    bool fits = true;
    buf_init(&wkb, SURVEY_SHAPES_BYTES_MOST);
    enum status st = crs_open("OGC:CRS84", &lonlat, e);
    if (st == OK)
        st = crs_road_open(metric, lonlat, &road, e);
    for (int64_t i = 0; st == OK && fits && i < f->count; i++)
        fits = add_footprint(s, f, i, road, &wkb);
    crs_road_close(road);
    crs_close(lonlat);
    buf_clear(&wkb);
    return fits ? st : err_set(e, TOO_BIG, "the footprints of survey %s take more than %d MB", v->name, SURVEY_SHAPES_BYTES_MOST >> 20);
}

// As a comparison reads it, so that ids mean the same.
static enum status read_all(struct survey_shapes *s, const char *path, const struct crs *metric, const struct survey *v, struct err *e)
{
    struct source *source = NULL;
    struct footprints f = { 0 };
    struct dirt dirt = { 0 };
    struct source_spec spec = { .role = "", .path = path, .id_field = or_null(v->id_field), .dissolve_by = or_null(v->dissolve_by),
                                .sql = &spatialite_reader };
    enum status st = source_open(&spec, &source, e);
    if (st == OK)
        st = source_read(source, metric, NULL, &f, &dirt, e);
    source_close(source);
    if (st == OK)
        st = add_all(s, &f, metric, v, e);
    footprints_clear(&f);
    return st;
}

enum status survey_shapes_open(const char *folder, const char *metric_crs, const struct survey *v, struct survey_shapes **out, struct err *e)
{
    char path[FOLDER_ROOM];
    struct crs *metric = NULL;
    struct survey_shapes *s = mem_get(1, sizeof *s);
    buf_init(&s->bytes, SURVEY_SHAPES_BYTES_MOST);
    blob_path(folder, v->archive_sha256, path, sizeof path);
    enum status st = crs_open(metric_crs, &metric, e);
    if (st == OK)
        st = read_all(s, path, metric, v, e);
    crs_close(metric);
    if (st != OK) {
        survey_shapes_close(s);
        return st;
    }
    if (s->places > 0)
        qsort(s->place, s->places, sizeof *s->place, by_hash);
    *out = s;
    return OK;
}

void survey_shapes_close(struct survey_shapes *s)
{
    if (s == NULL)
        return;
    buf_clear(&s->bytes);
    mem_free(s->place);
    mem_free(s);
}

static size_t first_of(const struct survey_shapes *s, uint64_t hash)
{
    size_t low = 0, high = s->places;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->place[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void tell(const struct survey_shapes *s, const char *id, survey_shape_visit *fn, void *ctx)
{
    uint64_t hash = hash_of(id, strlen(id));
    for (size_t i = first_of(s, hash); i < s->places && s->place[i].hash == hash; i++) {
        const struct place *p = &s->place[i];
        if (strcmp(s->bytes.data + p->at, id) == 0)
            fn(ctx, id, (const uint8_t *)s->bytes.data + p->shape, p->len);
    }
}

void survey_shapes_each(const struct survey_shapes *s, const char *ids, survey_shape_visit *fn, void *ctx)
{
    char id[ID_MOST];
    for (const char *c = ids; *c != '\0'; c += *c == ',') {
        size_t len = strcspn(c, ",");
        if (len > 0 && len < sizeof id) {
            memcpy(id, c, len);
            id[len] = '\0';
            tell(s, id, fn, ctx);
        }
        c += len;
    }
}
