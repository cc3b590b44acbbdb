// http_inside.h - what the sources of http share with each other and with nobody else.
//
// A connection is a peer. It has one exchange, used again for each of its requests: libmicrohttpd works on one at a time. An
// exchange belongs to the listener of its connection, except while it stands aside: then to a worker. The keeper (http_keeper.h)
// looks at the atomic members of a peer only.
#pragma once
#include "api/http.h"
#include "api/http_body.h"
#include "api/http_head.h"
#include "core/base/workers.h"
#include <netinet/in.h>
#include <stdatomic.h>

struct MHD_Connection;
struct MHD_Daemon;
struct MHD_Response;
struct keeper;

enum step { STEP_HEAD, STEP_BODY, STEP_ANSWERED, STEP_SENT };

struct exchange {
    struct request request;
    struct http *http;
    struct peer *peer;
    struct MHD_Connection *connection;
    const char *target; size_t target_len;  // path and query as they were sent
    enum step step;
    struct http_plan plan;
    struct answer answer;
    struct body body;
    const struct http_fault *refused;       // what will be answered once the body that comes is through
    int64_t swallowed;                      // bytes of that body
    struct flow *flow;                      // the stream that is sent
    bool is_begun;                          // begin has seen it
    bool is_apart;                          // its worker is one of those apart
    bool is_chunked, is_last;               // its body came in chunks; the connection ends with its answer
    int64_t answer_bytes;
    struct job job;
    atomic_bool is_aside;                   // a worker has it
    atomic_bool is_given_up;                // nobody waits for it any more, or nobody can work on it
};

// Whose turn it is, and so which clock runs.
enum phase {
    PHASE_READING,      // the client's, until due_ms: a head, or a body in memory
    PHASE_UPLOADING,    // the client's: a body for a file, however long, while bytes come
    PHASE_BUSY,         // ours: no clock
    PHASE_SENDING,      // the client's: it reads
    PHASE_LATE,         // the keeper has ended it
};

struct peer {
    struct exchange exchange;
    struct http *http;
    int socket;
    char address[INET6_ADDRSTRLEN];
    bool is_lingering;                      // what the client still sends is read after the end, so that it sees our answer
    _Atomic enum phase phase;
    atomic_int_fast64_t due_ms;
    atomic_bool is_begun, is_met;           // a request line has come; its head is through, and it is not done
    atomic_bool is_gone;                    // the keeper saw that the client left for good
    atomic_int_fast64_t requests;           // counted here: a counter all listeners share would travel between their processors
    // The keeper's own.
    struct peer *next, *previous;
    uint64_t bytes;
    int64_t changed_ms;
    bool is_ended;
};

// Workers, and how many slow requests wait for one of them.
struct lane { struct workers *workers; atomic_int_fast64_t waiting; int waiting_most; };

struct http {
    struct http_service service;
    struct http_limits limits;
    char *folder;
    bool is_tls;
    int port, listen_socket;
    struct MHD_Daemon *daemon;
    struct lane usual, writing, apart;
    struct keeper *keeper;
    atomic_int_fast64_t connections, slow_running, refused, set_apart;
    atomic_bool is_stopping, is_hasty;      // no new requests; nobody is waited for any more
    atomic_bool is_started;
    char told[512];                         // the last words of libmicrohttpd while it starts
};

// http_exchange.c: the way of a request. false: the connection is to be broken off.
void exchange_open(struct exchange *x, struct MHD_Connection *c, char *uri);    // the request line has come
bool exchange_meet(struct exchange *x, const char *method, const char *url, const char *version);  // the head is through
bool exchange_take(struct exchange *x, const char *bytes, size_t *len);         // of the body; *len says how much is left over
bool exchange_answer(struct exchange *x);                                       // all is there, or a worker is through with it
void exchange_close(struct exchange *x, int status, bool is_whole);             // 0: it got no answer
bool exchange_set_aside(struct exchange *x, void (*work)(void *ctx));
void exchange_return(struct exchange *x);                                       // the worker's last word
struct buf exchange_late_answer(struct http *h, struct peer *p);                // 408, as it goes over the wire
const struct http_fault *exchange_fault_listed(int i);                          // NULL behind the last

static inline bool is_bodiless(const struct exchange *x, int status)
{
    return x->request.method == HTTP_HEAD || status == 204 || status == 304;
}

// http_send.c
struct MHD_Response *response_of(struct exchange *x);                           // takes the answer over; NULL: it cannot be sent
bool response_queue(struct exchange *x, struct MHD_Response *response, int status);
void answer_print(const struct answer *a, struct buf *out);                     // TEXT or EMPTY, as it goes over the wire

// http_stream.c
struct MHD_Response *flow_response(struct exchange *x);
void flow_end(struct flow *f);                                                  // closes the stream; NULL is fine
int64_t flow_bytes(const struct flow *f);
