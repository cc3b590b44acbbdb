// view_key.h - whose view of a layer is asked for, as a key of what is kept (视图键): visible_key, and once for all who have said nothing of
// themselves, who are most.
#pragma once
#include "core/visible.h"

struct view_keys { const struct layer_list *layers; char of_public[LAYERS_MOST][VISIBLE_KEY]; };    // "": none
void view_keys_init(struct view_keys *k, const struct layer_list *layers);
bool view_key(const struct view_keys *k, const struct viewer *v, const struct layer *l, char out[VISIBLE_KEY]);    // false: nobody else sees it so
