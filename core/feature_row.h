// feature_row.h - what the properties of a feature say, in few bytes, for features that are kept in memory (要素属性行).
//
// Most values come again and again: codes, small numbers, nothing at all. Each of them is a word, kept once with the JSON it makes, and a
// row names its words by number; what is rarer stands in the row itself. Words are not taken back, so a property has a limited number.
#pragma once
#include "core/feature.h"
#include "gis/tile.h"

struct feature_words;                               // of one layer, as one viewer sees it
struct feature_words *feature_words_open(void);
void feature_words_close(struct feature_words *w);  // NULL is fine
size_t feature_words_bytes(const struct feature_words *w);

struct feature_row { const uint8_t *bytes; size_t len; };
void feature_row_add(struct feature_words *w, const struct feature *f, struct buf *row);               // f: read with all its properties
void feature_row_json(const struct feature_words *w, struct feature_row row, struct buf *out);         // as feature_json_rest, with all of them
// What of them goes into tiles, but for the id (feature_tile_has). out: room for FEATURE_PROPERTIES; its texts live as long as row and words.
// Returns how many there are.
int feature_row_on_map(const struct feature_words *w, struct feature_row row, struct tile_property *out);
