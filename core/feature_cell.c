#include "core/feature_cell.h"

#include "core/base/mem.h"
#include <stdio.h>
#include <string.h>

static const char *title_of(const struct layer *l, int property, enum lang lang)
{
    if (property == CELL_ID)
        return text_in(lang, "id");
    return lang == LANG_ZH ? l->property[property].title_zh : l->property[property].title_en;
}

static bool is_taken(const struct cell_columns *c, const char *title)
{
    for (int i = 0; i < c->count; i++)
        if (strcmp(c->column[i].title, title) == 0)
            return true;
    return false;
}

// Two that are called alike get a number.
static void add(struct cell_columns *c, const struct layer *l, int property, enum lang lang, struct arena *a)
{
    const char *title = title_of(l, property, lang);
    char other[256];
    for (int n = 2; is_taken(c, title); n++) {
        snprintf(other, sizeof other, "%.200s %d", title_of(l, property, lang), n);
        title = other;
    }
    c->column[c->count++] = (struct cell_column){ property, arena_text(a, title) };
}

struct cell_columns cell_columns_of(const struct layer *l, const struct viewer *v, const struct feature_style *wanted, const struct cell_style *s, struct arena *a)
{
    struct cell_columns c = { arena_get(a, ((size_t)l->properties + 1) * sizeof *c.column), 0 };
    if (layer_property(l, "id") == NULL)
        add(&c, l, CELL_ID, s->lang, a);
    for (int i = 0; i < l->properties; i++)
        if (visible_property(v, l, &l->property[i]) && feature_wants(wanted, l->property[i].name))
            add(&c, l, i, s->lang, a);
    return c;
}

const char *cell_name(const struct layer *l, const struct cell_column *c) { return c->property == CELL_ID ? "id" : l->property[c->property].name; }

enum sink_type cell_type(const struct layer *l, const struct cell_column *c)
{
    static const enum sink_type types[PROPERTY_TYPES] = {
        [PROPERTY_TEXT] = SINK_TEXT, [PROPERTY_NUMBER] = SINK_REAL, [PROPERTY_INTEGER] = SINK_INTEGER, [PROPERTY_DATE] = SINK_TEXT,
        [PROPERTY_INSTANT] = SINK_TEXT, [PROPERTY_BOOLEAN] = SINK_INTEGER,
    };
    return c->property == CELL_ID ? SINK_TEXT : types[l->property[c->property].type];
}

void cell_value(const struct feature *f, const struct cell_column *c, const struct cell_style *s, char room[WHEN_LOCAL_TEXT], struct sink_value *out)
{
    int i = c->property;
    *out = (struct sink_value){ .text = f->id };
    if (i == CELL_ID)
        return;
    const struct property *p = &f->layer->property[i];
    *out = (struct sink_value){ .is_null = !feature_has(f, i) };
    if (out->is_null)
        return;
    switch (p->type) {
    case PROPERTY_NUMBER: out->real = feature_number(f, i); return;
    case PROPERTY_INTEGER: case PROPERTY_BOOLEAN: out->integer = feature_integer(f, i); return;
    case PROPERTY_INSTANT: when_write_local(feature_integer(f, i), s->zone_offset_s, s->for_people, room); out->text = room; return;
    case PROPERTY_TEXT: out->text = s->for_people ? property_code_title(p, feature_text(f, i), s->lang) : feature_text(f, i); return;
    default: out->text = feature_text(f, i); return;
    }
}
