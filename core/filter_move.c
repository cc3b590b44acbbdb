// The places an expression names, brought into longitude and latitude: filter-crs.
#include "core/filter_tree.h"

#include "core/base/mem.h"
#include "gis/geom.h"

static bool move_vertices(struct filter_shape *s, const struct filter_road *road)
{
    int stride = s->has_z ? 3 : 2;
    struct xy_m *point = mem_get((size_t)s->vertices, sizeof *point);
    for (int i = 0; i < s->vertices; i++)
        point[i] = (struct xy_m){ s->ordinate[i * stride], s->ordinate[i * stride + 1] };
    bool fine = road->points(road->ctx, point, (size_t)s->vertices);
    for (int i = 0; i < s->vertices && fine; i++)
        s->ordinate[i * stride] = point[i].x, s->ordinate[i * stride + 1] = point[i].y;
    mem_free(point);
    return fine;
}

static bool move_box(struct filter_shape *s, const struct filter_road *road)
{
    double *low = s->ordinate, *high = s->ordinate + (s->has_z ? 3 : 2), box[4] = { low[0], low[1], high[0], high[1] };
    if (!road->box(road->ctx, box))
        return false;
    low[0] = box[0], low[1] = box[1], high[0] = box[2], high[1] = box[3];
    return true;
}

static bool move_shape(struct filter_shape *s, const struct filter_road *road)
{
    if (s->kind == SHAPE_BOX)
        return move_box(s, road);
    for (struct filter_shape *part = s->first; part != NULL; part = part->next)
        if (!move_shape(part, road))
            return false;
    return s->vertices == 0 || move_vertices(s, road);
}

// The tree was grown in an arena for one use: its shapes are written over.
bool filter_move(const struct filter *f, const struct filter_road *road)
{
    if (f->op == OP_GEOMETRY && !move_shape((struct filter_shape *)f->shape, road))
        return false;
    for (const struct filter *part = f->first; part != NULL; part = part->next)
        if (!filter_move(part, road))
            return false;
    return true;
}
