// The service: libmicrohttpd is started and stopped here, and what it calls back is handed on.
#include "api/http_keeper.h"
#include "api/http_listen.h"
#include "core/base/mem.h"
#include "core/base/pool.h"
#include "core/base/when.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

// Beside the head itself: a record for each header, cookies once more, and the head of the answer. libmicrohttpd zeroes the whole of
// it for each request, half of it twice: every 16 KiB cost half a microsecond.
enum { POOL_BESIDE_BYTES = 8 << 10, OPTIONS = 20 };

// --- What libmicrohttpd calls back --------------------------------------------------------------------------------------

static enum MHD_Result on_accept(void *ctx, const struct sockaddr *address, socklen_t len)
{
    struct http *h = ctx;
    (void)address, (void)len;
    if (!h->is_stopping && h->connections < h->limits.connections)
        return MHD_YES;
    atomic_fetch_add(&h->refused, 1);
    return MHD_NO;
}

static void print_address(const struct sockaddr *at, char out[INET6_ADDRSTRLEN])
{
    static const char mapped[] = "::ffff:";
    const void *bytes = at->sa_family == AF_INET6 ? (const void *)&((const struct sockaddr_in6 *)at)->sin6_addr
                                                  : (const void *)&((const struct sockaddr_in *)at)->sin_addr;
    if (inet_ntop(at->sa_family, bytes, out, INET6_ADDRSTRLEN) == NULL)
        out[0] = '\0';
    if (strncmp(out, mapped, strlen(mapped)) == 0 && strchr(out, '.') != NULL)
        memmove(out, out + strlen(mapped), strlen(out) - strlen(mapped) + 1);   // IPv4 at a socket of both
}

static struct peer *peer_of(struct MHD_Connection *c)
{
    return MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void on_connection(void *ctx, struct MHD_Connection *c, void **peer, enum MHD_ConnectionNotificationCode what)
{
    struct http *h = ctx;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        arena_close(((struct peer *)*peer)->exchange.request.arena);
        keeper_remove(h->keeper, *peer);
        atomic_fetch_sub(&h->connections, 1);
        return;
    }
    char address[INET6_ADDRSTRLEN];
    print_address(MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, address);
    *peer = keeper_add(h->keeper, MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd, address);
    atomic_fetch_add(&h->connections, 1);
}

// The one call that sees path and query as they were sent. The text is libmicrohttpd's own and is changed there.
static void *on_target(void *ctx, const char *uri, struct MHD_Connection *c)
{
    (void)ctx;
    struct exchange *x = &peer_of(c)->exchange;
    exchange_open(x, c, (char *)uri);
    return x;
}

static size_t leave_escaped(void *ctx, struct MHD_Connection *c, char *text)
{
    (void)ctx, (void)c;
    return strlen(text);
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *url, const char *method, const char *version,
                                  const char *bytes, size_t *len, void **exchange)
{
    struct exchange *x = *exchange;
    (void)ctx, (void)c;
    if (x->step == STEP_HEAD)
        return exchange_meet(x, method, url, version) ? MHD_YES : MHD_NO;
    if (*len > 0)
        return exchange_take(x, bytes, len) ? MHD_YES : MHD_NO;
    return exchange_answer(x) ? MHD_YES : MHD_NO;
}

static void on_end(void *ctx, struct MHD_Connection *c, void **exchange, enum MHD_RequestTerminationCode how)
{
    (void)ctx;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_HTTP_STATUS);
    exchange_close(*exchange, info != NULL ? (int)info->http_status : 0, how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
}

// Why it cannot start it tells its log alone. Later there is nothing to hear: what strangers do wrong is in their answers.
static void on_word(void *ctx, const char *format, va_list args)
{
    struct http *h = ctx;
    if (!h->is_started)
        vsnprintf(h->told, sizeof h->told, format, args);
}

// --- Starting -----------------------------------------------------------------------------------------------------------

