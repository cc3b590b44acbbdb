// doors_world.h - a station with people who hold tokens, and one way to ask the service without a connection. Include first.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/routes.h"
#include "api/server.h"
#include "core/actor.h"
#include "core/agency.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/token.h"
#include "tests/core/temporary_station.h"

enum { REQUEST_ARENA = 8 << 20, PEOPLE = 9 };
static int64_t now_s = 1772496000;                       // 2026-03-03T08:00 in Tongzhou
static int64_t clock_now(void) { return now_s; }

static const struct { const char *name, *role, *agency; } people[PEOPLE] = {
    { "Wang", "inspector", NULL }, { "Qian", "inspector", NULL }, { "Zhao", "checker", NULL }, { "Sun", "coordinator", NULL }, { "Chen", "chief", NULL },
    { "An", "analyst", NULL }, { "Li", "officer", "urban_management" }, { "Gui", "officer", "natural_resources" }, { "Ji", "administrator", NULL },
};

struct doors { struct temporary at; struct server *server; struct err e; char token[PEOPLE][TOKEN_TEXT], reading[TOKEN_TEXT]; };

static inline enum status settle_people(struct work *w, void *ctx)
{
    struct doors *d = ctx;
    struct token token;
    struct agency city = { .key = "urban_management", .name_zh = "城管", .name_en = "urban management", .part = "executor", .secrecy = "ordinary" };
    struct agency land = { .key = "natural_resources", .name_zh = "资规", .name_en = "natural resources", .part = "receiver", .secrecy = "ordinary" };
    enum status s = agency_record(w, &city);
    if (s == OK)
        s = agency_record(w, &land);
    for (int i = 0; s == OK && i < PEOPLE; i++) {
        struct actor a = { .role = "" };
        snprintf(a.name, sizeof a.name, "%s", people[i].name);
        snprintf(a.role, sizeof a.role, "%s", people[i].role);
        if (people[i].agency != NULL)
            a.agency = strcmp(people[i].agency, city.key) == 0 ? city.id : land.id;
        s = actor_record(w, &a);
        if (s == OK)
            s = token_make(w, &(struct token_spec){ .actor = a.id.text, .name = "all", .scope = TOKEN_ALL }, d->token[i], &token);
    }
    return s == OK ? token_make(w, &(struct token_spec){ .actor = "Zhao", .name = "read", .scope = TOKEN_READ }, d->reading, &token) : s;
}

static inline int doors_open(void **state)
{
    struct doors *d = calloc(1, sizeof *d);
    struct station *station = temporary_open(&d->at, now_s - 3600);
    assert_ok(d, station_write(station, &(struct station_call){ now_s - 3600, "system" }, settle_people, d, &d->e));
    station_close(station);
    struct server_settings settings = { .station = d->at.folder, .now_s = clock_now, .asks_per_s = 1e9 };
    assert_ok(d, server_open(&settings, &d->server, &d->e));
    *state = d;
    return 0;
}

static inline int doors_close(void **state)
{
    struct doors *d = *state;
    server_close(d->server);
    int gone = temporary_close(&d->at, NULL);
    free(d);
    return gone;
}

static inline const char *token_of(const struct doors *d, const char *name)
{
    for (int i = 0; i < PEOPLE; i++)
        if (strcmp(people[i].name, name) == 0)
            return d->token[i];
    fail_msg("there is no %s", name);
    return NULL;
}

// --- Asking -------------------------------------------------------------------------------------------------------------------

// who NULL: nobody known. body NULL: none. file: where the body lies, when it comes in a file.
struct asking { enum http_method method; const char *path, *query, *who, *token, *type, *body, *file, *if_match, *range; };
struct said { int status; char *text; size_t len; char etag[64], type[96]; struct json_doc *doc; };

static inline void keep_headers(const struct answer *a, struct said *t)
{
    snprintf(t->etag, sizeof t->etag, "%s", text_or_empty(answer_header_get(a, "ETag")));
    snprintf(t->type, sizeof t->type, "%s", text_or_empty(answer_header_get(a, "Content-Type")));
}

