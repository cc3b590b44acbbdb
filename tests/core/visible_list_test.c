// Every list, count, queue, page and export as each person, against the plain reference of visible_world.h: nothing planted that they may
// not see.
#include "tests/core/visible_world.h"

#include "core/base/mem.h"
#include "core/case_file.h"
#include "core/change.h"
#include "core/comparison.h"
#include "core/finding.h"
#include "core/lead.h"
#include "core/register_list.h"
#include "core/store/export_rows.h"

// --- The lists and pages of commands -----------------------------------------------------------------------------------------------

struct listing { struct world *w; const struct person *person; const char *layer; struct allowed allowed; int count; struct page page; char last[64]; };

static enum status take_number(struct listing *l, const char *number)
{
    for (int i = 0; i < l->w->rows; i++)
        if (strcmp(l->w->row[i].layer, l->layer) == 0 && strcmp(l->w->row[i].number, number) == 0) {
            if (!l->allowed.seen[i])
                fail_msg("%s (%s): %s is listed", l->person->role, l->person->name, number);
            l->count++;
            snprintf(l->last, sizeof l->last, "%s", number);
            return OK;
        }
    fail_msg("%s was never planted", number);
    return FAILED;
}

static enum status take_case(void *ctx, const struct case_line *c, struct err *e) { (void)e; return take_number(ctx, c->number); }
static enum status take_lead(void *ctx, const struct lead_line *d, struct err *e) { (void)e; return take_number(ctx, d->number); }
static enum status take_finding(void *ctx, const struct finding_line *f, struct err *e) { (void)e; return take_number(ctx, f->number); }

static enum status take_change(void *ctx, const struct change_row *c, struct err *e)
{
    struct listing *l = ctx;
    (void)e;
    assert_true(l->allowed.seen[row_of(l->w, "change", c->id.text)]);
    l->count++;
    snprintf(l->last, sizeof l->last, "%s", c->id.text);
    return OK;
}

static enum status list_cases(struct work *w, void *ctx)
{
    return case_each(w, &(struct case_query){ .page = ((struct listing *)ctx)->page }, take_case, ctx);
}
static enum status list_leads(struct work *w, void *ctx)
{
    return lead_each(w, &(struct lead_query){ .page = ((struct listing *)ctx)->page }, take_lead, ctx);
}
static enum status list_findings(struct work *w, void *ctx)
{
    return finding_each(w, &(struct finding_query){ .page = ((struct listing *)ctx)->page }, take_finding, ctx);
}
static enum status list_changes(struct work *w, void *ctx)
{
    return change_each(w, &(struct change_query){ .page = ((struct listing *)ctx)->page }, take_change, ctx);
}

static enum status take_comparison(void *ctx, const struct comparison_row *c, struct err *e)
{
    (void)e;
    *(int64_t *)ctx = c->changes;
    return OK;
}

static enum status count_changes(struct work *w, void *ctx)
{
    struct listing *l = ctx;
    int64_t changes = -1;
    enum status s = comparison_each(w, NULL, take_comparison, &changes);
    l->count = s == OK ? (int)changes : 0;
    return s;
}

static void the_lists_of_commands_are_the_same(void **state)
{
    struct world *w = *state;
    static const struct { const char *layer; station_job *list; } lists[] = {
        { "case", list_cases }, { "lead", list_leads }, { "finding", list_findings }, { "change", list_changes }, { "change", count_changes } };
    for (int i = -1; i < w->people; i++)
        for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
            const struct person *p = i < 0 ? &PUBLIC : &w->person[i];
            struct listing l = { .w = w, .person = p, .layer = lists[k].layer, .allowed = allowed_of(w, p, lists[k].layer) };
            enum status s = station_read(w->station, &(struct station_call){ 1770000002, p->id }, lists[k].list, &l, &w->e);
            if (s != OK && (s != NOT_FOUND || l.allowed.count > 0))
                fail_msg("%s, %s: %s", p->role, lists[k].layer, w->e.text);
            if (l.count != l.allowed.count)
                fail_msg("%s (%s) is listed %d of %s, not %d", p->role, p->name, l.count, lists[k].layer, l.allowed.count);
        }
}

