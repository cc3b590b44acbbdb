// http.h - the door of libmicrohttpd (HTTP 服务): requests come in, answers go out, and nobody else knows how.
//
// A request is met twice. `begin` sees its head alone and says what becomes of it: refused at once (before a byte of the body
// is read), answered at once, or taken in, its body into memory or into a file, up to so many bytes. `run` sees it whole and
// answers. Quick work runs on the thread that listens; work that may take long (is_slow) is done by workers while the
// connection waits aside, so neither slow work nor slow readers nor slow senders hold a thread that listens. What seemed quick and is
// not is given up there and begun anew by workers apart, which nobody else waits for.
//
// Everything a stranger can make long has a limit with a name; what exceeds it is answered with a status and a sentence. A head
// that could be read in two ways (two lengths, line ends of several kinds, anything but "chunked", ...: http_head.h) is answered
// with 400 and the connection is closed: nobody smuggles a request past whoever stands before us. Stopping is graceful: nothing
// new is taken, what is under way is finished, then all threads are joined.
#pragma once
#include "core/base/buf.h"
#include "core/base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OPTIONS, HTTP_METHODS };
const char *http_method_word(enum http_method m);              // "GET"

struct http_limits {                                           // 0: the value in brackets
    int connections;                                           // (1024) at once; the next one is closed
    int connections_per_address;                               // (0: no limit, for behind a proxy)
    size_t target_bytes;                                       // (16 KiB) path and query: 414
    size_t head_bytes;                                         // (24 KiB) request line and headers, at most HTTP_HEADERS: 431
    size_t body_memory_bytes;                                  // (1 MiB) of a body that is held in memory: 413
    int64_t body_file_bytes;                                   // (2 GiB) of a body that goes to a file: 413
    int idle_s;                                                // (30) without a byte in either direction while it is the client's turn
    int request_s;                                             // (60) from the request line to the last of the head or of a body in memory: 408
    int workers;                                               // (processors) for slow work
    int workers_writing;                                       // (8) for what waits for the disk more than it works
    int waiting;                                               // (256) slow requests that may wait for a worker, and writing ones: 503 and Retry-After
    int workers_apart;                                         // (half the processors, one at least) for what seemed quick
    int waiting_apart;                                         // (32) of those
};
enum { HTTP_HEADERS = 100 };                                   // of a request

struct http_settings {
    const char *address;                                       // "127.0.0.1:8080", "[::1]:8080", ":8080": all addresses; port 0: any free one
    const char *certificate, *key;                             // files, PEM; NULL: no TLS. TLS 1.2 and newer only
    const char *folder;                                        // where bodies are written to (a place for temporary files); NULL: nowhere
    int listeners;                                             // threads that listen; 0: as many as processors
    struct http_limits limits;
};

struct http_header { const char *name, *value; };              // value without blanks around it

struct request {
    enum http_method method;
    const char *path;                                          // as sent, percent-encoded: "/collections/a%2Fb"; begins with '/'
    const char *query;                                         // as sent, after the '?'; "" when there is none
    const struct http_header *header; int headers;             // in the order they were sent
    const char *peer;                                          // the address it came from, without the port
    bool is_tls;
    struct arena *arena;                                       // lives as long as the request
    const void *body; size_t body_len;                         // in memory
    const char *body_file, *body_sha256; int64_t body_bytes;   // in a file; whoever wants to keep it renames it away
    double begun_s;                                            // monotonic clock
    bool is_aside;                                             // run is called by a worker: no listener waits for it
    void *own;                                                 // of whoever answers, set in begin; zeroed before
};
// The value of a header, any case; NULL when it was not sent. A header sent twice that must stand once is refused before begin.
const char *request_header(const struct request *r, const char *name);

// --- Answers ------------------------------------------------------------------------------------------------------------

// Bytes many answers may share (a cached tile): counted, freed with the last.
struct shared_bytes;
struct shared_bytes *shared_bytes_make(const void *bytes, size_t len);    // a copy; counts 1
struct shared_bytes *shared_bytes_take(struct shared_bytes *b);           // counts 1 more, returns b
void shared_bytes_drop(struct shared_bytes *b);                           // NULL is fine
const void *shared_bytes_data(const struct shared_bytes *b, size_t *len);

