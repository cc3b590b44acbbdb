// Bytes that nobody honest sends: each is refused or read in the one way that all read it, and never becomes two requests.
#include "tests/api/http_rooms.h"
#include "api/http_inside.h"

#define HOST "Host: x\r\n"
#define SMUGGLED "GET /hello?smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

struct attack { const char *name, *bytes; size_t len; int status; };    // 0: the connection ends without an answer
#define BYTES(text) text, sizeof text - 1

// What is refused ends the connection: what stood behind it is never read as a request.
static const struct attack refused[] = {
    { "two lengths", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\nContent-Length: 43\r\n\r\n" SMUGGLED), 400 },
    { "two lengths alike", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab" SMUGGLED), 400 },
    { "a list of lengths", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2, 2\r\n\r\nab" SMUGGLED), 400 },
    { "length and chunks", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
    { "chunks and length", BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
    { "chunks and a hidden length", BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
    { "chunks twice", BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
    { "identity", BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n\r\n" SMUGGLED), 400 },
    { "gzip, chunked", BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
    { "xchunked", BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
    { "chunked and a blank", BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked \r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
    { "chunked and vertical tab", BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
    { "chunks in HTTP/1.0", BYTES("POST /echo HTTP/1.0\r\n" HOST "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
    { "length +5", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: +5\r\n\r\nhello" SMUGGLED), 400 },
    { "length -5", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: -5\r\n\r\nhello" SMUGGLED), 400 },
    { "length 0x5", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0x5\r\n\r\nhello" SMUGGLED), 400 },
    { "length 5a", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5a\r\n\r\nhello" SMUGGLED), 400 },
    { "length 5.0", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5.0\r\n\r\nhello" SMUGGLED), 400 },
    { "an empty length", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n" SMUGGLED), 400 },
    { "an overlong length", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551621\r\n\r\nhello" SMUGGLED), 413 },
    { "two hosts", BYTES("GET /hello HTTP/1.1\r\n" HOST "Host: y\r\n\r\n" SMUGGLED), 400 },
    { "no host", BYTES("GET /hello HTTP/1.1\r\n\r\n" SMUGGLED), 400 },
    { "a host with a path", BYTES("GET /hello HTTP/1.1\r\nHost: x/y\r\n\r\n" SMUGGLED), 400 },
    { "a host with a user", BYTES("GET /hello HTTP/1.1\r\nHost: u@x\r\n\r\n" SMUGGLED), 400 },
    { "a list of hosts", BYTES("GET /hello HTTP/1.1\r\nHost: x, y\r\n\r\n" SMUGGLED), 400 },
    { "two authorizations", BYTES("GET /hello HTTP/1.1\r\n" HOST "Authorization: Bearer a\r\nauthorization: Bearer b\r\n\r\n" SMUGGLED), 400 },
    { "two content types", BYTES("GET /hello HTTP/1.1\r\n" HOST "Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n" SMUGGLED), 400 },
    { "a name with a blank before the colon", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length : 5\r\n\r\nhello" SMUGGLED), 400 },
    { "a name with a tab", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length\t: 5\r\n\r\nhello" SMUGGLED), 400 },
    { "a name with a blank inside", BYTES("GET /hello HTTP/1.1\r\n" HOST "A B: c\r\n\r\n" SMUGGLED), 400 },
    { "a name with a bracket", BYTES("GET /hello HTTP/1.1\r\n" HOST "A(B): c\r\n\r\n" SMUGGLED), 400 },
    { "no name", BYTES("GET /hello HTTP/1.1\r\n" HOST ": c\r\n\r\n" SMUGGLED), 400 },
    { "no colon", BYTES("GET /hello HTTP/1.1\r\n" HOST "abc\r\n\r\n" SMUGGLED), 400 },
    { "a folded line", BYTES("GET /hello HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n" SMUGGLED), 400 },
    { "a folded line with a tab", BYTES("GET /hello HTTP/1.1\r\n" HOST "A: b\r\n\tc\r\nB: d\r\n\r\n" SMUGGLED), 400 },
    { "a folded length", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length:\r\n 5\r\n\r\nhello" SMUGGLED), 400 },
    { "a first line that is folded", BYTES("GET /hello HTTP/1.1\r\n " HOST "A: b\r\n\r\n" SMUGGLED), 400 },
    { "bare LF behind the request line", BYTES("GET /hello HTTP/1.1\n" HOST "\r\n" SMUGGLED), 400 },
    { "bare LF behind a header", BYTES("GET /hello HTTP/1.1\r\nHost: x\nA: b\r\n\r\n" SMUGGLED), 400 },
    { "bare LF behind the last header", BYTES("GET /hello HTTP/1.1\r\nA: b\r\nHost: x\n\r\n" SMUGGLED), 400 },
    { "bare LF at the end", BYTES("GET /hello HTTP/1.1\r\nHost: x\r\n\n" SMUGGLED), 400 },
    { "bare LF everywhere", BYTES("GET /hello HTTP/1.1\nHost: x\n\n" SMUGGLED), 400 },
    { "bare CR in a value", BYTES("GET /hello HTTP/1.1\r\n" HOST "A: b\rC: d\r\n\r\n" SMUGGLED), 400 },
    { "CR CR LF", BYTES("GET /hello HTTP/1.1\r\n" HOST "A: b\r\r\n\r\n" SMUGGLED), 400 },
    { "NUL in a value", BYTES("GET /hello HTTP/1.1\r\n" HOST "A: b\0c\r\n\r\n" SMUGGLED), 400 },
    { "NUL in a name", BYTES("GET /hello HTTP/1.1\r\n" HOST "A\0B: c\r\n\r\n" SMUGGLED), 400 },
    { "NUL before a name", BYTES("GET /hello HTTP/1.1\r\n" HOST "\0A: c\r\n\r\n" SMUGGLED), 400 },
    { "NUL behind the length", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\0 0\r\n\r\nhello" SMUGGLED), 400 },
    { "NUL in the target", BYTES("GET /hello\0/x HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "NUL in the query", BYTES("GET /hello?a\0b HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "NUL in the method", BYTES("GE\0T /hello HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "NUL behind the version", BYTES("GET /hello HTTP/1.1\0\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "a control character in a value", BYTES("GET /hello HTTP/1.1\r\n" HOST "A: b\1c\r\n\r\n" SMUGGLED), 400 },
    { "%00 in the path", BYTES("GET /hello%00 HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "%00 in the query", BYTES("GET /hello?a=%00 HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "% alone", BYTES("GET /hello?a=% HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "%g0", BYTES("GET /hello?a=%g0 HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "% and one digit", BYTES("GET /hello?a=%a HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "a blank in the target", BYTES("GET /hel lo HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "two versions", BYTES("GET /hello HTTP/1.1 HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "two blanks before the target", BYTES("GET  /hello HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "two blanks behind the target", BYTES("GET /hello  HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "a blank behind the version", BYTES("GET /hello HTTP/1.1 \r\n" HOST "\r\n" SMUGGLED), 400 },
    { "a tab for a blank", BYTES("GET\t/hello\tHTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 0 },
    { "a fragment", BYTES("GET /hello#x HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "no slash", BYTES("GET hello HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "a star", BYTES("OPTIONS * HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "another host in the target", BYTES("GET http://y/hello HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "another port in the target", BYTES("GET http://x:81/hello HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "a user in the target", BYTES("GET http://x@y/hello HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "a host without a path", BYTES("GET http://x HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "another scheme", BYTES("GET ftp://x/hello HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "HTTP/0.9", BYTES("GET /hello\r\n" SMUGGLED), 400 },
    { "HTTP/0.9 by name", BYTES("GET /hello HTTP/0.9\r\n" HOST "\r\n" SMUGGLED), 505 },
    { "HTTP/1.2", BYTES("GET /hello HTTP/1.2\r\n" HOST "\r\n" SMUGGLED), 505 },
    { "HTTP/2.0", BYTES("GET /hello HTTP/2.0\r\n" HOST "\r\n" SMUGGLED), 505 },
    { "HTTP/11.1", BYTES("GET /hello HTTP/11.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "http/1.1", BYTES("GET /hello http/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "the preface of HTTP/2", BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505 },
    { "CONNECT", BYTES("CONNECT x:80 HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 501 },
    { "TRACE", BYTES("TRACE /hello HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 501 },
    { "a method nobody knows", BYTES("BREW /hello HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 501 },
    { "a method in small letters", BYTES("get /hello HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 501 },
    { "a method that is none", BYTES("G(T /hello HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 400 },
    { "no method", BYTES(" /hello HTTP/1.1\r\n" HOST "\r\n" SMUGGLED), 0 },
    { "expectations", BYTES("POST /echo HTTP/1.1\r\n" HOST "Expect: 200-ok\r\nContent-Length: 5\r\n\r\nhello" SMUGGLED), 417 },
    { "the hello of TLS", BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n\n\n"), 0 },
};

// The same for what begin has seen already: its head was fine.
static const struct attack refused_later[] = {
    { "the longest length", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551615\r\n\r\nhello" SMUGGLED), 413 },
    { "a length too long for a sign", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 9223372036854775808\r\n\r\nhello" SMUGGLED), 413 },
    { "a chunk with a wrong size", BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nxyz\r\n" SMUGGLED), 400 },
    { "a chunk with a sign", BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n" SMUGGLED), 400 },
    { "a chunk with 0x", BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n" SMUGGLED), 400 },
    { "a chunk with a blank", BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n" SMUGGLED), 400 },
    { "an overlong chunk", BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n" SMUGGLED), 413 },
    { "a chunk longer than its size", BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n" SMUGGLED), 400 },
};

static bool is_refused(struct rooms *h, const struct attack *a, int met)
{
    int begun = h->begun;
    struct client c = client_open(h->port);
    client_send(&c, a->bytes, a->len);
    struct reply r = client_reply(&c, true);
    bool is_right = r.status == a->status && client_sees_end(&c, 10) && strstr(client_rest(&c), "hello\n") == NULL;
    bool is_met = h->begun == begun + met;
    if (!is_right || !is_met || c.was_reset)
        print_error("%s: %d is expected, %d is given; met %d times; reset %d; then: %.60s\n", a->name, a->status, r.status, h->begun - begun,
                    c.was_reset, client_rest(&c));
    reply_clear(&r);
    client_close(&c);
    return is_right && is_met && !c.was_reset;
}

static void what_can_be_read_in_two_ways_is_refused(void **state)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        wrong += !is_refused(*state, &refused[i], 0);
    for (size_t i = 0; i < sizeof refused_later / sizeof refused_later[0]; i++)
        wrong += !is_refused(*state, &refused_later[i], 1);
    assert_int_equal(wrong, 0);
}

// The same byte by byte: what libmicrohttpd has of a head when must not matter.
static void it_is_refused_byte_by_byte_too(void **state)
{
    struct rooms *h = *state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct client c = client_open(h->port);
        size_t at = 0;
        while (at < refused[i].len && client_send(&c, refused[i].bytes + at, 1))
            at++;
        struct reply r = client_reply(&c, true);
        bool is_right = r.status == refused[i].status || (r.status == 0 && c.was_reset);
        if (!is_right)
            print_error("%s: %d is expected, %d is given\n", refused[i].name, refused[i].status, r.status);
        wrong += !is_right || strstr(client_rest(&c), "hello\n") != NULL;
        reply_clear(&r);
        client_close(&c);
    }
    assert_int_equal(wrong, 0);
}

// What others send and everybody reads alike.
static void what_is_only_unusual_is_served(void **state)
{
    struct rooms *h = *state;
    static const char *const served[] = {
        "GET /hello HTTP/1.0\r\n\r\n",
        "\r\n\r\nGET /hello HTTP/1.1\r\n" HOST "\r\n",
        "GET /hello HTTP/1.1\r\nHOST:x\r\n\r\n",
        "GET /hello HTTP/1.1\r\n" HOST "Accept:\r\nA: \t \r\nB:\r\n\r\n",
        "GET /hello HTTP/1.1\r\n" HOST "A:\t b c \t\r\n\r\n",
        "GET /hello HTTP/1.1\r\n" HOST "A: \xe4\xbd\xa0\r\n\r\n",
        "GET /hello HTTP/1.1\r\n" HOST "Cookie: a=\"b\"; =; ; =b,c\r\nCookie: \r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost:\r\n\r\n",
        "GET /hello?a=%20&b=\xe4\xbd\xa0|{}[] HTTP/1.1\r\n" HOST "\r\n",
        "GET HTTP://X/hello HTTP/1.1\r\n" HOST "\r\n",
        "GET /hello HTTP/1.1\r\n" HOST "Content-Length: 000\r\n\r\n",
        "GET /hello HTTP/1.1\r\n" HOST "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
        "GET /hello HTTP/1.1\r\n" HOST "Content_Length: 5\r\n\r\n",
    };
    int wrong = 0;
    for (size_t i = 0; i < sizeof served / sizeof served[0]; i++) {
        struct reply r = ask_once(h->port, served[i]);
        if (r.status != 200)
            print_error("%d instead of 200 for: %s", r.status, served[i]);
        wrong += r.status != 200;
        reply_clear(&r);
    }
    assert_int_equal(wrong, 0);
}

// libmicrohttpd takes a bare LF among chunks; a proxy that does not may see a request in what is left.
static void behind_chunks_nothing_is_read(void **state)
{
    struct rooms *h = *state;
    struct client c = client_open(h->port);
    client_text(&c, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n" SMUGGLED SMUGGLED);
    struct reply r = client_reply(&c, true);
    assert_int_equal(r.status, 200);
    assert_true(client_sees_end(&c, 10));
    assert_string_equal(client_rest(&c), "");
    assert_int_equal(h->begun, 1);
    reply_clear(&r);
    client_close(&c);
}

struct size { const char *before, *piece, *after; int times, status; };

static void assert_size(struct rooms *h, const struct size *s)
{
    struct buf request;
    buf_init(&request, 64 << 20);
    buf_text(&request, s->before);
    for (int i = 0; i < s->times; i++)
        buf_text(&request, s->piece);
    buf_text(&request, s->after);
    struct client c = client_open(h->port);
    client_send(&c, request.data, request.len);
    struct reply r = client_reply(&c, true);
    if (r.status != s->status)
        fail_msg("%d times %s: %d is expected, %d is given", s->times, s->piece, s->status, r.status);
    assert_true(r.is_whole);
    assert_int_equal(client_sees_end(&c, s->status == 200 ? 0.05 : 10), s->status != 200);
    reply_clear(&r);
    client_close(&c);
    buf_clear(&request);
}

static void a_head_has_limits(void **state)
{
#define END " HTTP/1.1\r\n" HOST "\r\n"
#define LINE "GET /hello HTTP/1.1\r\n" HOST
    static const struct size sizes[] = {
        { "GET /hello?", "a", END, (16 << 10) - 7, 200 }, { "GET /hello?", "a", END, (16 << 10) - 6, 414 },
        { "GET /hello?", "a", END, 25000, 431 }, { "GET /hello?", "a", END, 1000000, 414 },
        { "GET /hello?", "a&", END, 8000, 200 }, { "GET /hello?", "%25", END, 5000, 200 },
        { LINE "A: ", "a", "\r\n\r\n", 24000, 200 }, { LINE "A: ", "a", "\r\n\r\n", 25000, 431 }, { LINE "A: ", "a", "\r\n\r\n", 3000000, 431 },
        { LINE, "a: b\r\n", "\r\n", HTTP_HEADERS - 1, 200 }, { LINE, "a: b\r\n", "\r\n", HTTP_HEADERS, 431 },
        { LINE, "a: b\r\n", "\r\n", 100000, 431 },
        { LINE "Cookie: ", "a=b;", "\r\n\r\n", 100, 200 }, { LINE "Cookie: ", "a=b;", "\r\n\r\n", 100000, 431 },
    };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        assert_size(*state, &sizes[i]);
}

// --- Chance -------------------------------------------------------------------------------------------------------------

static uint32_t roll(uint32_t *seed) { return *seed = *seed * 1664525u + 1013904223u; }

// Bytes are changed, left out, doubled, cut: whatever comes of it, the next client is served.
static void spoil(char *bytes, size_t *len, uint32_t *seed)
{
    static const char marks[] = "\r\n\0 :;/%?&=,\t\x7f\xff\"0aA-+";
    for (int i = roll(seed) >> 30; i >= 0 && *len > 1; i--) {
        size_t at = (roll(seed) >> 8) % *len;
        switch (roll(seed) >> 30) {
        case 0: bytes[at] = marks[(roll(seed) >> 8) % (sizeof marks - 1)]; break;
        case 1: memmove(bytes + at, bytes + at + 1, --*len - at); break;
        case 2: memmove(bytes + at + 1, bytes + at, (*len)++ - at); break;
        default: *len = roll(seed) >> 31 ? at + 1 : *len; break;
        }
    }
}

static struct client send_spoiled(struct rooms *h, uint32_t *seed)
{
    char bytes[1024];
    const struct attack *a = &refused[(roll(seed) >> 8) % (sizeof refused / sizeof refused[0])];
    size_t len = a->len;
    memcpy(bytes, a->bytes, len);
    spoil(bytes, &len, seed);
    struct client c = client_open(h->port);
    client_send(&c, bytes, len);
    shutdown(c.socket, SHUT_WR);
    return c;
}

static void spoiled_requests_harm_nobody(void **state)
{
    enum { ROUNDS = 12, AT_ONCE = 250 };
    struct rooms *h = *state;
    static struct client c[AT_ONCE];
    uint32_t seed = 7;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < AT_ONCE; i++)
            c[i] = send_spoiled(h, &seed);
        for (int i = 0; i < AT_ONCE; i++) {
            while (client_receive(&c[i]))
                ;
            client_close(&c[i]);
        }
    }
    struct reply r = ask_once(h->port, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    assert_string_equal(r.body, "hello\n");
    reply_clear(&r);
    assert_int_equal(rooms_files(h), 0);
}

// A whole request and the end of all in one packet.
static void who_sends_and_closes_is_answered_and_let_go(void **state)
{
    struct rooms *h = *state;
    struct client c = client_open(h->port);
    client_text(&c, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    shutdown(c.socket, SHUT_WR);
    struct reply r = client_reply(&c, true);
    assert_int_equal(r.status, 200);
    assert_true(client_sees_end(&c, 5));        // long before idle_s
    reply_clear(&r);
    client_close(&c);
}

// What http says by itself is a sentence like any other.
static void every_refusal_has_its_chinese(void **state)
{
    (void)state;
    static const struct http_fault *(*const lists[])(int) = { head_fault_listed, body_fault_listed, exchange_fault_listed };
    int count = 0, missing = 0;
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++)
        for (int i = 0; lists[k](i) != NULL; i++, count++)
            if (text_in(LANG_ZH, lists[k](i)->sentence) == lists[k](i)->sentence) {
                print_error("no Chinese for: %s\n", lists[k](i)->sentence);
                missing++;
            }
    assert_true(count > 20);
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define OVER(test) cmocka_unit_test_setup_teardown(test, rooms_setup, rooms_teardown)
        OVER(what_can_be_read_in_two_ways_is_refused),
        OVER(it_is_refused_byte_by_byte_too),
        OVER(what_is_only_unusual_is_served),
        OVER(behind_chunks_nothing_is_read),
        OVER(a_head_has_limits),
        OVER(who_sends_and_closes_is_answered_and_let_go),
        OVER(spoiled_requests_harm_nobody),
        cmocka_unit_test(every_refusal_has_its_chinese),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