// Page after page is the whole; to go on after what may not be seen is to go on after nothing.
static void pages_together_are_the_list(void **state)
{
    enum { ROWS_OF_A_PAGE = 7, PAGES_MOST = 1000 };
    struct world *w = *state;
    static const struct { const char *layer; station_job *list; } lists[] = {
        { "case", list_cases }, { "lead", list_leads }, { "finding", list_findings }, { "change", list_changes } };
    for (int i = 0; i < w->people; i += 3)
        for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
            const struct person *p = &w->person[i];
            struct listing l = { .w = w, .person = p, .layer = lists[k].layer, .allowed = allowed_of(w, p, lists[k].layer), .page = { NULL, ROWS_OF_A_PAGE } };
            char after[sizeof l.last];
            int before = -1, pages = 0;
            for (; l.count != before && pages < PAGES_MOST; pages++) {
                before = l.count;
                enum status s = station_read(w->station, &(struct station_call){ 1770000002, p->id }, lists[k].list, &l, &w->e);
                assert_true(s == OK || l.allowed.count == 0);
                memcpy(after, l.last, sizeof after);
                l.page.after = after;
            }
            if (l.count != l.allowed.count)
                fail_msg("%s (%s): %d of %s in pages, not %d", p->role, p->name, l.count, lists[k].layer, l.allowed.count);
        }
}

struct asking_on { const char *after; struct listing *l; };
static enum status changes_after(struct work *w, void *ctx)
{
    const struct asking_on *a = ctx;
    return change_each(w, &(struct change_query){ .page = { a->after, 5 } }, take_change, a->l);
}

static void a_change_that_may_not_be_seen_is_nothing_to_go_on_after(void **state)
{
    struct world *w = *state;
    int hidden = 0;
    for (int i = 0; i < w->people; i++)
        for (int k = 0; k < w->rows; k++) {
            struct listing l = { .w = w, .person = &w->person[i], .layer = "change" };
            if (strcmp(w->row[k].layer, "change") != 0 || k % 11 != 0)
                continue;
            l.allowed = allowed_of(w, &w->person[i], "change");
            if (l.allowed.count == 0 || l.allowed.seen[k])
                continue;
            hidden++;
            assert_int_equal(station_read(w->station, &(struct station_call){ 1770000002, w->person[i].id }, changes_after, &(struct asking_on){ w->row[k].id, &l }, &w->e), NOT_FOUND);
        }
    assert_true(hidden > 20);
}

// --- What leaves the station --------------------------------------------------------------------------------------------------------

struct exporting { struct listing l; const char *what; struct arena *arena; int id_at; };
static enum status take_exported(void *ctx, const struct rows *r, struct err *e)
{
    struct exporting *x = ctx;
    int i = row_of(x->l.w, x->l.layer, rows_text(r, x->id_at));
    (void)e;
    if (!x->l.allowed.seen[i])
        fail_msg("%s (%s) takes %s out", x->l.person->role, x->l.person->name, x->l.w->row[i].id);
    x->l.count++;
    return OK;
}

static enum status take_out(struct work *w, void *ctx)
{
    struct exporting *x = ctx;
    struct export_table t;
    enum status s = export_table_of(w, x->arena, x->what, false, &t);
    if (s != OK)
        return s;
    for (x->id_at = 0; strcmp(t.column[x->id_at].name, "id") != 0; x->id_at++)
        must(x->id_at + 1 < t.columns);
    for (int i = 0; i < t.columns; i++) {
        const struct property *p = layer_property(t.layer, t.column[i].name);
        if (p != NULL && p->is_personal && !is_any(x->l.person->role, "checker", "coordinator", "legal", "analyst") && strcmp(x->l.person->role, "chief") != 0 &&
            !(is_any(x->l.layer, "case", "lead", "case", "lead") && is_any(x->l.person->role, "officer", "service", "discipline", "inspector")))
            fail_msg("%s is told %s of %s", x->l.person->role, p->name, x->what);
    }
    return export_each(w, &t, NULL, take_exported, x);
}

static void what_leaves_is_what_may_be_seen(void **state)
{
    struct world *w = *state;
    static const char *const what[][2] = { { "changes", "change" }, { "cases", "case" }, { "findings", "finding" }, { "leads", "lead" }, { "permit", "permit" } };
    for (int i = 0; i < w->people; i++)
        for (size_t k = 0; k < sizeof what / sizeof what[0]; k++) {
            const struct person *p = &w->person[i];
            struct exporting x = { { .w = w, .person = p, .layer = what[k][1], .allowed = allowed_of(w, p, what[k][1]) }, what[k][0], arena_open(16 << 20), 0 };
            enum status s = station_read(w->station, &(struct station_call){ 1770000002, p->id }, take_out, &x, &w->e);
            if (s != OK && (s != NOT_FOUND || x.l.allowed.count > 0))
                fail_msg("%s, %s: %s", p->role, what[k][0], w->e.text);
            if (x.l.count != x.l.allowed.count)
                fail_msg("%s (%s) takes out %d of %s, not %d", p->role, p->name, x.l.count, what[k][0], x.l.allowed.count);
            arena_close(x.arena);
        }
}