static struct http_limits limits_of(const struct http_limits *given)
{
    struct http_limits l = *given;
#define OR(member, value) l.member = l.member != 0 ? l.member : (value)
    OR(connections, 1024);
    OR(target_bytes, 16 << 10);
    OR(head_bytes, 24 << 10);
    OR(body_memory_bytes, 1 << 20);
    OR(body_file_bytes, INT64_C(2) << 30);
    OR(idle_s, 30);
    OR(request_s, 60);
    OR(waiting, 256);
    OR(workers_writing, 8);
    OR(workers_apart, pool_processors() > 3 ? pool_processors() / 2 : 1);
    OR(waiting_apart, 32);
#undef OR
    return l;
}

struct start { struct http *http; int listeners; char *certificate, *key; struct MHD_OptionItem option[OPTIONS]; int options; };

static void option(struct start *s, enum MHD_OPTION what, intptr_t value, void *pointer)
{
    must(s->options < OPTIONS);
    s->option[s->options++] = (struct MHD_OptionItem){ .option = what, .value = value, .ptr_value = pointer };
}

static void list_options(struct start *s)
{
    struct http *h = s->http;
    const struct http_limits *l = &h->limits;
    option(s, MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_word, h);    // first: what follows may have something to say
    option(s, MHD_OPTION_LISTEN_SOCKET, h->listen_socket, NULL);
    option(s, MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, h);
    option(s, MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, NULL);
    option(s, MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL);
    option(s, MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_end, NULL);
    option(s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)(l->head_bytes + POOL_BESIDE_BYTES), NULL);
    // Its limit is one for each thread, and at it connections wait instead of being closed; on_accept knows better.
    option(s, MHD_OPTION_CONNECTION_LIMIT, (intptr_t)(l->connections + 2 * s->listeners) * s->listeners, NULL);
    if (l->connections_per_address > 0)
        option(s, MHD_OPTION_PER_IP_CONNECTION_LIMIT, l->connections_per_address, NULL);
    if (s->listeners > 1)
        option(s, MHD_OPTION_THREAD_POOL_SIZE, s->listeners, NULL);
    if (h->is_tls) {
        option(s, MHD_OPTION_HTTPS_MEM_CERT, 0, s->certificate);
        option(s, MHD_OPTION_HTTPS_MEM_KEY, 0, s->key);
        option(s, MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE");
    }
    option(s, MHD_OPTION_END, 0, NULL);
}

