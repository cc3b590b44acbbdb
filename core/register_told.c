#include "core/register_told.h"

#include "core/base/mem.h"
#include "core/store/register_told.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 16 << 20 };

enum status register_told_note(const struct work *w, const struct layer *l, int64_t last_fid, const char *verb, const char *note)
{
    char before[TOLD_DIGEST] = "", after[TOLD_DIGEST];
    struct register_sum sum = { { 0 } };
    int64_t seq = 0;
    enum status s = register_sum_noted(w->db, l->key, before, &seq, w->e);
    bool is_first = s == NOT_FOUND;
    if (s == OK && !register_sum_read(before, &sum))
        s = err_set(w->e, FAILED, "audit row %lld tells of no delivery: the station was tampered with; restore a backup", (long long)seq);
    if (s == OK || s == NOT_FOUND)
        s = register_sum_rows(w->db, l, is_first ? -1 : last_fid, &sum, w->e);
    register_sum_write(&sum, after);
    return s == OK ? work_note(w, &(struct deed){ .verb = verb, .thing = "layer", .thing_id = l->key, .note = note, .before = before, .after = after }) : s;
}

// --- Verifying --------------------------------------------------------------------------------------------------------------------------

struct looking { const struct layer *layer; told_fault *fn; void *ctx; };

static void tell(const struct looking *l, enum lang lang, const char *english, ...) __attribute__((format(printf, 3, 4)));
static void tell(const struct looking *l, enum lang lang, const char *english, ...)
{
    char sentence[1024];
    va_list args;
    va_start(args, english);
    vsnprintf(sentence, sizeof sentence, text_in(lang, english), args);
    va_end(args);
    l->fn(l->ctx, sentence);
}

static enum status tell_changed(void *ctx, const char *source, const char *source_id, const char *id, int64_t version, struct err *e)
{
    const struct looking *l = ctx;
    tell(l, e->lang, "%s %s of %s (%s), version %lld: it is not what was loaded: it was changed past the program", l->layer->key, source_id, source, id,
         (long long)version);
    return OK;
}

static enum status tell_hidden(void *ctx, const char *source, const char *source_id, const char *id, int64_t version, struct err *e)
{
    const struct looking *l = ctx;
    tell(l, e->lang, "%s %s of %s (%s), version %lld: it was put aside, and nothing came in its place", l->layer->key, source_id, source, id, (long long)version);
    return OK;
}

static enum status tell_back_again(void *ctx, const char *source, const char *source_id, const char *id, int64_t version, struct err *e)
{
    const struct looking *l = ctx;
    tell(l, e->lang, "%s %s of %s (%s), version %lld: it was put aside, and counts again", l->layer->key, source_id, source, id, (long long)version);
    return OK;
}

static enum status verify_sum(struct db *db, const struct looking *l, struct err *e)
{
    char noted[TOLD_DIGEST], now[TOLD_DIGEST], none[TOLD_DIGEST];
    struct register_sum sum = { { 0 } };
    int64_t seq = 0;
    register_sum_write(&sum, none);
    enum status s = register_sum_rows(db, l->layer, -1, &sum, e);
    register_sum_write(&sum, now);
    if (s == OK)
        s = register_sum_noted(db, l->layer->key, noted, &seq, e);
    if (s == NOT_FOUND && strcmp(now, none) != 0)
        tell(l, e->lang, "layer %s: it has rows, and no row of audit tells of a delivery: they were put in past the program", l->layer->key);
    if (s == NOT_FOUND)
        return OK;
    if (s == OK && strcmp(noted, now) != 0)
        tell(l, e->lang, "layer %s: its rows are not those that audit row %lld tells of: some were put in, removed or changed past the program", l->layer->key,
             (long long)seq);
    return s;
}

static enum status verify_layer(struct db *db, struct looking *l, const struct layer_list *all, struct err *e)
{
    enum status s = register_each_changed(db, l->layer, all, tell_changed, l, e);
    if (s == OK)
        s = register_each_hidden(db, l->layer, tell_hidden, l, e);
    if (s == OK)
        s = register_each_back_again(db, l->layer, tell_back_again, l, e);
    return s == OK ? verify_sum(db, l, e) : s;
}

enum status register_told_verify(struct db *db, told_fault *fn, void *ctx, struct err *e)
{
    struct arena *a = arena_open(ARENA_BYTES);
    struct layer_list *all = mem_get(1, sizeof *all);
    enum status s = layer_read_all(db, a, all, e);
    for (int i = 0; s == OK && i < all->count; i++)
        if (all->layer[i].is_register)
            s = verify_layer(db, &(struct looking){ &all->layer[i], fn, ctx }, all, e);
    mem_free(all);
    arena_close(a);
    return s;
}
