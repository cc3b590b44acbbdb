// The one access predicate against a plain reference: for every person and every layer the same rows, in lists, counts, extents,
// single gets, pages of cases and the lists of commands; and what may be shared between two people.
#include "tests/core/visible_world.h"

#include "core/case_file.h"
#include "core/change.h"
#include "core/base/mem.h"
#include "core/comparison.h"
#include "core/finding.h"
#include "core/lead.h"
#include "core/register_list.h"
#include "core/store/export_rows.h"

enum { SQL_CEILING = 1 << 16 };

static const struct person PUBLIC = { .id = "", .role = "public", .unit = NOBODY };

// What one person is allowed of one layer, by the reference.
struct allowed { bool seen[ROWS_MOST]; int count; double min_x, min_y, max_x, max_y; };

static struct allowed allowed_of(const struct world *w, const struct person *p, const char *layer)
{
    struct allowed a = { .min_x = INFINITY, .min_y = INFINITY, .max_x = -INFINITY, .max_y = -INFINITY };
    for (int i = 0; i < w->rows; i++) {
        const struct planted *r = &w->row[i];
        a.seen[i] = strcmp(r->layer, layer) == 0 && reference_sees(w, p, r);
        if (!a.seen[i])
            continue;
        double side = r->is_point ? 0 : 0.001;
        a.count++;
        a.min_x = fmin(a.min_x, r->x);
        a.min_y = fmin(a.min_y, r->y);
        a.max_x = fmax(a.max_x, r->x + side);
        a.max_y = fmax(a.max_y, r->y + side);
    }
    return a;
}

static int row_of(const struct world *w, const char *layer, const char *id)
{
    for (int i = 0; i < w->rows; i++)
        if (strcmp(w->row[i].layer, layer) == 0 && strcmp(w->row[i].id, id) == 0)
            return i;
    fail_msg("%s %s was never planted", layer, id);
    return -1;
}

// --- Questions with the predicate in their WHERE ------------------------------------------------------------------------------------

struct question { struct world *w; const struct person *person; const struct layer *layer; struct work *work; struct viewer viewer; };

// from NULL: what the layer is read from.
static void write_question(const struct question *q, const char *what, const char *from, struct clause *c)
{
    clause_init(c, SQL_CEILING);
    buf_printf(&c->text, "SELECT %s FROM %s t WHERE 1 = 1", what, from != NULL ? from : q->layer->read);
    visible_where(&q->viewer, q->layer, "t", c);
    if (from == NULL || q->layer->is_register)
        layer_rows(q->layer, "t", &c->text);
}

static void check_list(const struct question *q, const struct allowed *a, const char *from)
{
    struct clause c;
    struct rows *r = NULL;
    int count = 0;
    write_question(q, "t.id", from, &c);
    enum status s = db_ask(q->work->db, c.text.data, clause_values(&c), &r, q->work->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, q->work->e)) == OK && more; count++) {
        int i = row_of(q->w, q->layer->key, rows_text(r, 0));
        if (!a->seen[i])
            fail_msg("%s (%s) sees %s %s", q->person->role, q->person->name, q->layer->key, q->w->row[i].number);
    }
    rows_done(r);
    if (s != OK)
        fail_msg("%s: %s", q->work->e->text, c.text.data);
    if (count != a->count)
        fail_msg("%s (%s) sees %d of %s, should see %d", q->person->role, q->person->name, count, q->layer->key, a->count);
    clause_clear(&c);
}

static void check_count_and_extent(const struct question *q, const struct allowed *a)
{
    struct clause c;
    struct rows *r = NULL;
    bool more = false;
    char what[256];
    snprintf(what, sizeof what, "count(*), min(MbrMinX(t.%s)), min(MbrMinY(t.%s)), max(MbrMaxX(t.%s)), max(MbrMaxY(t.%s))", q->layer->shape,
             q->layer->shape, q->layer->shape, q->layer->shape);
    write_question(q, what, NULL, &c);
    assert_int_equal(db_ask(q->work->db, c.text.data, clause_values(&c), &r, q->work->e), OK);
    assert_int_equal(rows_next(r, &more, q->work->e), OK);
    assert_int_equal(rows_integer(r, 0), a->count);
    const double expected[] = { a->min_x, a->min_y, a->max_x, a->max_y };
    for (int i = 0; i < 4; i++)
        if (isinf(expected[i]) ? !rows_is_null(r, 1 + i) : !(fabs(rows_real(r, 1 + i) - expected[i]) < 1e-9))
            fail_msg("%s: extent of %s: %.9f, expected %.9f", q->person->role, q->layer->key, rows_real(r, 1 + i), expected[i]);
    rows_done(r);
    clause_clear(&c);
}

