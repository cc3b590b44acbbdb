#include "core/paper.h"

#include "core/base/buf.h"
#include "core/blob.h"
#include "core/store/evidence_rows.h"
#include <inttypes.h>
#include <string.h>

static const char *const kinds[] = { "stop_notice", "determination", "filing", "notification", "hearing", "legal_review", "decision", "remedy", "urging",
                                     "announcement", "government_order", "pledge", "partial", "minutes", "other", NULL };

bool paper_is_kind(const char *kind)
{
    for (int i = 0; kinds[i] != NULL; i++)
        if (strcmp(kinds[i], kind) == 0)
            return true;
    return false;
}

static enum status check(const struct work *w, const struct paper *p)
{
    if (p->kind == NULL || !paper_is_kind(p->kind))
        return err_set(w->e, INVALID, "\"%s\" is no kind of paper: stop_notice, determination, filing, notification, hearing, legal_review, decision, "
                                      "remedy, urging, announcement, government_order, pledge, partial, minutes or other is expected",
                       p->kind != NULL ? p->kind : "");
    if (p->number == NULL || p->number[0] == '\0')
        return err_set(w->e, INVALID, "a paper needs a number");
    if (p->served_s != 0 && (p->served_how == NULL || p->served_how[0] == '\0'))
        return err_set(w->e, INVALID, "a paper that was served says how: in person, by post, left at the place, announced");
    if (p->served_s != 0 && p->served_s > w->now_s)
        return err_set(w->e, INVALID, "a paper cannot have been served later than now");
    return OK;
}

enum status paper_record(struct work *w, struct paper *p)
{
    struct blob blob = { 0 };
    const char *sha256 = p->path != NULL ? blob.sha256 : p->sha256;
    enum status s = check(w, p);
    if (s == OK && p->path != NULL)
        s = blob_record_file(w->folder, p->path, &blob, w->e);
    if (s != OK)
        return s;
    p->id = work_id(w);
    if (p->dated_s == 0)
        p->dated_s = w->now_s;
    s = paper_insert(w->db, p, sha256, w->actor, w->now_s, w->e);
    if (s != OK)
        return s;
    struct buf text;
    buf_init(&text, 65536);
    buf_printf(&text, "%s\n%s\n%" PRId64 "\n%" PRId64 "\n%" PRId64 "\n%s", p->kind, p->number, p->dated_s, p->served_s, p->until_s, text_or_empty(sha256));
    s = work_note(w, &(struct deed){ "record", "paper", p->id.text, p->kind, NULL, text.data });
    buf_clear(&text);
    return s;
}
