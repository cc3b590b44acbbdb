// http_rooms.h - a service that behaves in each way a route can, and keeps a book of what became of its requests.
#pragma once
#include "api/http.h"
#include "core/base/mem.h"
#include "tests/api/http_client.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

enum { TILE_BYTES = 22528, NOTES = 64 };

struct note { char path[64]; int status; int64_t bytes; bool is_whole; };

struct rooms {
    struct http *http;
    int port;
    char folder[64];
    struct shared_bytes *tile;
    pthread_mutex_t lock;
    struct note note[NOTES];                        // the last ones
    int notes;
    atomic_int begun, ran, done, refused, opened, closed, fills;
    atomic_bool is_held;                            // "/held" waits while this is so
};

static inline void sleep_ms(int ms)
{
    struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };
    nanosleep(&t, NULL);
}

static inline void rooms_say(struct answer *a, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));
static inline void rooms_say(struct answer *a, int status, const char *format, ...)
{
    char text[8192];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    a->status = status;
    a->kind = ANSWER_TEXT;
    buf_init(&a->text, 1 << 20);
    buf_text(&a->text, text);
    answer_header(a, "Content-Type", "text/plain");
}

// --- Rooms --------------------------------------------------------------------------------------------------------------

static inline void room_hello(struct rooms *h, struct request *r, struct answer *a)
{
    (void)h, (void)r;
    rooms_say(a, 200, "hello\n");
}

static inline void room_seen(struct rooms *h, struct request *r, struct answer *a)
{
    (void)h;
    const char *agent = request_header(r, "user-agent");
    rooms_say(a, 200, "%s|%s|%s|%s|%d|%s", http_method_word(r->method), r->path, r->query, r->peer, r->is_tls, agent != NULL ? agent : "-");
}

static inline void room_echo(struct rooms *h, struct request *r, struct answer *a)
{
    (void)h;
    a->status = 200;
    a->kind = ANSWER_TEXT;
    buf_init(&a->text, 16 << 20);
    buf_add(&a->text, r->body, r->body_len);
}

static inline void room_tile(struct rooms *h, struct request *r, struct answer *a)
{
    (void)r;
    a->status = 200;
    a->kind = ANSWER_SHARED;
    a->shared = shared_bytes_take(h->tile);
    answer_header(a, "ETag", "\"t1\"");
}

static inline void room_gone(struct rooms *h, struct request *r, struct answer *a)
{
    (void)h, (void)r;
    a->status = 204;
}

static inline void room_same(struct rooms *h, struct request *r, struct answer *a)
{
    (void)h, (void)r;
    a->status = 304;
    answer_header(a, "ETag", "\"t1\"");
}

// "/file?FROM-LEN" of a file of 10 MB in which each byte tells where it stands.
static inline void room_file(struct rooms *h, struct request *r, struct answer *a)
{
    char path[128];
    snprintf(path, sizeof path, "%s/served", h->folder);
    long long from = 0, len = 10 << 20;
    sscanf(r->query, "%lld-%lld", &from, &len);
    a->status = 200;
    a->kind = ANSWER_FILE;
    a->file = open(path, O_RDONLY | O_CLOEXEC);
    a->file_from = from;
    a->file_len = len;
}

static inline char byte_at(int64_t at) { return (char)(at * 31 + at / 997); }

struct room_stream { struct rooms *rooms; int64_t at, len, breaks_at; int pause_ms; };

static inline enum status fill_stream(void *ctx, char *out, size_t room, size_t *len)
{
    struct room_stream *s = ctx;
    atomic_fetch_add(&s->rooms->fills, 1);
    sleep_ms(s->pause_ms);
    if (s->at >= s->breaks_at)
        return FAILED;
    int64_t piece = s->len - s->at < (int64_t)room ? s->len - s->at : (int64_t)room;
    for (int64_t i = 0; i < piece; i++)
        out[i] = byte_at(s->at + i);
    s->at += piece;
    *len = (size_t)piece;
    return OK;
}

static inline void close_stream(void *ctx)
{
    struct room_stream *s = ctx;
    atomic_fetch_add(&s->rooms->closed, 1);
}

// "/stream?LEN,BREAKS_AT,PAUSE_MS"; its state lies in the request's arena: close must come before that is gone.
static inline void room_stream(struct rooms *h, struct request *r, struct answer *a)
{
    struct room_stream *s = arena_get(r->arena, sizeof *s);
    long long len = 1000, breaks_at = INT64_MAX;
    sscanf(r->query, "%lld,%lld,%d", &len, &breaks_at, &s->pause_ms);
    s->rooms = h;
    s->len = len;
    s->breaks_at = breaks_at;
    atomic_fetch_add(&h->opened, 1);
    a->status = 200;
    a->kind = ANSWER_STREAM;
    a->stream = (struct http_stream){ .fill = fill_stream, .close = close_stream, .ctx = s };
}

