#include "core/feature_inside.h"

#include "core/base/json_write.h"
#include "core/base/when.h"
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

static void put_value(struct json_writer *j, const struct feature *f, int i)
{
    const struct property *p = &f->layer->property[i];
    char text[WHEN_TEXT];
    if (!feature_has(f, i)) {
        json_put_null(j, p->name);
        return;
    }
    switch (p->type) {
    case PROPERTY_NUMBER: json_put_number(j, p->name, feature_number(f, i), 9); return;
    case PROPERTY_INTEGER: json_put_integer(j, p->name, feature_integer(f, i)); return;
    case PROPERTY_BOOLEAN: json_put_bool(j, p->name, feature_integer(f, i) != 0); return;
    case PROPERTY_INSTANT: json_put_text(j, p->name, when_write(feature_integer(f, i), text) ? text : NULL); return;
    default: json_put_text(j, p->name, feature_text(f, i)); return;
    }
}

void feature_json_begin(const char *id, struct buf *out)
{
    static const char begin[] = "{\"type\":\"Feature\",\"id\":", shape[] = ",\"geometry\":";
    buf_add(out, begin, sizeof begin - 1);
    buf_json_text(out, id);
    buf_add(out, shape, sizeof shape - 1);
}

void feature_json_rest(const struct feature *f, const struct feature_style *s, struct buf *out)
{
    struct json_writer j = { .to = out, .more = true };
    json_put_object(&j, "properties");
    for (int i = 0; i < f->layer->properties; i++)
        if (f->seen[i] && feature_wants(s, f->layer->property[i].name))
            put_value(&j, f, i);
    json_put_end(&j);
}

void feature_json(const struct feature *f, const struct feature_style *s, struct buf *out)
{
    feature_json_begin(f->id, out);
    if (f->wkb == NULL || s->shapeless || !geojson_add_wkb(out, f->wkb, f->wkb_len, s->decimals))
        buf_text(out, "null");
    feature_json_rest(f, s, out);
}
