#include "core/feature_inside.h"

#include "core/base/json_write.h"
#include "gis/geojson.h"
#include <math.h>
#include <string.h>

bool feature_wants(const struct feature_style *s, const char *name)
{
    for (int i = 0; i < s->onlys; i++)
        if (strcmp(s->only[i], name) == 0)
            return true;
    return s->only == NULL;
}

void feature_put_value(struct json_writer *j, const struct tile_property *v)
{
    switch (v->kind) {
    case TILE_NULL: json_put_null(j, v->key); return;
    case TILE_REAL: json_put_number(j, v->key, v->real, 9); return;
    case TILE_INTEGER: json_put_integer(j, v->key, v->integer); return;
    case TILE_TRUTH: json_put_bool(j, v->key, v->truth); return;
    case TILE_TEXT: json_put_text(j, v->key, v->text); return;
    }
}

void feature_json_begin(struct buf *out) { buf_text(out, "{\"type\":\"Feature\",\"id\":"); }
void feature_json_shape(struct buf *out) { buf_text(out, ",\"geometry\":"); }

void feature_json_rest(const struct feature *f, const struct feature_style *s, struct buf *out)
{
    struct json_writer j = { .to = out, .more = true };
    char moment[WHEN_TEXT];
    json_put_object(&j, "properties");
    for (int i = 0; i < f->layer->properties; i++)
        if (f->seen[i] && feature_wants(s, f->layer->property[i].name)) {
            struct tile_property v = feature_value(f, i, moment);
            feature_put_value(&j, &v);
        }
    json_put_end(&j);
}

void feature_json(const struct feature *f, const struct feature_style *s, struct buf *out)
{
    feature_json_begin(out);
    buf_json_text(out, f->id);
    feature_json_shape(out);
    if (f->wkb == NULL || s->shapeless || !geojson_add_wkb(out, f->wkb, f->wkb_len, s->decimals))
        buf_text(out, "null");
    feature_json_rest(f, s, out);
}
