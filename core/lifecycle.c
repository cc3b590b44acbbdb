#include "core/lifecycle.h"
#include "core/base/buf.h"
#include "core/lifecycle_table.h"

#include <stdio.h>
#include <string.h>

static const struct thing *const things[] = {
    &thing_change, &thing_finding, &thing_case, &thing_extension, &thing_appeal, &thing_enforcement, &thing_lead,
    &thing_notice, &thing_conference, &thing_building, &thing_permit, &thing_asset, &thing_comparison,
};

static const struct { const char *word, *title; } roles_by_bit[ROLES] = {
    { "inspector", "inspector" },           { "checker", "supervision centre" },  { "coordinator", "command centre" },
    { "officer", "officer of the agency" }, { "chief", "person in charge" },      { "legal", "legal reviewer" },
    { "discipline", "discipline inspector" }, { "analyst", "data analyst" },      { "public", "citizen" },
    { "service", "the program" },           { "auditor", "auditor" },             { "administrator", "administrator" },
};

// --- Words ------------------------------------------------------------------------------------------------------------------

static int bit_of(unsigned one)
{
    for (int i = 0; i < ROLES; i++)
        if (one == 1u << i)
            return i;
    return -1;
}

const char *role_word(enum role one)
{
    int i = bit_of(one);
    return i >= 0 ? roles_by_bit[i].word : NULL;
}

const char *role_title(enum role one, enum lang lang)
{
    int i = bit_of(one);
    return i >= 0 ? text_in(lang, roles_by_bit[i].title) : NULL;
}

unsigned role_of_word(const char *word)
{
    for (int i = 0; i < ROLES; i++)
        if (strcmp(roles_by_bit[i].word, word) == 0)
            return 1u << i;
    return 0;
}

static const struct thing *thing_of(const char *word)
{
    for (size_t i = 0; i < COUNT(things); i++)
        if (strcmp(things[i]->word, word) == 0)
            return things[i];
    return NULL;
}

static const struct state *state_of(const struct thing *t, const char *word)
{
    for (size_t i = 0; i < t->states; i++)
        if (strcmp(t->state[i].word, word) == 0)
            return &t->state[i];
    return NULL;
}

static bool is_birth(const char *state)
{
    return state[0] == '\0';
}

static bool is_before(const char *state)
{
    return strcmp(state, "<") == 0;
}

const char *lifecycle_thing(size_t i)
{
    return i < COUNT(things) ? things[i]->word : NULL;
}

const char *lifecycle_thing_title(const char *thing, enum lang lang)
{
    const struct thing *t = thing_of(thing);
    return t != NULL ? text_in(lang, t->title) : NULL;
}

const char *lifecycle_state(const char *thing, size_t i)
{
    const struct thing *t = thing_of(thing);
    return t != NULL && i < t->states ? t->state[i].word : NULL;
}

const char *lifecycle_state_title(const char *thing, const char *state, enum lang lang)
{
    const struct thing *t = thing_of(thing);
    const struct state *s = t != NULL ? state_of(t, state) : NULL;
    return s != NULL ? text_in(lang, s->title) : NULL;
}

bool lifecycle_is_end(const char *thing, const char *state)
{
    const struct thing *t = thing_of(thing);
    const struct state *s = t != NULL ? state_of(t, state) : NULL;
    return s != NULL && s->is_end;
}

// --- One attempt --------------------------------------------------------------------------------------------------------------

static const struct move *move_of(const struct thing *t, const char *from, const char *verb)
{
    for (size_t i = 0; i < t->moves; i++)
        if (strcmp(t->move[i].from, from) == 0 && strcmp(t->move[i].verb, verb) == 0)
            return &t->move[i];
    return NULL;
}

static bool verb_is_known(const struct thing *t, const char *verb)
{
    for (size_t i = 0; i < t->moves; i++)
        if (strcmp(t->move[i].verb, verb) == 0)
            return true;
    return false;
}

