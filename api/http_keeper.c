#include "api/http_keeper.h"
#include "core/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROUND_MS = 250, LINGERERS = 256, LINGER_MS = 5000, LINGER_BYTES = 64 << 20, EVENTS = 64 };
// TCP_CLOSE and TCP_CLOSE_WAIT of netinet/tcp.h, which does not know the counters and bears no linux/tcp.h beside it.
enum { STATE_CLOSED = 7, STATE_CLOSE_WAIT = 8 };

struct lingerer { int socket; int64_t until_ms, bytes; };

struct keeper {
    struct http *http;
    pthread_t thread;
    pthread_mutex_t lock;       // for all that follows
    struct peer *first;
    struct lingerer lingerer[LINGERERS];
    int lingerers;
    int64_t requests;           // of connections that are no more
    bool is_ending_idle, is_closing;
    int epoll, wake;
};

// Coarse: four milliseconds are nothing here, and it costs a few nanoseconds.
static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// --- Turns --------------------------------------------------------------------------------------------------------------

bool peer_claim(struct peer *p)
{
    enum phase phase = PHASE_READING;
    return atomic_compare_exchange_strong(&p->phase, &phase, PHASE_BUSY) || phase != PHASE_LATE;
}

void peer_turn(struct peer *p, enum phase phase) { atomic_store_explicit(&p->phase, phase, memory_order_release); }

void peer_due(struct peer *p, int seconds)
{
    atomic_store_explicit(&p->due_ms, now_ms() + (int64_t)seconds * 1000, memory_order_relaxed);
}

// --- Connections --------------------------------------------------------------------------------------------------------

struct peer *keeper_add(struct keeper *k, int socket, const char *address)
{
    struct peer *p = mem_get(1, sizeof *p);
    p->http = k->http;
    p->exchange.peer = p;
    p->socket = socket;
    snprintf(p->address, sizeof p->address, "%s", address);
    p->changed_ms = now_ms();
    peer_due(p, k->http->limits.idle_s + k->http->limits.request_s);
    pthread_mutex_lock(&k->lock);
    p->next = k->first;
    if (k->first != NULL)
        k->first->previous = p;
    k->first = p;
    pthread_mutex_unlock(&k->lock);
    return p;
}

static void unlink_peer(struct keeper *k, struct peer *p)
{
    if (p->next != NULL)
        p->next->previous = p->previous;
    if (p->previous != NULL)
        p->previous->next = p->next;
    else
        k->first = p->next;
}

// What TCP counts in both directions, and how it stands with the other side.
struct sight { uint64_t bytes; bool is_gone, has_finished; };

static struct sight sight_of(int socket)
{
    struct tcp_info info = { 0 };
    socklen_t len = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return (struct sight){ 0 };
    return (struct sight){
        .bytes = info.tcpi_bytes_acked + info.tcpi_bytes_received,
        .is_gone = info.tcpi_state == STATE_CLOSED,
        .has_finished = info.tcpi_state == STATE_CLOSE_WAIT,
    };
}

// --- Lingering ----------------------------------------------------------------------------------------------------------

static bool has_unread(int socket)
{
    int bytes = 0;
    return ioctl(socket, FIONREAD, &bytes) == 0 && bytes > 0;
}

// A second descriptor keeps the socket open when libmicrohttpd closes its own.
static void linger(struct keeper *k, int socket)
{
    int kept = k->lingerers < LINGERERS ? fcntl(socket, F_DUPFD_CLOEXEC, 0) : -1;
    if (kept < 0)
        return;
    struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.fd = kept };
    shutdown(kept, SHUT_WR);
    if (epoll_ctl(k->epoll, EPOLL_CTL_ADD, kept, &event) != 0)
        close(kept);
    else
        k->lingerer[k->lingerers++] = (struct lingerer){ .socket = kept, .until_ms = now_ms() + LINGER_MS };
}

static void leave(struct keeper *k, int place)
{
    close(k->lingerer[place].socket);
    k->lingerer[place] = k->lingerer[--k->lingerers];
}

// Reads without keeping; false: the client is through, or was heard long enough.
static bool hear_out(struct lingerer *l)
{
    static char nothing[64 << 10];      // the keeper's thread alone
    for (int i = 0; i < 64; i++) {
        ssize_t got = recv(l->socket, nothing, sizeof nothing, MSG_DONTWAIT);
        if (got <= 0)
            return got < 0 && (errno == EAGAIN || errno == EINTR);
        l->bytes += got;
    }
    return l->bytes < LINGER_BYTES;
}

static void hear_lingerer(struct keeper *k, int socket)
{
    for (int i = 0; i < k->lingerers; i++)
        if (k->lingerer[i].socket == socket) {
            if (!hear_out(&k->lingerer[i]))
                leave(k, i);
            return;
        }
}

void keeper_remove(struct keeper *k, struct peer *p)
{
    pthread_mutex_lock(&k->lock);
    unlink_peer(k, p);
    k->requests += p->requests;
    if (p->is_lingering || has_unread(p->socket))
        linger(k, p->socket);
    pthread_mutex_unlock(&k->lock);
    mem_free(p);
}

// --- Rounds -------------------------------------------------------------------------------------------------------------