static inline void room_upload(struct rooms *h, struct request *r, struct answer *a)
{
    (void)h;
    struct stat s = { 0 };
    stat(r->body_file, &s);
    rooms_say(a, 201, "%s %lld %lld", r->body_sha256, (long long)r->body_bytes, (long long)s.st_size);
}

static inline void room_keep(struct rooms *h, struct request *r, struct answer *a)
{
    char path[128];
    snprintf(path, sizeof path, "%s/kept", h->folder);
    rooms_say(a, rename(r->body_file, path) == 0 ? 201 : 500, "kept");
}

static inline void room_slow(struct rooms *h, struct request *r, struct answer *a)
{
    (void)h;
    sleep_ms(atoi(r->query));
    rooms_say(a, 200, "slow\n");
}

static inline void room_held(struct rooms *h, struct request *r, struct answer *a)
{
    (void)r;
    while (h->is_held)
        sleep_ms(2);
    rooms_say(a, 200, "held\n");
}

static inline void room_bent(struct rooms *h, struct request *r, struct answer *a)
{
    (void)h;
    rooms_say(a, 200, "never seen");
    answer_header(a, "X-Bent", arena_text(r->arena, "one\r\nSet-Cookie: two"));
}

static inline void room_deny(struct rooms *h, struct request *r, struct answer *a)
{
    (void)h, (void)r;
    rooms_say(a, 401, "who are you?");
    answer_header(a, "WWW-Authenticate", "Bearer");
}

static const struct room {
    const char *path;
    struct http_plan plan;
    void (*enter)(struct rooms *h, struct request *r, struct answer *a);
} rooms_list[] = {
    { "/hello", { 0 }, room_hello },
    { "/now", { .answered = true }, room_hello },
    { "/seen", { 0 }, room_seen },
    { "/echo", { .body = HTTP_BODY_MEMORY }, room_echo },
    { "/echo-10", { .body = HTTP_BODY_MEMORY, .body_most = 10 }, room_echo },
    { "/echo-slow", { .body = HTTP_BODY_MEMORY, .is_slow = true }, room_echo },
    { "/tile", { 0 }, room_tile },
    { "/gone", { 0 }, room_gone },
    { "/same", { 0 }, room_same },
    { "/file", { 0 }, room_file },
    { "/stream", { 0 }, room_stream },
    { "/upload", { .body = HTTP_BODY_FILE }, room_upload },
    { "/upload-slow", { .body = HTTP_BODY_FILE, .is_slow = true }, room_upload },
    { "/upload-10", { .body = HTTP_BODY_FILE, .body_most = 10 }, room_upload },
    { "/keep", { .body = HTTP_BODY_FILE, .is_slow = true }, room_keep },
    { "/slow", { .is_slow = true }, room_slow },
    { "/held", { .is_slow = true }, room_held },
    { "/held-writing", { .is_slow = true, .is_writing = true }, room_held },
    { "/heavy", { 0 }, room_held },                 // a listener gives it up
    { "/bent", { 0 }, room_bent },
    { "/deny", { .answered = true }, room_deny },
};

static inline const struct room *room_at(const char *path)
{
    for (size_t i = 0; i < sizeof rooms_list / sizeof rooms_list[0]; i++)
        if (strcmp(rooms_list[i].path, path) == 0)
            return &rooms_list[i];
    return NULL;
}

// --- The service --------------------------------------------------------------------------------------------------------

static inline void rooms_begin(void *ctx, struct request *r, struct http_plan *plan, struct answer *a)
{
    struct rooms *h = ctx;
    const struct room *room = room_at(r->path);
    atomic_fetch_add(&h->begun, 1);
    *plan = room != NULL ? room->plan : (struct http_plan){ .answered = true };
    if (room == NULL)
        rooms_say(a, 404, "no such room: %s", r->path);
    else if (plan->answered)
        room->enter(h, r, a);
}

static inline bool rooms_run(void *ctx, struct request *r, struct answer *a)
{
    struct rooms *h = ctx;
    if (strcmp(r->path, "/heavy") == 0 && !r->is_aside)
        return false;                               // it seemed quick
    atomic_fetch_add(&h->ran, 1);
    room_at(r->path)->enter(h, r, a);
    return true;
}

