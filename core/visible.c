#include "core/visible.h"

#include "core/actor.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/step.h"
#include "core/store/actor_rows.h"
#include "core/store/visible_rows.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 16, SQL_CEILING = 1 << 16 };
const struct viewer VIEWER_PUBLIC = { .role = ROLE_PUBLIC };

// --- The rules ------------------------------------------------------------------------------------------------------------------

enum group { CITIZEN, FIELD, BUREAU, CHIEF, AGENCY, INSPECTION, KEEPER, READER, GROUPS };

static enum group group_of(unsigned role)
{
    static const struct { unsigned roles; enum group group; } groups[] = {
        { ROLE_INSPECTOR, FIELD }, { ROLE_CHECKER | ROLE_COORDINATOR | ROLE_LEGAL | ROLE_ANALYST, BUREAU }, { ROLE_CHIEF, CHIEF },
        { ROLE_OFFICER | ROLE_SERVICE, AGENCY }, { ROLE_DISCIPLINE, INSPECTION }, { ROLE_ADMINISTRATOR, KEEPER }, { ROLE_AUDITOR, READER },
    };
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if ((groups[i].roles & role) == role && role != 0)
            return groups[i].group;
    return CITIZEN;
}

// In a condition @ is the row, $actor and $agency who asks, #x "row x lies in the areas of who asks".
#define EVERY ""
#define IN_AREAS "#@"
#define IS_OUT(row) row ".state NOT IN ('draft', 'approved', 'discarded')"
#define GOT(row) row ".agency_id = $agency AND " IS_OUT(row)                   // a lead that was handed over
#define GOT_OR_SECRET(row) row ".agency_id = $agency AND (" IS_OUT(row) " OR " row ".secrecy = 'secret')"
// Of a case that is the agency's, or of one of whose leads it knows.
#define OF_OWN_CASES(thing, known) \
    "@.id IN (SELECT vl.thing_id FROM case_link vl JOIN case_file vc ON vc.id = vl.case_id WHERE vl.thing = '" thing "' AND vc.agency_id = $agency AND #vc " \
    "UNION SELECT vl.thing_id FROM case_link vl JOIN lead vd ON vd.case_id = vl.case_id WHERE vl.thing = '" thing "' AND " known("vd") " AND #vd)"
#define OWN_REPORT "@.made_by = $actor"
#define OWN_AGENCY "@.agency_id = $agency AND #@"

enum { OFFICES = ROLE_CHECKER | ROLE_COORDINATOR | ROLE_LEGAL | ROLE_ANALYST | ROLE_CHIEF, HANDLERS = ROLE_OFFICER | ROLE_SERVICE | ROLE_DISCIPLINE };

static const struct rule {
    const char *layer;                 // NULL: every other, the registers
    bool may_be_public;                // what data/layers marks public is; records never are
    unsigned personal;                 // who sees what is personal
    const char *rows[GROUPS];          // NULL: none
} rules[] = {
    { "change", false, OFFICES, {
        [FIELD] = "(@.state <> 'open' AND #@) OR @.reviewed_by = $actor",      // what is referred to the field, and what became of it
        [BUREAU] = IN_AREAS, [CHIEF] = IN_AREAS, [AGENCY] = OF_OWN_CASES("change", GOT),
        [INSPECTION] = OF_OWN_CASES("change", GOT_OR_SECRET) } },
    { "finding", false, OFFICES, {
        [CITIZEN] = OWN_REPORT, [FIELD] = OWN_REPORT " OR (@.state = 'reported' AND #@)",
        [BUREAU] = IN_AREAS, [CHIEF] = IN_AREAS, [AGENCY] = OWN_REPORT " OR " OF_OWN_CASES("finding", GOT),
        [INSPECTION] = OWN_REPORT " OR " OF_OWN_CASES("finding", GOT_OR_SECRET) } },
    { "case", false, OFFICES | HANDLERS | ROLE_INSPECTOR, {
        [FIELD] = IN_AREAS, [BUREAU] = IN_AREAS, [CHIEF] = IN_AREAS, [AGENCY] = OWN_AGENCY, [INSPECTION] = OWN_AGENCY } },
    { "lead", false, OFFICES | HANDLERS, {                                     // secret: who made it, its agency, those who approve
        [BUREAU] = "(@.secrecy <> 'secret' OR @.made_by = $actor OR @.agency_id = $agency) AND #@",
        [CHIEF] = IN_AREAS, [AGENCY] = GOT("@") " AND #@", [INSPECTION] = GOT_OR_SECRET("@") " AND #@" } },
    { "survey", true, 0, { [FIELD] = EVERY, [BUREAU] = EVERY, [CHIEF] = EVERY, [KEEPER] = EVERY } },
    { "area", true, 0, { [FIELD] = EVERY, [BUREAU] = EVERY, [CHIEF] = EVERY, [KEEPER] = EVERY } },
    { "cell", true, 0, { [FIELD] = EVERY, [BUREAU] = EVERY, [CHIEF] = EVERY, [KEEPER] = EVERY } },
    { NULL, true, OFFICES, { [FIELD] = IN_AREAS, [BUREAU] = IN_AREAS, [CHIEF] = IN_AREAS, [KEEPER] = EVERY } },
};

