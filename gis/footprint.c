#include "gis/footprint.h"
#include "core/base/mem.h"
#include "gis/footprint_dirt.h"
#include "gis/footprint_join.h"
#include "gis/footprint_order.h"
#include "gis/source_inside.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { KIND_TEXT_BYTES = 80, KINDS_MAX = 65535, KIND_SLOTS = 1 << 17, ROWS_A_TELLING = 8192, WORTH_THREADS = 20000 };
static const double STOREY_M = 3.0;

// One read under way. Arrays beside the outlines grow by the builder's count.
struct reading {
    struct source *source;
    struct footprint_builder builder;
    struct dirt *dirt;
    const struct progress *progress;
    bool attributes;                // some are asked for
    struct footprint_texts id, key;
    float *height_m; size_t height_cap;
    uint16_t *kind; size_t kind_cap;
    char **kind_name; size_t kind_name_cap; uint32_t kind_count;
    uint16_t *kind_slot;            // finds a kind by the hash of its name; 0: free
};

// --- attributes ------------------------------------------------------------------------------------------------------

static bool asked(const struct reading *r, enum source_field field)
{
    return r->source->field[field] != NULL;
}

// A feature without id is named by its feature id.
static enum status add_id(struct reading *r, const struct source_value *v, int64_t fid, struct err *e)
{
    char number[SOURCE_NUMBER_BYTES];
    size_t len;
    const char *text = source_value_text(v, number, &len);
    if (len > 0)
        return texts_add(&r->id, text, len, e);
    dirt_note(r->dirt, DIRT_NO_ID, fid);
    return texts_add(&r->id, number, (size_t)snprintf(number, sizeof number, "%lld", (long long)fid), e);
}

static enum status add_key(struct reading *r, const struct source_value *v, struct err *e)
{
    char number[SOURCE_NUMBER_BYTES];
    size_t len;
    const char *text = source_value_text(v, number, &len);
    return texts_add(&r->key, text, len, e);
}

static void add_height(struct reading *r, const struct source_row *row, int64_t i)
{
    double storey_m = r->source->spec.storey_m > 0 ? r->source->spec.storey_m : STOREY_M;
    double height_m = source_value_real(&row->field[FIELD_HEIGHT]);
    if (!isfinite(height_m))
        height_m = source_value_real(&row->field[FIELD_FLOORS]) * storey_m;
    r->height_m = mem_grow(r->height_m, &r->height_cap, (size_t)i + 1, sizeof *r->height_m);
    r->height_m[i] = isfinite(height_m) ? (float)height_m : NAN;
}

static uint32_t add_kind_name(struct reading *r, const char *text, size_t len)
{
    char *copy = mem_get(len + 1, 1);
    memcpy(copy, text, len);
    r->kind_name = mem_grow(r->kind_name, &r->kind_name_cap, r->kind_count + 1, sizeof *r->kind_name);
    r->kind_name[r->kind_count] = copy;
    return r->kind_count++;
}

// 0 when there is no room for another kind.
static uint32_t kind_of(struct reading *r, const char *text, size_t len)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)text[i]) * 16777619u;
    for (uint32_t at = hash % KIND_SLOTS;; at = (at + 1) % KIND_SLOTS) {
        uint32_t kind = r->kind_slot[at];
        if (kind == 0 && r->kind_count > KINDS_MAX)
            return 0;
        if (kind == 0)
            return r->kind_slot[at] = (uint16_t)add_kind_name(r, text, len);
        if (strlen(r->kind_name[kind]) == len && memcmp(r->kind_name[kind], text, len) == 0)
            return kind;
    }
}

static enum status add_kind(struct reading *r, const struct source_value *v, int64_t i, struct err *e)
{
    char number[SOURCE_NUMBER_BYTES];
    size_t len;
    const char *text = source_value_text(v, number, &len);
    len = len < KIND_TEXT_BYTES ? len : KIND_TEXT_BYTES;
    uint32_t kind = len > 0 ? kind_of(r, text, strnlen(text, len)) : 0;
    if (len > 0 && kind == 0)
        return err_set(e, INVALID, "%s: field \"%.80s\" has more than %d values; it does not tell kinds of buildings", r->source->called,
                       r->source->field[FIELD_KIND], KINDS_MAX);
    r->kind = mem_grow(r->kind, &r->kind_cap, (size_t)i + 1, sizeof *r->kind);
    r->kind[i] = (uint16_t)kind;
    return OK;
}

static enum status add_attributes(struct reading *r, const struct source_row *row, struct err *e)
{
    int64_t i = r->builder.o.count - 1;
    enum status s = OK;
    if (asked(r, FIELD_ID))
        s = add_id(r, &row->field[FIELD_ID], row->fid, e);
    if (s == OK && asked(r, FIELD_DISSOLVE))
        s = add_key(r, &row->field[FIELD_DISSOLVE], e);
    if (s == OK && asked(r, FIELD_KIND))
        s = add_kind(r, &row->field[FIELD_KIND], i, e);
    if (s == OK && (asked(r, FIELD_HEIGHT) || asked(r, FIELD_FLOORS)))
        add_height(r, row, i);
    return s;
}

// --- rows ------------------------------------------------------------------------------------------------------------

static void tell(const struct reading *r)
{
    int64_t expected = r->source->features;
    if (expected > 0)
        progress_tell(r->progress, "read", fmin(1, (double)r->dirt->read / (double)expected));
}