static inline void keep_body(struct answer *a, struct said *t)
{
    t->len = a->kind == ANSWER_TEXT ? a->text.len : a->kind == ANSWER_FILE ? (size_t)a->file_len : 0;
    t->text = mem_get(t->len + 1, 1);
    if (a->kind == ANSWER_TEXT && t->len > 0)
        memcpy(t->text, a->text.data, t->len);
    if (a->kind == ANSWER_FILE)
        assert_int_equal(pread(a->file, t->text, t->len, a->file_from), t->len);
}

static inline int64_t bytes_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_size;
}

static inline struct said ask(struct doors *d, struct asking q)
{
    char bearer[TOKEN_TEXT + 16], sha256[65] = "";
    struct arena *arena = arena_open(REQUEST_ARENA);
    const char *token = q.token != NULL ? q.token : q.who != NULL ? token_of(d, q.who) : NULL;
    struct http_header header[6] = { { "Host", "grid.example" } };
    int headers = 1;
    snprintf(bearer, sizeof bearer, "Bearer %s", text_or_empty(token));
    if (token != NULL)
        header[headers++] = (struct http_header){ "Authorization", bearer };
    if (q.type != NULL || q.body != NULL)
        header[headers++] = (struct http_header){ "Content-Type", q.type != NULL ? q.type : "application/json" };
    if (q.if_match != NULL)
        header[headers++] = (struct http_header){ "If-Match", q.if_match };
    if (q.range != NULL)
        header[headers++] = (struct http_header){ "Range", q.range };
    struct request r = { .method = q.method, .path = q.path, .query = text_or_empty(q.query), .header = header, .headers = headers, .peer = "127.0.0.1",
                         .arena = arena, .body = q.body, .body_len = q.body != NULL ? strlen(q.body) : 0 };
    if (q.file != NULL) {
        assert_ok(d, hash_file_sha256(q.file, sha256, &d->e));
        r.body_file = q.file, r.body_sha256 = sha256, r.body_bytes = bytes_of(q.file);
    }
    struct http_plan plan = { 0 };
    struct answer a = { 0 };
    server_begin(d->server, &r, &plan, &a);
    if (!plan.answered)
        server_run(d->server, &r, &a);
    struct said t = { .status = a.status };
    keep_headers(&a, &t);
    keep_body(&a, &t);
    answer_clear(&a);
    arena_close(arena);
    if (strstr(t.type, "json") != NULL)
        assert_ok(d, json_parse(t.text, t.len, q.path, NULL, &t.doc, &d->e));
    return t;
}

static inline void said_clear(struct said *t)
{
    json_close(t->doc);
    mem_free(t->text);
    *t = (struct said){ 0 };
}

static inline void expect(struct said *t, const char *what, int status, const char *words)
{
    if (t->status != status || (words != NULL && strstr(t->text, words) == NULL))
        fail_msg("%s: %d %s, expected %d %s", what, t->status, t->text, status, text_or_empty(words));
}

static inline struct said post(struct doors *d, const char *who, const char *path, const char *body)
{
    return ask(d, (struct asking){ .method = HTTP_POST, .path = path, .who = who, .body = body });
}

static inline struct said get(struct doors *d, const char *who, const char *path)
{
    return ask(d, (struct asking){ .method = HTTP_GET, .path = path, .who = who });
}

static inline const char *text_of(const struct said *t, const char *key)
{
    struct err e = { .lang = LANG_EN };
    const char *text = NULL;
    if (json_read_text(json_get(json_root(t->doc), key), &text, &e) != OK)
        fail_msg("%s of %s", e.text, t->text);
    return text;
}

// The move of this verb that is open; not there: JSON_KIND_NONE.
static inline struct json move_of(const struct said *t, const char *verb)
{
    struct json moves = json_get(json_root(t->doc), "moves");
    for (size_t i = 0; i < json_count(moves); i++) {
        struct err e = { .lang = LANG_EN };
        const char *word = "";
        assert_int_equal(json_read_text(json_get(json_at(moves, i), "verb"), &word, &e), OK);
        if (strcmp(word, verb) == 0)
            return json_at(moves, i);
    }
    return json_get(json_root(t->doc), "no such move");
}
