// area.h - the district's streets and communities (行政区划): a tree of codes, 6, 9 and 12 digits.
//
// A code's first digits are its parent's code, and that is all a level is told by: names occur twice and are no keys. Sources
// disagree; the first one that names a code counts, later ones are kept beside it and their disagreements are told. Shapes are
// optional: code tables have none.
#pragma once
#include "core/register.h"

struct area_spec { const char *path, *source_layer, *crs, *code_field, *name_field, *source; }; // source: who says so
struct area_report { int64_t read, added, changed, same, refused, disagreements; };
// A refused row is told with its row number, a disagreement with 0.
enum status area_load(struct station *s, const struct station_call *call, const struct area_spec *spec, register_refusal *fn, void *ctx,
                      struct area_report *out, struct err *e);

const char *area_level(const struct district *d, const char *code); // "district", "street", "community"; NULL: none of them