static enum status read_row(void *ctx, const struct source_row *row, struct err *e)
{
    struct reading *r = ctx;
    bool added;
    if (++r->dirt->read % ROWS_A_TELLING == 0)
        tell(r);
    enum status s = footprint_add_wkb(&r->builder, row->fid, row->wkb, row->len, &added, e);
    return s == OK && added && r->attributes ? add_attributes(r, row, e) : s;
}

// --- the whole -------------------------------------------------------------------------------------------------------

static void begin(struct reading *r)
{
    for (int i = 0; i < SOURCE_FIELDS; i++)
        r->attributes |= asked(r, i);
    if (!asked(r, FIELD_KIND))
        return;
    r->kind_slot = mem_get(KIND_SLOTS, sizeof *r->kind_slot);
    add_kind_name(r, "", 0);
}

// Heights of a layer without a single footprint are an empty list, not "no heights": the arrays exist when asked for.
static void ensure_arrays(struct reading *r, struct err *e)
{
    if (asked(r, FIELD_HEIGHT) || asked(r, FIELD_FLOORS))
        r->height_m = mem_grow(r->height_m, &r->height_cap, 1, sizeof *r->height_m);
    if (asked(r, FIELD_KIND))
        r->kind = mem_grow(r->kind, &r->kind_cap, 1, sizeof *r->kind);
    if (asked(r, FIELD_ID) && r->id.count == 0) {
        texts_add(&r->id, "", 0, e);
        r->id.count = 0;
    }
}

// Attributes follow their outlines.
static void order_attributes(struct reading *r, const uint64_t *order, int64_t count)
{
    texts_order(&r->id, order, count);
    r->height_m = order_items(r->height_m, sizeof *r->height_m, order, count);
    r->kind = order_items(r->kind, sizeof *r->kind, order, count);
}

static enum status dissolve(struct reading *r, struct err *e)
{
    struct outlines *o = &r->builder.o;
    uint64_t *first = NULL;
    if (o->count == 0)
        return OK;
    enum status s = outlines_dissolve(o, &r->key, r->source->called, r->dirt, &first, e);
    if (s == OK)
        order_attributes(r, first, o->count);
    mem_free(first);
    return s;
}

static void hand_over_attributes(struct reading *r, struct footprints *f)
{
    f->height_m = r->height_m;
    f->kind = r->kind;
    f->kind_name = r->kind_name;
    f->kind_count = r->kind_count;
    f->id_first = r->id.first;
    f->id_text = r->id.data;
    r->id = (struct footprint_texts){0};
    r->height_m = NULL, r->kind = NULL, r->kind_name = NULL, r->kind_count = 0;
}

// By place first, for that is where duplicates meet; once more when that is not what is asked for, or some are left out.
static void lay_out(struct reading *r, struct footprints *f)
{
    const struct outlines *o = &r->builder.o;
    bool by_place = r->source->spec.by_place;
    struct pool *pool = pool_open(o->count < WORTH_THREADS ? 1 : r->source->spec.threads);
    struct order order;
    order_by_place(pool, o, &order);
    outlines_lay_out(pool, o, &order, f);
    uint8_t *duplicate = outlines_find_duplicates(o, order.item, f, r->dirt);
    if (!asked(r, FIELD_DISSOLVE))
        outlines_count_same_ids(o, &r->id, duplicate, r->dirt);
    if (!by_place) {
        order_clear(&order);
        order_as_given(o, &order);
    }
    if (duplicate != NULL)
        order_leave_out(o, duplicate, &order);
    if (!by_place || duplicate != NULL) {
        footprints_clear(f);
        outlines_lay_out(pool, o, &order, f);
    }
    if (order.count > 0)
        order_attributes(r, order.item, order.count);
    hand_over_attributes(r, f);
    pool_close(pool);
    order_clear(&order);
    mem_free(duplicate);
}

static enum status finish(struct reading *r, struct footprints *f, struct err *e)
{
    enum status s = dirt_refuse(r->dirt, r->source->called, r->source->spec.skip_unusable, e);
    if (s == OK)
        s = crs_check(r->source->crs, r->builder.seen, r->source->called, e); // the header may have lied
    if (s == OK && asked(r, FIELD_DISSOLVE))
        s = dissolve(r, e);
    if (s != OK)
        return s;
    lay_out(r, f);
    r->dirt->kept = f->count;
    progress_tell(r->progress, "read", 1);
    return OK;
}

static void clear(struct reading *r)
{
    outlines_clear(&r->builder.o);
    footprint_builder_close(&r->builder);
    texts_clear(&r->id);
    texts_clear(&r->key);
    mem_free(r->height_m);
    mem_free(r->kind);
    for (uint32_t k = 0; k < r->kind_count; k++)
        mem_free(r->kind_name[k]);
    mem_free(r->kind_name);
    mem_free(r->kind_slot);
}

enum status source_read(struct source *s, const struct crs *metric, const struct progress *progress, struct footprints *out,
                        struct dirt *dirt, struct err *e)
{
    struct crs_road *road = NULL;
    enum status st = crs_road_open(s->crs, metric, &road, e);
    if (st != OK)
        return st;
    *dirt = (struct dirt){0};
    struct reading r = { .source = s, .dirt = dirt, .progress = progress };
    footprint_builder_open(&r.builder, s->called, road, dirt);
    footprint_builder_expect(&r.builder, s->features);
    begin(&r);
    st = source_rows(s, &(struct source_taker){ read_row, &r }, e);
    ensure_arrays(&r, e);
    if (st == OK)
        st = finish(&r, out, e);
    clear(&r);
    crs_road_close(road);
    return st;
}
