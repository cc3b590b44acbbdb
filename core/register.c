#include "core/register.h"

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include "core/placing.h"
#include "core/store/bulk.h"
#include "core/store/register_rows.h"
#include "gis/source_records.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ARENA_BYTES = 16 << 20, ROW_CEILING = 1 << 20, PROPERTIES_MOST = 100, TELL_EVERY = 1024 };

struct load {
    const struct register_spec *spec;
    const struct progress *progress;
    register_refusal *refuse;
    void *ctx;
    struct register_report *report;
    struct arena *arena;
    struct layer *layer;
    struct crs *metric;
    struct record_source *source;
    int field[PROPERTIES_MOST];        // of the source, for each property; -1: none
    int id_field;                      // -1: the feature id
    struct placing *placing;
    struct register_shelf *shelf;
    struct buf properties, digest;
    const char *source_name;
    double accuracy_m;
};

// --- What goes where ----------------------------------------------------------------------------------------------------

static enum status take_mapping(struct load *l, const char *map, struct err *e)
{
    const char *equals = strchr(map, '=');
    char field[128] = "";
    if (equals != NULL && equals - map < (ptrdiff_t)sizeof field)
        snprintf(field, sizeof field, "%.*s", (int)(equals - map), map);
    const struct property *p = equals != NULL ? layer_property(l->layer, equals + 1) : NULL;
    if (p == NULL)
        return err_set(e, INVALID, "--map %s: FIELD=PROPERTY is expected, and \"%s\" has no such property", map, l->layer->key);
    int at = record_source_find(l->source, field);
    if (at < 0)
        return err_set(e, INVALID, "--map %s: %s has no field \"%s\"", map, l->spec->path, field);
    l->field[p - l->layer->property] = at;
    return OK;
}

static bool is_taken(const struct load *l, int field)
{
    for (int i = 0; i < l->layer->properties; i++)
        if (l->field[i] == field)
            return true;
    return field == l->id_field;
}

static void note_unused(struct load *l)
{
    size_t used = 0, cap = sizeof l->report->unused;
    for (int i = 0; i < record_source_fields(l->source) && used + 1 < cap; i++)
        if (!is_taken(l, i))
            used += (size_t)snprintf(l->report->unused + used, cap - used, "%s%s", used > 0 ? ", " : "", record_source_field(l->source, i));
}

static enum status map_fields(struct load *l, struct err *e)
{
    enum status s = OK;
    for (int i = 0; i < l->layer->properties; i++)
        l->field[i] = -1;
    for (int i = record_source_fields(l->source) - 1; i >= 0; i--) {
        const struct property *p = layer_property(l->layer, record_source_field(l->source, i));
        if (p != NULL)
            l->field[p - l->layer->property] = i;
    }
    for (int i = 0; s == OK && i < l->spec->maps; i++)
        s = take_mapping(l, l->spec->map[i], e);
    l->id_field = l->spec->id_field != NULL ? record_source_find(l->source, l->spec->id_field) : -1;
    if (s == OK && l->spec->id_field != NULL && l->id_field < 0)
        s = err_set(e, INVALID, "%s has no field \"%s\" to take ids from", l->spec->path, l->spec->id_field);
    note_unused(l);
    return s;
}

// --- One value --------------------------------------------------------------------------------------------------------------

static bool is_one_of(const struct property *p, const char *text)
{
    for (int i = 0; i < p->codes; i++)
        if (strcmp(p->code[i], text) == 0)
            return true;
    return p->codes == 0;
}

