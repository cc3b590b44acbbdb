// Streams: libmicrohttpd asks for bytes on the thread that listens, a worker makes them. While he does, the connection stands aside.
#include "api/http_keeper.h"
#include "core/base/mem.h"

#include <microhttpd.h>
#include <string.h>
#include <sys/socket.h>

enum { FLOW_BYTES = 64 << 10, OLD_CLIENT_BYTES = 16 << 10 };

struct flow {
    struct exchange *exchange;
    struct http_stream from;
    size_t len, at;
    int64_t handed;             // bytes that libmicrohttpd took
    bool has_ended, has_failed, is_closed;
    char bytes[FLOW_BYTES];
};

static void fill(void *ctx)
{
    struct exchange *x = ctx;
    struct flow *f = x->flow;
    f->at = f->len = 0;
    if (x->peer->is_gone || x->http->is_hasty || f->from.fill(f->from.ctx, f->bytes, FLOW_BYTES, &f->len) != OK)
        f->has_failed = true;
    f->has_ended = f->len == 0;
    exchange_return(x);
}

// Whoever reads until the connection ends (HTTP/1.0) would take half for the whole: a reset cannot be taken for an end.
static void reset_connection(struct exchange *x)
{
    struct sockaddr nowhere = { .sa_family = AF_UNSPEC };
    if (connect(x->peer->socket, &nowhere, sizeof nowhere) != 0)
        shutdown(x->peer->socket, SHUT_RDWR);
}

static ssize_t break_off(struct exchange *x)
{
    reset_connection(x);
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

static ssize_t hand_over(struct flow *f, char *out, size_t room)
{
    size_t len = f->len - f->at < room ? f->len - f->at : room;
    memcpy(out, f->bytes + f->at, len);
    f->at += len;
    f->handed += (int64_t)len;
    peer_turn(f->exchange->peer, PHASE_SENDING);
    return (ssize_t)len;
}

static ssize_t read_flow(void *ctx, uint64_t position, char *out, size_t room)
{
    struct flow *f = ctx;
    (void)position;
    if (f->exchange->is_given_up || f->has_failed)
        return break_off(f->exchange);
    if (f->at < f->len)
        return hand_over(f, out, room);
    if (f->has_ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    return exchange_set_aside(f->exchange, fill) ? 0 : break_off(f->exchange);
}

static void free_flow(void *flow) { mem_free(flow); }

struct MHD_Response *flow_response(struct exchange *x)
{
    struct flow *f = mem_get(1, sizeof *f);
    f->exchange = x;
    f->from = x->answer.stream;
    x->flow = f;
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, OLD_CLIENT_BYTES, read_flow, f, free_flow);
}

void flow_end(struct flow *f)
{
    if (f == NULL || f->is_closed)
        return;
    f->is_closed = true;
    if (f->from.close != NULL)
        f->from.close(f->from.ctx);
}

int64_t flow_bytes(const struct flow *f) { return f->handed; }
