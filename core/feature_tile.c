#include "core/feature_tile.h"

#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include "core/feature_shelf.h"
#include "core/store/tally_rows.h"
#include "gis/packed.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { HITS_FEW = 2048, HITS_MOST = 1 << 15, PACKED_CEILING = 16 << 20 };

bool feature_tile_has(const struct viewer *v, const struct layer *l, const struct property *p)
{
    return p->is_on_map && !p->is_personal && visible_property(v, l, p);
}

// --- One feature ------------------------------------------------------------------------------------------------------------

struct tile_property feature_tile_id(const char *id, bool is_own) { return (struct tile_property){ .key = "id", .kind = TILE_TEXT, .text = id, .is_own = is_own }; }

enum { NUMBER_SHIFT = 11 };

// Not its row's number: that would tell how many rows there are that may not be seen. 53 bits are whole numbers to a script too.
uint64_t feature_tile_number(struct id_number id) { return hash_mix(id.high ^ hash_mix(id.low)) >> NUMBER_SHIFT; }

static uint64_t number_of(const char *id, bool *is_uuid)
{
    struct id_number n;
    *is_uuid = id_number_of(id, &n);
    return *is_uuid ? feature_tile_number(n) : hash_bytes(id, strlen(id), 0) >> NUMBER_SHIFT;
}

// Moments are texts that live as long as the feature.
struct adding { struct tile *tile; struct buf packed; char moment[FEATURE_PROPERTIES][WHEN_TEXT]; };

static int take_properties(const struct feature *f, struct tile_property *out, struct adding *n)
{
    int count = 0;
    for (int i = 0; i < f->layer->properties; i++)
        if (feature_has(f, i) && strcmp(f->layer->property[i].name, "id") != 0)
            out[count++] = feature_value(f, i, n->moment[i]);
    return count;
}

// Packed like those in memory, so that all tiles round alike; what cannot be packed is never kept there.
static void take_shape(const struct feature *f, struct tile_feature *out, struct adding *n)
{
    n->packed.len = 0;
    out->is_packed = packed_add_wkb(&n->packed, f->wkb, f->wkb_len);
    out->geometry = out->is_packed ? (const uint8_t *)n->packed.data : f->wkb;
    out->geometry_len = out->is_packed ? n->packed.len : f->wkb_len;
}

static enum status add_feature(void *ctx, const struct feature *f, struct err *e)
{
    struct adding *n = ctx;
    struct tile_property property[FEATURE_PROPERTIES + 1];
    bool is_uuid;
    struct tile_feature given = { .id = number_of(f->id, &is_uuid), .property = property };
    (void)e;
    if (f->wkb == NULL)
        return OK;
    property[0] = feature_tile_id(f->id, is_uuid);
    given.properties = 1 + take_properties(f, property + 1, n);
    take_shape(f, &given, n);
    (void)tile_add(n->tile, &given);
    return OK;
}

// --- Shares -----------------------------------------------------------------------------------------------------------------

static int64_t count_of(struct work *w, const struct layer *l, const struct viewer *v)
{
    struct err aside = { .lang = w->e->lang };
    const struct tallied *t = l->is_register && visible_whole(v, l) ? tallied_find(l->table) : NULL;
    struct tally_row row = { .kind = t != NULL && t->kind_column != NULL ? l->key : NULL };
    int64_t n = 0;
    return t != NULL && tally_count(w->db, t, &row, &n, &aside) == OK ? n : 0;
}

// The boxes of the tree's top, which hold all others: "{12 121.0 121.1 32.0 32.1} {...}".
static bool read_top(const char *text, struct lonlat_box *out)
{
    bool found = false;
    for (const char *c = strchr(text, '{'); c != NULL; c = strchr(c + 1, '{')) {
        struct lonlat_box b;
        if (sscanf(c, "{%*d %lf %lf %lf %lf", &b.west, &b.east, &b.south, &b.north) != 4)
            return false;
        *out = found ? (struct lonlat_box){ fmin(out->west, b.west), fmin(out->south, b.south), fmax(out->east, b.east), fmax(out->north, b.north) } : b;
        found = true;
    }
    return found;
}

