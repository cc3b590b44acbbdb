#include "core/export.h"

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include "core/data_reader.h"
#include "core/filter.h"
#include "core/store/export_rows.h"
#include "core/store/spatialite_guest.h"
#include "gis/crs.h"
#include <stdio.h>
#include <string.h>

enum { DECIMALS = 4, PLACE_DECIMALS = 8 };

// --- Which rows -------------------------------------------------------------------------------------------------------------------------

static struct filter_queryable queryable_of(struct arena *a, const struct export_column *c)
{
    static const enum filter_type types[] = { [EXPORT_TEXT] = FILTER_TEXT, [EXPORT_WHOLE] = FILTER_INTEGER, [EXPORT_REAL] = FILTER_NUMBER,
                                              [EXPORT_TIME] = FILTER_INSTANT, [EXPORT_DAY] = FILTER_DATE };
    return (struct filter_queryable){ .name = c->name, .type = types[c->type], .column = c->name, .code = property_codes(c->property, a),
                                      .kept = c->type == EXPORT_DAY ? FILTER_AS_TEXT : FILTER_AS_SECONDS };
}

static enum status compile(struct work *w, const struct export_table *t, const char *text, struct arena *a, struct filter_sql *out)
{
    struct filter_queryable *q = arena_get(a, ((size_t)t->columns + 1) * sizeof *q);
    const struct filter *f = NULL;
    for (int i = 0; i < t->columns; i++)
        q[i] = queryable_of(a, &t->column[i]);
    if (t->geometry != NULL)
        q[t->columns] = (struct filter_queryable){ .name = "geometry", .type = FILTER_GEOMETRY, .column = "geom", .window_table = t->window, .row_column = "fid" };
    struct filter_scope scope = { .queryable = q, .count = t->columns + (t->geometry != NULL), .classes = FILTER_ALL_CLASSES };
    enum status s = filter_parse(a, text, &f, w->e);
    return s == OK ? filter_compile(f, &scope, &(struct filter_sql_options){ .dialect = FILTER_SPATIALITE, .alias = "x", .first_parameter = 2,
                                                                             .windows = t->window != NULL }, a, out, w->e) : s;
}

// --- Rows into the file -----------------------------------------------------------------------------------------------------------------

struct writing {
    const struct export_table *table;
    struct sink *sink;
    struct sink_value *value;
    char (*time)[WHEN_LOCAL_TEXT];
    int64_t zone_offset_s, rows;
    enum lang lang;
    bool for_people;
};

static const char *label_of(const struct writing *w, const struct export_column *c, const char *code)
{
    const char *label = NULL;
    if (!w->for_people)
        return code;
    if (c->label != NULL)
        label = c->label(code, w->lang);
    else if (c->property != NULL)
        label = property_code_title(c->property, code, w->lang);
    return label != NULL ? label : code;
}

static void fill(struct writing *w, const struct rows *r, int i)
{
    const struct export_column *c = &w->table->column[i];
    struct sink_value *v = &w->value[i];
    *v = (struct sink_value){ .is_null = rows_is_null(r, i) };
    if (v->is_null)
        return;
    switch (c->type) {
    case EXPORT_WHOLE: v->integer = rows_integer(r, i); return;
    case EXPORT_REAL: v->real = rows_real(r, i); return;
    case EXPORT_TIME: when_write_local(rows_integer(r, i), w->zone_offset_s, w->for_people, w->time[i]); v->text = w->time[i]; return;
    default: v->text = rows_text(r, i);
    }
    v->is_null = v->text[0] == '\0';
    v->text = v->is_null ? NULL : label_of(w, c, v->text);
}

static enum status write_row(void *ctx, const struct rows *r, struct err *e)
{
    struct writing *w = ctx;
    size_t len = 0;
    for (int i = 0; i < w->table->columns; i++)
        fill(w, r, i);
    const void *wkb = rows_bytes(r, w->table->columns, &len);
    w->rows++;
    return sink_write(w->sink, wkb, len, w->value, e);
}

