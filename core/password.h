// password.h - what people remember (口令), for signing in at a page.
//
// The only rule is length (NIST SP 800-63B-4: at least 15 characters where nothing else is asked; no rules of composition, no
// expiry). Ways of typing the same text count as the same (NFKC). Kept by argon2id (core/secret.h). A new one ends all sessions of
// its owner. Making and holding against take a tenth of a second of a processor and 64 MiB: neither happens inside a job, and whoever
// serves strangers does it on few threads and asks core/base/rate.h (tries) before.
#pragma once
#include "core/secret.h"
#include "core/work.h"

enum { PASSWORD_LEAST = 15, PASSWORD_BYTES_MOST = 1024 };              // characters, bytes

// Outside of any job, slow. INVALID: too short, too long, no UTF-8; FAILED.
enum status password_make(const char *typed, char made[SECRET_PASSWORD], struct err *e);
// Inside a writing job. NOT_FOUND: the person; DENIED: neither an administrator nor one's own.
enum status password_set(struct work *w, const char *name_or_id, const char *made);

// Two steps: what is kept of this name, inside a job, quick, OK also for a name nobody has; then, outside, whether what was typed
// fits, as slow for a name nobody has, for somebody without a password or who does not work here, as for a wrong password.
struct password_kept { char made[SECRET_PASSWORD]; struct id actor; };
enum status password_find(struct work *w, const char *name, struct password_kept *out);
enum status password_check(const struct password_kept *kept, const char *typed, struct err *e);    // NOT_FOUND: name or password is wrong