static const struct rule *rule_of(const char *key)
{
    const struct rule *r = rules;
    while (r->layer != NULL && strcmp(r->layer, key) != 0)
        r++;
    return r;
}

// A condition about who asks holds for nobody when that is not said: such rows can never be seen.
static bool can_hold(const struct viewer *v, const char *rows)
{
    bool by_actor = strstr(rows, "$actor") != NULL, by_agency = strstr(rows, "$agency") != NULL;
    return (!by_actor && !by_agency) || (by_actor && v->actor[0] != '\0') || (by_agency && v->agency[0] != '\0');
}

// NULL: nothing; EVERY: all.
static const char *rows_for(const struct viewer *v, const struct rule *r, bool is_public)
{
    const char *rows = r->may_be_public && is_public ? EVERY : r->rows[group_of(v->role)];
    if (rows == NULL || !can_hold(v, rows))
        return NULL;
    return strcmp(rows, IN_AREAS) == 0 && v->areas == 0 ? EVERY : rows;
}

static bool is_whole(const char *rows) { return rows != NULL && rows[0] == '\0'; }

// --- Putting a condition together -----------------------------------------------------------------------------------------------

void clause_init(struct clause *c, size_t ceiling)
{
    c->values = 0;
    buf_init(&c->text, ceiling);
    buf_text(&c->text, "");
}

void clause_clear(struct clause *c)
{
    buf_clear(&c->text);
    c->values = 0;
}

const char *clause_bind(struct clause *c, struct value v)
{
    if (c->values < CLAUSE_VALUES)
        c->value[c->values++] = v;
    else
        c->text.full = true;
    snprintf(c->place, sizeof c->place, "$%d", c->values);
    return c->place;
}

void clause_bind_all(struct clause *c, struct values v)
{
    for (int i = 0; i < v.count; i++)
        clause_bind(c, v.value[i]);
}

struct values clause_values(const struct clause *c) { return (struct values){ c->value, c->values }; }

enum status clause_check(const struct clause *c, struct err *e)
{
    return !c->text.full ? OK : err_set(e, TOO_BIG, "this asks too much at once: a condition has at most %d values and %zu bytes", CLAUSE_VALUES,
                                        c->text.ceiling);
}

static void write_areas(const struct viewer *v, const char *alias, size_t len, struct clause *c)
{
    int n = (int)len;
    if (v->areas == 0) {
        buf_text(&c->text, "1 = 1");
        return;
    }
    for (int i = 0; i < v->areas; i++) {
        const char *code = clause_bind(c, value_text(v->area[i]));
        buf_text(&c->text, i == 0 ? "(" : " OR ");
        buf_printf(&c->text, "substr(%.*s.community_code, 1, length(%s)) = %s OR ", n, alias, code, code);
        buf_printf(&c->text, "substr(%.*s.cell_code, 1, length(%s)) = %s", n, alias, code, code);
    }
    buf_text(&c->text, ")");
}

static size_t word_length(const char *s)
{
    size_t len = 0;
    while (isalnum((unsigned char)s[len]))
        len++;
    return len;
}

