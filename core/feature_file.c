#include "core/feature_file.h"

#include "core/base/mem.h"
#include "core/data_reader.h"
#include "core/store/spatialite_guest.h"
#include "gis/crs.h"

enum { DECIMALS = 9 };

struct writing {
    const struct feature_file *spec;
    struct cell_columns columns;
    struct cell_style style;
    struct sink *sink;
    struct sink_value *value;
    char (*room)[WHEN_LOCAL_TEXT];
    int64_t rows, bytes;
};

static enum status write_feature(void *ctx, const struct feature *f, struct err *e)
{
    struct writing *w = ctx;
    const struct feature_file *spec = w->spec;
    if (spec->rows_most > 0 && w->rows == spec->rows_most)
        return err_set(e, TOO_BIG, "there are more than %lld features, which this format does not hold; ask for fewer, or choose another format", (long long)spec->rows_most);
    w->bytes += FEATURE_FILE_ROW + (int64_t)f->wkb_len;
    if (spec->bytes_most > 0 && w->bytes > spec->bytes_most)
        return err_set(e, TOO_BIG, "this is too much for a format that is made in memory; ask for less, or for a GeoPackage, csv or geojson, which hold any number");
    for (int i = 0; i < w->columns.count; i++)
        cell_value(f, &w->columns.column[i], &w->style, w->room[i], &w->value[i]);
    w->rows++;
    return sink_write(w->sink, f->wkb, f->wkb_len, w->value, e);
}

static struct sink_field *fields_of(const struct layer *l, const struct writing *w, struct arena *a)
{
    struct sink_field *field = arena_get(a, (size_t)w->columns.count * sizeof *field);
    for (int i = 0; i < w->columns.count; i++) {
        const struct cell_column *c = &w->columns.column[i];
        const struct property *p = c->property == CELL_ID ? NULL : &l->property[c->property];
        field[i] = (struct sink_field){ .name = w->style.for_people ? c->title : cell_name(l, c), .type = cell_type(l, c), .decimals = DECIMALS,
                                        .title_en = p != NULL ? p->title_en : NULL, .title_zh = p != NULL ? p->title_zh : NULL };
    }
    return field;
}

static enum status write_all(struct work *work, const struct feature_query *q, struct writing *w, const struct sink_spec *sink)
{
    enum status s = sink_open(sink, &w->sink, work->e);
    if (s != OK)
        return s;
    s = feature_each(work, q, write_feature, w, NULL);
    if (s == OK)
        return sink_commit(w->sink, work->e);
    sink_abandon(w->sink);
    return s;
}

enum status feature_file_write(struct work *work, const struct feature_query *q, const struct feature_file *spec, int64_t *rows)
{
    static const enum sink_shape shapes[] = { [LAYER_POINT] = SINK_POINTS, [LAYER_AREA] = SINK_AREAS, [LAYER_ANY] = SINK_MIXED };
    struct crs *lonlat = NULL, *target = NULL;
    struct arena *a = arena_open(DATA_ARENA_BYTES);
    struct writing w = { .spec = spec, .style = spec->style };
    w.style.for_people = sink_is_table(spec->path);
    w.columns = cell_columns_of(q->layer, q->viewer, spec->wanted, &w.style, a);
    w.value = arena_get(a, (size_t)w.columns.count * sizeof *w.value);
    w.room = arena_get(a, (size_t)w.columns.count * sizeof *w.room);
    enum status s = crs_open("EPSG:4326", &lonlat, work->e);
    if (s == OK)
        s = crs_open(spec->crs, &target, work->e);
    if (s == OK)
        s = write_all(work, q, &w, &(struct sink_spec){ .path = spec->path, .layer = q->layer->key, .shape = shapes[q->layer->geometry], .crs = lonlat,
                                                        .target = target, .field = fields_of(q->layer, &w, a), .fields = w.columns.count, .sql = &spatialite_guest });
    if (s == OK)
        *rows = w.rows;
    crs_close(target);
    crs_close(lonlat);
    arena_close(a);
    return s;
}
