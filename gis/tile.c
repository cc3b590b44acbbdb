#include "gis/tile.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/status.h"
#include "gis/tile_parts.h"

#include <string.h>

static const size_t BYTES_MOST = (size_t)1 << 28;   // that a budget may ask for
static const size_t OUT_BYTES_MOST = (size_t)1 << 30;

struct tile_options tile_usual_options(void)
{
    return (struct tile_options){ .buffer_units = TILE_BUFFER_UNITS, .pixel_units = TILE_PIXEL_UNITS, .small = TILE_SMALL_SQUARE,
                                  .tolerance_units = TILE_TOLERANCE_UNITS, .bytes_most = TILE_BYTES_USUAL };
}

struct tile *tile_open(void)
{
    struct tile *t = mem_get(1, sizeof *t);
    tile_layer_open(&t->layer);
    buf_init(&t->commands, OUT_BYTES_MOST);
    buf_init(&t->out, OUT_BYTES_MOST);
    buf_add(&t->out, "", 0);                        // no bytes have an address too
    return t;
}

void tile_close(struct tile *t)
{
    if (t == NULL)
        return;
    mem_free(t->column.x);
    mem_free(t->column.y);
    mem_free(t->path.at);
    mem_free(t->spare.at);
    mem_free(t->simplifier.corner);
    tile_shape_clear(&t->shape);
    tile_cleaner_clear(&t->cleaner);
    tile_layer_clear(&t->layer);
    buf_clear(&t->commands);
    buf_clear(&t->out);
    mem_free(t);
}

int tile_zooms_early(uint64_t id)
{
    uint64_t hash = hash_mix(id + 0x9e3779b97f4a7c15u);
    return hash == 0 ? 32 : __builtin_clzll(hash) / 2;
}

bool tile_is_shown(uint64_t id, int z, int all_from_zoom)
{
    return tile_zooms_early(id) >= all_from_zoom - z;
}

void tile_begin(struct tile *t, struct tile_place place, const struct tile_options *o)
{
    must(tile_is_there(place));
    must(o->buffer_units >= 0 && o->buffer_units <= TILE_BUFFER_UNITS_MOST && o->pixel_units >= 0 && o->tolerance_units < 1 && o->bytes_most <= BYTES_MOST);
    t->options = *o;
    t->z = place.z;
    tile_grid_begin(&t->grid, place);
    t->window = (struct tile_window){ -o->buffer_units, -o->buffer_units, TILE_EXTENT + o->buffer_units, TILE_EXTENT + o->buffer_units };
    t->around = tile_box(place, o->buffer_units + 1);
    t->layers = 0;
    t->out.len = 0;
}

static void write_layer(struct tile *t)
{
    if (t->layers > 0)
        tile_layer_write(&t->layer, &t->out);
}

void tile_layer(struct tile *t, const char *name)
{
    write_layer(t);
    must(t->layers < TILE_LAYERS_MOST);
    for (int i = 0; i < t->layers; i++)
        must(strcmp(t->names[i], name) != 0);
    tile_layer_start(&t->layer, name);
    strcpy(t->names[t->layers++], name);
}

// --- Polygons encoded before --------------------------------------------------------------------------------------------------

static bool lies_within(const struct tile *t, const struct tile_encoded *e)
{
    double x = (double)e->x - t->grid.west, y = (double)e->y - t->grid.north;
    return tile_window_is_in((struct tile_window){ x + e->min_x, y + e->min_y, x + e->max_x, y + e->max_y }, t->window);
}

static void take_encoded(struct tile *t, const struct tile_encoded *e)
{
    t->is_square = e->is_square, t->is_repaired = e->is_repaired;
    tile_commands_from(e, (struct tile_point){ (int32_t)(e->x - (int64_t)t->grid.west), (int32_t)(e->y - (int64_t)t->grid.north) }, &t->commands);
}

struct tile_encoded *tile_encoded(const struct tile *t)
{
    if (!t->is_encodable)
        return NULL;
    size_t begin = tile_commands_begin(&t->commands), len = t->commands.len - begin;
    struct tile_encoded *e = mem_get(sizeof *e + len, 1);
    struct tile_point first = t->shape.at[t->shape.ring[0].first];
    struct tile_window r = t->now.reach;
    *e = (struct tile_encoded){ .x = first.x + (int64_t)t->grid.west, .y = first.y + (int64_t)t->grid.north, .len = (uint32_t)len,
                                .min_x = (int16_t)(r.min_x - first.x), .min_y = (int16_t)(r.min_y - first.y),
                                .max_x = (int16_t)(r.max_x - first.x), .max_y = (int16_t)(r.max_y - first.y),
                                .is_square = t->is_square, .is_repaired = t->is_repaired };
    memcpy(e->bytes, t->commands.data + begin, len);
    return e;
}

// --- Features -----------------------------------------------------------------------------------------------------------------

// The commands of what is to be shown.
static enum tile_fate take(struct tile *t, const struct tile_feature *f)
{
    t->commands.len = 0;
    t->now.kind = TILE_POLYGONS;
    if (f->encoded != NULL && lies_within(t, f->encoded)) {
        take_encoded(t, f->encoded);
        return TILE_SHOWN;
    }
    enum tile_fate fate = tile_take(t, f);
    if (fate != TILE_SHOWN)
        return fate;
    tile_commands(&t->shape, t->now.kind, &t->commands);
    t->is_encodable = t->now.kind == TILE_POLYGONS && tile_window_is_in(t->now.reach, t->window);
    return TILE_SHOWN;
}

static enum tile_fate add(struct tile *t, const struct tile_feature *f)
{
    t->is_square = t->is_repaired = t->is_encodable = false;
    if (!tile_is_shown(f->id, t->z, t->options.all_from_zoom))
        return TILE_THINNED;
    enum tile_fate fate = take(t, f);
    if (fate != TILE_SHOWN)
        return fate;
    size_t left = t->options.bytes_most > t->out.len ? t->options.bytes_most - t->out.len : 0;
    if (!tile_layer_add(&t->layer, f, t->now.kind, &t->commands, left))
        return TILE_FULL;
    t->layer.facts.squares += t->is_square;
    t->layer.facts.repaired += t->is_repaired;
    return TILE_SHOWN;
}

enum tile_fate tile_add(struct tile *t, const struct tile_feature *f)
{
    must(t->layers > 0);
    enum tile_fate fate = add(t, f);
    t->layer.facts.fate[fate]++;
    return fate;
}

const struct tile_facts *tile_layer_facts(const struct tile *t)
{
    return &t->layer.facts;
}

struct tile_bytes tile_end(struct tile *t)
{
    write_layer(t);
    t->layers = 0;
    return (struct tile_bytes){ (const uint8_t *)t->out.data, t->out.len };
}