size_t lifecycle_moves(const char *thing, const char *from, unsigned roles, const struct move **out, size_t room)
{
    const struct thing *t = thing_of(thing);
    size_t count = 0;
    for (size_t i = 0; t != NULL && i < t->moves; i++) {
        const struct move *m = &t->move[i];
        if (strcmp(m->from, from) != 0 || (m->roles & roles) == 0)
            continue;
        if (count < room)
            out[count] = m;
        count++;
    }
    return count;
}

uint64_t lifecycle_always(const char *thing)
{
    const struct thing *t = thing_of(thing);
    return t != NULL ? t->always | t->onward : 0;
}

enum { LIST_BYTES = 1024 };

static void list_word(struct buf *b, const char *word)
{
    buf_text(b, b->len > 0 ? ", " : "");
    buf_text(b, word);
}

static enum lang lang_of(const struct err *e)
{
    return e != NULL ? e->lang : LANG_EN;
}

static const char *state_title(const struct thing *t, const char *state, enum lang lang)
{
    return text_in(lang, is_birth(state) ? "not there yet" : state_of(t, state)->title);
}

// What the verb is called, wherever it stands.
static const char *verb_title(const struct thing *t, const char *verb, enum lang lang)
{
    for (size_t i = 0; i < t->moves; i++)
        if (strcmp(t->move[i].verb, verb) == 0)
            return text_in(lang, t->move[i].title);
    return NULL;
}

const char *lifecycle_verb_title(const char *thing, const char *verb, enum lang lang)
{
    const struct thing *t = thing_of(thing);
    return t != NULL ? verb_title(t, verb, lang) : NULL;
}

// What can be done from here, as it is called and as it is asked for: "take it up (accept), return".
static size_t list_open(const struct attempt *a, enum lang lang, struct buf *list)
{
    enum { MOST = 32, WORDS = 200 };
    const struct move *open[MOST];
    size_t count = lifecycle_moves(a->thing, a->from, a->roles, open, MOST);
    for (size_t i = 0; i < count && i < MOST; i++) {
        const char *title = text_in(lang, open[i]->title);
        char words[WORDS];
        snprintf(words, sizeof words, strcmp(title, open[i]->verb) == 0 ? "%s" : "%s (%s)", title, open[i]->verb);
        list_word(list, words);
    }
    return count;
}

static enum status refuse_unknown(const struct thing *t, const struct attempt *a, struct err *e)
{
    struct buf list;
    buf_init(&list, LIST_BYTES);
    const char *thing = text_in(lang_of(e), t->title);
    enum status s = list_open(a, lang_of(e), &list) > 0 ? err_set(e, INVALID, "%s: a %s has no such move; you can: %s", a->verb, thing, list.data)
                                                        : err_set(e, INVALID, "%s: a %s has no such move", a->verb, thing);
    buf_clear(&list);
    return s;
}

static enum status refuse_not_now(const struct thing *t, const struct attempt *a, struct err *e)
{
    enum lang lang = lang_of(e);
    struct buf list;
    buf_init(&list, LIST_BYTES);
    size_t count = list_open(a, lang, &list);
    const char *thing = text_in(lang, t->title), *state = state_title(t, a->from, lang);
    enum status s = count > 0
        ? err_set(e, CONFLICT, "rule not-now: a %s that is \"%s\": \"%s\" is not possible; you can: %s",
                  thing, state, verb_title(t, a->verb, lang), list.data)
        : err_set(e, CONFLICT, "rule not-now: a %s that is \"%s\": \"%s\" is not possible, and nothing else is open to you",
                  thing, state, verb_title(t, a->verb, lang));
    buf_clear(&list);
    return s;
}

static enum status refuse_role(const struct move *m, struct err *e)
{
    struct buf list;
    buf_init(&list, LIST_BYTES);
    for (int i = 0; i < ROLES; i++)
        if (m->roles & 1u << i)
            list_word(&list, text_in(lang_of(e), roles_by_bit[i].title));
    enum status s = err_set(e, DENIED, "rule role: \"%s\" is for: %s; ask one of them", text_in(lang_of(e), m->title), list.data);
    buf_clear(&list);
    return s;
}