static bool reach_of(struct work *w, const struct layer *l, struct lonlat_box *out)
{
    enum { TOP_BYTES = 16384 };
    char sql[200], top[TOP_BYTES] = "";
    struct err aside = { .lang = w->e->lang };
    snprintf(sql, sizeof sql, "SELECT rtreenode(2, data) FROM idx_%s_%s_node WHERE nodeno = 1", l->table, l->shape);
    return db_text(w->db, sql, NO_VALUES, top, sizeof top, &aside) == OK && read_top(top, out);
}

// So many tiles of a zoom the extent fills.
static double tiles_of(enum tile_set set, int z, const struct lonlat_box *b)
{
    struct lonlat_box t = tile_box(tile_at(set, z, (struct lonlat){ (b->west + b->east) / 2, (b->south + b->north) / 2 }), 0);
    return fmax(1, (b->east - b->west) / (t.east - t.west)) * fmax(1, (b->north - b->south) / (t.north - t.south));
}

enum status feature_tile_zoom(struct work *w, const struct layer *l, const struct viewer *v, enum tile_set set, int *out)
{
    struct lonlat_box reach;
    int64_t n = count_of(w, l, v);
    *out = 0;
    if (n <= TILE_FEATURES_MOST || !reach_of(w, l, &reach))
        return OK;
    while (*out < tile_set_facts(set)->zoom_most && (double)n / tiles_of(set, *out, &reach) > TILE_FEATURES_MOST)
        (*out)++;
    return OK;
}

static int thinned_at(const struct tile_question *q)
{
    int early = q->all_from_zoom - q->place.z;
    return early <= 0 ? 0 : early <= 2 ? 1 : 2;
}

// --- A tile -----------------------------------------------------------------------------------------------------------------

// A unit more than is shown: boxes are rounded where they are kept.
struct lonlat_box feature_tile_box(struct tile_place place) { return tile_box(place, tile_usual_options().buffer_units + 1); }

static void begin(const struct tile_question *q, struct tile *t)
{
    struct tile_options how = tile_usual_options();
    tile_begin(t, q->place, &how);
    tile_layer(t, q->layer->key);
}

enum status feature_tile(struct work *w, const struct tile_question *q, struct tile *t, struct tile_bytes *out)
{
    struct lonlat_box box = feature_tile_box(q->place);
    struct feature_query asked = { .layer = q->layer, .viewer = q->viewer, .box = &box, .for_map = true, .thinned = thinned_at(q) };
    struct adding n = { .tile = t };
    buf_init(&n.packed, PACKED_CEILING);
    begin(q, t);
    enum status s = feature_each(w, &asked, add_feature, &n, NULL);
    *out = tile_end(t);
    buf_clear(&n.packed);
    return s;
}

static struct tile_bytes show(const struct feature_shelf *s, const struct tile_question *q, const struct shelf_hits *hits, struct tile *t)
{
    struct feature_tile_room room;
    begin(q, t);
    for (int64_t i = 0; i < hits->count; i++) {
        feature_shelf_comes(s, hits, i, SHELF_SHOWN);
        struct tile_feature f = feature_shelf_shown(s, hits->hit[i], q->place, &room);
        if (tile_add(t, &f) == TILE_SHOWN && f.encoded == NULL)
            feature_shelf_learn(s, hits->hit[i], q->place, tile_encoded(t));
    }
    return tile_end(t);
}

// Most tiles hold few; for the others there is room that must be fetched first.
bool feature_tile_kept(const struct feature_shelf *s, const struct tile_question *q, struct tile *t, struct tile_bytes *out)
{
    uint32_t few[HITS_FEW];
    struct lonlat_box box = feature_tile_box(q->place);
    struct shelf_hits hits = { .hit = few, .room = HITS_FEW }, many = { .hit = NULL, .room = HITS_MOST };
    bool told = feature_shelf_around(s, &box, thinned_at(q), &hits);
    if (!told && hits.count == hits.room) {
        many.hit = mem_get(HITS_MOST, sizeof *many.hit);
        told = feature_shelf_around(s, &box, thinned_at(q), &many);
    }
    if (told)
        *out = show(s, q, many.hit != NULL ? &many : &hits, t);
    mem_free(many.hit);
    return told;
}
