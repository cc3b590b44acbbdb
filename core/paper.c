#include "core/paper.h"

#include "core/blob.h"
#include "core/store/evidence_rows.h"
#include "core/told.h"
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
    return s == OK ? told_note(w, &(struct deed){ .verb = "record", .thing = "paper", .thing_id = p->id.text, .note = p->kind }, NULL) : s;
}