static void check_single_gets(const struct question *q, const struct allowed *a)
{
    for (int i = 0; i < q->w->rows; i++) {
        struct clause c;
        int64_t found = 0;
        if (strcmp(q->w->row[i].layer, q->layer->key) != 0)
            continue;
        write_question(q, "count(*)", NULL, &c);
        buf_printf(&c.text, " AND t.id = %s", clause_bind(&c, value_text(q->w->row[i].id)));
        assert_int_equal(db_integer(q->work->db, c.text.data, clause_values(&c), &found, q->work->e), OK);
        if (found != a->seen[i])
            fail_msg("%s gets %lld of %s %s", q->person->role, (long long)found, q->layer->key, q->w->row[i].id);
        clause_clear(&c);
    }
}

static enum status check_person(struct work *work, void *ctx)
{
    struct question *q = ctx;
    struct arena *arena = arena_open(1 << 16);
    q->work = work;
    enum status s = viewer_of(work, q->person->id, arena, &q->viewer);
    for (int i = 0; s == OK && i < q->w->layers.count; i++) {
        q->layer = &q->w->layers.layer[i];
        struct allowed a = allowed_of(q->w, q->person, q->layer->key);
        check_list(q, &a, NULL);
        if (!q->layer->is_register && strcmp(q->layer->read, "map_area") != 0 && strcmp(q->layer->read, "map_cell") != 0)
            check_list(q, &a, q->layer->table);
        check_count_and_extent(q, &a);
        check_single_gets(q, &a);
        if (a.count > 0 && !visible_layer(&q->viewer, q->layer))
            fail_msg("%s sees rows of %s, which is not there", q->person->role, q->layer->key);
    }
    arena_close(arena);
    return s;
}

static void ask_as(struct world *w, const struct person *p, station_job *fn, void *ctx)
{
    assert_ok(w, station_read(w->station, &(struct station_call){ 1770000002, p->id }, fn, ctx, &w->e));
}

static void every_person_sees_the_rows_of_the_reference(void **state)
{
    struct world *w = *state;
    for (int i = -1; i < w->people; i++) {
        struct question q = { .w = w, .person = i < 0 ? &PUBLIC : &w->person[i] };
        ask_as(w, q.person, check_person, &q);
    }
}

// The reference is no idle one: each rule lets something through and keeps something back.
static void the_planted_rows_try_every_rule(void **state)
{
    struct world *w = *state;
    static const char *const tried[][2] = { { "inspector", "change" }, { "inspector", "finding" }, { "inspector", "case" }, { "analyst", "lead" },
        { "coordinator", "finding" }, { "officer", "case" }, { "officer", "lead" }, { "officer", "finding" }, { "officer", "change" }, { "service", "lead" },
        { "discipline", "lead" }, { "public", "finding" }, { "chief", "lead" }, { "legal", "permit" } };
    for (size_t t = 0; t < sizeof tried / sizeof tried[0]; t++) {
        int let = 0, kept = 0;
        for (int p = 0; p < w->people; p++)
            for (int i = 0; strcmp(w->person[p].role, tried[t][0]) == 0 && i < w->rows; i++)
                if (strcmp(w->row[i].layer, tried[t][1]) == 0)
                    *(reference_sees(w, &w->person[p], &w->row[i]) ? &let : &kept) += 1;
        if (let == 0 || kept == 0)
            fail_msg("%s, %s: %d seen, %d not", tried[t][0], tried[t][1], let, kept);
    }
}

// --- Which layers and properties there are -------------------------------------------------------------------------------------------

static enum status check_properties(struct work *work, void *ctx)
{
    struct question *q = ctx;
    struct arena *arena = arena_open(1 << 16);
    enum status s = viewer_of(work, q->person->id, arena, &q->viewer);
    for (int i = 0; s == OK && i < q->w->layers.count; i++)
        for (int k = 0; k < q->w->layers.layer[i].properties; k++) {
            const struct layer *l = &q->w->layers.layer[i];
            bool expected = visible_layer(&q->viewer, l) && reference_knows(q->person, l->key, l->property[k].name);
            if (visible_property(&q->viewer, l, &l->property[k]) != expected)
                fail_msg("%s (%d areas): %s.%s is %s", q->person->role, q->person->areas, l->key, l->property[k].name, expected ? "left out" : "told");
        }
    arena_close(arena);
    return s;
}

