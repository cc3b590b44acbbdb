// http_head.h - the head of a request, held against what can be read in only one way (请求头校验).
//
// libmicrohttpd 0.9.75 is lenient: it takes a bare LF for the end of a line, cuts lines at a NUL, joins folded lines, obeys the first of
// two lengths, and Transfer-Encoding over Content-Length. A proxy before us may see other requests in the same bytes. It
// parses in place, though: names and values still lie where they were received, separators turned into NUL. So the gaps between
// them tell what stood there, and everything that is not exactly one request line, lines "name: value" and CR LF is refused.
// One thing cannot be told: NUL LF in the place of CR LF. No proxy known passes a NUL on.
#pragma once
#include "api/http.h"

struct head_line { const char *name, *value; size_t name_len, value_len; };
// Headers that must stand once. The first ones are looked at here.
enum head_single { HEAD_HOST, HEAD_LENGTH, HEAD_CODING, HEAD_EXPECT, HEAD_SINGLES = 14 };

struct head {                           // pointers into the bytes as they were received
    const char *method, *uri, *version;
    const char *target;                 // the uri whole, query and all, from before it was taken apart
    size_t target_len;
    const struct head_line *line; int lines;
    const char *end;                    // behind the empty line
    bool is_too_many;                   // more lines than HTTP_HEADERS; the rest was left out
    const struct head_line *single[HEAD_SINGLES]; bool is_twice;   // found by head_fault
};

struct http_fault { int status; const char *sentence; };    // sentence: a key of text.h

// NULL: there is nothing to say against it.
const struct http_fault *head_fault(struct head *h, const struct http_limits *limits);

// What others see of it, when nothing was said against it. The request's arena keeps what is not in the head's memory.
void head_take(const struct head *h, struct request *r);

// The body it announces: bytes, -1: chunked, its length is not known yet.
int64_t head_body_bytes(const struct head *h);

// Every sentence of head_fault, for the test that looks for their Chinese. NULL behind the last.
const struct http_fault *head_fault_listed(int i);
