#include "core/document.h"

#include "core/actor.h"
#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/resource.h"
#include "core/codes.h"
#include "core/data_reader.h"
#include "core/layer.h"
#include "core/lifecycle.h"
#include "core/route.h"
#include "core/store/document_rows.h"
#include "core/store/view_rows.h"
#include "core/told.h"
#include <stdio.h>
#include <string.h>

// --- Kinds ------------------------------------------------------------------------------------------------------------------------

static const char ONLY[] = "district";

struct reading { struct work *w; const struct json_doc *doc; struct arena *arena; const char *name; };

static enum status read_codes(struct reading *r)
{
    struct code_scheme s;
    enum status status = codes_read(r->doc, r->arena, &s, r->w->e);
    r->name = status == OK ? s.head.scheme : NULL;
    return status;
}

static enum status read_limits(struct reading *r)
{
    struct limit_rules l;
    enum status status = limits_read(r->doc, r->arena, &l, r->w->e);
    r->name = status == OK ? l.head.scheme : NULL;
    return status;
}

static enum status read_terms(struct reading *r) { return terms_read(r->doc, r->arena, &(struct terms){ 0 }, r->w->e); }
static enum status read_agencies(struct reading *r) { return agencies_read(r->doc, r->arena, &(struct agency_list){ 0 }, r->w->e); }

static enum status read_rules(struct reading *r)
{
    struct desk now = { 0 };
    struct routing_rules rules;
    enum status s = desk_ready(r->w, &now);
    if (s == OK)
        s = rules_read(r->doc, &now.agencies, r->arena, &rules, r->w->e);
    if (s == OK)
        s = route_check(r->w, &rules);
    desk_clear(&now);
    return s;
}

static enum status read_layer(struct reading *r)
{
    struct layer l;
    enum status s = layer_read(r->doc, r->arena, &l, r->w->e);
    if (s == OK && !l.is_register)                 // who sees which records is no district's to say
        s = json_wrong(json_get(json_root(r->doc), "register"), "nothing, since a layer of one's own is loaded,", r->w->e);
    if (s == OK)
        s = layer_check(r->w->db, r->arena, &l, r->w->e);
    r->name = s == OK ? l.key : NULL;
    return s;
}