// Pieces of a body whose length nobody knows yet, made as the client takes them. fill writes at most room bytes, sets *len (0: the
// end) and runs on a worker; FAILED breaks the connection off, so that nobody takes half for the whole. close is called once,
// before `done`.
struct http_stream {
    enum status (*fill)(void *ctx, char *out, size_t room, size_t *len);
    void (*close)(void *ctx);                                  // NULL: nothing to close
    void *ctx;
};

enum answer_kind { ANSWER_EMPTY, ANSWER_TEXT, ANSWER_SHARED, ANSWER_FILE, ANSWER_STREAM };
enum { ANSWER_HEADERS = 24 };
// HEAD is answered like GET: the length is told, the bytes stay here. So it is with 204 and 304. Date, Content-Length,
// Transfer-Encoding and Connection are http's own.
struct answer {
    int status;                                                // 200, ...
    struct http_header header[ANSWER_HEADERS]; int headers;    // texts live as long as the request
    enum answer_kind kind;
    struct buf text;                                           // TEXT: taken over
    struct shared_bytes *shared;                               // SHARED: taken over
    int file; int64_t file_from, file_len;                     // FILE: a descriptor, taken over; sent without copying
    struct http_stream stream;                                 // STREAM: taken over
};
void answer_header(struct answer *a, const char *name, const char *value); // NULL value: none. The same name again replaces
const char *answer_header_get(const struct answer *a, const char *name);   // NULL: not set
void answer_clear(struct answer *a);                                       // lets go of its body and headers; status 0

// --- The service --------------------------------------------------------------------------------------------------------

enum http_body { HTTP_BODY_NONE, HTTP_BODY_MEMORY, HTTP_BODY_FILE };
struct http_plan {                                             // what begin decides
    bool answered;                                             // the answer is there; nothing else happens. A body is left unread
    enum http_body body;                                       // a body nobody wants is 413
    int64_t body_most;                                         // 0: the limit of the service
    bool is_slow;                                              // run is called on a worker
    bool is_writing;                                           // of is_slow: a worker that waits for the disk
};
struct http_end {                                              // what became of a request
    int status;                                                // 0: it got no answer
    int64_t bytes;                                             // of the body; of an answer broken off only those of a stream are known
    bool is_whole;                                             // the system took the last byte; false: the client left, or we broke off
};
struct http_service {                                          // called by several threads at once, for one request by one at a time
    void (*begin)(void *ctx, struct request *r, struct http_plan *plan, struct answer *a);
    // false, unless r->is_aside: it takes longer than a listener may wait. What it left in the answer stays; it is called again, aside.
    bool (*run)(void *ctx, struct request *r, struct answer *a);
    // What http refuses by itself (a body too large, a head too long): status and an English sentence, a key of text.h, become an
    // answer of kind TEXT or EMPTY. Where the head is not known whole r has an empty path and no headers. http adds Retry-After.
    void (*refuse)(void *ctx, struct request *r, int status, const char *sentence, struct answer *a);
    // Once for each request that begin has seen or that was answered, when nothing more happens to it. Not every one is answered.
    void (*done)(void *ctx, struct request *r, const struct http_end *end);
    void *ctx;
};

struct http;
// INVALID: the address, the certificate, the folder, more connections than the system grants; CONFLICT: the port is taken; FAILED.
enum status http_open(const struct http_settings *s, const struct http_service *service, struct http **out, struct err *e);
int http_port(const struct http *h);
struct http_counts { int64_t connections, requests, slow_waiting, slow_running, refused, set_apart; };     // set_apart: given up by a listener
void http_counts(const struct http *h, struct http_counts *out);
// Graceful: no new connections, 503 for new requests, at most so long for what is under way, then the rest is broken off (work on a
// worker is waited for all the same) and everything is freed.
void http_stop(struct http *h, int patience_s);