static uint64_t guards_of(const struct thing *t, const struct move *m)
{
    bool onward = m->direction == FORWARD || m->direction == END;
    return m->guards | t->always | (onward ? t->onward : 0);
}

static enum status check_guards(uint64_t guards, const struct facts *f, struct err *e)
{
    for (int g = 0; g < GUARDS; g++) {
        const struct guard_rule *rule = &guard_rules[g];
        if ((guards & (uint64_t)1 << g) == 0 || guard_holds((enum guard)g, f))
            continue;
        return err_set(e, rule->status, "rule %s: %s", rule->name, text_in(lang_of(e), rule->sentence));
    }
    return OK;
}

size_t lifecycle_unmet(const char *thing, const struct move *m, const struct facts *f, struct unmet *out, size_t room)
{
    const struct thing *t = thing_of(thing);
    uint64_t guards = t != NULL ? guards_of(t, m) : 0;
    size_t count = 0;
    for (int g = 0; g < GUARDS; g++) {
        if ((guards & (uint64_t)1 << g) == 0 || guard_holds((enum guard)g, f))
            continue;
        if (count < room)
            out[count] = (struct unmet){ guard_rules[g].name, guard_rules[g].sentence, guard_rules[g].status };
        count++;
    }
    return count;
}

// Back to the state left before, if a move with REMEMBERS leads from there to here.
static enum status check_before(const struct thing *t, const struct attempt *a, const char **to, struct err *e)
{
    const char *before = a->facts->state_before;
    for (size_t i = 0; before != NULL && i < t->moves; i++) {
        const struct move *m = &t->move[i];
        if ((m->effects & REMEMBERS) == 0 || strcmp(m->from, before) != 0 || strcmp(m->to, a->from) != 0)
            continue;
        *to = m->from;
        return OK;
    }
    return err_set(e, CONFLICT,
                   "rule state-before: a %s in state %s cannot go back to state %s; the record of its moves is damaged",
                   text_in(lang_of(e), t->title), a->from, before != NULL ? before : "-");
}

static enum status find_move(const struct attempt *a, const struct thing **thing, const struct move **move, struct err *e)
{
    const struct thing *t = thing_of(a->thing);
    if (t == NULL)
        return err_set(e, INVALID, "%s: no such thing has moves", a->thing);
    if (!is_birth(a->from) && state_of(t, a->from) == NULL)
        return err_set(e, INVALID, "%s: a %s has no such state", a->from, text_in(lang_of(e), t->title));
    if (!verb_is_known(t, a->verb))
        return refuse_unknown(t, a, e);
    const struct move *m = move_of(t, a->from, a->verb);
    if (m == NULL)
        return refuse_not_now(t, a, e);
    *thing = t;
    *move = m;
    return OK;
}

enum status lifecycle_check(const struct attempt *a, struct outcome *out, struct err *e)
{
    const struct thing *t = NULL;
    const struct move *m = NULL;
    enum status s = find_move(a, &t, &m, e);
    if (s != OK)
        return s;
    if ((m->roles & a->roles) == 0)
        return refuse_role(m, e);
    s = check_guards(guards_of(t, m), a->facts, e);
    if (s != OK)
        return s;
    const char *to = m->to;
    if (is_before(m->to))
        s = check_before(t, a, &to, e);
    if (s == OK)
        *out = (struct outcome){ .to = to, .move = m };
    return s;
}

// --- Is the table sound? -------------------------------------------------------------------------------------------------------

enum { STATES_MOST = 64 };

