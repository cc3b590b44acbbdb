// One record as a row: what goes where, what each value means, what was said (its digest), and where it stands.
#include "core/register_inside.h"

#include "core/base/date.h"
#include "core/base/when.h"
#include "core/store/register_told.h"
#include "core/words.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCE_ID_BYTES = 256, DAY_TEXT = 11, DAY_SECONDS = 86400 };

// --- What goes where ----------------------------------------------------------------------------------------------------

static enum status take_mapping(struct register_reading *r, const char *map, struct err *e)
{
    const char *equals = strchr(map, '=');
    char field[128] = "";
    if (equals != NULL && equals - map < (ptrdiff_t)sizeof field)
        snprintf(field, sizeof field, "%.*s", (int)(equals - map), map);
    const struct property *p = equals != NULL ? layer_property(r->layer, equals + 1) : NULL;
    if (p == NULL)
        return err_set(e, INVALID, "--map %s: FIELD=PROPERTY is expected, and \"%s\" has no such property", map, r->layer->key);
    int at = record_source_find(r->source, field);
    if (at < 0)
        return err_set(e, INVALID, "--map %s: %s has no field \"%s\"", map, r->spec->path, field);
    r->field[p - r->layer->property] = at;
    return OK;
}

static bool is_taken(const struct register_reading *r, int field)
{
    for (int i = 0; i < r->layer->properties; i++)
        if (r->field[i] == field)
            return true;
    return field == r->id_field;
}

void register_note_unused(const struct register_reading *r, struct register_report *out)
{
    size_t used = 0, cap = sizeof out->unused;
    for (int i = 0; i < record_source_fields(r->source) && used + 1 < cap; i++)
        if (!is_taken(r, i))
            used += (size_t)snprintf(out->unused + used, cap - used, "%s%s", used > 0 ? ", " : "", record_source_field(r->source, i));
}

enum status register_map_fields(struct register_reading *r, struct err *e)
{
    enum status s = OK;
    for (int i = 0; i < r->layer->properties; i++)
        r->field[i] = -1;
    for (int i = record_source_fields(r->source) - 1; i >= 0; i--) {
        const struct property *p = layer_property(r->layer, record_source_field(r->source, i));
        if (p != NULL)
            r->field[p - r->layer->property] = i;
    }
    for (int i = 0; s == OK && i < r->spec->maps; i++)
        s = take_mapping(r, r->spec->map[i], e);
    r->id_field = r->spec->id_field != NULL ? record_source_find(r->source, r->spec->id_field) : -1;
    if (s == OK && r->spec->id_field != NULL && r->id_field < 0)
        s = err_set(e, INVALID, "%s has no field \"%s\" to take ids from", r->spec->path, r->spec->id_field);
    return s;
}

// --- One value --------------------------------------------------------------------------------------------------------------

// The code that is meant, by itself or by its title, as exported tables have it. NULL: none of them.
static const char *code_of(const struct property *p, const char *text)
{
    for (int i = 0; i < p->codes; i++)
        if (strcmp(p->code[i].code, text) == 0 || strcmp(p->code[i].title_zh, text) == 0 || strcmp(p->code[i].title_en, text) == 0)
            return p->code[i].code;
    return p->codes == 0 ? text : NULL;
}

