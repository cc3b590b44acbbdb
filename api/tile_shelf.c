#include "api/tile_shelf.h"

#include "core/base/hash.h"
#include "core/base/mem.h"
#include <string.h>

enum { BUCKETS = 1 << 16, RANGE_MOST = 64 };

struct entry {
    const struct view *view;
    struct tile_place place;
    struct layer_tile tile;
    size_t bytes;
    struct entry *next;                            // of the bucket
    struct entry *newer, *older;
};

struct tile_shelf {
    size_t ceiling, bytes;
    int64_t kept;
    struct view view[VIEWS_MOST]; int views;
    struct entry *newest, *oldest;
    struct entry *bucket[BUCKETS];
};

struct tile_shelf *tile_shelf_open(size_t ceiling_bytes)
{
    struct tile_shelf *s = mem_get(1, sizeof *s);
    s->ceiling = ceiling_bytes;
    return s;
}

void tile_shelf_close(struct tile_shelf *s)
{
    tile_shelf_drop_all(s);
    mem_free(s);
}

// --- Places -----------------------------------------------------------------------------------------------------------------

static struct entry **bucket_of(struct tile_shelf *s, const struct view *v, struct tile_place p)
{
    uint64_t where = (uint64_t)p.x << 32 | p.y, what = (uint64_t)(v - s->view) << 16 | (uint64_t)p.set << 8 | (uint64_t)p.z;
    return &s->bucket[hash_mix(where ^ hash_mix(what)) % BUCKETS];
}

static bool is_at(const struct entry *n, const struct view *v, struct tile_place p)
{
    return n->view == v && n->place.set == p.set && n->place.z == p.z && n->place.x == p.x && n->place.y == p.y;
}

static struct entry *look_up(struct tile_shelf *s, const struct view *v, struct tile_place p)
{
    struct entry *n = *bucket_of(s, v, p);
    while (n != NULL && !is_at(n, v, p))
        n = n->next;
    return n;
}

// --- Age --------------------------------------------------------------------------------------------------------------------

static void unlink_age(struct tile_shelf *s, struct entry *n)
{
    *(n->newer != NULL ? &n->newer->older : &s->newest) = n->older;
    *(n->older != NULL ? &n->older->newer : &s->oldest) = n->newer;
}

static void make_newest(struct tile_shelf *s, struct entry *n)
{
    n->newer = NULL;
    n->older = s->newest;
    *(s->newest != NULL ? &s->newest->newer : &s->oldest) = n;
    s->newest = n;
}

static void drop(struct tile_shelf *s, struct entry *n)
{
    struct entry **at = bucket_of(s, n->view, n->place);
    while (*at != n)
        at = &(*at)->next;
    *at = n->next;
    unlink_age(s, n);
    s->bytes -= n->bytes;
    s->kept--;
    shared_bytes_drop(n->tile.bytes);
    mem_free(n);
}

// --- Keeping ----------------------------------------------------------------------------------------------------------------

struct view *tile_shelf_view(struct tile_shelf *s, const struct layer *l, const char *key)
{
    for (int i = 0; i < s->views; i++)
        if (s->view[i].layer == l && strcmp(s->view[i].key, key) == 0)
            return &s->view[i];
    if (s->views == VIEWS_MOST)
        tile_shelf_drop_all(s);
    struct view *v = &s->view[s->views++];
    *v = (struct view){ .layer = l };
    memcpy(v->key, key, VISIBLE_KEY);
    return v;
}

bool tile_shelf_find(struct tile_shelf *s, const struct view *v, struct tile_place p, struct layer_tile *out)
{
    struct entry *n = look_up(s, v, p);
    if (n == NULL)
        return false;
    unlink_age(s, n);
    make_newest(s, n);
    *out = n->tile;
    if (out->bytes != NULL)
        shared_bytes_take(out->bytes);
    return true;
}

