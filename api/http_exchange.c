// The way of a request: its head is held against the rules and shown to begin, its body comes in, run answers, the answer leaves.
//
// A response queued on the first call for a request makes libmicrohttpd close the connection behind it. That is what a refusal
// before the body wants; everything else is queued on the second call or later.
#include "api/http_keeper.h"
#include "core/base/mem.h"
#include "core/base/when.h"

#include <microhttpd.h>
#include <string.h>

enum { ARENA_BYTES = 256 << 20, LATE_BYTES = 64 << 10, SWALLOW_BYTES = 1 << 20 };
static const char RETRY_AFTER_S[] = "1";

static const struct http_fault
    unwanted = { 413, "no body is expected with this request" },
    stopping = { 503, "the service is being stopped" },
    crowded = { 503, "too many requests are waiting" },
    unsendable = { 500, "the answer could not be sent: one of its headers holds what no header may hold" },
    late = { 408, "the request took too long to come in" };

const struct http_fault *exchange_fault_listed(int i)
{
    static const struct http_fault *const faults[] = { &unwanted, &stopping, &crowded, &unsendable, &late, NULL };
    return faults[i];
}

// --- Answers ------------------------------------------------------------------------------------------------------------

static void refuse(struct http *h, struct request *r, const struct http_fault *fault, struct answer *a)
{
    answer_clear(a);
    a->status = fault->status;
    h->service.refuse(h->service.ctx, r, fault->status, fault->sentence, a);
    if (fault->status == 503)
        answer_header(a, "Retry-After", RETRY_AFTER_S);
    atomic_fetch_add_explicit(&h->refused, 1, memory_order_relaxed);
}

static bool send_answer(struct exchange *x)
{
    x->step = STEP_SENT;
    peer_turn(x->peer, PHASE_SENDING);
    struct MHD_Response *response = response_of(x);
    if (response == NULL) {
        refuse(x->http, &x->request, &unsendable, &x->answer);
        response = response_of(x);
    }
    return response != NULL && response_queue(x, response, x->answer.status);
}

// The connection ends behind it; what the client still sends is heard, so that it sees the answer.
static bool refuse_and_end(struct exchange *x, const struct http_fault *fault)
{
    x->is_last = x->peer->is_lingering = true;
    refuse(x->http, &x->request, fault, &x->answer);
    return send_answer(x);
}

// --- The head -----------------------------------------------------------------------------------------------------------

void exchange_open(struct exchange *x, struct MHD_Connection *c, char *uri)
{
    struct peer *p = x->peer;
    struct http *h = p->http;
    struct arena *arena = x->request.arena != NULL ? x->request.arena : arena_open(ARENA_BYTES);
    *x = (struct exchange){ .http = h, .peer = p, .connection = c, .body = { .file = -1 } };
    x->request = (struct request){ .path = "", .query = "", .peer = p->address, .is_tls = h->is_tls, .arena = arena };
    x->request.begun_s = when_monotonic_s();
    x->target_len = strlen(uri);
    x->target = arena_text(arena, uri);
    char *mark = memchr(uri, '?', x->target_len);
    if (mark != NULL)
        mark[1] = '\0';     // libmicrohttpd would take the query apart, decode it in place, and run out of memory at a long one
    atomic_store_explicit(&p->requests, p->requests + 1, memory_order_relaxed);
    peer_due(p, h->limits.request_s);
    atomic_store_explicit(&p->is_begun, true, memory_order_release);
}

struct gathering { struct head_line line[HTTP_HEADERS]; int lines; bool is_too_many; };

static enum MHD_Result gather_line(void *ctx, enum MHD_ValueKind kind, const char *name, size_t name_len, const char *value, size_t value_len)
{
    struct gathering *g = ctx;
    (void)kind;
    g->is_too_many = g->lines == HTTP_HEADERS;
    if (g->is_too_many)
        return MHD_NO;
    g->line[g->lines++] = (struct head_line){ .name = name, .name_len = name_len, .value = value, .value_len = value_len };
    return MHD_YES;
}

static size_t head_bytes(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info != NULL ? info->header_size : 0;
}

static const struct http_fault *take_plan(struct exchange *x, int64_t announced)
{
    const struct http *h = x->http;
    if (x->plan.answered)
        return NULL;
    if (x->plan.body == HTTP_BODY_NONE)
        return announced != 0 ? &unwanted : NULL;
    int64_t most = x->plan.body == HTTP_BODY_FILE ? h->limits.body_file_bytes : (int64_t)h->limits.body_memory_bytes;
    if (x->plan.body_most > 0)
        most = x->plan.body_most;
    return body_open(&x->body, x->plan.body, most, h->folder, announced);
}