static const struct kind { const char *word, *folder; bool is_many, adds; enum status (*read)(struct reading *r); } kinds[] = {
    { "codes", "codes/", true, true, read_codes },
    { "limits", "limits/", true, true, read_limits },
    { "rules", "routing/", false, false, read_rules },
    { "agencies", "agencies/", false, false, read_agencies },
    { "terms", "terms/", false, false, read_terms },
    { "layers", "layers/", true, false, read_layer },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static enum status kind_of(const char *word, const struct kind **out, struct err *e)
{
    for (int i = 0; i < KINDS; i++)
        if (strcmp(kinds[i].word, word) == 0) {
            *out = &kinds[i];
            return OK;
        }
    return err_set(e, INVALID, "\"%s\" is no kind of document: codes, limits, rules, agencies, terms or layers is expected", word);
}

static enum status name_of(const struct kind *k, const char *given, const char **out, struct err *e)
{
    if (given == NULL && k->is_many)
        return err_set(e, INVALID, "there are several %s; name one, as gridpatrol document list does", k->word);
    *out = given != NULL ? given : ONLY;
    return OK;
}

static enum status may_lay_down(struct work *w)
{
    struct actor who;
    enum status s = actor_get(w, w->actor, &who);
    if (s == OK && (role_of_word(who.role) & (ROLE_ADMINISTRATOR | ROLE_CHIEF)) == 0)
        s = err_set(w->e, DENIED, "an administrator or a chief lays down what counts in a district; %s is neither (%s)", who.name,
                    role_title((enum role)role_of_word(who.role), w->e->lang));
    return s;
}

// --- Taking one -------------------------------------------------------------------------------------------------------------------

// Everything that is in force is read anew, so that what was taken goes together with the rest.
static enum status check_together(struct work *w)
{
    struct desk d = { 0 };
    enum status s = desk_ready(w, &d);
    if (s == OK)
        s = route_check(w, &d.rules);
    desk_clear(&d);
    return s;
}

// The layer of that key as it is in force now gets its row and its view.
static enum status apply_layer(struct work *w, const char *key)
{
    struct arena *a = arena_open(DATA_ARENA_BYTES);
    struct layer l;
    enum status s = layer_get(w, a, key, &l);
    if (s == OK)
        s = layer_record(w, &l);
    arena_close(a);
    return s;
}

static enum status write_version(struct work *w, const struct kind *k, const char *name, const char *text, int64_t *version, bool *same)
{
    struct document_found last;
    struct as_told before;
    char sha[65] = "", thing_id[DOCUMENT_NAME * 2];
    bool withdraws = text[0] == '\0';
    if (!withdraws)
        hash_sha256(text, strlen(text), sha);
    snprintf(thing_id, sizeof thing_id, "%s/%s", k->word, name);
    enum status s = document_select(w->db, k->word, name, 0, &last, NULL, w->e);
    *same = s == OK && last.version > 0 && strcmp(last.sha256, sha) == 0;
    *version = last.version + !*same;
    if (s == OK && !*same)
        s = told_of(w, "document", thing_id, &before);
    if (s == OK && !*same)
        s = document_insert(w->db, &(struct document_row){ .kind = k->word, .name = name, .text = text, .sha256 = sha, .loaded_by = w->actor,
                                                           .version = *version, .now_s = w->now_s }, w->e);
    if (s == OK && !*same)
        s = told_note(w, &(struct deed){ .verb = withdraws ? "withdraw" : "load", .thing = "document", .thing_id = thing_id }, &before);
    return s;
}

static enum status read_file(struct work *w, const struct kind *k, const struct document_file *f, char name[DOCUMENT_NAME])
{
    struct json_doc *doc = NULL;
    struct reading r = { .w = w, .arena = arena_open(DATA_ARENA_BYTES), .name = ONLY };
    enum status s = json_parse(f->text, f->bytes, f->path, NULL, &doc, w->e);
    r.doc = doc;
    if (s == OK)
        s = k->read(&r);
    if (s == OK)
        snprintf(name, DOCUMENT_NAME, "%s", r.name);
    json_close(doc);
    arena_close(r.arena);
    return s;
}

enum status document_load(struct work *w, const struct document_file *f, char name[DOCUMENT_NAME], int64_t *version, bool *same)
{
    const struct kind *k = NULL;
    enum status s = kind_of(f->kind, &k, w->e);
    if (s == OK)
        s = may_lay_down(w);
    if (s == OK)
        s = read_file(w, k, f, name);
    if (s == OK)
        s = write_version(w, k, name, f->text, version, same);
    if (s == OK && !*same && k->read == read_layer)
        s = apply_layer(w, name);
    return s == OK && !*same ? check_together(w) : s;
}

// --- Taking it back -----------------------------------------------------------------------------------------------------------------

static bool is_built_in_layer(const char *key)
{
    char path[DOCUMENT_NAME + 16];
    snprintf(path, sizeof path, "layers/%s.json", key);
    return resource_get(path) != NULL;
}

static enum status forget_layer(struct work *w, const char *key)
{
    int64_t things = 0;
    enum status s = layer_things(w->db, key, &things, w->e);
    if (s == OK && things > 0)
        return err_set(w->e, CONFLICT, "%lld rows of the register are of layer %s; it stays as long as they do", (long long)things, key);
    return s == OK ? view_forget(w->db, key, w->e) : s;
}

enum status document_withdraw(struct work *w, const char *kind, const char *given)
{
    const struct kind *k = NULL;
    const char *name = NULL;
    int64_t version = 0;
    bool same = false;
    enum status s = kind_of(kind, &k, w->e);
    if (s == OK)
        s = name_of(k, given, &name, w->e);
    if (s == OK)
        s = may_lay_down(w);
    if (s == OK)
        s = write_version(w, k, name, "", &version, &same);
    if (s == OK && (same || version == 1))
        return err_set(w->e, NOT_FOUND, "this station has no %s of its own called \"%s\"; gridpatrol document list names those it has", kind, name);
    if (s == OK && k->read == read_layer)
        s = is_built_in_layer(name) ? apply_layer(w, name) : forget_layer(w, name);
    return s == OK ? check_together(w) : s;
}

// --- Asking -------------------------------------------------------------------------------------------------------------------------

struct telling { const struct kind *kind; document_told *fn; void *ctx; struct arena *seen; const char *name[1000]; int names; };

static enum status tell_with_title(const struct telling *t, struct document *d, struct err *e)
{
    struct json_doc *doc = NULL;
    struct err none = { .lang = e->lang };
    d->title_zh = d->title_en = "";
    if (d->text[0] != '\0' && json_parse(d->text, strlen(d->text), d->name, NULL, &doc, &none) == OK) {
        (void)json_read_text_or(json_get(json_root(doc), "title_zh"), "", &d->title_zh, &none);
        (void)json_read_text_or(json_get(json_root(doc), "title_en"), "", &d->title_en, &none);
    }
    enum status s = t->fn(t->ctx, d, e);
    json_close(doc);
    return s;
}

static enum status tell_own(void *ctx, const struct document *d, struct err *e)
{
    struct telling *t = ctx;
    struct document copy = *d;
    if (t->names < (int)(sizeof t->name / sizeof t->name[0]))
        t->name[t->names++] = arena_text(t->seen, d->name);
    return tell_with_title(t, &copy, e);
}

// The program's own count where the station adds to them, or has none of that name; kinds of one are called like it.
static bool counts(const struct telling *t, const char *name)
{
    for (int i = 0; !t->kind->adds && i < t->names; i++)
        if (!t->kind->is_many || strcmp(t->name[i], name) == 0)
            return false;
    return true;
}

static enum status tell_built_in(const struct telling *t, const struct resource *r, struct err *e)
{
    char name[DOCUMENT_NAME], sha[65];
    const char *file = strrchr(r->path, '/') + 1;
    snprintf(name, sizeof name, "%.*s", (int)(strlen(file) - strlen(".json")), file);
    if (!counts(t, name))
        return OK;
    hash_sha256(r->text, r->bytes, sha);
    return tell_with_title(t, &(struct document){ .kind = t->kind->word, .name = name, .text = r->text, .sha256 = sha }, e);
}

static enum status tell_kind(struct work *w, const struct kind *k, document_told *fn, void *ctx)
{
    struct telling t = { .kind = k, .fn = fn, .ctx = ctx, .seen = arena_open(1 << 20) };
    enum status s = document_tell_own(w->db, k->word, tell_own, &t, w->e);
    for (const struct resource *r = NULL; s == OK && (r = resource_next(k->folder, r)) != NULL; )
        s = tell_built_in(&t, r, w->e);
    arena_close(t.seen);
    return s;
}

enum status document_list(struct work *w, const char *kind, document_told *fn, void *ctx)
{
    const struct kind *only = NULL;
    enum status s = kind != NULL ? kind_of(kind, &only, w->e) : OK;
    for (int i = 0; s == OK && i < KINDS; i++)
        if (only == NULL || only == &kinds[i])
            s = tell_kind(w, &kinds[i], fn, ctx);
    return s;
}

enum status document_history(struct work *w, const char *kind, const char *name, const struct page *p, document_told *fn, void *ctx)
{
    const struct kind *k = NULL;
    struct telling t = { .fn = fn, .ctx = ctx, .seen = arena_open(1 << 20) };
    enum status s = kind != NULL ? kind_of(kind, &k, w->e) : OK;
    if (s == OK)
        s = document_tell_all(w->db, kind, name, p, tell_own, &t, w->e);
    arena_close(t.seen);
    return s;
}

static const struct resource *built_in(const struct kind *k, const char *name)
{
    char path[DOCUMENT_NAME + 32];
    snprintf(path, sizeof path, "%s%s.json", k->folder, k->is_many ? name : "default");
    return resource_get(path);
}

enum status document_text(struct work *w, const char *kind, const char *given, int64_t version, struct buf *out)
{
    const struct kind *k = NULL;
    const char *name = NULL;
    struct document_found found;
    enum status s = kind_of(kind, &k, w->e);
    if (s == OK)
        s = name_of(k, given, &name, w->e);
    if (s == OK)
        s = document_select(w->db, kind, name, version, &found, out, w->e);
    const struct resource *r = s == OK && version == 0 && out->len == 0 ? built_in(k, name) : NULL;
    if (r != NULL)
        buf_add(out, r->text, r->bytes);
    if (s == OK && out->len == 0)
        s = err_set(w->e, NOT_FOUND, "there is no such document: %s %s; gridpatrol document list and history name them", kind, name);
    return s;
}