// One sign of a condition; returns what follows it.
static const char *write_sign(const struct viewer *v, const char *s, const char *alias, struct clause *c)
{
    if (*s == '@') {
        buf_text(&c->text, alias);
        return s + 1;
    }
    if (*s == '$') {
        bool agency = strncmp(s, "$agency", 7) == 0;
        must(agency || strncmp(s, "$actor", 6) == 0);
        buf_text(&c->text, clause_bind(c, value_word(agency ? v->agency : v->actor)));
        return s + (agency ? 7 : 6);
    }
    if (*s != '#') {
        buf_add(&c->text, s, 1);
        return s + 1;
    }
    bool is_row = s[1] == '@';
    size_t len = is_row ? strlen(alias) : word_length(s + 1);
    write_areas(v, is_row ? alias : s + 1, len, c);
    return s + 1 + (is_row ? 1 : len);
}

static void write_rows(const struct viewer *v, const char *rows, const char *alias, struct clause *c)
{
    if (is_whole(rows))
        return;
    buf_text(&c->text, " AND (");
    for (const char *s = rows != NULL ? rows : "0 = 1"; *s != '\0';)
        s = write_sign(v, s, alias, c);
    buf_text(&c->text, ")");
    if (c->text.full && c->text.data != NULL) {        // a question that lost its end may have lost this one
        c->text.len = 0;
        c->text.data[0] = '\0';
    }
}

void visible_where(const struct viewer *v, const struct layer *l, const char *alias, struct clause *c)
{
    write_rows(v, rows_for(v, rule_of(l->key), l->is_public), alias, c);
}

void visible_records_where(const struct viewer *v, const char *key, const char *alias, struct clause *c)
{
    must(rule_of(key)->layer != NULL);
    write_rows(v, rows_for(v, rule_of(key), false), alias, c);
}

// --- Layers and properties --------------------------------------------------------------------------------------------------------

bool visible_layer(const struct viewer *v, const struct layer *l) { return rows_for(v, rule_of(l->key), l->is_public) != NULL; }
bool visible_whole(const struct viewer *v, const struct layer *l) { return is_whole(rows_for(v, rule_of(l->key), l->is_public)); }
bool visible_records(const struct viewer *v, const char *key) { return rows_for(v, rule_of(key), false) != NULL; }
bool visible_records_whole(const struct viewer *v, const char *key) { return is_whole(rows_for(v, rule_of(key), false)); }
bool visible_names(const struct viewer *v, const char *key) { return (rule_of(key)->personal & v->role) != 0; }

bool visible_files(const struct viewer *v, const struct layer *survey) { return visible_layer(v, survey) && v->areas == 0; }

bool visible_property(const struct viewer *v, const struct layer *l, const struct property *p)
{
    const struct rule *r = rule_of(l->key);
    bool is_public = r->may_be_public && l->is_public;
    if (!visible_layer(v, l))
        return false;
    if (p->is_personal && ((r->personal & v->role) == 0 || (is_public && v->areas > 0)))
        return false;
    return p->names == NULL || visible_records_whole(v, p->names);
}

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static void add_values(struct clause *c)
{
    for (int i = 0; i < c->values; i++) {
        const struct value *v = &c->value[i];
        buf_printf(&c->text, "|%zu:", v->len);
        buf_add(&c->text, v->bytes, v->len);
    }
}

// The condition itself with what is bound to it, and which properties there are: whoever shares these shares all.
bool visible_key(const struct viewer *v, const struct layer *l, char *out, size_t cap)
{
    const char *rows = rows_for(v, rule_of(l->key), l->is_public), *area[ACTOR_AREAS_MOST];
    struct viewer sorted = *v;
    struct clause c;
    if ((rows != NULL && strstr(rows, "$actor") != NULL) || v->areas > ACTOR_AREAS_MOST || cap < VISIBLE_KEY)
        return false;
    for (int i = 0; i < v->areas; i++)
        area[i] = v->area[i];
    qsort(area, (size_t)v->areas, sizeof area[0], by_text);
    sorted.area = area;
    clause_init(&c, SQL_CEILING);
    write_rows(&sorted, rows, "t", &c);
    add_values(&c);
    for (int i = 0; i < l->properties; i++)
        buf_text(&c.text, visible_property(v, l, &l->property[i]) ? "1" : "0");
    bool whole = !c.text.full;
    if (whole)
        hash_sha256(c.text.data, c.text.len, out);
    clause_clear(&c);
    return whole;
}

