#include "api/view_key.h"

#include <string.h>

void view_keys_init(struct view_keys *k, const struct layer_list *layers)
{
    k->layers = layers;
    for (int i = 0; i < layers->count; i++)
        if (!visible_layer(&VIEWER_PUBLIC, &layers->layer[i]) || !visible_key(&VIEWER_PUBLIC, &layers->layer[i], k->of_public[i], VISIBLE_KEY))
            k->of_public[i][0] = '\0';
}

bool view_key(const struct view_keys *k, const struct viewer *v, const struct layer *l, char out[VISIBLE_KEY])
{
    if (v->role == ROLE_PUBLIC && v->actor[0] == '\0' && v->agency[0] == '\0' && v->areas == 0) {
        memcpy(out, k->of_public[l - k->layers->layer], VISIBLE_KEY);
        return out[0] != '\0';
    }
    return visible_layer(v, l) && visible_key(v, l, out, VISIBLE_KEY);
}
