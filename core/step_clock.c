// Which stage a state belongs to, how long the stage may take, and until when.
#include "core/store/step_rows.h"
#include "core/step_inside.h"

#include <string.h>

struct state_stage { const char *thing, *state, *stage; };
static const struct state_stage stages[] = {
    { "finding", "reported", "verify" },
    { "case", "verifying", "verify" },       { "case", "pending_register", "register" }, { "case", "registered", "dispatch" },
    { "case", "returned", "dispatch" },      { "case", "dispatched", "handle" },         { "case", "handling", "handle" },
    { "case", "fast_handling", "handle" },   { "case", "rework", "handle" },             { "case", "handled", "check" },
    { "case", "checking", "check" },         { "case", "check_passed", "close" },
    { "lead", "draft", "approve" },          { "lead", "approved", "send" },             { "lead", "sent", "receive" },
    { "lead", "forwarded", "receive" },      { "lead", "received", "accept" },           { "lead", "accepted", "answer" },
    { "lead", "in_progress", "answer" },     { "lead", "feedback", "close" },            { "lead", "disputed", "dispute" },
};

// Where a state has no line the stage goes on: suspended, deferred, incomplete.
const char *stage_of(const char *thing, const char *state)
{
    static const char *const standing[] = { "suspended", "deferred", "incomplete", NULL };
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++)
        if (strcmp(stages[i].thing, thing) == 0 && strcmp(stages[i].state, state) == 0)
            return stages[i].stage;
    for (int i = 0; standing[i] != NULL; i++)
        if (strcmp(standing[i], state) == 0)
            return NULL;
    return "";
}

// --- How long ---------------------------------------------------------------------------------------------------------------

// A routing rule's own limit comes before the table of the code, this one before that of all cases.
static void case_limit(const struct desk *d, const struct case_terms *c, struct walk *k, const char *stage)
{
    k->has_limit = strcmp(c->rule_stage, stage) == 0;
    k->limit = c->rule_limit;
    if (k->has_limit)
        return;
    const struct limit_rule *rule = desk_limit(d, c->scheme, c->code, c->condition, stage);
    if (rule == NULL)
        rule = desk_limit(d, c->scheme, c->code, 0, stage);
    if (rule == NULL)
        rule = desk_limit(d, "case", c->code, 0, stage);
    k->has_limit = rule != NULL;
    if (rule != NULL)
        k->limit = rule->limit;
}

// Read once a step: the guards mostly have asked for them.
static enum status find_case_limit(const struct clock *c, const char *stage)
{
    struct case_terms read;
    enum status s = c->terms == NULL ? case_terms_select(c->work->db, c->walk->id.text, &read, c->work->e) : OK;
    if (s == OK)
        case_limit(c->desk, c->terms != NULL ? c->terms : &read, c->walk, stage);
    return s;
}

static enum status lead_limit(struct work *w, const struct desk *d, struct walk *k, const char *stage)
{
    char key[WALK_WORD * 2] = "*";
    enum status s = k->agency[0] != '\0' ? agency_key_select(w->db, k->agency, key, sizeof key, w->e) : OK;
    const struct limit_rule *rule = s == OK ? desk_limit(d, "agency", key, 0, stage) : NULL;
    k->has_limit = rule != NULL;
    if (rule != NULL)
        k->limit = rule->limit;
    return s;
}

static enum status find_limit(const struct clock *c, const char *stage)
{
    struct walk *k = c->walk;
    if (strcmp(k->thing, "case") == 0)
        return find_case_limit(c, stage);
    if (strcmp(k->thing, "lead") == 0)
        return lead_limit(c->work, c->desk, k, stage);
    const struct limit_rule *rule = desk_limit(c->desk, strcmp(k->thing, "finding") == 0 ? "case" : k->thing, "*", 0, stage);
    k->has_limit = rule != NULL;
    if (rule != NULL)
        k->limit = rule->limit;
    return OK;
}

// --- Until when ---------------------------------------------------------------------------------------------------------------

struct pauses { struct pause pause[PAUSES_MOST]; size_t count; };

static enum status take_pause(void *ctx, int64_t from_s, int64_t to_s, struct err *e)
{
    struct pauses *p = ctx;
    if (p->count == PAUSES_MOST)
        return err_set(e, TOO_BIG, "a clock may be stopped %d times", PAUSES_MOST);
    p->pause[p->count++] = (struct pause){ from_s, to_s };
    return OK;
}

enum status clock_compute(struct work *w, struct desk *d, struct walk *k)
{
    struct pauses p;                                 // large, and mostly empty
    struct deadline due;
    p.count = 0;
    k->due_at_s = NO_DEADLINE;
    k->is_provisional = false;
    if (!k->has_limit)
        return OK;
    enum status s = pause_each(w->db, k->id.text, take_pause, &p, w->e);
    if (s == OK)
        s = deadline_compute(d->calendar, &(struct deadline_terms){ .start_s = k->stage_at_s, .limit = k->limit, .extended = k->extension,
                                                                    .pause = p.pause, .pauses = p.count }, &due, w->e);
    if (s != OK)
        return s;
    k->due_at_s = due.suspended ? NO_DEADLINE : due.ends_s;
    k->is_provisional = due.provisional;
    return OK;
}

enum status clock_start(const struct clock *c, const char *stage)
{
    struct walk *k = c->walk;
    strcpy(k->stage, stage);
    k->stage_at_s = c->work->now_s;
    k->extension = 0;
    k->has_limit = false;
    enum status s = stage[0] != '\0' ? find_limit(c, stage) : OK;
    return s == OK ? clock_compute(c->work, c->desk, k) : s;
}