// --- Who asks -----------------------------------------------------------------------------------------------------------------------

struct areas { struct arena *arena; const char **code; int count; };

static enum status take_area(void *ctx, const char *code, struct err *e)
{
    struct areas *a = ctx;
    (void)e;
    must(a->count < ACTOR_AREAS_MOST);
    a->code[a->count++] = arena_text(a->arena, code);
    return OK;
}

enum status viewer_of(struct work *w, const char *actor_id, struct arena *a, struct viewer *out)
{
    struct actor who;
    struct areas areas = { .arena = a };
    if (actor_id[0] == '\0') {
        *out = VIEWER_PUBLIC;
        return OK;
    }
    enum status s = actor_get(w, actor_id, &who);
    if (s == OK && !who.is_active)
        s = err_set(w->e, NOT_FOUND, "%s does not work here any more", who.name);
    if (s != OK)
        return s;
    areas.code = arena_get(a, ACTOR_AREAS_MOST * sizeof *areas.code);
    s = actor_each_area(w->db, who.id.text, take_area, &areas, w->e);
    if (s != OK)
        return s;
    *out = (struct viewer){ .role = role_of_word(who.role), .area = areas.code, .areas = areas.count };
    memcpy(out->actor, who.id.text, sizeof out->actor);
    memcpy(out->agency, who.agency.text, sizeof out->agency);
    return OK;
}

// --- Records ------------------------------------------------------------------------------------------------------------------------

enum status looking_begin(struct work *w, const char *key, const char *or_else, struct values first, struct looking *l)
{
    l->arena = arena_open(ARENA_BYTES);
    l->viewer = VIEWER_PUBLIC;
    clause_init(&l->clause, SQL_CEILING);
    clause_bind_all(&l->clause, first);
    enum status s = viewer_of(w, w->actor, l->arena, &l->viewer);
    if (s != OK || visible_records(&l->viewer, key) || (or_else != NULL && visible_records(&l->viewer, or_else)))
        return s;
    return err_set(w->e, NOT_FOUND, "nothing of this is there for the role %s; somebody else must ask (--as NAME)", role_word(l->viewer.role));
}

void looking_end(struct looking *l)
{
    clause_clear(&l->clause);
    arena_close(l->arena);
}

enum status visible_record(struct work *w, const char *key, const char *number_or_id)
{
    struct looking l;
    bool seen = false;
    enum status s = looking_begin(w, key, NULL, VALUES(value_text(number_or_id)), &l);
    if (s == OK)
        s = record_seen(w->db, key, &l, &seen, w->e);
    looking_end(&l);
    if (s != NOT_FOUND && (s != OK || seen))
        return s;
    return err_set(w->e, NOT_FOUND, "there is no %s \"%s\"", text_in(w->e->lang, key), number_or_id);
}

enum status visible_step(struct work *w, const struct step *s)
{
    enum status status = visible_record(w, s->thing, s->key);
    bool has_master = s->with.master != NULL && s->with.master[0] != '\0';
    return status == OK && has_master ? visible_record(w, step_master_thing(s->thing, s->verb), s->with.master) : status;
}

// --- Audit ----------------------------------------------------------------------------------------------------------------------------

enum audit_sight visible_audit(const struct viewer *v)
{
    if (v->role == ROLE_AUDITOR || v->role == ROLE_CHIEF)
        return AUDIT_ALL;
    return v->role == ROLE_ADMINISTRATOR ? AUDIT_ACCOUNTS : AUDIT_NOTHING;
}

bool visible_everything(const struct viewer *v)
{
    bool all = visible_audit(v) == AUDIT_ALL;
    for (const struct rule *r = rules; r->layer != NULL; r++)
        all = all && is_whole(rows_for(v, r, false)) && (r->personal == 0 || (r->personal & v->role) != 0);
    return all;
}
