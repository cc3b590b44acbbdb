#include "core/change_list.h"

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/placing.h"
#include "gis/change_reason.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const size_t ARENA_MOST = (size_t)8 << 30, SHAPE_MOST = (size_t)8 << 30;
enum { IDS_MOST = 1 << 20, SLOT_EVERY = 10 };      // one change in ten is drawn for the estimate of precision

void change_list_init(struct change_list *l)
{
    *l = (struct change_list){ .arena = arena_open(ARENA_MOST) };
    buf_init(&l->shape, SHAPE_MOST);
}

void change_list_clear(struct change_list *l)
{
    polygons_clear(&l->ground);
    buf_clear(&l->shape);
    arena_close(l->arena);
    mem_free(l->row);
    mem_free(l->is_followed);
    if (l->to_lonlat != NULL)
        crs_road_close(l->to_lonlat);
    if (l->from_lonlat != NULL)
        crs_road_close(l->from_lonlat);
    *l = (struct change_list){ 0 };
}

// --- Texts ----------------------------------------------------------------------------------------------------------------------

static const char *list_ids(struct arena *a, const struct footprints *f, const uint32_t *member, uint32_t count)
{
    if (count == 0)
        return "";
    struct buf b;
    char id[512];
    buf_init(&b, IDS_MOST);
    for (uint32_t i = 0; i < count; i++) {
        buf_text(&b, i == 0 ? "" : ",");
        buf_text(&b, footprint_id(f, member[i], id, sizeof id));
    }
    const char *text = b.full ? NULL : arena_text(a, b.data);
    buf_clear(&b);
    return text;
}

static const char *list_reasons(struct arena *a, uint64_t reasons, bool against)
{
    struct buf b;
    buf_init(&b, IDS_MOST);
    buf_text(&b, "");
    for (int r = 0; r < REASONS; r++)
        if ((reasons >> r & 1) != 0 && reason_is_against((enum reason)r) == against) {
            buf_text(&b, b.len > 0 ? "," : "");
            buf_text(&b, reason_code((enum reason)r));
        }
    const char *text = arena_text(a, b.data);
    buf_clear(&b);
    return text;
}

// --- Rows -------------------------------------------------------------------------------------------------------------------------

static uint64_t seed_of(const char *text)          // FNV-1a
{
    uint64_t h = 14695981039346656037u;
    for (; *text != '\0'; text++)
        h = (h ^ (unsigned char)*text) * 1099511628211u;
    return h;
}

// A draw that anybody can repeat from the inputs, and nobody can aim.
static bool is_slot(const struct pair_surveys *s, int64_t number)
{
    uint64_t h = hash_mix(seed_of(s->before->archive_sha256) ^ hash_mix(seed_of(s->after->archive_sha256)));
    return hash_mix(h ^ (uint64_t)number) % SLOT_EVERY == 0;
}

static enum status fill_row(const struct pair_diff *pair, struct pair_surveys surveys, const struct placing *placing, int64_t i,
                            struct change_list *l, struct work *w)
{
    const struct diff_result *r = &pair->result;
    const struct change *c = &r->change[i];
    struct place_in_grid place = placing_find(placing, (struct xy_m){ c->where.x / 1000.0, c->where.y / 1000.0 });
    bool existing = w->district->has_baseline && surveys.after->taken_at_s < w->district->baseline_at_s;
    struct change_row *row = &l->row[i];
    *row = (struct change_row){
        .id = work_id(w), .object = work_id(w), .number = i + 1, .class = change_class_name(c->class), .relation = relation_name(c->relation),
        .before_ids = list_ids(l->arena, &pair->survey[BEFORE].layer, r->before_member + c->before_first, c->before_count),
        .after_ids = list_ids(l->arena, &pair->survey[AFTER].layer, r->after_member + c->after_first, c->after_count),
        .area_before_m2 = c->area_before_m2, .area_after_m2 = c->area_after_m2, .gained_m2 = c->gained_m2, .gained_sd_m2 = c->gained_sd_m2,
        .lost_m2 = c->lost_m2, .lost_sd_m2 = c->lost_sd_m2, .width_m = c->width_m, .height_before_m = c->height_before_m,
        .height_after_m = c->height_after_m, .height_change_m = c->height_change_m, .z = isfinite(c->z) ? c->z : 0,
        .confidence = fmin(1, fmax(0, c->confidence)), .registration_x_m = c->shift.x, .registration_y_m = c->shift.y,
        .registration_sd_m = c->registration_sd_m, .reasons = list_reasons(l->arena, c->reasons, false),
        .counter_reasons = list_reasons(l->arena, c->reasons, true), .legal_codes = "", .p_no_cover = NAN, .zone_share = NAN, .zone_p = NAN,
        .severity = NAN, .suspicion = NAN, .stock = existing ? "existing" : "new", .state = "open", .review_note = "", .woken_by = "",
        .is_audit_slot = is_slot(&surveys, i + 1), .cell_code = arena_text(l->arena, place.cell_code),
        .community_code = arena_text(l->arena, place.community_code),
    };
    if (row->before_ids == NULL || row->after_ids == NULL)
        return err_set(w->e, TOO_BIG, "change %lld joins more buildings than %d bytes of ids hold", (long long)i + 1, IDS_MOST);
    return OK;
}

