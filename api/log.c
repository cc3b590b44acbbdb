#include "api/log.h"

#include "api/browser.h"
#include "api/routes.h"
#include "api/server.h"
#include "api/visitor.h"
#include "core/base/json_write.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WAITING_MOST = 1 << 20, LINE_MOST = 4096, PATH_SHOWN = 300, PARAMS_SHOWN = 16 };

struct log {
    int fd;
    enum log_level most;
    pthread_mutex_t lock;
    pthread_cond_t more;
    pthread_t thread;
    struct buf waiting, writing;
    atomic_bool is_ending;
    _Atomic int64_t left_out;
    int64_t told_left_out;
};

static const char *const levels[LOG_LEVELS] = { "none", "error", "warn", "info" };

bool log_level_read(const char *word, enum log_level *out)
{
    for (int i = 0; i < LOG_LEVELS; i++)
        if (strcmp(levels[i], word) == 0) {
            *out = (enum log_level)i;
            return true;
        }
    return false;
}

// --- Writing ----------------------------------------------------------------------------------------------------------------------

// So many bytes go into a pipe without waiting when it has room at all. At the end nobody is waited for much longer.
static void write_all(const struct log *l, const char *text, size_t len)
{
    enum { PIECE = 4096, PATIENCE_MS = 1000 };
    while (len > 0) {
        int ready = poll(&(struct pollfd){ .fd = l->fd, .events = POLLOUT }, 1, PATIENCE_MS);
        if (ready <= 0 && l->is_ending)
            return;
        ssize_t n = ready > 0 ? write(l->fd, text, len < PIECE ? len : PIECE) : 0;
        if (n < 0 && errno != EINTR)
            return;                                            // nobody can be told
        text += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
}

static void tell_left_out(struct log *l)
{
    int64_t now = atomic_load(&l->left_out);
    if (now > l->told_left_out)
        buf_printf(&l->writing, "{\"level\":\"warn\",\"lines_left_out\":%lld}\n", (long long)(now - l->told_left_out));
    l->told_left_out = now;
}

static void *write_lines(void *ctx)
{
    struct log *l = ctx;
    pthread_mutex_lock(&l->lock);
    for (;;) {
        while (l->waiting.len == 0 && !l->is_ending)
            pthread_cond_wait(&l->more, &l->lock);
        if (l->waiting.len == 0)
            break;
        struct buf full = l->waiting;
        l->waiting = l->writing;
        l->waiting.len = 0;
        l->writing = full;
        pthread_mutex_unlock(&l->lock);
        tell_left_out(l);
        write_all(l, l->writing.data, l->writing.len);
        pthread_mutex_lock(&l->lock);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

static void add_line(struct log *l, const char *line, size_t len)
{
    pthread_mutex_lock(&l->lock);
    bool has_room = l->waiting.len + len <= WAITING_MOST;
    if (has_room)
        buf_add(&l->waiting, line, len);
    if (has_room && l->waiting.len == len)
        pthread_cond_signal(&l->more);
    pthread_mutex_unlock(&l->lock);
    if (!has_room)
        atomic_fetch_add(&l->left_out, 1);
}

struct log *log_open(int fd, enum log_level most)
{
    struct log *l = mem_get(1, sizeof *l);
    l->fd = fd;
    l->most = most;
    buf_init(&l->waiting, WAITING_MOST + LINE_MOST);
    buf_init(&l->writing, WAITING_MOST + LINE_MOST);
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->more, NULL);
    must(pthread_create(&l->thread, NULL, write_lines, l) == 0);
    return l;
}

void log_close(struct log *l)
{
    if (l == NULL)
        return;
    pthread_mutex_lock(&l->lock);
    l->is_ending = true;
    pthread_cond_signal(&l->more);
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->thread, NULL);
    pthread_cond_destroy(&l->more);
    pthread_mutex_destroy(&l->lock);
    buf_clear(&l->waiting);
    buf_clear(&l->writing);
    mem_free(l);
}

int64_t log_left_out(const struct log *l) { return l != NULL ? atomic_load(&l->left_out) : 0; }

const char *request_id(struct exchange *x)
{
    enum { ID_MOST = 64 };
    static const char plain[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.";
    const char *given = x->server->settings.trusts_proxy ? request_header(x->request, "X-Request-Id") : NULL;
    char own[32];
    if (given != NULL && given[0] != '\0' && strspn(given, plain) == strlen(given) && strlen(given) <= ID_MOST)
        return given;
    snprintf(own, sizeof own, "%08x-%llx", (unsigned)x->server->began, (unsigned long long)x->number);
    return arena_text(x->request->arena, own);
}

// --- A request ----------------------------------------------------------------------------------------------------------------------

static enum log_level level_of(const struct http_end *end, double ms)
{
    if (end->status >= 500)
        return LOG_ERROR;
    return end->status >= 400 || end->status == 0 || ms >= LOG_SLOW_MS ? LOG_WARN : LOG_INFO;
}

// Names alone: what is asked may be somebody's name.
static void put_names(struct json_writer *j, const char *query)
{
    json_put_list(j, "asks");
    for (int i = 0; i < PARAMS_SHOWN && *query != '\0'; i++) {
        char name[41];
        size_t len = strcspn(query, "=&");
        snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : sizeof name - 1), query);
        json_put_text(j, NULL, name);
        query += strcspn(query, "&");
        query += *query == '&';
    }
    json_put_end(j);
}

static void put_path(struct json_writer *j, const struct request *r)
{
    char path[PATH_SHOWN + 1];
    snprintf(path, sizeof path, "%.*s", PATH_SHOWN, r->path);
    json_put_text(j, "path", address_has_token(r) ? "(withheld)" : path);
}

static const char *who_asked(const struct exchange *x)
{
    const char *actor = x->signed_out != NULL ? x->signed_out : x->viewer.actor;
    return actor[0] != '\0' ? actor : NULL;
}

static void write_line(struct buf *out, struct exchange *x, const struct http_end *end, enum log_level level, double ms)
{
    struct json_writer j = { .to = out };
    struct request *r = x->request;
    char at[WHEN_TEXT];
    json_put_object(&j, NULL);
    json_put_text(&j, "at", when_write(x->now_s, at) ? at : NULL);
    json_put_text(&j, "level", level == LOG_INFO ? "info" : levels[level]);
    json_put_text(&j, "id", request_id(x));
    json_put_text(&j, "method", http_method_word(r->method));
    json_put_text(&j, "route", x->route != NULL ? x->route->path : NULL);
    put_path(&j, r);
    put_names(&j, address_has_token(r) ? "" : r->query);
    json_put_integer(&j, "status", end->status);
    json_put_integer(&j, "bytes", end->bytes);
    json_put_number(&j, "ms", ms, 2);
    json_put_text(&j, "from", visitor_address(x));
    json_put_text(&j, "who", who_asked(x));
    if (ms >= LOG_SLOW_MS)
        json_put_bool(&j, "slow", true);
    if (!end->is_whole)
        json_put_bool(&j, "broken_off", true);
    json_put_end(&j);
    buf_text(out, "\n");
}

void log_request(struct log *l, struct exchange *x, const struct http_end *end)
{
    double ms = (when_monotonic_s() - x->request->begun_s) * 1000;
    enum log_level level = level_of(end, ms);
    if (l == NULL || level > l->most)
        return;
    struct buf line;
    buf_init(&line, LINE_MOST);
    write_line(&line, x, end, level, ms);
    if (!line.full)
        add_line(l, line.data, line.len);
    buf_clear(&line);
}