static void personal_properties_are_left_out_by_role(void **state)
{
    struct world *w = *state;
    for (int i = -1; i < w->people; i++) {
        struct question q = { .w = w, .person = i < 0 ? &PUBLIC : &w->person[i] };
        ask_as(w, q.person, check_properties, &q);
    }
}

static void a_layer_nobody_may_see_is_not_there(void **state)
{
    struct world *w = *state;
    static const struct { unsigned role; const char *actor, *agency, *not_there; } viewers[] = {
        { ROLE_PUBLIC, "", "", " permit zone survey change finding case lead " },
        { ROLE_PUBLIC, "a", "", " permit zone survey change case lead " },
        { ROLE_ADMINISTRATOR, "a", "", " change finding case lead " },
        { ROLE_AUDITOR, "a", "", " permit zone survey change finding case lead " },
        { ROLE_INSPECTOR, "a", "", " lead " },
        { ROLE_OFFICER, "a", "g", " permit zone survey " },
        { ROLE_SERVICE, "a", "", " permit zone survey change case lead " },      // of no agency: nothing is addressed to it
        { ROLE_CHIEF, "a", "", " " },
        { 0, "", "", " permit zone survey change finding case lead " },          // nobody at all
        { ROLE_CHIEF | ROLE_PUBLIC, "", "", " permit zone survey change finding case lead " },
    };
    for (size_t i = 0; i < sizeof viewers / sizeof viewers[0]; i++) {
        struct viewer v = { .role = viewers[i].role };
        strcpy(v.actor, viewers[i].actor);
        strcpy(v.agency, viewers[i].agency);
        for (int k = 0; k < w->layers.count; k++) {
            char word[32];
            snprintf(word, sizeof word, " %s ", w->layers.layer[k].key);
            if (visible_layer(&v, &w->layers.layer[k]) == (strstr(viewers[i].not_there, word) != NULL))
                fail_msg("viewer %zu: %s", i, w->layers.layer[k].key);
        }
    }
}

// A file that marks records public publishes nothing.
static void no_file_makes_a_record_public(void **state)
{
    struct world *w = *state;
    static const char *const records[] = { "change", "finding", "case", "lead" };
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        struct layer l = *layer_find(&w->layers, records[i]);
        l.is_public = true;
        assert_false(visible_layer(&VIEWER_PUBLIC, &l));
    }
}

// --- Keys -----------------------------------------------------------------------------------------------------------------------------

static enum status get_viewer(struct work *work, void *ctx)
{
    struct question *q = ctx;
    return viewer_of(work, q->person->id, q->w->arena, &q->viewer);
}

static bool sees_the_same(struct world *w, const struct layer *l, const struct question *a, const struct question *b)
{
    struct allowed of_a = allowed_of(w, a->person, l->key), of_b = allowed_of(w, b->person, l->key);
    for (int p = 0; p < l->properties; p++)
        if (visible_property(&a->viewer, l, &l->property[p]) != visible_property(&b->viewer, l, &l->property[p]))
            return false;
    return memcmp(of_a.seen, of_b.seen, sizeof of_a.seen) == 0;
}

static void the_same_key_is_the_same_sight(void **state)
{
    struct world *w = *state;
    static struct question q[PEOPLE_MOST + 1];
    char key_a[VISIBLE_KEY], key_b[VISIBLE_KEY];
    int shared = 0, apart = 0;
    for (int i = 0; i <= w->people; i++) {
        q[i] = (struct question){ .w = w, .person = i == w->people ? &PUBLIC : &w->person[i] };
        ask_as(w, q[i].person, get_viewer, &q[i]);
    }
    for (int k = 0; k < w->layers.count; k++)
        for (int a = 0; a <= w->people; a++)
            for (int b = 0; b < a; b++) {
                const struct layer *l = &w->layers.layer[k];
                bool both = visible_key(&q[a].viewer, l, key_a, sizeof key_a) && visible_key(&q[b].viewer, l, key_b, sizeof key_b);
                bool same = both && strcmp(key_a, key_b) == 0;
                if (same && !sees_the_same(w, l, &q[a], &q[b]))
                    fail_msg("%s and %s share %s and see it differently", q[a].person->name, q[b].person->name, l->key);
                *(same ? &shared : &apart) += 1;
            }
    assert_true(shared > 1000 && apart > 1000);
}