static const struct http_fault *show_head(struct exchange *x, struct head *head)
{
    struct http *h = x->http;
    const struct http_fault *fault = head_fault(head, &h->limits);
    if (fault != NULL)
        return fault;
    head_take(head, &x->request);
    if (h->is_stopping)
        return &stopping;
    x->is_begun = true;
    h->service.begin(h->service.ctx, &x->request, &x->plan, &x->answer);
    return take_plan(x, head_body_bytes(head));
}

// The client's turn again, to send its body; one in memory must be there when the head had to be.
static void await_body(struct exchange *x)
{
    x->step = STEP_BODY;
    peer_turn(x->peer, x->plan.body == HTTP_BODY_FILE ? PHASE_UPLOADING : PHASE_READING);
}

static bool go_on(struct exchange *x, int64_t announced)
{
    x->is_chunked = announced < 0;
    x->step = x->plan.answered ? STEP_ANSWERED : STEP_BODY;
    if (announced == 0)
        return true;            // the second call follows at once
    if (!x->plan.answered) {
        await_body(x);
        return true;
    }
    x->is_last = x->peer->is_lingering = true;
    return send_answer(x);
}

bool exchange_meet(struct exchange *x, const char *method, const char *url, const char *version)
{
    if (!peer_claim(x->peer))
        return false;
    atomic_store(&x->peer->is_met, true);      // before is_stopping is looked at: one of both sides sees the other
    struct gathering g;
    g.lines = 0;
    g.is_too_many = false;
    MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, gather_line, &g);
    struct head head = {
        .method = method, .uri = url, .version = version, .target = x->target, .target_len = x->target_len,
        .line = g.line, .lines = g.lines, .end = method + head_bytes(x->connection), .is_too_many = g.is_too_many,
    };
    const struct http_fault *fault = show_head(x, &head);
    return fault != NULL ? refuse_and_end(x, fault) : go_on(x, head_body_bytes(&head));
}

// --- Aside --------------------------------------------------------------------------------------------------------------

static struct lane *lane_of(const struct exchange *x)
{
    struct http *h = x->http;
    return x->is_apart ? &h->apart : x->plan.is_writing ? &h->writing : &h->usual;
}

bool exchange_set_aside(struct exchange *x, void (*work)(void *ctx))
{
    x->job = (struct job){ .run = work, .ctx = x };
    x->is_aside = true;
    peer_turn(x->peer, PHASE_BUSY);
    MHD_suspend_connection(x->connection);
    if (workers_add(lane_of(x)->workers, &x->job))
        return true;
    x->is_given_up = true;
    exchange_return(x);
    return false;
}

// From the moment it is resumed the listener may end it and use it again.
void exchange_return(struct exchange *x)
{
    struct MHD_Connection *c = x->connection;
    x->is_aside = false;
    MHD_resume_connection(c);
}

// --- The body -----------------------------------------------------------------------------------------------------------

static void write_piece(void *ctx)
{
    struct exchange *x = ctx;
    x->refused = body_write(&x->body);
    exchange_return(x);
}

// No answer is taken before the body is through, so it is read and forgotten: as much again as was allowed, a megabyte at least.
static bool swallow(struct exchange *x, size_t *len)
{
    x->swallowed += (int64_t)*len;
    *len = 0;
    return x->swallowed <= x->body.most || x->swallowed <= SWALLOW_BYTES;
}

// libmicrohttpd may come with the next chunk although the connection stands aside: nothing is taken then.
bool exchange_take(struct exchange *x, const char *bytes, size_t *len)
{
    if (x->is_aside)
        return true;
    if (x->is_given_up)
        return false;
    if (x->body.kind == HTTP_BODY_FILE)
        peer_turn(x->peer, PHASE_UPLOADING);
    if (x->refused == NULL)
        x->refused = body_take(&x->body, bytes, len);
    if (x->refused != NULL)
        return swallow(x, len);
    return *len == 0 || exchange_set_aside(x, write_piece);
}

static void show_body(struct exchange *x)
{
    struct request *r = &x->request;
    const struct body *b = &x->body;
    if (b->kind == HTTP_BODY_MEMORY) {
        r->body = b->text.data != NULL ? b->text.data : "";
        r->body_len = b->text.len;
    }
    if (b->kind == HTTP_BODY_FILE) {
        r->body_file = b->path;
        r->body_sha256 = b->sha256;
    }
    r->body_bytes = b->bytes;
}

// --- The answer ---------------------------------------------------------------------------------------------------------

// false: it is to be done apart.
static bool run(struct exchange *x)
{
    struct http *h = x->http;
    show_body(x);
    bool is_done = h->service.run(h->service.ctx, &x->request, &x->answer);
    must(is_done || !x->request.is_aside);
    if (is_done)
        x->step = STEP_ANSWERED;
    return is_done;
}

