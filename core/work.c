#include "core/work.h"

#include "core/audit.h"
#include <string.h>

struct id work_id(const struct work *w)
{
    return id_make(w->now_s * 1000);
}

static bool is_digest(const char *text) { return text == NULL || text[0] == '\0' || strlen(text) >= 64; }

enum status work_note(const struct work *w, const struct deed *d)
{
    must(is_digest(d->before) && is_digest(d->after));
    return audit_record(w->db, &(struct audit_row){ .at_s = w->now_s, .actor = w->actor, .verb = d->verb, .thing = d->thing, .thing_id = d->thing_id,
                                                    .note = d->note, .before_sha256 = d->before, .after_sha256 = d->after }, w->e);
}