// Areas are a set: the order they are named in makes no difference; and what depends on the person is nobody else's.
static void what_can_be_shared_is(void **state)
{
    struct world *w = *state;
    static const char *const ab[] = { "320612001", "320612002" }, *const ba[] = { "320612002", "320612001" };
    struct viewer a = { .role = ROLE_CHECKER, .actor = "a", .area = ab, .areas = 2 }, b = { .role = ROLE_ANALYST, .actor = "b", .area = ba, .areas = 2 };
    struct viewer inspector = { .role = ROLE_INSPECTOR, .actor = "c" };
    const struct layer *cases = layer_find(&w->layers, "case"), *findings = layer_find(&w->layers, "finding");
    char key_a[VISIBLE_KEY], key_b[VISIBLE_KEY];
    assert_true(visible_key(&a, cases, key_a, sizeof key_a) && visible_key(&b, cases, key_b, sizeof key_b));
    assert_string_equal(key_a, key_b);
    b.areas = 1;
    assert_true(visible_key(&b, cases, key_b, sizeof key_b));
    assert_string_not_equal(key_a, key_b);
    assert_false(visible_key(&inspector, findings, key_a, sizeof key_a));
    assert_false(visible_key(&a, layer_find(&w->layers, "lead"), key_a, sizeof key_a));
    assert_false(visible_key(&a, cases, key_a, 10));
    assert_true(visible_whole(&VIEWER_PUBLIC, layer_find(&w->layers, "building")));
    assert_false(visible_whole(&a, cases));
    a.areas = 0;
    assert_true(visible_whole(&a, cases));
}

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

// --- The page of a case ------------------------------------------------------------------------------------------------------------------

struct case_page { struct world *w; const struct person *person; int row; struct buf out; enum status answer; };

static enum status tell_page(struct work *work, void *ctx)
{
    struct case_page *p = ctx;
    p->answer = case_tell(work, p->w->row[p->row].number, &p->out);
    return p->answer == NOT_FOUND ? OK : p->answer;
}

static bool is_linked(const struct world *w, int case_row, int row)
{
    for (int i = 0; i < w->links; i++)
        if (w->link[i].case_row == case_row && w->link[i].row == row)
            return true;
    return w->row[row].case_row == case_row;
}

// Nothing of a record that may not be seen, not even its number or the name of its photo.
static void check_page(const struct case_page *p)
{
    const struct world *w = p->w;
    for (int i = 0; i < w->rows; i++) {
        const struct planted *r = &w->row[i];
        char photo[64], words[64];
        bool is_record = is_any(r->layer, "lead", "finding", "change", "change");
        bool expected = is_record && is_linked(w, p->row, i) && reference_sees(w, p->person, r);
        snprintf(photo, sizeof photo, "<photo-%d>", i);
        snprintf(words, sizeof words, "%s", strcmp(r->layer, "change") == 0 ? r->id : r->number);
        if (is_record && (strstr(p->out.data, words) != NULL) != expected)
            fail_msg("%s (%s), case %s: %s is %s", p->person->role, p->person->name, w->row[p->row].number, words, expected ? "missing" : "told");
        if (!expected && strstr(p->out.data, photo) != NULL)
            fail_msg("%s, case %s: the photo of %s is told", p->person->role, w->row[p->row].number, words);
    }
    bool knows_party = reference_knows(p->person, "case", "party"), knows_reporter = reference_knows(p->person, "finding", "reported_by");
    assert_int_equal(strstr(p->out.data, w->row[p->row].party) != NULL, knows_party);
    assert_int_equal(strstr(p->out.data, "captured_by") != NULL, knows_reporter && strstr(p->out.data, "<photo-") != NULL);
}

static void a_case_tells_nothing_of_what_may_not_be_seen(void **state)
{
    struct world *w = *state;
    int told = 0;
    for (int i = -1; i < w->people; i++)
        for (int r = 0; r < w->rows; r++) {
            struct case_page p = { .w = w, .person = i < 0 ? &PUBLIC : &w->person[i], .row = r };
            if (strcmp(w->row[r].layer, "case") != 0)
                continue;
            buf_init(&p.out, 1 << 20);
            ask_as(w, p.person, tell_page, &p);
            assert_int_equal(p.answer, reference_sees(w, p.person, &w->row[r]) ? OK : NOT_FOUND);
            if (p.answer == OK)
                check_page(&p);
            told += p.answer == OK;
            buf_clear(&p.out);
        }
    assert_true(told > 500);
}

