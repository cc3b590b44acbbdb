#include "core/work.h"

#include "core/audit.h"
#include "core/base/hash.h"
#include <string.h>

struct id work_id(const struct work *w)
{
    return id_make(w->now_s * 1000);
}

static const char *digest(const char *text, char out[65])
{
    if (text == NULL)
        return NULL;
    hash_sha256(text, strlen(text), out);
    return out;
}

enum status work_note(const struct work *w, const struct deed *d)
{
    char before[65], after[65];
    return audit_record(w->db, &(struct audit_row){ .at_s = w->now_s, .actor = w->actor, .verb = d->verb, .thing = d->thing,
                                                    .thing_id = d->thing_id, .note = d->note, .before_sha256 = digest(d->before, before),
                                                    .after_sha256 = digest(d->after, after) }, w->e);
}
