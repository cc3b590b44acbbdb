#include "api/listing.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "core/audit.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/step.h"
#include "core/told.h"
#include "core/visible.h"
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; struct listing_options list; const char *thing, *id, *against; };

const struct option audit_options[] = {
    { .kind = OPTION_HEADING, .help = "Verifying" },
    { .kind = OPTION_TEXT, .name = "against", .value = "FILE", .at = offsetof(struct settings, against),
      .help = "the manifest.json of a backup, or a copy of its last line: is the end it names still a link of this chain?" },
    { .kind = OPTION_HEADING, .help = "Listing" },
    { .kind = OPTION_TEXT, .name = "thing", .value = "WORD", .at = offsetof(struct settings, thing), .help = "list only what was done to such records: case, lead, finding, actor, ..." },
    { .kind = OPTION_TEXT, .name = "id", .value = "ID", .at = offsetof(struct settings, id), .help = "list only what was done to this record: its id, or the number of a case or finding" },
    LISTING_OPTIONS(struct settings, list),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

enum { ARENA_BYTES = 1 << 16 };
static const struct list_column columns[] = {
    { "seq", LIST_WHOLE, 5, false }, { "at", LIST_TIME, 0, false }, { "actor", LIST_TEXT, 12, false }, { "verb", LIST_TEXT, 12, false },
    { "thing", LIST_TEXT, 10, false }, { "thing_id", LIST_TEXT, 0, false }, { "before_sha256", LIST_TEXT, 0, false },
    { "after_sha256", LIST_TEXT, 0, false }, { "note", LIST_TEXT, 0, false }, { "actor_id", LIST_TEXT, 0, true }, { "hash", LIST_TEXT, 0, true },
};
enum { COLUMNS = sizeof columns / sizeof columns[0], SHORT_HASH = 13 };

static const char *cut(const char *sha256, char out[SHORT_HASH])
{
    snprintf(out, SHORT_HASH, "%.12s", text_or_empty(sha256));
    return out;
}

static enum status print_row(void *ctx, int64_t seq, const struct audit_row *r, struct err *e)
{
    char before[SHORT_HASH], after[SHORT_HASH];
    const struct list_value v[COLUMNS] = {
        { .whole = seq }, { .whole = r->at_s }, { .text = r->actor_name, .label = audit_actor_title(r, e->lang) },
        { .text = r->verb, .label = audit_verb_title(r->thing, r->verb, e->lang) }, { .text = r->thing, .label = audit_thing_title(r->thing, e->lang) },
        { .text = r->thing_id }, { .text = r->before_sha256, .label = cut(r->before_sha256, before) },
        { .text = r->after_sha256, .label = cut(r->after_sha256, after) }, { .text = r->note }, { .text = r->actor }, { .text = r->hash },
    };
    return listing_row(ctx, v);
}

static enum status find_sight(struct work *w, const char *role, enum audit_sight *out)
{
    struct viewer viewer;
    struct arena *arena = arena_open(ARENA_BYTES);
    enum status s = viewer_of(w, w->actor, arena, &viewer);
    *out = s == OK ? visible_audit(&viewer) : AUDIT_NOTHING;
    arena_close(arena);
    if (s == OK && *out == AUDIT_NOTHING)
        s = err_set(w->e, NOT_FOUND, "nothing of this is there for the role %s; somebody else must ask (--as NAME)", role);
    return s;
}

static enum status list_rows(struct work *w, void *ctx)
{
    struct listing *l = ctx;
    const struct settings *s = l->query;
    struct walk k;
    enum audit_sight sight;
    struct err none = { .lang = w->e->lang };
    struct work quiet = *w;
    quiet.e = &none;
    enum status status = find_sight(w, s->use.actor.role, &sight);
    if (status != OK)
        return status;
    struct audit_query q = { s->thing, s->id, sight == AUDIT_ACCOUNTS, listing_page(l) };
    if (s->id != NULL && s->thing != NULL && (strcmp(s->thing, "case") == 0 || strcmp(s->thing, "finding") == 0) &&
        walk_get(&quiet, s->thing, s->id, &k) == OK)
        q.thing_id = k.id.text;
    return audit_each(w->db, &q, print_row, l, w->e);
}

// --- Verifying ----------------------------------------------------------------------------------------------------------------------

struct kept_end { int64_t rows; const char *hash; };
struct proving { struct audit_report report; const struct kept_end *kept; int64_t faults; };

static void print_fault(void *ctx, const char *sentence)
{
    ((struct proving *)ctx)->faults++;
    printf("%s\n", sentence);
}

// The chain, then the records against it.

static enum status verify(struct work *w, void *ctx)
{
    struct proving *p = ctx;
    enum status s = audit_verify(w->db, &p->report, w->e);
    if (s == OK && p->report.first_bad > 0)
        return err_set(w->e, FAILED, "audit row %lld: %s", (long long)p->report.first_bad, p->report.fault);
    if (s == OK && p->kept != NULL)
        s = audit_holds(w->db, p->kept->rows, p->kept->hash, w->e);
    if (s == OK)
        s = told_verify(w->db, print_fault, p, w->e);
    return s == OK && p->faults > 0 ? err_set(w->e, FAILED, "%lld records are not what audit says of them; they are named above", (long long)p->faults) : s;
}

static enum status read_kept(struct json_doc *doc, struct kept_end *out, struct err *e)
{
    enum status s = json_read_int(json_get(json_root(doc), "audit_rows"), &out->rows, e);
    return s == OK ? json_read_text(json_get(json_root(doc), "audit_hash"), &out->hash, e) : s;
}

static enum status prove(struct settings *s, struct err *e)
{
    struct json_doc *doc = NULL;
    struct kept_end kept;
    struct proving p = { .kept = s->against != NULL ? &kept : NULL };
    enum status status = s->against != NULL ? json_read_file(s->against, NULL, &doc, e) : OK;
    if (status == OK && s->against != NULL)
        status = read_kept(doc, &kept, e);
    if (status == OK)
        status = station_use_read(&s->use, verify, &p, e);
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "%lld rows of audit, the chain holds\n"), (long long)p.report.rows);
    if (status == OK && !s->use.quiet && s->against != NULL)
        fprintf(stderr, text_in(e->lang, "row %lld is the end that %s names: nothing up to there was rewritten\n"), (long long)kept.rows, s->against);
    json_close(doc);
    return status;
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    struct settings *s = settings;
    if (strcmp(words->item[0], "verify") == 0)
        return prove(s, e);
    return listing_read(&s->use, &(struct listing_plan){ columns, COLUMNS, &s->list, .query = s }, list_rows, e);
}

int cmd_audit(const struct call *call)
{
    static const struct command_form forms[] = { { "list", 2, 2 }, { "verify", 2, 2 }, { NULL, 0, 0 } };
    return station_command(call, &(struct station_command){ .form = forms, .run = run }, &(struct settings){ .thing = NULL });
}
