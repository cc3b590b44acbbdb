#include "api/record.h"

#include "api/collection.h"
#include "api/desks.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include <stdio.h>
#include <string.h>

enum status write_station(struct exchange *x, station_job *fn, void *ctx)
{
    return station_write(x->server->station, &(struct station_call){ x->now_s, x->viewer.actor }, fn, ctx, &x->err);
}

enum status visible_to_known(struct exchange *x, const char *thing, const char *key)
{
    return x->viewer.actor[0] != '\0' ? OK : err_set(&x->err, NOT_FOUND, "there is no %s \"%s\"", text_in(x->lang, thing), key);
}

enum status refuse_deed(struct exchange *x, enum status s)
{
    enum { LACKING = 422 };
    if (s != INVALID)
        return s;
    answer_refusal(x, LACKING, x->err.text);
    return OK;
}

void put_moment(struct json_writer *j, const char *key, int64_t at_s)
{
    char text[WHEN_TEXT];
    bool is_one = at_s != 0 && at_s != NO_DEADLINE && when_write(at_s, text);
    json_put_text(j, key, is_one ? text : NULL);
}

// --- Words of paths -----------------------------------------------------------------------------------------------------------

const char *plural_of(struct exchange *x, const char *thing)
{
    char word[WALK_WORD + 1];
    snprintf(word, sizeof word, "%ss", thing);
    return arena_text(x->request->arena, word);
}

const char *thing_of_path(struct exchange *x)
{
    const char *path = x->route->path + 1;                  // "cases/{recordId}/moves": things end with an s
    char word[WALK_WORD];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(path, "/") - 1, path);
    return arena_text(x->request->arena, word);
}

// --- Where it stands -----------------------------------------------------------------------------------------------------------

static void put_unmet(struct json_writer *j, const char *key, const struct open_move *m, enum status kind, enum lang lang)
{
    json_put_list(j, key);
    for (size_t i = 0; i < m->unmets; i++) {
        if (m->unmet[i].status != kind)
            continue;
        json_put_object(j, NULL);
        json_put_text(j, "rule", m->unmet[i].rule);
        json_put_text(j, "says", text_in(lang, m->unmet[i].sentence));
        json_put_end(j);
    }
    json_put_end(j);
}

static enum status put_move(void *ctx, const struct open_move *m, struct err *e)
{
    const struct standing *s = ctx;
    enum lang lang = s->x->lang;
    (void)e;
    json_put_object(s->j, NULL);
    json_put_text(s->j, "verb", m->verb);
    json_put_text(s->j, "title", text_in(lang, m->title));
    json_put_text(s->j, "to", m->to);
    put_unmet(s->j, "needs", m, INVALID, lang);
    put_unmet(s->j, "waits_for", m, CONFLICT, lang);
    json_put_end(s->j);
    return OK;
}

static void put_name_and_state(struct exchange *x, const struct walk *k, struct json_writer *j)
{
    json_put_text(j, "thing", k->thing);
    json_put_text(j, "id", k->id.text);
    json_put_text(j, "number", k->number[0] != '\0' ? k->number : NULL);
    json_put_text(j, "state", k->state);
    json_put_text(j, "state_title", lifecycle_state_title(k->thing, k->state, x->lang));
}

static void put_walk(const struct standing *s, const struct walk *k)
{
    struct json_writer *j = s->j;
    put_name_and_state(s->x, k, j);
    json_put_bool(j, "is_end", lifecycle_is_end(k->thing, k->state));
    put_moment(j, "due_at", k->due_at_s);
    json_put_bool(j, "is_due_provisional", k->is_provisional);
}

static void put_links(const struct standing *s, const struct walk *k)
{
    struct exchange *x = s->x;
    const char *plural = plural_of(x, k->thing);
    json_put_list(s->j, "links");
    put_link(s->j, (struct link){ .rel = "self", .href = link_to(x, "/%s/%s/moves", plural, k->id.text), .type = format_type(FORMAT_JSON) });
    for (int i = 0; i < x->server->layers.count; i++)
        if (strcmp(x->server->layers.layer[i].key, k->thing) == 0)
            put_link(s->j, (struct link){ .rel = "item", .href = link_to(x, "/collections/%s/items/%s", k->thing, k->id.text),
                                          .type = format_type(FORMAT_GEOJSON), .title = collection_title(x, &x->server->layers.layer[i]) });
    json_put_end(s->j);
}

// The moves come first from the record, then what they say of it is written: so they are collected apart.
enum status put_standing(struct work *w, const struct standing *s)
{
    enum { MOVES_CEILING = 1 << 20 };
    struct buf moves;
    struct walk k;
    buf_init(&moves, MOVES_CEILING);
    struct json_writer list = { .to = &moves };
    struct standing aside = *s;
    aside.j = &list;
    json_put_list(&list, NULL);
    enum status st = move_each_open(w, s->desk, s->thing, s->key, put_move, &aside, &k);
    if (st == OK)
        st = move_each_birth(w, s->thing, put_move, &aside);
    json_put_end(&list);
    if (st == OK) {
        put_walk(s, &k);
        json_put_raw(s->j, "moves", moves.data, moves.len);
        put_links(s, &k);
    }
    buf_clear(&moves);
    return st;
}

// --- The whole record -----------------------------------------------------------------------------------------------------------

enum { RECORD_CEILING = 64 << 20 };
struct telling { struct exchange *x; const struct record_asked *asked; struct desk *desk; struct buf out; };

static enum status tell_record(struct work *w, void *ctx)
{
    struct telling *t = ctx;
    struct buf told;
    struct json_writer j = { .to = &t->out };
    buf_init(&told, RECORD_CEILING);
    json_put_object(&j, NULL);
    enum status s = put_standing(w, &(struct standing){ t->x, t->desk, t->asked->thing, t->asked->key, &j });
    if (s == OK && t->asked->tell != NULL)
        s = t->asked->tell(w, t->asked->key, &told);
    else if (s == OK && t->asked->more != NULL)
        s = t->asked->more(w, t->asked->ctx, t->asked->key, &told);
    if (s == OK && told.full)
        s = err_set(w->e, TOO_BIG, "this record is larger than %d MB", RECORD_CEILING >> 20);
    if (s == OK && told.len > 0)
        json_put_raw(&j, "record", told.data, told.len);
    json_put_end(&j);
    buf_clear(&told);
    return s;
}

enum status answer_record(struct exchange *x, const struct record_asked *r)
{
    struct telling t = { .x = x, .asked = r, .desk = desks_take(x->server->desks) };
    buf_init(&t.out, 2 * RECORD_CEILING);
    enum status s = visible_to_known(x, r->thing, r->key);
    if (s == OK)
        s = read_station(x, tell_record, &t);
    desks_give(x->server->desks, t.desk);
    if (s == OK) {
        x->answer->status = r->status;
        if (r->status == RECORD_NEW)
            answer_header(x->answer, "Location", link_to(x, "/%s/%s", plural_of(x, r->thing), r->key));
        s = answer_document(x, &t.out);
    }
    buf_clear(&t.out);
    return s;
}

void put_last_sight(struct exchange *x, const struct walk *k, struct json_writer *j)
{
    put_name_and_state(x, k, j);
    json_put_list(j, "moves");
    json_put_end(j);
}
