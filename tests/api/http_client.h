// http_client.h - a small client over loopback that sends any bytes and reads answers one by one.
#pragma once
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/when.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENT_PATIENCE_S = 60 };

struct client { int socket; struct buf in; size_t at; bool has_ended, was_reset, is_last; };    // is_last: an answer said that it ends

struct reply {
    int status;                         // 0: there was none; -1: something else
    bool is_whole;                      // false: the connection ended within it
    char *head;                         // status line and headers, as text
    char *body; size_t body_len;
};

static inline void reply_clear(struct reply *r)
{
    mem_free(r->head);
    mem_free(r->body);
    *r = (struct reply){ 0 };
}

static inline int client_socket(int port)
{
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval patience = { .tv_sec = CLIENT_PATIENCE_S };
    int on = 1;
    if (s < 0)
        return -1;
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(s, (struct sockaddr *)&at, sizeof at) == 0)
        return s;
    close(s);
    return -1;
}

static inline struct client client_open(int port)
{
    struct client c = { .socket = client_socket(port) };
    buf_init(&c.in, 256 << 20);
    return c;
}

static inline void client_close(struct client *c)
{
    if (c->socket >= 0)
        close(c->socket);
    buf_clear(&c->in);
    c->socket = -1;
}

// False: the other side wanted no more.
static inline bool client_send(struct client *c, const void *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t done = send(c->socket, (const char *)bytes + at, len - at, MSG_NOSIGNAL);
        if (done <= 0)
            return false;
        at += (size_t)done;
    }
    return true;
}

static inline bool client_text(struct client *c, const char *text) { return client_send(c, text, strlen(text)); }

// More bytes; false: there will be none.
static inline bool client_receive(struct client *c)
{
    char chunk[65536];
    ssize_t got = c->has_ended ? 0 : recv(c->socket, chunk, sizeof chunk, 0);
    c->was_reset |= got < 0;
    c->has_ended |= got <= 0;
    if (got > 0)
        buf_add(&c->in, chunk, (size_t)got);
    return got > 0;
}

static inline const char *client_rest(const struct client *c) { return c->in.data != NULL ? c->in.data + c->at : ""; }

static inline char *reply_header(const struct reply *r, const char *name, char out[1024])
{
    size_t len = strlen(name);
    for (const char *line = strstr(r->head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, len) == 0 && line[2 + len] == ':') {
            const char *value = line + 3 + len + strspn(line + 3 + len, " ");
            snprintf(out, 1024, "%.*s", (int)strcspn(value, "\r"), value);
            return out;
        }
    return NULL;
}

// So many bytes more of the body; false: the connection ended before.
static inline bool client_take(struct client *c, struct buf *out, size_t len)
{
    while (c->in.len - c->at < len)
        if (!client_receive(c))
            return false;
    buf_add(out, client_rest(c), len);
    c->at += len;
    return true;
}

static inline bool client_line(struct client *c, char *out, size_t room)
{
    const char *end;
    while ((end = memmem(client_rest(c), c->in.len - c->at, "\r\n", 2)) == NULL)
        if (!client_receive(c))
            return false;
    snprintf(out, room, "%.*s", (int)(end - client_rest(c)), client_rest(c));
    c->at = (size_t)(end - c->in.data) + 2;
    return true;
}

static inline bool client_chunks(struct client *c, struct buf *out)
{
    char line[64];
    for (;;) {
        if (!client_line(c, line, sizeof line))
            return false;
        size_t len = strtoul(line, NULL, 16);
        if (len > 0 && !client_take(c, out, len))
            return false;
        if (!client_line(c, line, sizeof line) || line[0] != '\0')
            return false;
        if (len == 0)
            return true;
    }
}

static inline bool client_body(struct client *c, const struct reply *r, struct buf *out)
{
    char value[1024];
    if (reply_header(r, "Transfer-Encoding", value) != NULL)
        return client_chunks(c, out);
    if (reply_header(r, "Content-Length", value) != NULL)
        return client_take(c, out, strtoul(value, NULL, 10));
    while (client_receive(c))
        ;
    buf_add(out, client_rest(c), c->in.len - c->at);
    c->at = c->in.len;
    return !c->was_reset;
}

// The next answer. has_body: the request was not HEAD.
static inline struct reply client_reply(struct client *c, bool has_body)
{
    struct reply r = { 0 };
    const char *end;
    while ((end = memmem(client_rest(c), c->in.len - c->at, "\r\n\r\n", 4)) == NULL)
        if (!client_receive(c))
            return r;
    size_t len = (size_t)(end - client_rest(c)) + 4;
    r.head = mem_get(len + 1, 1);
    memcpy(r.head, client_rest(c), len);
    c->at += len;
    r.status = strncmp(r.head, "HTTP/1.1 ", 9) == 0 ? atoi(r.head + 9) : -1;
    char value[1024];
    c->is_last |= reply_header(&r, "Connection", value) != NULL && strcmp(value, "close") == 0;
    bool is_bare = !has_body || r.status / 100 == 1 || r.status == 204 || r.status == 304;
    struct buf body;
    buf_init(&body, 256 << 20);
    buf_add(&body, "", 0);
    r.is_whole = is_bare || client_body(c, &r, &body);
    r.body = body.data;
    r.body_len = body.len;
    return r;
}

static inline struct reply client_ask(struct client *c, const char *request)
{
    client_text(c, request);
    return client_reply(c, strncmp(request, "HEAD ", 5) != 0);
}

// Whether the other side ends the connection within so many seconds (what it still sends is read).
static inline bool client_sees_end(struct client *c, double seconds)
{
    double until = when_monotonic_s() + seconds;
    do {
        struct pollfd p = { .fd = c->socket, .events = POLLIN };
        if (poll(&p, 1, seconds > 0 ? 50 : 0) > 0)
            client_receive(c);
    } while (!c->has_ended && when_monotonic_s() < until);
    return c->has_ended;
}

// One request on a connection of its own.
static inline struct reply ask_once(int port, const char *request)
{
    struct client c = client_open(port);
    struct reply r = client_ask(&c, request);
    client_close(&c);
    return r;
}