static enum status say_codes(const struct property *p, const char *text, struct err *e)
{
    char list[256] = "";
    size_t used = 0;
    for (int i = 0; i < p->codes && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", p->code[i]);
    return err_set(e, INVALID, "%s is \"%.80s\"; one of these is expected: %s", p->name, text, list);
}

// text NULL: missing. The value as it is bound; text stays the source's.
static enum status read_value(const struct property *p, const char *text, int64_t zone_offset_s, struct value *out, struct err *e)
{
    char *end = NULL;
    int64_t when = 0;
    if (text == NULL || text[0] == '\0') {
        if (p->is_required)
            return err_set(e, INVALID, "%s is missing", p->name);
        *out = value_text(p->fallback);
        return OK;
    }
    if (!is_one_of(p, text))
        return say_codes(p, text, e);
    switch (p->type) {
    case PROPERTY_TEXT: *out = value_text(text); return OK;
    case PROPERTY_DATE:
        if (!when_parse(text, zone_offset_s, &when))
            return err_set(e, INVALID, "%s is \"%.80s\"; a date like 2026-03-01 is expected", p->name, text);
        *out = value_integer(when);
        return OK;
    case PROPERTY_INTEGER:
        *out = value_integer(strtoll(text, &end, 10));
        return *end == '\0' ? OK : err_set(e, INVALID, "%s is \"%.80s\"; a whole number is expected", p->name, text);
    case PROPERTY_NUMBER:
        *out = value_real(strtod(text, &end));
        return *end == '\0' && isfinite(out->real) ? OK : err_set(e, INVALID, "%s is \"%.80s\"; a number is expected", p->name, text);
    }
    return OK;
}

static void add_json(struct buf *b, const char *name, const struct value *v)
{
    if (v->kind == VALUE_NULL)
        return;
    buf_text(b, b->len > 1 ? "," : "");
    buf_json_text(b, name);
    buf_text(b, ":");
    if (v->kind == VALUE_INTEGER)
        buf_printf(b, "%" PRId64, v->integer);
    else if (v->kind == VALUE_REAL)
        buf_json_number(b, v->real, 9);
    else
        buf_json_text(b, v->bytes);
}

static void add_digest(struct buf *b, const struct value *v)
{
    switch (v->kind) {
    case VALUE_INTEGER: buf_printf(b, "i%" PRId64 ";", v->integer); break;
    case VALUE_REAL: buf_printf(b, "r%.17g;", v->real); break;
    case VALUE_TEXT: buf_printf(b, "t%zu:", v->len); buf_add(b, v->bytes, v->len); break;
    default: buf_text(b, "-;");
    }
}

static void empty(struct buf *b)
{
    b->len = 0;
    b->full = false;
}

static enum status read_values(struct load *l, const struct record *rec, int64_t zone_offset_s, struct value *column, int *columns,
                               struct err *e)
{
    enum status s = OK;
    *columns = 0;
    empty(&l->properties);
    empty(&l->digest);
    buf_text(&l->properties, "{");
    for (int i = 0; s == OK && i < l->layer->properties; i++) {
        const struct property *p = &l->layer->property[i];
        struct value v;
        s = read_value(p, l->field[i] >= 0 ? rec->value[l->field[i]] : NULL, zone_offset_s, &v, e);
        if (s != OK)
            break;
        add_digest(&l->digest, &v);
        if (p->column != NULL)
            column[(*columns)++] = v;
        else
            add_json(&l->properties, p->name, &v);
    }
    buf_text(&l->properties, "}");
    buf_add(&l->digest, rec->wkb, rec->wkb_len);
    if (s == OK && (l->properties.full || l->digest.full))
        s = err_set(e, TOO_BIG, "the row has more than %d bytes", ROW_CEILING);
    return s;
}

// --- One row ------------------------------------------------------------------------------------------------------------------

static enum status check_shape(const struct load *l, const struct record *rec, struct err *e)
{
    if (rec->fault != NULL)
        return err_set(e, INVALID, "%s", text_in(e->lang, rec->fault));
    if (rec->shape == RECORD_NO_SHAPE)
        return err_set(e, INVALID, "there is no geometry");
    if (l->layer->geometry == LAYER_AREA && rec->shape != RECORD_AREA)
        return err_set(e, INVALID, "an area is expected, a point is given");
    if (l->layer->geometry == LAYER_POINT && rec->shape != RECORD_POINT)
        return err_set(e, INVALID, "a point is expected, an area is given");
    return OK;
}

static void point_wkb(struct lonlat p, uint8_t out[21])
{
    out[0] = 1;
    memcpy(out + 1, &(uint32_t){ 1 }, 4);
    memcpy(out + 5, &p.lon, 8);
    memcpy(out + 13, &p.lat, 8);
}

static enum status insert(struct load *l, struct work *w, const struct record *rec, struct register_row *row)
{
    struct place_in_grid at = placing_find(l->placing, rec->metric);
    uint8_t pin[21];
    point_wkb(rec->place, pin);
    bool pinned = l->layer->geometry == LAYER_AREA && strcmp(l->layer->table, "asset") == 0;
    row->point_wkb = pinned ? pin : NULL;
    row->point_len = sizeof pin;
    row->cell_code = at.cell_code;
    row->community_code = at.community_code;
    l->report->without_cell += at.cells == 0;
    l->report->in_two_cells += at.cells > 1;
    return register_insert(w->db, l->shelf, row, w->e);
}

static enum status keep(struct load *l, struct work *w, const struct record *rec, const char *source_id, const struct value *column, int columns)
{
    struct register_now now;
    char digest[65];
    struct id id = { "" };
    hash_sha256(l->digest.data, l->digest.len, digest);
    enum status s = register_now_get(w->db, l->shelf, l->source_name, source_id, &now, w->e);
    if (s == OK && strcmp(now.digest, digest) == 0) {
        l->report->same++;
        return OK;
    }
    bool is_new = s == NOT_FOUND;
    if (s != OK && !is_new)
        return s;
    if (is_new)
        id = work_id(w);
    else
        s = register_supersede(w->db, l->shelf, now.fid, w->now_s, w->e);
    if (!is_new && s != OK)
        return s;
    l->report->added += is_new;
    l->report->changed += !is_new;
    return insert(l, w, rec, &(struct register_row){
        .id = is_new ? id.text : now.id, .source = l->source_name, .source_id = source_id, .properties = l->properties.data,
        .crs = record_source_crs(l->source), .digest = digest, .accuracy_m = l->accuracy_m, .area_m2 = rec->area_m2,
        .version = is_new ? 1 : now.version + 1, .now_s = w->now_s, .wkb = rec->wkb, .wkb_len = rec->wkb_len, .column = column,
        .columns = columns });
}

static enum status source_id_of(const struct load *l, const struct record *rec, char out[256], struct err *e)
{
    const char *text = l->id_field >= 0 ? rec->value[l->id_field] : NULL;
    if (l->id_field >= 0 && (text == NULL || text[0] == '\0'))
        return err_set(e, INVALID, "%s is missing", l->spec->id_field);
    int length = text != NULL ? snprintf(out, 256, "%s", text) : snprintf(out, 256, "%" PRId64, rec->fid);
    return length < 256 ? OK : err_set(e, INVALID, "an id has at most %d bytes", 255);
}

// Refused rows are told and counted; the load goes on looking at the rest, so that all of them are named at once.
static enum status take_row(struct load *l, struct work *w, const struct record *rec)
{
    struct value column[PROPERTIES_MOST];
    char source_id[256];
    int columns = 0;
    struct err why = { .lang = w->e->lang };
    enum status s = check_shape(l, rec, &why);
    if (s == OK)
        s = source_id_of(l, rec, source_id, &why);
    if (s == OK)
        s = read_values(l, rec, w->district->zone_offset_s, column, &columns, &why);
    if (s != OK) {
        l->report->refused++;
        l->refuse(l->ctx, rec->row, rec->fid, why.text);
        return OK;
    }
    l->report->repaired += rec->repaired;
    return l->report->refused > 0 ? OK : keep(l, w, rec, source_id, column, columns);
}

static void tell(const struct load *l)
{
    int64_t all = record_source_count(l->source);
    if (l->report->read % TELL_EVERY == 0 && all > 0)
        progress_tell(l->progress, "loading", (double)l->report->read / (double)all);
}

static enum status take_rows(struct load *l, struct work *w)
{
    enum status s = OK;
    struct record rec;
    for (bool more = true; s == OK && (s = record_source_next(l->source, &rec, &more, w->e)) == OK && more; ) {
        l->report->read++;
        tell(l);
        s = take_row(l, w, &rec);
    }
    if (s == OK && l->report->refused > 0)
        s = err_set(w->e, INVALID, "%s: %lld of %lld rows cannot be taken, so none was; they are named above", l->spec->path,
                    (long long)l->report->refused, (long long)l->report->read);
    return s;
}

static enum status take_rows_in_bulk(struct load *l, struct work *w)
{
    int64_t all = record_source_count(l->source);
    struct bulk bulk;
    if (all >= 0 && all < BULK_ROWS_LEAST)
        return take_rows(l, w);
    enum status s = bulk_begin(w->db, l->layer->table, &bulk, w->e);
    if (s == OK)
        s = take_rows(l, w);
    if (s == OK)
        s = bulk_end(w->db, &bulk, w->e);
    bulk_clear(&bulk);
    return s;
}

// --- The load ------------------------------------------------------------------------------------------------------------------

static enum status find_layer(struct load *l, struct work *w)
{
    int count = 0;
    struct layer *list = NULL;
    enum status s = layer_read_all(l->arena, &list, &count, w->e);
    l->layer = s == OK ? layer_find(list, count, l->spec->layer) : NULL;
    if (s == OK && l->layer == NULL) {
        char names[512] = "";
        size_t used = 0;
        for (int i = 0; i < count && used < sizeof names; i++)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "", list[i].key);
        return err_set(w->e, NOT_FOUND, "there is no layer \"%s\"; there are: %s", l->spec->layer, names);
    }
    return s == OK ? layer_check(w->db, l->arena, l->layer, w->e) : s;
}