// Its threads inherit what is blocked: signals are for the one who opened the service.
static bool start_daemon(struct start *s)
{
    struct http *h = s->http;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | (h->is_tls ? MHD_USE_TLS : 0);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    h->usual = (struct lane){ .workers = workers_open(h->limits.workers), .waiting_most = h->limits.waiting };
    h->writing = (struct lane){ .workers = workers_open(h->limits.workers_writing), .waiting_most = h->limits.waiting };
    h->apart = (struct lane){ .workers = workers_open(h->limits.workers_apart), .waiting_most = h->limits.waiting_apart };
    h->keeper = keeper_open(h);
    h->daemon = MHD_start_daemon(flags, 0, on_accept, h, on_request, NULL, MHD_OPTION_ARRAY, s->option, MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    h->is_started = true;
    return h->daemon != NULL;
}

static void free_http(struct http *h)
{
    workers_close(h->usual.workers);
    workers_close(h->writing.workers);
    workers_close(h->apart.workers);
    keeper_close(h->keeper);
    mem_free(h->folder);
    mem_free(h);
}

static struct http *make_http(const struct http_settings *s, const struct http_service *service)
{
    struct http *h = mem_get(1, sizeof *h);
    h->service = *service;
    h->limits = limits_of(&s->limits);
    h->is_tls = s->certificate != NULL;
    h->folder = s->folder != NULL ? strdup(s->folder) : NULL;
    h->listen_socket = -1;
    return h;
}

static enum status read_certificate(const struct http_settings *from, struct start *s, struct err *e)
{
    if (from->certificate == NULL && from->key == NULL)
        return OK;
    if (from->certificate == NULL || from->key == NULL)
        return err_set(e, INVALID, "TLS needs both files, the certificate and its private key; only %s is given",
                       from->certificate != NULL ? from->certificate : from->key);
    enum status status = http_pem(from->certificate, "certificate", &s->certificate, e);
    return status != OK ? status : http_pem(from->key, "private key", &s->key, e);
}

static enum status check_folder(const char *folder, struct err *e)
{
    if (folder == NULL || access(folder, W_OK | X_OK) == 0)
        return OK;
    return err_set(e, INVALID, "%s: a folder is expected in which bodies can be written while they come in: %s", folder, strerror(errno));
}

static enum status say_why(const struct http_settings *from, const struct http *h, struct err *e)
{
    char why[sizeof h->told];
    snprintf(why, sizeof why, "%s", h->told);
    why[strcspn(why, "\n")] = '\0';
    if (!h->is_tls)
        return err_set(e, FAILED, "the HTTP service cannot be started: %s", why);
    return err_set(e, INVALID, "%s and %s are no certificate (with its chain, the server's own first) and the private key of it: %s",
                   from->certificate, from->key, why);
}

static enum status start(const struct http_settings *from, struct start *s, struct err *e)
{
    struct http *h = s->http;
    enum status status = check_folder(from->folder, e);
    if (status == OK)
        status = http_room_for(h->limits.connections, e);
    if (status == OK)
        status = read_certificate(from, s, e);
    if (status == OK)
        status = http_listen(from->address, &h->listen_socket, &h->port, e);
    if (status != OK)
        return status;
    s->listeners = from->listeners > 0 ? from->listeners : pool_processors();
    list_options(s);
    return start_daemon(s) ? OK : say_why(from, h, e);      // where it fails it has closed the socket
}

enum status http_open(const struct http_settings *s, const struct http_service *service, struct http **out, struct err *e)
{
    struct start begun = { .http = make_http(s, service) };
    *out = begun.http;                              // before there are threads, which may be asked at once
    enum status status = start(s, &begun, e);
    mem_free(begun.certificate);
    if (begun.key != NULL)
        explicit_bzero(begun.key, strlen(begun.key));
    mem_free(begun.key);
    if (status == OK)
        return OK;
    *out = NULL;
    free_http(begun.http);
    return status;
}

int http_port(const struct http *h) { return h->port; }

void http_counts(const struct http *h, struct http_counts *out)
{
    int met;
    *out = (struct http_counts){
        .connections = h->connections, .slow_waiting = h->usual.waiting + h->writing.waiting + h->apart.waiting, .slow_running = h->slow_running,
        .refused = h->refused, .set_apart = h->set_apart,
    };
    keeper_count(h->keeper, &out->requests, &met);
}

// --- Stopping -----------------------------------------------------------------------------------------------------------

// MHD_quiesce_daemon takes the socket out of each thread's epoll while the thread may just do it itself, and the second to come
// panics. With something that never becomes readable in its place the socket is closed, and epoll forgets it.
static void stop_listening(struct http *h)
{
    int nothing = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (nothing < 0)
        return;     // on_accept refuses all the same
    dup3(nothing, h->listen_socket, O_CLOEXEC);
    close(nothing);
}

static void await_all(struct http *h, int patience_s)
{
    static const struct timespec nap = { .tv_nsec = 5000000 };
    int64_t requests;
    int met;
    for (double until = when_monotonic_s() + patience_s; when_monotonic_s() < until; nanosleep(&nap, NULL)) {
        keeper_count(h->keeper, &requests, &met);
        if (met == 0)
            return;
    }
}

// Workers first: they resume what they have and what waits, and only then may libmicrohttpd be stopped.
void http_stop(struct http *h, int patience_s)
{
    h->is_stopping = true;
    stop_listening(h);
    keeper_end_idle(h->keeper);
    await_all(h, patience_s);
    h->is_hasty = true;
    workers_stop(h->usual.workers);
    workers_stop(h->writing.workers);
    workers_stop(h->apart.workers);
    MHD_stop_daemon(h->daemon);
    free_http(h);
}
