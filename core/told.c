#include "core/told.h"

#include "core/audit.h"
#include "core/base/mem.h"
#include "core/register_told.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LABEL = 160, DOCUMENT_ID = 160, DIGEST_LETTERS = TOLD_DIGEST - 1 };

enum status told_of(const struct work *w, const char *thing, const char *id, struct as_told *out)
{
    const struct told_shelf *shelf = told_shelf_of(thing);
    must(shelf != NULL);
    enum status s = told_select(w->db, shelf, id, out->digest, w->e);
    if (s == NOT_FOUND)
        out->digest[0] = '\0';
    return s == NOT_FOUND ? OK : s;
}

enum status told_note(const struct work *w, const struct deed *given, const struct as_told *before)
{
    struct as_told now;
    struct deed d = *given;
    const struct told_shelf *shelf = told_shelf_of(d.thing);
    enum status s = shelf != NULL && told_walks(shelf) ? told_keep_rest(w->db, shelf, d.thing_id, w->e) : OK;
    if (s == OK)
        s = told_of(w, d.thing, d.thing_id, &now);
    d.before = before != NULL ? before->digest : NULL;
    d.after = now.digest;
    return s == OK ? work_note(w, &d) : s;
}

// --- Verifying -------------------------------------------------------------------------------------------------------------------

// One record on its way through audit: the digest of the record, and behind ":" the one of the step that was taken.
struct following {
    struct db *db;
    const struct told_shelf *shelf;
    told_fault *fn;
    void *ctx;
    char id[DOCUMENT_ID], last[TOLD_DIGEST];              // last: as the newest deed left it; "": it is not there
    int64_t last_seq;                                     // 0: no deed yet
    char (*step)[TOLD_DIGEST]; size_t steps, step_cap;
};

static enum status tell(struct following *f, struct err *e, const char *english, ...) __attribute__((format(printf, 3, 4)));
static enum status tell(struct following *f, struct err *e, const char *english, ...)
{
    char label[LABEL], what[512], sentence[1024];
    va_list args;
    va_start(args, english);
    vsnprintf(what, sizeof what, text_in(e->lang, english), args);
    va_end(args);
    enum status s = told_label_select(f->db, f->shelf, f->id, label, sizeof label, e);
    snprintf(sentence, sizeof sentence, "%s %s (%s): %s", audit_thing_title(told_thing(f->shelf), e->lang), label, f->id, what);
    if (s == OK)
        f->fn(f->ctx, sentence);
    return s;
}

static enum status compare_step(void *ctx, int64_t seq, const char *digest, struct err *e)
{
    struct following *f = ctx;
    size_t i = (size_t)seq - 1;
    if (seq < 1 || i >= f->steps)
        return tell(f, e, "its step %lld stands in no row of audit", (long long)seq);
    bool same = strcmp(f->step[i], digest) == 0;
    strcpy(f->step[i], "seen");
    return same ? OK : tell(f, e, "its step %lld is not what was written when it was taken", (long long)seq);
}

static enum status compare_steps(struct following *f, struct err *e)
{
    if (!told_walks(f->shelf))
        return OK;
    enum status s = told_step_each(f->db, f->id, compare_step, f, e);
    for (size_t i = 0; s == OK && i < f->steps; i++)
        if (strcmp(f->step[i], "seen") != 0)
            s = tell(f, e, "its step %lld is not there any more", (long long)i + 1);
    return s;
}

// What the last deed left, against what is there.
static enum status close_record(struct following *f, struct err *e)
{
    char now[TOLD_DIGEST];
    if (f->last_seq == 0)
        return OK;
    enum status s = told_select(f->db, f->shelf, f->id, now, e);
    if (s == NOT_FOUND)
        return f->last[0] == '\0' || told_may_end(f->shelf) ? OK : tell(f, e, "it is not there any more; audit row %lld tells of it", (long long)f->last_seq);
    if (s == OK && strcmp(now, f->last) != 0)
        s = tell(f, e, "it is not what audit row %lld says: it was changed past the program", (long long)f->last_seq);
    return s == OK ? compare_steps(f, e) : s;
}

static void open_record(struct following *f, const char *id)
{
    snprintf(f->id, sizeof f->id, "%s", id);
    f->last_seq = 0;
    f->steps = 0;
}

static void add_step(struct following *f, const char *digest)
{
    f->step = mem_grow(f->step, &f->step_cap, f->steps + 1, sizeof *f->step);
    snprintf(f->step[f->steps++], TOLD_DIGEST, "%s", digest);
}

static enum status follow(void *ctx, const struct told_row *r, struct err *e)
{
    struct following *f = ctx;
    enum status s = OK;
    if (strcmp(f->id, r->id) != 0) {
        s = close_record(f, e);
        open_record(f, r->id);
    }
    bool found_other = f->last_seq > 0 && strcmp(r->before, f->last) != 0;
    if (s == OK && found_other)
        s = tell(f, e, "it was changed past the program between audit rows %lld and %lld", (long long)f->last_seq, (long long)r->seq);
    snprintf(f->last, sizeof f->last, "%.*s", DIGEST_LETTERS, r->after);
    f->last_seq = r->seq;
    if (strlen(r->after) > DIGEST_LETTERS)
        add_step(f, r->after + DIGEST_LETTERS + 1);
    return s;
}

static enum status tell_missing(void *ctx, const char *id, struct err *e)
{
    struct following *f = ctx;
    open_record(f, id);
    return tell(f, e, "it stands in no row of audit: it was put in past the program");
}

enum status told_verify(struct db *db, told_fault *fn, void *ctx, struct err *e)
{
    enum status s = OK;
    struct following f = { .db = db, .fn = fn, .ctx = ctx };
    for (size_t i = 0; s == OK && (f.shelf = told_shelf_at(i)) != NULL; i++) {
        open_record(&f, "");
        s = told_audit_each(db, f.shelf, follow, &f, e);
        if (s == OK)
            s = close_record(&f, e);
        if (s == OK)
            s = told_missing_each(db, f.shelf, tell_missing, &f, e);
    }
    mem_free(f.step);
    return s == OK ? register_told_verify(db, fn, ctx, e) : s;
}
