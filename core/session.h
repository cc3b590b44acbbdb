// session.h - somebody who signed in at a page and is still there (会话).
//
// The browser keeps a random id of 256 bits in a cookie, the station its SHA-256. A session is new at each sign-in, ends when its
// owner signs out, sets a password or is switched off, after 30 minutes without a request, and after 12 hours in any case. Every change its
// pages ask for carries the session's csrf text. Whatever is wrong with an id sounds alike and costs alike: NOT_FOUND.
#pragma once
#include "core/secret.h"
#include "core/work.h"

enum { SESSION_IDLE_S = 30 * 60, SESSION_MOST_S = 12 * 3600, SESSION_SEEN_EVERY_S = 60, SESSION_HANDLE = 17, SESSION_FROM = 200 };

struct session {
    char handle[SESSION_HANDLE];               // by which it is named in lists; opens nothing
    struct id actor;
    char csrf[SECRET_TEXT];
    char address[64], agent[SESSION_FROM];     // of the sign-in; cut where longer
    int64_t made_at_s, seen_at_s;
};

struct session_from { const char *address, *agent; };          // NULL: not known
// Inside a writing job. The id is in id, and nowhere after. NOT_FOUND: the actor. Sessions that are past are forgotten.
enum status session_begin(struct work *w, const char *actor_id, const struct session_from *from, char id[SECRET_TEXT], struct session *out);
struct session_shown { struct session session; bool is_seen_due; };    // is_seen_due: somebody should call session_seen, in a writing job
enum status session_find(struct work *w, const char *id, struct session_shown *out);
enum status session_seen(struct work *w, const char *handle);          // there was a request
bool session_has_csrf(const struct session *s, const char *sent);      // sent NULL: not
enum status session_end(struct work *w, const char *handle);           // NOT_FOUND; DENIED: somebody else's, and no administrator
enum status session_end_all(struct work *w, const char *actor_id);     // asks no right: part of what ends them
typedef enum status session_visit(void *ctx, const struct session *s, struct err *e);
enum status session_each(struct work *w, const char *actor_id, session_visit *fn, void *ctx);  // those in force, the latest first; DENIED
