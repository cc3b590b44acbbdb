// footprint_join.h - what can be said only when all outlines are there: the same one twice, pieces of one building.
#pragma once
#include "core/base/status.h"
#include "gis/footprint_build.h"

// Texts one behind the other: text k is data[first[k]] .. data[first[k + 1] - 1].
struct footprint_texts { char *data; uint32_t *first; int64_t count; size_t data_cap, first_cap; };
// TOO_BIG: more than 4 GB of texts.
enum status texts_add(struct footprint_texts *t, const char *text, size_t len, struct err *e);
void texts_clear(struct footprint_texts *t);
void texts_order(struct footprint_texts *t, const uint64_t *order, int64_t count); // text order[k] becomes text k

// Equal outlines at an equal place (verified vertex by vertex) are kept once, the first of them; counted. f: o laid out by place
// in this order. Tells for each outline whether it is to be left out, NULL: none is. mem_free() it.
uint8_t *outlines_find_duplicates(const struct outlines *o, const uint64_t *order, const struct footprints *f, struct dirt *dirt);
// Counts outlines whose id an earlier one has; out: leave these aside, or NULL.
void outlines_count_same_ids(const struct outlines *o, const struct footprint_texts *id, const uint8_t *out, struct dirt *dirt);
// Outlines with equal keys become one, at the place of the first; cuts narrower than 0.1 m are closed. An empty key joins
// nothing. what: how sentences name the layer. first: of each new outline, which old one was the first piece (in the lower half, like
// an order); mem_free() it.
enum status outlines_dissolve(struct outlines *o, const struct footprint_texts *key, const char *what, struct dirt *dirt,
                              uint64_t **first, struct err *e);
