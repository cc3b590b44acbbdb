// visitor.h - who asks over HTTP (访问者): nobody known, whose token the request shows, or who signed in at a page; how much they
// may ask, and whether they may change anything.
//
// All of it is settled from the head alone, before a byte of a body is read. Whatever is wrong with a token is answered with the same
// bytes after the same work. A session that is past is nobody: what is public stays to be seen, and the cookie is taken back.
#pragma once
#include "api/exchange.h"

struct station;
struct visitors;
// asks: of one person, or of one address that does not say who it is. What changes something has a bucket of its own, with room for
// what a phone has gathered in a day without network.
struct visitors *visitors_open(struct station *station, double asks_per_s);
void visitors_close(struct visitors *v);                    // NULL is fine
// Settles x->viewer and x->visit. False: the answer is there, 400, 401 or 429.
bool visitor_settle(struct visitors *v, struct exchange *x);
// Once settled: may they change anything at all? False: the answer is there, 401 (nobody has said who they are) or 403.
bool visitor_may_write(struct exchange *x);
bool visitor_has_form(struct exchange *x);                  // with its body there: a page's form without a script has its csrf text. False: 403
void visitor_wait(struct exchange *x, double wait_s, const char *what);    // the answer is 429; what: English key with %s for the seconds
const char *visitor_address(struct exchange *x);            // as a proxy that is trusted tells it
