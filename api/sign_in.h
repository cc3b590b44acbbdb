// sign_in.h - signing in at a page (登录): a name and a password become a session.
//
// Holding a password against what is kept is slow and takes much memory on purpose, so few may ask at once, and who fails waits: each
// failure of a name or from an address makes the next try come later. A name nobody has is answered like a wrong password, after as long.
#pragma once
#include "api/exchange.h"

struct sign_ins;
struct sign_ins *sign_ins_open(void);
void sign_ins_close(struct sign_ins *s);                // NULL is fine
// At the head of a request that signs in: counts it. False: the answer is there, 503: too many ask at once; 403: it would be read on its way.
bool sign_in_admit(struct exchange *x);
void sign_in_leave(struct exchange *x);                 // when it is done, whatever became of it