struct naming { struct world *w; const struct person *person; };
static enum status name_records(struct work *work, void *ctx)
{
    const struct naming *n = ctx;
    struct err why[2] = { { .lang = LANG_EN }, { .lang = LANG_EN } };
    for (int i = 0; i < n->w->rows; i++) {
        const struct planted *r = &n->w->row[i];
        if (!is_any(r->layer, "case", "lead", "finding", "case"))
            continue;
        struct work quiet = *work;
        quiet.e = &why[0];
        enum status seen = reference_sees(n->w, n->person, r) ? OK : NOT_FOUND;
        assert_int_equal(visible_record(&quiet, r->layer, r->number), seen);
        assert_int_equal(visible_record(&quiet, r->layer, r->id), seen);
        if (seen == OK)
            continue;
        quiet.e = &why[1];                               // what may not be seen and what is not there sound alike
        assert_int_equal(visible_record(&quiet, r->layer, "<none>"), NOT_FOUND);
        assert_int_equal(strncmp(why[0].text, why[1].text, (size_t)(strchr(why[1].text, '"') - why[1].text)), 0);
    }
    return OK;
}

static void records_are_named_only_to_who_may_see_them(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < w->people; i++)
        ask_as(w, &w->person[i], name_records, &(struct naming){ w, &w->person[i] });
}

// --- What cannot go wrong ----------------------------------------------------------------------------------------------------------------

static void a_question_that_is_too_long_asks_nothing(void **state)
{
    struct world *w = *state;
    const struct layer *cases = layer_find(&w->layers, "case");
    struct viewer v = { .role = ROLE_OFFICER, .actor = "a", .agency = "g0" };
    struct clause c;
    for (size_t ceiling = 0; ceiling < 120; ceiling++) {
        clause_init(&c, ceiling);
        buf_text(&c.text, "SELECT count(*) FROM case_file t WHERE 1 = 1");
        visible_where(&v, cases, "t", &c);
        if (c.text.len > 0 && strstr(c.text.data, " AND (t.agency_id = $1 AND 1 = 1)") == NULL)
            fail_msg("%zu bytes: %s", ceiling, c.text.data);
        assert_int_equal(clause_check(&c, &w->e), c.text.len > 0 ? OK : TOO_BIG);
        clause_clear(&c);
    }
    clause_init(&c, SQL_CEILING);
    buf_text(&c.text, "SELECT count(*) FROM case_file t WHERE 1 = 1");
    for (int i = 0; i < CLAUSE_VALUES; i++)
        clause_bind(&c, value_integer(i));
    visible_where(&v, cases, "t", &c);
    assert_int_equal(c.text.len, 0);
    assert_int_equal(clause_check(&c, &w->e), TOO_BIG);
    clause_clear(&c);
}

static enum status switch_off(struct work *work, void *ctx)
{
    return db_run(work->db, "UPDATE actor SET is_active = 0 WHERE id = $1", VALUES(value_text(ctx)), work->e);
}

static enum status be_nobody(struct work *work, void *ctx)
{
    struct question *q = ctx;
    struct arena *arena = arena_open(1 << 16);
    enum status s = viewer_of(work, q->person->id, arena, &q->viewer);
    arena_close(arena);
    assert_int_equal(q->viewer.role, 0);                 // nothing was written
    return s;
}

static void who_was_switched_off_sees_nothing(void **state)
{
    struct world *w = *state;
    struct question q = { .w = w, .person = &w->person[w->people - 1] };
    struct station_call call = { 1770000002, q.person->id }, system = { 1770000002, "system" };
    assert_ok(w, station_write(w->station, &system, switch_off, w->person[w->people - 1].id, &w->e));
    assert_int_equal(station_read(w->station, &call, be_nobody, &q, &w->e), NOT_FOUND);
    struct person stranger = { .id = "nobody" };
    q.person = &stranger;
    assert_int_equal(station_read(w->station, &call, be_nobody, &q, &w->e), NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_person_sees_the_rows_of_the_reference),
        cmocka_unit_test(the_planted_rows_try_every_rule),
        cmocka_unit_test(personal_properties_are_left_out_by_role),
        cmocka_unit_test(a_layer_nobody_may_see_is_not_there),
        cmocka_unit_test(no_file_makes_a_record_public),
        cmocka_unit_test(the_same_key_is_the_same_sight),
        cmocka_unit_test(what_can_be_shared_is),
        cmocka_unit_test(the_lists_of_commands_are_the_same),
        cmocka_unit_test(pages_together_are_the_list),
        cmocka_unit_test(a_change_that_may_not_be_seen_is_nothing_to_go_on_after),
        cmocka_unit_test(what_leaves_is_what_may_be_seen),
        cmocka_unit_test(the_register_tells_what_may_be_seen),
        cmocka_unit_test(queues_hold_what_may_be_seen),
        cmocka_unit_test(a_case_tells_nothing_of_what_may_not_be_seen),
        cmocka_unit_test(records_are_named_only_to_who_may_see_them),
        cmocka_unit_test(a_question_that_is_too_long_asks_nothing),
        cmocka_unit_test(who_was_switched_off_sees_nothing),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
