// footprint_join.h - what can be said only when all footprints are there: the same one twice, pieces of one building.
#pragma once
#include "core/base/status.h"
#include "gis/footprint.h"

// Texts one behind the other: text k is data[first[k]] .. data[first[k + 1] - 1].
struct footprint_texts { char *data; uint32_t *first; int64_t count; size_t data_cap, first_cap; };
// TOO_BIG: more than 4 GB of texts.
enum status texts_add(struct footprint_texts *t, const char *text, size_t len, struct err *e);
void texts_clear(struct footprint_texts *t);

// Equal outlines at an equal place (verified vertex by vertex) are kept once, the first of them; counted.
void footprints_drop_duplicates(struct footprints *f, struct dirt *dirt);
// Counts footprints whose id an earlier one has.
void footprints_count_same_ids(const struct footprints *f, struct dirt *dirt);
// Footprints with equal keys become one, at the place of the first; cuts narrower than 0.1 m are closed. An empty key joins
// nothing. key: one for each footprint. what: how sentences name the layer.
enum status footprints_dissolve(struct footprints *f, const struct footprint_texts *key, const char *what, struct dirt *dirt,
                                struct err *e);
