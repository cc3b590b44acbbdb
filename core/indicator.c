#include "core/indicator.h"

#include <math.h>
#include <string.h>

// --- What may be said of one stage ----------------------------------------------------------------------------------------------

static bool within(int64_t at_s, const struct period *p)
{
    return p->from_s <= at_s && at_s < p->until_s;
}

static bool is_set(int64_t at_s)
{
    return at_s != NEVER;
}

// The deadline falls into the period, or was due and open when it began.
static bool is_owed(struct stage_times t, const struct period *p)
{
    return is_set(t.due_s) && (within(t.due_s, p) || (t.due_s < p->from_s && t.done_s >= p->from_s));
}

static bool is_done(struct stage_times t, const struct period *p)
{
    return t.done_s < p->until_s;
}

static bool is_done_in_time(struct stage_times t, const struct period *p)
{
    return is_done(t, p) && t.done_s <= t.due_s;
}

static bool is_left_out(const struct case_facts *c)
{
    return c->suspended || c->exempt || c->forced_closed;
}

// --- Predicates -------------------------------------------------------------------------------------------------------------------

#define CASE const struct case_facts *c, const struct period *p

static bool verify_owed(CASE) { return is_owed(c->verify, p); }
static bool verified_in_time(CASE) { return is_done_in_time(c->verify, p); }
static bool register_owed(CASE) { return is_owed(c->register_, p); }
static bool registered_in_time(CASE) { return is_done_in_time(c->register_, p); }
static bool dispatch_owed(CASE) { return is_owed(c->dispatch, p); }
static bool dispatched_in_time(CASE) { return is_done_in_time(c->dispatch, p); }
static bool dispatched_right(CASE) { return is_done(c->dispatch, p) && c->dispatched_back_s >= p->until_s; }
static bool handle_owed(CASE) { return is_owed(c->handle, p) && !is_left_out(c); }
static bool handled(CASE) { return is_done(c->handle, p); }
static bool handled_in_time(CASE) { return is_done_in_time(c->handle, p); }
static bool overdue_and_open(CASE) { return c->handle.due_s < p->until_s && !is_done(c->handle, p); }
static bool extended(CASE) { return c->extended_s < p->until_s; }
static bool check_owed(CASE) { return is_owed(c->check, p); }
static bool checked_in_time(CASE) { return is_done_in_time(c->check, p); }
static bool close_owed(CASE) { return is_owed(c->close, p) && !is_left_out(c); }
static bool closed(CASE) { return is_done(c->close, p); }
static bool closed_in_time(CASE) { return is_done_in_time(c->close, p); }
static bool reworked(CASE) { return c->reworked_s < p->until_s; }
static bool reported(CASE) { return within(c->reported_s, p); }
static bool registered(CASE) { return is_done(c->register_, p); }
static bool rated(CASE) { return within(c->rated_s, p); }
static bool satisfied(CASE) { (void)p; return c->satisfied; }
static bool handled_in_period(CASE) { return within(c->handle.done_s, p) && is_set(c->dispatch.done_s) && !is_left_out(c); }

// --- The table --------------------------------------------------------------------------------------------------------------------

#define HANDLE_OWED { "handle_owed", "cases to be handled", handle_owed }
#define CLOSE_OWED { "close_owed", "cases to be closed", close_owed }
#define DISPATCH_OWED { "dispatch_owed", "cases to be dispatched", dispatch_owed }
#define ROW(key, title, above, above_title, below, below_title) \
    { key, title, { #above, above_title, above }, { #below, below_title, below }, false }

static const struct indicator table[] = {
    { "handled", "handling rate", { "handled", "handled", handled }, HANDLE_OWED, false },
    { "handled_in_time", "on-time handling rate", { "handled_in_time", "handled in time", handled_in_time }, HANDLE_OWED, false },
    { "overdue_open", "overdue and open rate", { "overdue_and_open", "overdue and not handled", overdue_and_open }, HANDLE_OWED, false },
    { "extended", "extension rate", { "extended", "cases with an extension", extended }, HANDLE_OWED, false },
    { "closed", "closing rate", { "closed", "cases closed", closed }, CLOSE_OWED, false },
    { "closed_in_time", "on-time closing rate", { "closed_in_time", "closed in time", closed_in_time }, CLOSE_OWED, false },
    { "reworked", "rework rate", { "reworked", "done again after a failed check", reworked }, CLOSE_OWED, false },
    { "dispatched_right", "right dispatch rate", { "dispatched_right", "dispatched to the right agency", dispatched_right },
      DISPATCH_OWED, false },
    { "dispatched_in_time", "on-time dispatch rate", { "dispatched_in_time", "dispatched in time", dispatched_in_time },
      DISPATCH_OWED, false },
    ROW("reported_validly", "valid report rate", registered, "reports that were filed", reported, "reports"),
    ROW("verified_in_time", "on-time verification rate", verified_in_time, "verified in time", verify_owed, "cases to be verified"),
    ROW("checked_in_time", "on-time check rate", checked_in_time, "checked in time", check_owed, "cases to be checked"),
    ROW("registered_in_time", "on-time filing rate", registered_in_time, "filed in time", register_owed, "cases to be filed"),
    ROW("satisfied", "satisfaction rate", satisfied, "satisfied", rated, "asked"),
    { "handling_time", "mean handling time", { "handled_in_period", "time from dispatch to answer", handled_in_period },
      { "handled_in_period", "handled in the period", handled_in_period }, true },
};
enum { INDICATORS = sizeof table / sizeof table[0] };

size_t indicator_count(void)
{
    return INDICATORS;
}

const struct indicator *indicator_at(size_t i)
{
    must(i < INDICATORS);
    return &table[i];
}

const struct indicator *indicator_get(const char *key)
{
    for (size_t i = 0; i < INDICATORS; i++)
        if (strcmp(table[i].key, key) == 0)
            return &table[i];
    return NULL;
}

double figure_rate(struct figure f)
{
    return f.denominator == 0 ? NAN : (double)f.numerator / (double)f.denominator;
}

struct figure indicator_compute(const struct indicator *i, const struct case_facts *c, size_t count, const struct period *p,
                                case_pick *pick, const void *ctx)
{
    struct figure f = { 0 };
    for (size_t k = 0; k < count; k++) {
        if ((pick != NULL && !pick(&c[k], ctx)) || !i->denominator.holds(&c[k], p))
            continue;
        f.denominator++;
        if (i->numerator.holds(&c[k], p))       // never more than the denominator: it is asked of the same cases
            f.numerator += i->is_mean ? c[k].handle.done_s - c[k].dispatch.done_s : 1;
    }
    return f;
}
