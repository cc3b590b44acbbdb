#include "core/base/mem.h"
#include "gis/crs.h"
#include "gis/footprint.h"
#include "tests/bench/city.h"

static enum status read_layer(struct city *c, struct source *s, struct footprints *f, struct err *e)
{
    struct dirt dirt = {0};
    enum status status = crs_check(source_crs(s), source_extent(s), source_description(s), e);
    if (status == OK)
        status = crs_choose_metric(source_crs(s), source_extent(s), &c->crs, e);
    if (status == OK)
        status = source_read(s, c->crs, NULL, f, &dirt, e);
    return status;
}

// Each real building is a family of its own: nothing is known about who drew it together with what. Heights are made
// up.
static void keep_buildings(struct city *c, const struct footprints *f)
{
    struct rings r = {0};
    if (f->count > 0)
        c->origin = f->origin[0];
    for (int64_t i = 0; i < f->count; i++) {
        footprint_rings(f, i, c->origin, (struct xy_m){ 0, 0 }, &r);
        if (r.count > 0)
            shapes_add(&c->shapes, &r, building_height_m(&c->rng, 1, 5), (uint32_t)i);
    }
    rings_clear(&r);
}

enum status city_read(struct city *c, struct err *e)
{
    const struct city_options *o = c->options;
    struct source_spec spec = {
        .role = "FROM", .path = o->from, .layer = o->layer, .crs = o->from_crs, .skip_unusable = true
    };
    struct source *s = NULL;
    struct footprints f = {0};
    enum status status = source_open(&spec, &s, e);
    if (status == OK)
        status = read_layer(c, s, &f, e);
    if (status == OK)
        keep_buildings(c, &f);
    footprints_clear(&f);
    source_close(s);
    return status;
}
