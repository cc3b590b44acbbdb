// feature_encoded.h - the shapes of a feature_shelf as tiles show them, by zoom, each found once (要素编码): a tile that is made anew after an
// edit, or beside another one, need not put them on the grid, simplify and check them again.
//
// By the number of a hit. Looking up and keeping may be done by many threads at once; forgetting, growing and closing by one alone.
#pragma once
#include "gis/tile.h"
#include <stddef.h>

struct feature_encoded;
struct feature_encoded *feature_encoded_open(size_t ceiling_bytes);
void feature_encoded_close(struct feature_encoded *c);         // NULL is fine
size_t feature_encoded_bytes(const struct feature_encoded *c);

const struct tile_encoded *feature_encoded_get(const struct feature_encoded *c, struct tile_place place, uint32_t hit);    // NULL: not known
// NULL is fine. Takes it; it may be gone at once, when there is no room. hits: so many numbers there are, of which later ones are not kept
// for this zoom.
void feature_encoded_keep(struct feature_encoded *c, struct tile_place place, uint32_t hit, uint32_t hits, struct tile_encoded *e);
void feature_encoded_forget(struct feature_encoded *c, uint32_t hit);      // another feature gets the number