// Over TLS only libmicrohttpd could write: there the connection just ends.
static void answer_late(struct http *h, struct peer *p)
{
    struct buf text = exchange_late_answer(h, p);
    if (!h->is_tls && text.len > 0)
        send(p->socket, text.data, text.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    buf_clear(&text);
}

// Reading may just have ended: who claims the turn first has it.
static void end_peer(struct keeper *k, struct peer *p, enum phase phase)
{
    if (phase == PHASE_READING && !atomic_compare_exchange_strong(&p->phase, &phase, PHASE_LATE))
        return;
    if (phase == PHASE_READING && p->is_begun)
        answer_late(k->http, p);
    shutdown(p->socket, SHUT_RDWR);
    p->is_ended = true;
}

// Reading, and there will be nothing more to read. libmicrohttpd misses the end of what is sent when it comes together with the
// last bytes (it reads until a read falls short, and waits for an edge that has been).
static bool is_deserted(const struct peer *p, enum phase phase, const struct sight *seen, int64_t now)
{
    bool is_their_turn = phase == PHASE_READING || phase == PHASE_UPLOADING;
    return seen->has_finished && is_their_turn && now - p->changed_ms >= ROUND_MS && !has_unread(p->socket);
}

static void look_at(struct keeper *k, struct peer *p, int64_t now)
{
    enum phase phase = atomic_load(&p->phase);
    struct sight seen = sight_of(p->socket);
    if (seen.is_gone)
        p->is_gone = true;
    if (seen.bytes != p->bytes || phase == PHASE_BUSY) {
        p->bytes = seen.bytes;
        p->changed_ms = now;
    }
    bool is_idle = phase != PHASE_BUSY && now - p->changed_ms >= (int64_t)k->http->limits.idle_s * 1000;
    bool is_late = phase == PHASE_READING && now >= p->due_ms;
    bool is_unwanted = phase == PHASE_READING && k->is_ending_idle && !p->is_begun;
    if (is_idle || is_late || is_unwanted || is_deserted(p, phase, &seen, now))
        end_peer(k, p, phase);
}

static void make_round(struct keeper *k, int64_t now)
{
    for (struct peer *p = k->first; p != NULL; p = p->next)
        if (!p->is_ended)
            look_at(k, p, now);
    for (int i = k->lingerers - 1; i >= 0; i--)
        if (now >= k->lingerer[i].until_ms)
            leave(k, i);
}

static void clear_wake(struct keeper *k)
{
    uint64_t count;
    if (read(k->wake, &count, sizeof count) < 0)
        return;     // somebody else's round
}

static void *keep(void *ctx)
{
    struct keeper *k = ctx;
    struct epoll_event event[EVENTS];
    pthread_mutex_lock(&k->lock);
    for (int64_t next_ms = now_ms(); !k->is_closing;) {
        pthread_mutex_unlock(&k->lock);
        int64_t left = next_ms - now_ms();
        int events = epoll_wait(k->epoll, event, EVENTS, left > 0 ? (int)left : 0);
        pthread_mutex_lock(&k->lock);
        for (int i = 0; i < events; i++)
            if (event[i].data.fd == k->wake)
                clear_wake(k), next_ms = 0;
            else
                hear_lingerer(k, event[i].data.fd);
        int64_t now = now_ms();
        if (now < next_ms)
            continue;
        make_round(k, now);
        next_ms = now + ROUND_MS;
    }
    pthread_mutex_unlock(&k->lock);
    return NULL;
}

static void wake(struct keeper *k)
{
    uint64_t one = 1;
    if (write(k->wake, &one, sizeof one) < 0)
        return;     // it is awake anyway
}

struct keeper *keeper_open(struct http *h)
{
    struct keeper *k = mem_get(1, sizeof *k);
    k->http = h;
    pthread_mutex_init(&k->lock, NULL);
    k->epoll = epoll_create1(EPOLL_CLOEXEC);
    k->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = { .events = EPOLLIN, .data.fd = k->wake };
    must(k->epoll >= 0 && k->wake >= 0 && epoll_ctl(k->epoll, EPOLL_CTL_ADD, k->wake, &event) == 0);
    must(pthread_create(&k->thread, NULL, keep, k) == 0);
    return k;
}

void keeper_count(struct keeper *k, int64_t *requests, int *met)
{
    pthread_mutex_lock(&k->lock);
    *requests = k->requests;
    *met = 0;
    for (const struct peer *p = k->first; p != NULL; p = p->next) {
        *requests += p->requests;
        *met += p->is_met;
    }
    pthread_mutex_unlock(&k->lock);
}

void keeper_end_idle(struct keeper *k)
{
    pthread_mutex_lock(&k->lock);
    k->is_ending_idle = true;
    pthread_mutex_unlock(&k->lock);
    wake(k);
}

void keeper_close(struct keeper *k)
{
    if (k == NULL)
        return;
    pthread_mutex_lock(&k->lock);
    k->is_closing = true;
    pthread_mutex_unlock(&k->lock);
    wake(k);
    pthread_join(k->thread, NULL);
    must(k->first == NULL);     // libmicrohttpd has closed them all
    while (k->lingerers > 0)
        leave(k, 0);
    close(k->wake);
    close(k->epoll);
    pthread_mutex_destroy(&k->lock);
    mem_free(k);
}
