// browser.h - what browsers send along, and what a page of somebody else can make them do (浏览器防护).
//
// A browser shows our cookie, and a password it was told once, to us whoever's page asked it to. So what changes something must
// come from a page of ours: Origin says so, or Sec-Fetch-Site where there is none, and with a cookie the session's csrf text besides.
// Programs send neither header, and what they show they show on purpose.
#pragma once
#include "api/exchange.h"
#include "core/secret.h"

bool is_https(struct exchange *x);                     // as whoever asked sees it: also behind a proxy that is trusted
bool is_own_origin(struct exchange *x);                // true too when nothing is said: no browser of these years
bool is_browser(const struct request *r);              // would show a window of its own where Basic is asked for
bool is_loopback(const struct request *r);             // it came from this machine

// The cookie of a session: __Host-gridpatrol over HTTPS, where nobody else can set it; gridpatrol on this machine.
bool session_cookie(struct exchange *x, char out[SECRET_TEXT]);
void session_cookie_set(struct exchange *x, const char *id);           // NULL: the browser forgets it

// A token in an address is in histories, in logs and in whatever is sent on: it is refused wherever it stands.
bool address_has_token(const struct request *r);
