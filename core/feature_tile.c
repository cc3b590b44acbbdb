#include "core/feature_tile.h"

#include "core/base/hash.h"
#include "core/base/when.h"
#include "core/store/tally_rows.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

bool feature_tile_has(const struct viewer *v, const struct layer *l, const struct property *p)
{
    return p->is_on_map && !p->is_personal && visible_property(v, l, p);
}

// --- One feature ------------------------------------------------------------------------------------------------------------

// A moment as text, which lives as long as the feature.
struct moments { char text[FEATURE_PROPERTIES][WHEN_TEXT]; };

static struct tile_property value_of(const struct feature *f, int i, struct moments *m)
{
    const struct property *p = &f->layer->property[i];
    switch (p->type) {
    case PROPERTY_NUMBER: return (struct tile_property){ p->name, TILE_REAL, { .real = feature_number(f, i) } };
    case PROPERTY_INTEGER: return (struct tile_property){ p->name, TILE_INTEGER, { .integer = feature_integer(f, i) } };
    case PROPERTY_BOOLEAN: return (struct tile_property){ p->name, TILE_TRUTH, { .truth = feature_integer(f, i) != 0 } };
    case PROPERTY_INSTANT: return (struct tile_property){ p->name, when_write(feature_integer(f, i), m->text[i]) ? TILE_TEXT : TILE_NULL, { .text = m->text[i] } };
    default: return (struct tile_property){ p->name, TILE_TEXT, { .text = feature_text(f, i) } };
    }
}

static int take_properties(const struct feature *f, struct tile_property out[FEATURE_PROPERTIES + 1], struct moments *m)
{
    int n = 0;
    out[n++] = (struct tile_property){ "id", TILE_TEXT, { .text = f->id } };
    for (int i = 0; i < f->layer->properties; i++)
        if (feature_has(f, i) && strcmp(f->layer->property[i].name, "id") != 0)
            out[n++] = value_of(f, i, m);
    return n;
}

// Not its row's number: that would tell how many rows there are that may not be seen. 53 bits are whole numbers to a script too.
static uint64_t number_of(const struct feature *f) { return hash_bytes(f->id, strlen(f->id), 0) >> 11; }

static enum status add_feature(void *ctx, const struct feature *f, struct err *e)
{
    struct tile *t = ctx;
    struct tile_property property[FEATURE_PROPERTIES + 1];
    struct moments moments;
    (void)e;
    if (f->wkb == NULL)
        return OK;
    struct tile_feature given = { .id = number_of(f), .geometry = f->wkb, .geometry_len = f->wkb_len, .property = property,
                                  .properties = take_properties(f, property, &moments) };
    (void)tile_add(t, &given);
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

enum status feature_tile(struct work *w, const struct tile_question *q, struct tile *t, struct tile_bytes *out)
{
    struct tile_options how = tile_usual_options();
    struct lonlat_box box = tile_box(q->place, how.buffer_units);
    struct feature_query asked = { .layer = q->layer, .viewer = q->viewer, .box = &box, .for_map = true, .thinned = thinned_at(q) };
    tile_begin(t, q->place, &how);
    tile_layer(t, q->layer->key);
    enum status s = feature_each(w, &asked, add_feature, t, NULL);
    *out = tile_end(t);
    return s;
}
