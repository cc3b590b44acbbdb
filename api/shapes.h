// shapes.h - footprints of surveys that lie ready (轮廓缓存): an archive is read when somebody first looks at one of its changes.
//
// Some surveys are held, the one nobody looked at for longest goes first. Who comes while one is being read waits for it.
#pragma once
#include "core/survey_shapes.h"

struct shapes;
struct shapes *shapes_open(struct station *station);
void shapes_close(struct shapes *s);                             // NULL is fine; nobody holds any
// Give back what was taken. As survey_shapes_open.
enum status shapes_take(struct shapes *s, const struct survey *v, const struct survey_shapes **out, struct err *e);
void shapes_give(struct shapes *s, const struct survey_shapes *one);       // NULL is fine