void tile_shelf_keep(struct tile_shelf *s, const struct view *v, struct tile_place p, const struct layer_tile *t)
{
    size_t len = 0;
    struct entry *n = look_up(s, v, p);
    if (n != NULL)
        drop(s, n);
    if (t->bytes != NULL)
        (void)shared_bytes_data(t->bytes, &len);
    n = mem_get(1, sizeof *n);
    *n = (struct entry){ .view = v, .place = p, .tile = *t, .bytes = len + sizeof *n };
    if (t->bytes != NULL)
        shared_bytes_take(t->bytes);
    struct entry **at = bucket_of(s, v, p);
    n->next = *at;
    *at = n;
    make_newest(s, n);
    s->bytes += n->bytes;
    s->kept++;
    while (s->bytes > s->ceiling && s->oldest != NULL)
        drop(s, s->oldest);
}

void tile_shelf_counts(const struct tile_shelf *s, int64_t *kept, int64_t *bytes)
{
    *kept = s->kept;
    *bytes = (int64_t)s->bytes;
}

// --- Dropping ---------------------------------------------------------------------------------------------------------------

void tile_shelf_drop_all(struct tile_shelf *s)
{
    while (s->newest != NULL)
        drop(s, s->newest);
    s->views = 0;
}

void tile_shelf_drop_records(struct tile_shelf *s)
{
    for (struct entry *n = s->newest, *older; n != NULL; n = older) {
        older = n->older;
        if (!n->view->layer->is_register)
            drop(s, n);
    }
    for (int i = 0; i < s->views; i++)
        if (!s->view[i].layer->is_register)
            s->view[i].has_extent = false;
}

bool tile_touches(struct tile_place p, const struct lonlat_box *box)
{
    struct lonlat_box t = tile_box(p, TILE_BUFFER_UNITS + 1);
    return box->west <= t.east && box->east >= t.west && box->south <= t.north && box->north >= t.south;
}

static void drop_if_there(struct tile_shelf *s, const struct view *v, struct tile_place p, const struct lonlat_box *box)
{
    struct entry *n = look_up(s, v, p);
    if (n != NULL && tile_touches(p, box))
        drop(s, n);
}

// The tiles around a small box are looked up; for a large one all that are kept are looked at.
static bool drop_around(struct tile_shelf *s, const struct view *v, enum tile_set set, int z, const struct lonlat_box *box)
{
    struct tile_limits l = tile_limits(set, z, *box);
    if ((uint64_t)(l.max_x - l.min_x + 3) * (l.max_y - l.min_y + 3) > RANGE_MOST)
        return false;
    for (int64_t x = (int64_t)l.min_x - 1; x <= (int64_t)l.max_x + 1; x++)
        for (int64_t y = (int64_t)l.min_y - 1; y <= (int64_t)l.max_y + 1; y++) {
            struct tile_place p = { set, z, (uint32_t)x, (uint32_t)y };
            if (x >= 0 && y >= 0 && tile_is_there(p))
                drop_if_there(s, v, p, box);
        }
    return true;
}

static void drop_among_all(struct tile_shelf *s, const struct view *v, const struct lonlat_box *box)
{
    for (struct entry *n = s->newest, *older; n != NULL; n = older) {
        older = n->older;
        if (n->view == v && tile_touches(n->place, box))
            drop(s, n);
    }
}

// What lies inside and does not reach the edge moves no edge by coming, going or changing.
static bool is_inside(const struct lonlat_box *box, const struct lonlat_box *of)
{
    return box->west > of->west && box->east < of->east && box->south > of->south && box->north < of->north;
}

static void drop_view_box(struct tile_shelf *s, struct view *v, const struct lonlat_box *box)
{
    v->has_extent = v->has_extent && v->found && is_inside(box, &v->extent);
    for (int set = 0; set < TILE_SETS; set++)
        for (int z = 0; z <= tile_set_facts((enum tile_set)set)->zoom_most; z++)
            if (!drop_around(s, v, (enum tile_set)set, z, box)) {
                drop_among_all(s, v, box);
                return;
            }
}

void tile_shelf_drop_box(struct tile_shelf *s, const char *table, const struct lonlat_box *box)
{
    for (int i = 0; i < s->views; i++)
        if (s->view[i].layer->is_register && strcmp(s->view[i].layer->table, table) == 0)
            drop_view_box(s, &s->view[i], box);
}
