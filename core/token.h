// token.h - what a program shows instead of a password (访问令牌): gp_<id>_<secret>_<crc>, made once, shown once, kept as its SHA-256.
//
// A token is somebody's: it sees and does what they may, or only sees it (scope "read"). It has a name, an end, and can be revoked;
// when it was used last is kept to the minute. The form has an id, by which it is found and named in lists, 256 bits that nobody
// knows but its holder, and a checksum, by which a typing error is known from an unknown token before anybody is asked.
//
// Whatever is wrong with a token sounds alike and costs alike: NOT_FOUND.
#pragma once
#include "core/work.h"

enum {
    TOKEN_ID = 13, TOKEN_TEXT = 67, TOKEN_NAME = 64,
    TOKEN_DAYS = 365, TOKEN_DAYS_MOST = 3650,      // usual, most
    TOKENS_MOST = 50,                              // of one actor, in force at the same time
    TOKEN_USE_EVERY_S = 60                         // its last use is written at most so often
};
enum token_scope { TOKEN_READ, TOKEN_ALL };

struct token {
    char id[TOKEN_ID], name[TOKEN_NAME];
    struct id actor;
    char actor_name[64];
    enum token_scope scope;
    int64_t made_at_s, expires_at_s;
    int64_t revoked_at_s, used_at_s;               // 0: not
};

struct token_spec { const char *actor, *name; int days; enum token_scope scope; };     // actor: name or id; days 0: usual
// The secret is in text, and nowhere after. INVALID: name or days; NOT_FOUND: the actor; CONFLICT: the name is taken by one in force;
// TOO_BIG; DENIED: neither an administrator nor one's own. Inside a writing job.
enum status token_make(struct work *w, const struct token_spec *spec, char text[TOKEN_TEXT], struct token *out);
enum status token_revoke(struct work *w, const char *id);      // NOT_FOUND; CONFLICT: it is already; DENIED
typedef enum status token_visit(void *ctx, const struct token *t, struct err *e);
// The oldest first. actor NULL: everybody's, for administrators; others get their own. Also those that are past.
enum status token_each(struct work *w, const char *actor, token_visit *fn, void *ctx);

// Who shows this? NOT_FOUND: unknown, mistyped, past, revoked, or of somebody who does not work here any more.
struct token_shown { struct token token; bool is_use_due; };   // is_use_due: somebody should call token_use, in a writing job
enum status token_find(struct work *w, const char *sent, struct token_shown *out);
enum status token_use(struct work *w, const char *id);         // it is used now

// The token in a header "Authorization": "Bearer TOKEN", or "Basic ..." with the token as password and any name, as GDAL and QGIS
// send it. False: there is none in it; out is "".
bool token_of_header(const char *authorization, char out[TOKEN_TEXT]);
