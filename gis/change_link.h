// change_link.h - pairs of footprints with common ground, inside change_group.c. For nobody else.
//
// Most pairs are one building drawn twice: outlines with the same corners, each a little off. How much ground they share is then
// never worked out; it is enough that it is plainly more than half, and that nobody else wants either of them.
#pragma once
#include "gis/change_group.h"

// Those that are not alone: a few percent, and all there is to argue about.
struct contested { uint32_t *link; int64_t count; };
void links_find(const struct group_input *in, struct groups *out, struct contested *contested); // link, links; weak ones are there, but not kept
void contested_clear(struct contested *c);
