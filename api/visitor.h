// visitor.h - who asks over HTTP (访问者): nobody known, or whose token the request shows; and how much they may ask.
#pragma once
#include "api/exchange.h"

struct station;
struct visitors;
// asks: of one person, or of one address that does not say who it is.
struct visitors *visitors_open(struct station *station, double asks_per_s);
void visitors_close(struct visitors *v);                    // NULL is fine
// Settles x->viewer. False: the answer is there, 401 or 429.
bool visitor_settle(struct visitors *v, struct exchange *x);
// Once settled: may they write at all? False: the answer is there, 401 (nobody has said who they are) or 403 (a token that only reads).
bool visitor_may_write(struct exchange *x);