// --- The file ---------------------------------------------------------------------------------------------------------------------------

static bool is_place(const char *name) { return strcmp(name, "lon") == 0 || strcmp(name, "lat") == 0 || strncmp(name, "given_", 6) == 0; }

// Headings are titles where people read; two alike get a number.
static const char *heading(struct arena *a, const struct sink_field *field, int count, const char *title)
{
    char text[256];
    int alike = 0;
    for (int i = 0; i < count; i++)
        alike += strncmp(field[i].name, title, strlen(title)) == 0 && (field[i].name[strlen(title)] == '\0' || field[i].name[strlen(title)] == ' ');
    snprintf(text, sizeof text, alike > 0 ? "%.200s %d" : "%.200s", title, alike + 1);
    return arena_text(a, text);
}

static struct sink_field *fields_of(const struct export_table *t, bool for_people, enum lang lang, struct arena *a)
{
    static const enum sink_type types[] = { [EXPORT_TEXT] = SINK_TEXT, [EXPORT_WHOLE] = SINK_INTEGER, [EXPORT_REAL] = SINK_REAL, [EXPORT_TIME] = SINK_TEXT,
                                            [EXPORT_DAY] = SINK_TEXT };
    struct sink_field *f = arena_get(a, (size_t)t->columns * sizeof *f);
    for (int i = 0; i < t->columns; i++) {
        const struct export_column *c = &t->column[i];
        const char *name = for_people ? heading(a, f, i, lang == LANG_ZH ? c->title_zh : c->title_en) : c->name;
        f[i] = (struct sink_field){ .name = name, .type = types[c->type], .title_en = c->title_en, .title_zh = c->title_zh,
                                    .decimals = is_place(c->name) ? PLACE_DECIMALS : DECIMALS, .short_name = c->short_name };
    }
    return f;
}

static enum status open_crs(const struct export_table *t, const char *asked, struct crs **given, struct crs **target, struct err *e)
{
    if (t->shape == SINK_SHAPELESS)
        return OK;
    enum status s = crs_open("EPSG:4326", given, e);
    return s == OK ? crs_open(asked != NULL ? asked : "EPSG:4326", target, e) : s;
}

static enum status write_file(struct work *w, const struct export_table *t, const struct export_spec *spec, const struct filter_sql *where, struct writing *out,
                              struct arena *a)
{
    struct crs *given = NULL, *target = NULL;
    enum status s = open_crs(t, spec->crs, &given, &target, w->e);
    if (s == OK)
        s = sink_open(&(struct sink_spec){ .path = spec->path, .layer = t->name, .shape = t->shape, .crs = given, .target = target,
                                                .field = fields_of(t, out->for_people, out->lang, a), .fields = t->columns, .sql = &spatialite_guest }, &out->sink, w->e);
    if (s == OK) {
        s = export_each(w, t, where, write_row, out);
        if (s == OK)
            s = sink_commit(out->sink, w->e);
        else
            sink_abandon(out->sink);
    }
    crs_close(target);
    crs_close(given);
    return s;
}

enum status export_write(struct work *w, const struct export_table *t, const struct export_spec *spec, int64_t *rows)
{
    struct arena *a = arena_open(DATA_ARENA_BYTES);
    struct filter_sql where;
    struct writing out = { .table = t, .value = arena_get(a, (size_t)t->columns * sizeof *out.value), .time = arena_get(a, (size_t)t->columns * sizeof *out.time),
                           .zone_offset_s = w->district->zone_offset_s, .lang = w->e->lang, .for_people = sink_is_table(spec->path) };
    enum status s = spec->where != NULL ? compile(w, t, spec->where, a, &where) : OK;
    if (s == OK)
        s = write_file(w, t, spec, spec->where != NULL ? &where : NULL, &out, a);
    if (s == OK)
        *rows = out.rows;
    arena_close(a);
    return s;
}