// The shape goes both ways: into the metric frame of the list, and as lon/lat into its bytes. *at: where they begin.
static enum status fill_shape(const struct pair_diff *pair, int64_t i, struct wkb_shape *shape, struct change_list *l, size_t *at, struct err *e)
{
    const struct change *c = &pair->result.change[i];
    struct wkb_facts facts = { 0 };
    *at = l->shape.len;
    if (c->wkb_len == 0) {
        polygons_add(&l->ground, &(struct rings){ 0 });
        return OK;
    }
    enum wkb_kind kind = wkb_read(pair->result.wkb + c->wkb_first, c->wkb_len, shape, &facts);
    must(kind == WKB_POLYGON || kind == WKB_MULTIPOLYGON);
    polygons_add_shape(&l->ground, shape);
    if (crs_road_go_near(l->to_lonlat, shape->rings.vertex, shape->rings.first[shape->rings.count]) > 0)
        return err_set(e, FAILED, "change %lld has no place in longitude and latitude", (long long)i + 1);
    l->row[i].wkb_len = wkb_write_multipolygon(&l->shape, &shape->rings, (struct xy_m){ 0, 0 });
    return l->shape.full ? err_set(e, TOO_BIG, "the outlines of the changes fill more than %zu MB", SHAPE_MOST >> 20) : OK;
}

static enum status open_roads(const struct crs *metric, struct change_list *l, struct err *e)
{
    struct crs *lonlat = NULL;
    enum status s = crs_open("EPSG:4326", &lonlat, e);
    if (s == OK)
        s = crs_road_open(metric, lonlat, &l->to_lonlat, e);
    if (s == OK)
        s = crs_road_open(lonlat, metric, &l->from_lonlat, e);
    if (lonlat != NULL)
        crs_close(lonlat);
    return s;
}

enum status change_list_fill(struct work *w, const struct pair_diff *pair, struct pair_surveys surveys, struct change_list *l)
{
    const struct diff_result *r = &pair->result;
    struct xy_m origin = { 0, 0 };
    if (r->count > 0)
        origin = (struct xy_m){ r->change[0].where.x / 1000.0, r->change[0].where.y / 1000.0 };
    polygons_init(&l->ground, origin);
    l->count = r->count;
    l->row = mem_get((size_t)r->count, sizeof *l->row);
    l->is_followed = mem_get((size_t)r->count, sizeof *l->is_followed);
    size_t *at = mem_get((size_t)r->count, sizeof *at);
    struct wkb_shape shape = { 0 };
    struct placing *placing = NULL;
    enum status s = open_roads(pair->metric, l, w->e);
    if (s == OK)
        s = placing_open(w, &placing);
    for (int64_t i = 0; s == OK && i < r->count; i++) {
        s = fill_row(pair, surveys, placing, i, l, w);
        if (s == OK)
            s = fill_shape(pair, i, &shape, l, &at[i], w->e);
    }
    for (int64_t i = 0; s == OK && i < r->count; i++)  // only now does the buffer stay where it is
        l->row[i].wkb = l->row[i].wkb_len > 0 ? (const uint8_t *)l->shape.data + at[i] : NULL;
    placing_close(placing);
    wkb_shape_clear(&shape);
    mem_free(at);
    return s;
}

void change_list_ground(struct change_list *l, const uint8_t *wkb, size_t len, struct rings *out)
{
    struct wkb_shape shape = { 0 };
    struct wkb_facts facts = { 0 };
    struct polygons one;
    polygons_init(&one, l->ground.origin);
    enum wkb_kind kind = len > 0 ? wkb_read(wkb, len, &shape, &facts) : WKB_EMPTY;
    bool usable = (kind == WKB_POLYGON || kind == WKB_MULTIPOLYGON) &&
                  crs_road_go_near(l->from_lonlat, shape.rings.vertex, shape.rings.first[shape.rings.count]) == 0;
    rings_start(out);
    if (usable) {
        polygons_add_shape(&one, &shape);
        polygons_get(&one, 0, out);
    }
    polygons_clear(&one);
    wkb_shape_clear(&shape);
}