static enum status say_codes(const struct property *p, const char *text, struct err *e)
{
    char list[256] = "";
    size_t used = 0;
    for (int i = 0; i < p->codes && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", p->code[i].code);
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
    const char *code = code_of(p, text);
    if (code == NULL)
        return say_codes(p, text, e);
    switch (p->type) {
    case PROPERTY_TEXT: *out = value_text(code); return OK;
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
    default: must(!"a register's properties are of no other type: core/layer_read.c sees to it");
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

static void empty(struct buf *b)
{
    b->len = 0;
    b->full = false;
}

// What the source says lives as long as its record; a row lives longer.
static struct value kept(struct arena *a, struct value v)
{
    if (v.kind == VALUE_TEXT)
        v.bytes = memcpy(arena_get(a, v.len + 1), v.bytes, v.len);
    return v;
}

// Beside JSON a date stands as the local day map programs show.
static struct value as_day(const struct register_reading *r, struct arena *a, struct value v)
{
    if (v.kind != VALUE_INTEGER)
        return v;
    char *day = arena_get(a, DAY_TEXT);
    int64_t local_s = v.integer + r->zone_offset_s;
    date_write(date_of_day((int32_t)((local_s >= 0 ? local_s : local_s - DAY_SECONDS + 1) / DAY_SECONDS)), day);
    return value_text(day);
}

enum status register_say_too_big(struct err *e) { return err_set(e, TOO_BIG, "the row has more than %d bytes", REGISTER_ROW_BYTES_MOST); }

static enum status read_values(struct register_reading *r, const struct record *rec, struct arena *a, struct value *column, struct err *e)
{
    enum status s = OK;
    empty(&r->properties);
    empty(&r->words);
    buf_text(&r->properties, "{");
    for (int i = 0; s == OK && i < r->layer->properties; i++) {
        const struct property *p = &r->layer->property[i];
        struct value v = value_null();
        s = read_value(p, r->field[i] >= 0 ? rec->value[r->field[i]] : NULL, r->zone_offset_s, &v, e);
        if (p->column == NULL)
            add_json(&r->properties, p->name, &v);
        if (p->is_searched && v.kind == VALUE_TEXT)
            words_add(v.bytes, &r->words);
        column[i] = p->column == NULL && p->type == PROPERTY_DATE ? as_day(r, a, v) : kept(a, v);
    }
    buf_text(&r->properties, "}");
    if (s == OK && (r->properties.full || r->words.full))
        s = register_say_too_big(e);
    return s;
}

// --- The row ------------------------------------------------------------------------------------------------------------------

static enum status check_shape(const struct register_reading *r, const struct record *rec, struct err *e)
{
    if (rec->fault != NULL)
        return err_set(e, INVALID, "%s", text_in(e->lang, rec->fault));
    if (rec->shape == RECORD_NO_SHAPE)
        return err_set(e, INVALID, "there is no geometry");
    if (r->layer->geometry == LAYER_AREA && rec->shape != RECORD_AREA)
        return err_set(e, INVALID, "an area is expected, a point is given");
    if (r->layer->geometry == LAYER_POINT && rec->shape != RECORD_POINT)
        return err_set(e, INVALID, "a point is expected, an area is given");
    return OK;
}

static enum status source_id_of(const struct register_reading *r, const struct record *rec, char out[SOURCE_ID_BYTES], struct err *e)
{
    const char *text = r->id_field >= 0 ? rec->value[r->id_field] : NULL;
    if (r->id_field >= 0 && (text == NULL || text[0] == '\0'))
        return err_set(e, INVALID, "%s is missing", r->spec->id_field);
    int length = text != NULL ? snprintf(out, SOURCE_ID_BYTES, "%s", text) : snprintf(out, SOURCE_ID_BYTES, "%" PRId64, rec->fid);
    return length < SOURCE_ID_BYTES ? OK : err_set(e, INVALID, "an id has at most %d bytes", SOURCE_ID_BYTES - 1);
}

static void write_point(struct lonlat p, uint8_t out[REGISTER_POINT_BYTES])
{
    out[0] = 1;
    memcpy(out + 1, &(uint32_t){ 1 }, 4);
    memcpy(out + 5, &p.lon, 8);
    memcpy(out + 13, &p.lat, 8);
}

static enum status make_digest(struct register_reading *r, const struct record *rec, struct register_ready *out, struct err *e)
{
    const struct register_row said = { .source = r->source_name, .source_id = out->source_id, .properties = r->properties.data, .crs = r->crs,
                                       .accuracy_m = r->accuracy_m, .wkb = rec->wkb, .wkb_len = rec->wkb_len, .column = out->column };
    empty(&r->digest);
    return register_digest(r->layer, &said, &r->digest, out->digest) ? OK : register_say_too_big(e);
}

static void finish(struct register_reading *r, const struct record *rec, struct arena *a, struct register_ready *out)
{
    out->id = id_make(r->now_s * 1000);
    out->properties = arena_text(a, r->properties.data);
    out->words = r->words.len > 0 ? arena_text(a, r->words.data) : NULL;
    out->at = placing_find(r->placing, rec->metric);
    out->is_repaired = rec->repaired;
    out->area_m2 = rec->area_m2;
    out->wkb = memcpy(arena_get(a, rec->wkb_len), rec->wkb, rec->wkb_len);
    out->wkb_len = rec->wkb_len;
    write_point(rec->place, out->point);
}

void register_read(struct register_reading *r, const struct record *rec, enum lang lang, struct arena *a, struct register_ready *out)
{
    char source_id[SOURCE_ID_BYTES];
    struct value *column = arena_get(a, (size_t)r->layer->properties * sizeof *column);
    struct err why = { .lang = lang };
    *out = (struct register_ready){ .row = rec->row, .fid = rec->fid, .column = column };
    enum status s = check_shape(r, rec, &why);
    if (s == OK)
        s = source_id_of(r, rec, source_id, &why);
    if (s == OK)
        s = read_values(r, rec, a, column, &why);
    if (s == OK) {
        out->source_id = arena_text(a, source_id);
        s = make_digest(r, rec, out, &why);
    }
    if (s != OK) {
        out->refusal = arena_text(a, why.text);
        return;
    }
    finish(r, rec, a, out);
}
