#include "core/change_frame.h"

#include "gis/change_reason.h"
#include <math.h>
#include <string.h>

struct change_frame change_frame_of(const char *class, const char *before, const char *after, double x, double y)
{
    enum change_class c = change_class_of(class);
    return (struct change_frame){ .before = before, .after = after, .is_before = c == CHANGE_GONE || c == CHANGE_REDUCED || c == CHANGE_LOWERED,
                                  .registration = { isfinite(x) ? x : 0, isfinite(y) ? y : 0 } };
}

// What to add to its ground so that it lies in the frame of one of its two surveys.
static bool into(const struct change_frame *f, const char *survey, struct xy_m *out)
{
    const char *own = f->is_before ? f->before : f->after, *other = f->is_before ? f->after : f->before;
    double sign = f->is_before ? -1 : 1;
    *out = (struct xy_m){ 0, 0 };
    if (strcmp(own, survey) == 0)
        return true;
    *out = (struct xy_m){ sign * f->registration.x, sign * f->registration.y };
    return strcmp(other, survey) == 0;
}

struct xy_m change_frame_between(const struct change_frame *now, const struct change_frame *then)
{
    const char *own = now->is_before ? now->before : now->after, *other = now->is_before ? now->after : now->before;
    struct xy_m a = { 0, 0 }, b = { 0, 0 };
    if (into(then, own, &b))
        return b;
    if (into(then, other, &b) && into(now, other, &a))
        return (struct xy_m){ b.x - a.x, b.y - a.y };
    return (struct xy_m){ 0, 0 };
}

void change_frame_move(struct rings *r, struct xy_m by)
{
    for (uint32_t i = 0; r->count > 0 && i < r->first[r->count]; i++) {
        r->vertex[i].x += by.x;
        r->vertex[i].y += by.y;
    }
}
