// drawn.h - rings as a surveyor writes them down.
#pragma once
#include "gis/geom.h"
#include <stdlib.h>

// "0 0, 10 0, 10 8, 0 8; 2 2, 2 4, 4 4": rings by semicolons.
static inline void draw(struct rings *r, const char *text)
{
    rings_start(r);
    while (*text != '\0') {
        char *end;
        struct xy_m p = { .x = strtod(text, &end) };
        p.y = strtod(end, &end);
        rings_add_vertex(r, p);
        if (*end == ';' || *end == '\0')
            rings_end_ring(r);
        text = *end == '\0' ? end : end + 1;
    }
}