static enum status check_row(const struct thing *t, const struct move *m, struct err *e)
{
    bool from_known = is_birth(m->from) || state_of(t, m->from) != NULL;
    bool to_known = is_before(m->to) || state_of(t, m->to) != NULL;
    if (!from_known || !to_known)
        return err_set(e, FAILED, "table of moves: %s: %s: %s or %s is no state", t->word, m->verb, m->from, m->to);
    if (m->roles == 0 || m->roles >> ROLES != 0)
        return err_set(e, FAILED, "table of moves: %s: %s from %s is open to nobody", t->word, m->verb, m->from);
    if (move_of(t, m->from, m->verb) != m)
        return err_set(e, FAILED, "table of moves: %s: %s from %s stands there twice", t->word, m->verb, m->from);
    bool moves_on = strcmp(m->from, m->to) != 0;
    bool ends = m->direction == END || (moves_on && !is_before(m->to) && state_of(t, m->to)->is_end);
    // What concerns people is decided by people; the program carries an earlier decision on if a name stands on it.
    bool concerns_people = t->always != 0;
    bool decided = (m->guards & ((uint64_t)1 << GUARD_DECIDED_BY_PERSON)) != 0;
    if ((m->roles & ROLE_SERVICE) != 0 && ends && concerns_people && !decided)
        return err_set(e, FAILED, "table of moves: %s: %s from %s: the program may not decide", t->word, m->verb, m->from);
    return OK;
}

static size_t index_of(const struct thing *t, const char *word)
{
    const struct state *s = state_of(t, word);
    must(s != NULL);
    return (size_t)(s - t->state);
}

// One edge of the graph: the mark goes from one end to the other. Says whether it went anywhere.
static bool pass_mark(bool mark[STATES_MOST], size_t from, size_t to)
{
    bool went = mark[from] && !mark[to];
    mark[to] |= mark[from];
    return went;
}

static bool spread_row(const struct thing *t, const struct move *m, bool forward, bool mark[STATES_MOST])
{
    if (is_birth(m->from)) {
        bool went = forward && !mark[index_of(t, m->to)];
        mark[index_of(t, m->to)] |= forward;
        return went;
    }
    size_t from = index_of(t, m->from);
    if (!is_before(m->to))
        return forward ? pass_mark(mark, from, index_of(t, m->to)) : pass_mark(mark, index_of(t, m->to), from);
    bool went = false;
    for (size_t i = 0; i < t->moves; i++) {         // "<" leads to every state from which one came here and is remembered
        const struct move *came = &t->move[i];
        if ((came->effects & REMEMBERS) == 0 || strcmp(came->to, m->from) != 0)
            continue;
        size_t before = index_of(t, came->from);
        went |= forward ? pass_mark(mark, from, before) : pass_mark(mark, before, from);
    }
    return went;
}

// Marks grow along the rows until nothing changes. forward: from births on; else: backwards from the ends.
static void spread(const struct thing *t, bool forward, bool mark[STATES_MOST])
{
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t i = 0; i < t->moves; i++)
            grew |= spread_row(t, &t->move[i], forward, mark);
    }
}

static enum status check_roads(const struct thing *t, struct err *e)
{
    bool reached[STATES_MOST] = { false }, ends[STATES_MOST] = { false };
    must(t->states <= STATES_MOST);
    for (size_t i = 0; i < t->states; i++)
        ends[i] = t->state[i].is_end;
    spread(t, true, reached);
    spread(t, false, ends);
    for (size_t i = 0; i < t->states; i++) {
        if (!reached[i])
            return err_set(e, FAILED, "table of moves: %s: nothing leads to %s", t->word, t->state[i].word);
        if (!ends[i])
            return err_set(e, FAILED, "table of moves: %s: no end can be reached from %s", t->word, t->state[i].word);
    }
    return OK;
}

enum status lifecycle_thing_sound(const struct thing *t, struct err *e)
{
    for (size_t i = 0; i < t->moves; i++) {
        enum status s = check_row(t, &t->move[i], e);
        if (s != OK)
            return s;
    }
    return check_roads(t, e);
}

enum status lifecycle_sound(struct err *e)
{
    for (size_t i = 0; i < COUNT(things); i++) {
        enum status s = lifecycle_thing_sound(things[i], e);
        if (s != OK)
            return s;
    }
    return OK;
}
