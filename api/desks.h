// desks.h - desks that lie ready (办案台): calendar, limits, terms and rules are read once, and each job borrows a desk of its own.
#pragma once
#include "core/desk.h"

struct desks;
struct desks *desks_open(void);
void desks_close(struct desks *d);                  // NULL is fine
struct desk *desks_take(struct desks *d);           // one nobody uses; desk_ready reads what is new
void desks_give(struct desks *d, struct desk *one);