static inline void rooms_refuse(void *ctx, struct request *r, int status, const char *sentence, struct answer *a)
{
    struct rooms *h = ctx;
    (void)r;
    atomic_fetch_add(&h->refused, 1);
    rooms_say(a, status, "%s", sentence);
}

static inline void rooms_done(void *ctx, struct request *r, const struct http_end *end)
{
    struct rooms *h = ctx;
    pthread_mutex_lock(&h->lock);
    struct note *n = &h->note[h->notes++ % NOTES];
    *n = (struct note){ .status = end->status, .bytes = end->bytes, .is_whole = end->is_whole };
    snprintf(n->path, sizeof n->path, "%s", r->path);
    pthread_mutex_unlock(&h->lock);
    atomic_fetch_add(&h->done, 1);
}

// The note of the request that was done as the n-th (from 1), once it is there.
static inline struct note rooms_note(struct rooms *h, int n)
{
    for (int i = 0; i < 5000 && h->done < n; i++)
        sleep_ms(2);
    assert_true(h->done >= n);
    pthread_mutex_lock(&h->lock);
    struct note note = h->note[(n - 1) % NOTES];
    pthread_mutex_unlock(&h->lock);
    return note;
}

static inline void assert_note(struct note n, const char *path, int status, int64_t bytes, bool is_whole)
{
    assert_string_equal(n.path, path);
    assert_int_equal(n.status, status);
    assert_int_equal(n.bytes, bytes);
    assert_int_equal(n.is_whole, is_whole);
}

static inline void write_served(const char *folder)
{
    char path[128];
    snprintf(path, sizeof path, "%s/served", folder);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    for (int64_t i = 0; i < 10 << 20; i++)
        fputc(byte_at(i), f);
    assert_int_equal(fclose(f), 0);
}

static inline struct http_settings rooms_settings(struct rooms *h)
{
    return (struct http_settings){ .address = "127.0.0.1:0", .folder = h->folder, .listeners = 2, .limits = { .workers = 2 } };
}

static inline struct rooms *rooms_make(void)
{
    struct rooms *h = mem_get(1, sizeof *h);
    strcpy(h->folder, "/tmp/http_test_XXXXXX");
    assert_non_null(mkdtemp(h->folder));
    write_served(h->folder);
    char *tile = mem_get(TILE_BYTES, 1);
    for (int i = 0; i < TILE_BYTES; i++)
        tile[i] = byte_at(i);
    h->tile = shared_bytes_make(tile, TILE_BYTES);
    mem_free(tile);
    pthread_mutex_init(&h->lock, NULL);
    return h;
}

static inline void rooms_open(struct rooms *h, const struct http_settings *s)
{
    struct http_service service = { .begin = rooms_begin, .run = rooms_run, .refuse = rooms_refuse, .done = rooms_done, .ctx = h };
    struct err e = { 0 };
    enum status status = http_open(s, &service, &h->http, &e);
    if (status != OK)
        fail_msg("%s", e.text);
    h->port = http_port(h->http);
}

static inline void rooms_stop(struct rooms *h)
{
    if (h->http != NULL)
        http_stop(h->http, 10);
    h->http = NULL;
}

#define await(condition) do { \
        for (int round_ = 0; round_ < 5000 && !(condition); round_++) \
            sleep_ms(2); \
        assert_true(condition); \
    } while (0)

// What is in the folder beside the file that is served: bodies nobody took away.
static inline int rooms_files(const struct rooms *h)
{
    char command[128];
    snprintf(command, sizeof command, "ls %s | grep -vc '^served$'", h->folder);
    FILE *f = popen(command, "r");
    int count = -1;
    if (f == NULL || fscanf(f, "%d", &count) != 1)
        fail_msg("%s", command);
    pclose(f);
    return count;
}

static inline void rooms_free(struct rooms *h)
{
    rooms_stop(h);
    assert_int_equal(h->opened, h->closed);         // every stream was closed once
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", h->folder);
    assert_int_equal(system(command), 0);
    shared_bytes_drop(h->tile);
    pthread_mutex_destroy(&h->lock);
    mem_free(h);
}

// cmocka: a service before each test, none after it.
static inline int rooms_setup(void **state)
{
    struct rooms *h = rooms_make();
    struct http_settings s = rooms_settings(h);
    rooms_open(h, &s);
    *state = h;
    return 0;
}

static inline int rooms_teardown(void **state)
{
    rooms_free(*state);
    return 0;
}
