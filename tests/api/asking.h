// asking.h - one request to a server without a connection, and what came of it. Include after cmocka.h.
#pragma once
#include "api/server.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { ASKING_ARENA = 8 << 20, ASKING_HEADERS = 16 };

struct asking {
    enum http_method method;
    const char *path, *query, *bearer, *body, *peer;          // peer NULL: 127.0.0.1
    struct http_header header[ASKING_HEADERS];                 // until one without a name; Host is sent besides
    bool is_tls;
};
struct told {
    int status;
    bool was_refused_early;                                    // before a byte of the body was read
    struct http_header header[ANSWER_HEADERS]; int headers;
    char *text; size_t len;
};

static inline struct request asking_request(const struct asking *q, struct http_header *header, char *bearer, size_t cap, struct arena *arena)
{
    int n = 0;
    header[n++] = (struct http_header){ "Host", "grid.example" };
    if (q->bearer != NULL) {
        snprintf(bearer, cap, "Bearer %s", q->bearer);
        header[n++] = (struct http_header){ "Authorization", bearer };
    }
    for (int i = 0; i < ASKING_HEADERS && q->header[i].name != NULL; i++)
        header[n++] = q->header[i];
    return (struct request){ .method = q->method, .path = q->path, .query = q->query != NULL ? q->query : "", .header = header, .headers = n,
                             .peer = q->peer != NULL ? q->peer : "127.0.0.1", .arena = arena, .is_tls = q->is_tls, .begun_s = when_monotonic_s() };
}

// Pieces of a stream, and a file, become one text.
static inline void asking_take_body(struct answer *a, struct buf *out)
{
    char piece[1 << 16];
    size_t len = 0;
    if (a->kind == ANSWER_TEXT)
        buf_add(out, text_or_empty(a->text.data), a->text.len);
    if (a->kind == ANSWER_SHARED) {
        const void *bytes = shared_bytes_data(a->shared, &len);
        buf_add(out, bytes, len);
    }
    for (ssize_t got = 0, at = 0; a->kind == ANSWER_FILE && at < a->file_len; at += got) {
        size_t want = (size_t)(a->file_len - at) < sizeof piece ? (size_t)(a->file_len - at) : sizeof piece;
        got = pread(a->file, piece, want, a->file_from + at);
        must(got > 0);
        buf_add(out, piece, (size_t)got);
    }
    while (a->kind == ANSWER_STREAM && a->stream.fill(a->stream.ctx, piece, sizeof piece, &len) == OK && len > 0)
        buf_add(out, piece, len);
}

static inline struct told asking_tell(const struct answer *a, struct buf *body)
{
    struct told t = { .status = a->status, .headers = a->headers, .text = mem_text(text_or_empty(body->data)), .len = body->len };
    if (body->len > 0) {
        mem_free(t.text);
        t.text = mem_get(body->len + 1, 1);
        memcpy(t.text, body->data, body->len);
    }
    for (int i = 0; i < a->headers; i++)
        t.header[i] = (struct http_header){ mem_text(a->header[i].name), mem_text(a->header[i].value) };
    return t;
}

static inline struct told asked(struct server *s, const struct asking *q)
{
    char bearer[200];
    struct http_header header[ASKING_HEADERS + 2];
    struct arena *arena = arena_open(ASKING_ARENA);
    struct request r = asking_request(q, header, bearer, sizeof bearer, arena);
    struct http_plan plan = { 0 };
    struct answer a = { 0 };
    struct buf body;
    buf_init(&body, 64 << 20);
    server_begin(s, &r, &plan, &a);
    bool early = plan.answered;
    if (!early) {
        r.body = q->body;
        r.body_len = q->body != NULL ? strlen(q->body) : 0;
        server_run(s, &r, &a);
    }
    asking_take_body(&a, &body);
    struct told t = asking_tell(&a, &body);
    t.was_refused_early = early;
    server_done(s, &r, &(struct http_end){ .status = a.status, .bytes = (int64_t)t.len, .is_whole = true });
    buf_clear(&body);
    answer_clear(&a);
    arena_close(arena);
    return t;
}

static inline const char *told_header(const struct told *t, const char *name)
{
    for (int i = 0; i < t->headers; i++)
        if (strcasecmp(t->header[i].name, name) == 0)
            return t->header[i].value;
    return NULL;
}

static inline void told_clear(struct told *t)
{
    for (int i = 0; i < t->headers; i++) {
        mem_free((void *)t->header[i].name);
        mem_free((void *)t->header[i].value);
    }
    mem_free(t->text);
}