static void run_slow(struct exchange *x)
{
    struct http *h = x->http;
    atomic_fetch_sub(&lane_of(x)->waiting, 1);
    if (x->refused != NULL)
        return;
    x->is_given_up = x->peer->is_gone || h->is_hasty;
    if (x->is_given_up)
        return;
    atomic_fetch_add(&h->slow_running, 1);
    x->request.is_aside = true;
    run(x);
    atomic_fetch_sub(&h->slow_running, 1);
}

static void work(void *ctx)
{
    struct exchange *x = ctx;
    if (x->body.kind == HTTP_BODY_FILE)
        x->refused = body_finish(&x->body);
    if (x->plan.is_slow)
        run_slow(x);
    exchange_return(x);
}

// Who was let send a file is not turned away at its end.
static bool find_place(struct exchange *x)
{
    struct lane *lane = lane_of(x);
    int64_t waiting = atomic_fetch_add(&lane->waiting, 1);
    if (waiting < lane->waiting_most || x->body.kind == HTTP_BODY_FILE)
        return true;
    atomic_fetch_sub(&lane->waiting, 1);
    return false;
}

static bool set_to_work(struct exchange *x)
{
    if (x->plan.is_slow && !find_place(x)) {
        refuse(x->http, &x->request, &crowded, &x->answer);
        return send_answer(x);
    }
    if (exchange_set_aside(x, work))
        return true;
    atomic_fetch_sub(&lane_of(x)->waiting, x->plan.is_slow ? 1 : 0);
    return false;
}

// With others that take long, so that neither who listens nor who writes waits for them.
static bool set_apart(struct exchange *x)
{
    x->plan.is_slow = x->is_apart = true;
    atomic_fetch_add_explicit(&x->http->set_apart, 1, memory_order_relaxed);
    return set_to_work(x);
}

static bool needs_worker(const struct exchange *x)
{
    bool is_unwritten = x->body.kind == HTTP_BODY_FILE && x->body.file >= 0;
    return is_unwritten || x->plan.is_slow;
}

// libmicrohttpd takes a bare LF for the end of a line among chunks, a proxy may not: what either sees behind them must not become
// another request.
bool exchange_answer(struct exchange *x)
{
    if (!peer_claim(x->peer) || x->is_given_up)
        return false;
    if (x->refused != NULL)
        return refuse_and_end(x, x->refused);
    x->is_last = x->is_chunked;
    if (x->step == STEP_BODY && needs_worker(x))
        return set_to_work(x);
    if (x->step == STEP_BODY && !run(x))
        return set_apart(x);
    return send_answer(x);
}

struct buf exchange_late_answer(struct http *h, struct peer *p)
{
    struct arena *arena = arena_open(ARENA_BYTES);
    struct request r = { .path = "", .query = "", .peer = p->address, .is_tls = h->is_tls, .arena = arena };
    struct answer a = { 0 };
    refuse(h, &r, &late, &a);
    struct buf out;
    buf_init(&out, LATE_BYTES);
    answer_print(&a, &out);
    answer_clear(&a);
    arena_close(arena);
    return out;
}

// --- The end ------------------------------------------------------------------------------------------------------------

static int64_t bytes_sent(const struct exchange *x, int status, bool is_whole)
{
    if (x->flow != NULL)
        return flow_bytes(x->flow);
    return is_bodiless(x, status) || !is_whole ? 0 : x->answer_bytes;
}

static void tell_end(struct exchange *x, int status, bool is_whole)
{
    struct http *h = x->http;
    bool is_late = x->peer->phase == PHASE_LATE;
    if (status == 0 && is_late && !h->is_tls)
        status = late.status;
    if (status != 0 && x->step != STEP_SENT && !is_late)
        atomic_fetch_add_explicit(&h->refused, 1, memory_order_relaxed);    // libmicrohttpd by itself
    struct http_end end = { .status = status, .bytes = bytes_sent(x, status, is_whole), .is_whole = is_whole };
    if (x->is_begun || status != 0)
        h->service.done(h->service.ctx, &x->request, &end);
}

void exchange_close(struct exchange *x, int status, bool is_whole)
{
    struct peer *p = x->peer;
    flow_end(x->flow);
    tell_end(x, status, is_whole);
    answer_clear(&x->answer);
    body_clear(&x->body);
    arena_trim(x->request.arena);
    atomic_store_explicit(&p->is_met, false, memory_order_release);
    atomic_store_explicit(&p->is_begun, false, memory_order_release);
    peer_due(p, p->http->limits.idle_s + p->http->limits.request_s);
    if (p->phase != PHASE_READING && p->phase != PHASE_LATE)
        peer_turn(p, PHASE_READING);
}
