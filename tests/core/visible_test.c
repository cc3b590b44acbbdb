// The one access predicate against a plain reference: for every person and every layer the same rows, in lists, counts, extents,
// single gets, pages of cases and the lists of commands; and what may be shared between two people.
#include "tests/core/visible_world.h"

#include "core/case_file.h"

enum { SQL_CEILING = 1 << 16 };

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
        cmocka_unit_test(a_case_tells_nothing_of_what_may_not_be_seen),
        cmocka_unit_test(records_are_named_only_to_who_may_see_them),
        cmocka_unit_test(a_question_that_is_too_long_asks_nothing),
        cmocka_unit_test(who_was_switched_off_sees_nothing),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