static enum status open_parts(struct load *l, struct work *w)
{
    enum status s = find_layer(l, w);
    if (s == OK)
        s = crs_open(w->district->metric_crs, &l->metric, w->e);
    if (s == OK)
        s = record_source_open(&(struct record_spec){ .path = l->spec->path, .layer = l->spec->source_layer, .crs = l->spec->crs,
                                                      .where = l->spec->where, .metric = l->metric }, &l->source, w->e);
    if (s == OK)
        s = map_fields(l, w->e);
    if (s == OK)
        s = placing_open(w, &l->placing);
    if (s != OK)
        return s;
    l->shelf = register_shelf_open(l->layer);
    l->source_name = l->spec->source != NULL ? l->spec->source : l->layer->key;
    l->accuracy_m = (l->spec->accuracy_m > 0 ? l->spec->accuracy_m : l->layer->accuracy_m) + record_source_added_m(l->source);
    return OK;
}

static void close_parts(struct load *l)
{
    register_shelf_close(l->shelf);
    placing_close(l->placing);
    record_source_close(l->source);
    crs_close(l->metric);
    buf_clear(&l->properties);
    buf_clear(&l->digest);
    arena_close(l->arena);
}

static enum status note_load(struct load *l, struct work *w)
{
    char note[512];
    snprintf(note, sizeof note, "%.200s: %" PRId64 " added, %" PRId64 " changed, %" PRId64 " same", l->spec->path, l->report->added,
             l->report->changed, l->report->same);
    return work_note(w, &(struct deed){ "load", "layer", l->layer->key, note, NULL, l->source_name });
}

static enum status load_job(struct work *w, void *ctx)
{
    struct load *l = ctx;
    l->arena = arena_open(ARENA_BYTES);
    buf_init(&l->properties, ROW_CEILING);
    buf_init(&l->digest, ROW_CEILING);
    enum status s = open_parts(l, w);
    if (s == OK)
        s = layer_record(w, l->layer); // assets name its row
    if (s == OK)
        s = take_rows_in_bulk(l, w);
    if (s == OK)
        s = note_load(l, w);
    close_parts(l);
    return s;
}

enum status register_load(struct station *s, const struct station_call *call, const struct register_spec *spec,
                          const struct progress *progress, register_refusal *fn, void *ctx, struct register_report *out, struct err *e)
{
    *out = (struct register_report){ 0 };
    struct load l = { .spec = spec, .progress = progress, .refuse = fn, .ctx = ctx, .report = out };
    return station_write(s, call, load_job, &l, e);
}