// --- The register ------------------------------------------------------------------------------------------------------------------

struct registering { struct listing l; struct register_number number; };
static enum status take_line(void *ctx, const struct register_line *line, struct err *e)
{
    struct registering *r = ctx;
    int i = row_of(r->l.w, r->l.layer, line->id);
    (void)e;
    if (!r->l.allowed.seen[i])
        fail_msg("%s (%s): %s %s is registered", r->l.person->role, r->l.person->name, r->l.layer, line->id);
    r->l.count++;
    return OK;
}

static enum status ask_register(struct work *w, void *ctx)
{
    struct registering *r = ctx;
    char next[REGISTER_TOKEN];
    const struct register_question q = { .layer = r->l.layer, .limit = REGISTER_LIMIT_MOST };
    enum status s = register_list(w, &q, take_line, r, next);
    return s == OK ? register_count(w, &q, 0, &r->number) : s;
}

static void the_register_tells_what_may_be_seen(void **state)
{
    struct world *w = *state;
    int told = 0;
    for (int i = -1; i < w->people; i++)
        for (int k = 0; k < w->layers.count; k++) {
            const struct person *p = i < 0 ? &PUBLIC : &w->person[i];
            const struct layer *layer = &w->layers.layer[k];
            struct registering r = { .l = { .w = w, .person = p, .layer = layer->key } };
            if (layer->is_register)
                r.l.allowed = allowed_of(w, p, layer->key);
            enum status s = station_read(w->station, &(struct station_call){ 1770000002, p->id }, ask_register, &r, &w->e);
            if (s != OK && (s != NOT_FOUND || r.l.allowed.count > 0))
                fail_msg("%s, %s: %s", p->role, layer->key, w->e.text);
            if (r.l.count != r.l.allowed.count || r.number.count != r.l.count)
                fail_msg("%s (%s): %d of %s are listed, %lld counted, not %d", p->role, p->name, r.l.count, layer->key, (long long)r.number.count,
                         r.l.allowed.count);
            told += r.l.count;
        }
    assert_true(told > 100);
}

struct queueing { struct listing leads, cases; int unit; };
static enum status take_queued(void *ctx, const struct lead_line *d, struct err *e)
{
    struct queueing *q = ctx;
    (void)e;
    return take_number(strncmp(d->number, "<lead", 5) == 0 ? &q->leads : &q->cases, d->number);
}

static enum status list_queue(struct work *w, void *ctx)
{
    static const char *const keys[UNITS] = { "k0", "k1", "k2" };
    return queue_each(w, keys[((struct queueing *)ctx)->unit], NULL, take_queued, ctx);
}

static int queued(const struct listing *l, int unit, const char *const *states)
{
    int count = 0;
    for (int i = 0; i < l->w->rows; i++)
        for (int k = 0; l->allowed.seen[i] && l->w->row[i].unit == unit && states[k] != NULL; k++)
            count += strcmp(l->w->row[i].state, states[k]) == 0;
    return count;
}

static void queues_hold_what_may_be_seen(void **state)
{
    struct world *w = *state;
    static const char *const of_leads[] = { "sent", "received", NULL }, *const of_cases[] = { "dispatched", "handling", NULL };
    int all = 0;
    for (int i = 0; i < w->people * UNITS; i++) {
        const struct person *p = &w->person[i / UNITS];
        struct queueing q = { .leads = { w, p, "lead", allowed_of(w, p, "lead"), 0, { NULL, 0 }, "" }, .cases = { w, p, "case", allowed_of(w, p, "case"), 0, { NULL, 0 }, "" }, .unit = i % UNITS };
        enum status s = station_read(w->station, &(struct station_call){ 1770000002, p->id }, list_queue, &q, &w->e);
        if (s != OK && s != NOT_FOUND)
            fail_msg("%s", w->e.text);
        assert_int_equal(q.leads.count, queued(&q.leads, q.unit, of_leads));
        assert_int_equal(q.cases.count, queued(&q.cases, q.unit, of_cases));
        all += q.leads.count + q.cases.count;
    }
    assert_true(all > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lists_of_commands_are_the_same),
        cmocka_unit_test(pages_together_are_the_list),
        cmocka_unit_test(a_change_that_may_not_be_seen_is_nothing_to_go_on_after),
        cmocka_unit_test(what_leaves_is_what_may_be_seen),
        cmocka_unit_test(the_register_tells_what_may_be_seen),
        cmocka_unit_test(queues_hold_what_may_be_seen),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
