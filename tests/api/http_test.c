// The service over a real socket: every kind of answer, every kind of body, connections that stay and connections that end.
#include "tests/api/http_rooms.h"
#include "core/base/hash.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static void assert_body(struct reply r, int status, const char *body)
{
    assert_int_equal(r.status, status);
    assert_true(r.is_whole);
    assert_string_equal(r.body, body);
    reply_clear(&r);
}

static void assert_header(const struct reply *r, const char *name, const char *expect)
{
    char value[1024];
    const char *got = reply_header(r, name, value);
    assert_string_equal(got != NULL ? got : "(none)", expect);
}

static void assert_bytes(const struct reply *r, int64_t from, int64_t len)
{
    assert_int_equal(r->body_len, len);
    for (int64_t i = 0; i < len; i++)
        if (r->body[i] != byte_at(from + i))
            fail_msg("byte %lld is another", (long long)i);
}

// --- Answers ------------------------------------------------------------------------------------------------------------

static void a_connection_serves_request_after_request(void **state)
{
    struct rooms *h = *state;
    struct client c = client_open(h->port);
    for (int i = 0; i < 5; i++) {
        struct reply r = client_ask(&c, GET("/hello"));
        assert_header(&r, "Content-Length", "6");
        assert_header(&r, "Content-Type", "text/plain");
        assert_header(&r, "Connection", "(none)");
        assert_body(r, 200, "hello\n");
        assert_note(rooms_note(h, i + 1), "/hello", 200, 6, true);
    }
    struct http_counts n;
    http_counts(h->http, &n);
    assert_int_equal(n.requests, 5);
    assert_int_equal(n.connections, 1);
    assert_int_equal(h->begun, 5);
    assert_int_equal(h->ran, 5);
    client_close(&c);
}

static void begin_answers_at_once_and_the_connection_stays(void **state)
{
    struct rooms *h = *state;
    struct client c = client_open(h->port);
    assert_body(client_ask(&c, GET("/now")), 200, "hello\n");
    assert_body(client_ask(&c, GET("/nowhere")), 404, "no such room: /nowhere");
    assert_body(client_ask(&c, GET("/now")), 200, "hello\n");
    assert_int_equal(h->ran, 0);
    client_close(&c);
}

static void what_was_sent_is_seen_as_it_was_sent(void **state)
{
    struct rooms *h = *state;
    struct client c = client_open(h->port);
    assert_body(client_ask(&c, "GET /seen?a=b%20c+d&&e=%e4%bd%a0?/&x HTTP/1.1\r\nHost: x\r\nUSER-agent: \t me \t \r\n\r\n"), 200,
                "GET|/seen|a=b%20c+d&&e=%e4%bd%a0?/&x|127.0.0.1|0|me");
    assert_body(client_ask(&c, GET("/seen")), 200, "GET|/seen||127.0.0.1|0|-");
    assert_body(client_ask(&c, GET("/seen?")), 200, "GET|/seen||127.0.0.1|0|-");
    assert_body(client_ask(&c, GET("/a%2Fb%2e%25")), 404, "no such room: /a%2Fb%2e%25");
    assert_body(client_ask(&c, "GET http://X:80/seen?q HTTP/1.1\r\nHost: x:80\r\nUser-Agent:\r\n\r\n"), 200, "GET|/seen|q|127.0.0.1|0|");
    client_close(&c);
}

static void every_method_has_its_word(void **state)
{
    struct rooms *h = *state;
    struct client c = client_open(h->port);
    for (int m = 0; m < HTTP_METHODS; m++) {
        char request[128], expect[128];
        snprintf(request, sizeof request, "%s /seen HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", http_method_word(m));
        snprintf(expect, sizeof expect, "%s|/seen||127.0.0.1|0|-", http_method_word(m));
        assert_body(client_ask(&c, request), 200, m == HTTP_HEAD ? "" : expect);
    }
    client_close(&c);
}

static void bytes_are_shared_by_many_answers(void **state)
{
    struct rooms *h = *state;
    struct client c = client_open(h->port);
    for (int i = 0; i < 3; i++) {
        struct reply r = client_ask(&c, GET("/tile"));
        assert_header(&r, "ETag", "\"t1\"");
        assert_bytes(&r, 0, TILE_BYTES);
        reply_clear(&r);
    }
    assert_note(rooms_note(h, 3), "/tile", 200, TILE_BYTES, true);
    client_close(&c);
}

static void head_tells_the_length_and_nothing_follows(void **state)
{
    struct rooms *h = *state;
    struct client c = client_open(h->port);
    static const char *const asked[] = { "/hello", "/tile", "/file?5-1000", "/gone", "/same", "/slow?1" };
    static const char *const length[] = { "6", "22528", "1000", "(none)", "0", "5" };
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        char request[128];
        snprintf(request, sizeof request, "HEAD %s HTTP/1.1\r\nHost: x\r\n\r\n", asked[i]);
        struct reply r = client_ask(&c, request);
        assert_header(&r, "Content-Length", length[i]);
        reply_clear(&r);
        assert_int_equal(rooms_note(h, (int)i + 1).bytes, 0);
    }
    assert_body(client_ask(&c, GET("/hello")), 200, "hello\n");     // nothing stood between
    client_close(&c);
}

// libmicrohttpd 0.9.75 sends "0 CR LF CR LF" behind the head of a stream that only HEAD asked for.
static void nothing_follows_the_head_of_a_stream(void **state)
{
    struct rooms *h = *state;
    struct client c = client_open(h->port);
    struct reply r = client_ask(&c, "HEAD /stream?7 HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_header(&r, "Content-Length", "(none)");
    assert_body(r, 200, "");
    assert_true(client_sees_end(&c, 10));
    assert_string_equal(client_rest(&c), "");
    assert_int_equal(h->fills, 0);
    client_close(&c);
}

static void no_content_and_not_modified_have_no_body(void **state)
{
    struct rooms *h = *state;
    struct client c = client_open(h->port);
    assert_body(client_ask(&c, GET("/gone")), 204, "");
    struct reply r = client_ask(&c, GET("/same"));
    assert_header(&r, "ETag", "\"t1\"");
    assert_body(r, 304, "");
    assert_body(client_ask(&c, GET("/hello")), 200, "hello\n");
    client_close(&c);
}

static void a_file_is_sent_whole_or_a_part_of_it(void **state)
{
    struct rooms *h = *state;
    static const struct { const char *request; int64_t from, len; } cases[] = {
        { GET("/file"), 0, 10 << 20 }, { GET("/file?0-1"), 0, 1 }, { GET("/file?1234567-100000"), 1234567, 100000 }, { GET("/file?7-0"), 7, 0 },
    };
    struct client c = client_open(h->port);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply r = client_ask(&c, cases[i].request);
        assert_true(r.is_whole);
        assert_bytes(&r, cases[i].from, cases[i].len);
        reply_clear(&r);
        assert_note(rooms_note(h, (int)i + 1), "/file", 200, cases[i].len, true);
    }
    client_close(&c);
}

static void a_stream_comes_in_chunks_and_the_connection_stays(void **state)
{
    struct rooms *h = *state;
    static const int64_t lengths[] = { 0, 1, 65536, 65537, 3000000 };
    struct client c = client_open(h->port);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        char request[128];
        snprintf(request, sizeof request, "GET /stream?%lld HTTP/1.1\r\nHost: x\r\n\r\n", (long long)lengths[i]);
        struct reply r = client_ask(&c, request);
        assert_header(&r, "Transfer-Encoding", "chunked");
        assert_true(r.is_whole);
        assert_bytes(&r, 0, lengths[i]);
        reply_clear(&r);
        assert_note(rooms_note(h, (int)i + 1), "/stream", 200, lengths[i], true);
        assert_int_equal(h->closed, i + 1);         // before done
    }
    client_close(&c);
}

static void a_stream_that_fails_is_broken_off(void **state)
{
    struct rooms *h = *state;
    struct reply r = ask_once(h->port, GET("/stream?1000000,200000"));
    assert_int_equal(r.status, 200);
    assert_false(r.is_whole);
    reply_clear(&r);
    assert_int_equal(rooms_note(h, 1).is_whole, false);
    struct client c = client_open(h->port);         // HTTP/1.0 knows no chunks: the end of the connection would be the end of the body
    r = client_ask(&c, "GET /stream?1000000,200000 HTTP/1.0\r\n\r\n");
    assert_false(r.is_whole);
    assert_true(c.was_reset);
    reply_clear(&r);
    client_close(&c);
}

static void a_header_that_cannot_be_sent_is_an_error_of_ours(void **state)
{
    struct rooms *h = *state;
    struct reply r = ask_once(h->port, GET("/bent"));
    assert_header(&r, "Set-Cookie", "(none)");
    assert_body(r, 500, "the answer could not be sent: one of its headers holds what no header may hold");
}

// --- Connections --------------------------------------------------------------------------------------------------------

static void several_requests_in_one_packet_are_answered_in_their_order(void **state)
{
    struct rooms *h = *state;
    struct client c = client_open(h->port);
    client_text(&c, GET("/hello") GET("/slow?30") GET("/stream?5") "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nfour"
                    "HEAD /tile HTTP/1.1\r\nHost: x\r\n\r\n" GET("/nowhere") GET("/gone") GET("/slow?1") GET("/hello"));
    static const struct { int status; const char *body; } expect[] = {
        { 200, "hello\n" }, { 200, "slow\n" }, { 200, NULL }, { 200, "four" }, { 200, "" }, { 404, "no such room: /nowhere" }, { 204, "" },
        { 200, "slow\n" }, { 200, "hello\n" },
    };
    for (size_t i = 0; i < sizeof expect / sizeof expect[0]; i++) {
        struct reply r = client_reply(&c, i != 4);
        assert_int_equal(r.status, expect[i].status);
        assert_true(r.is_whole);
        if (expect[i].body != NULL)
            assert_string_equal(r.body, expect[i].body);
        reply_clear(&r);
    }
    client_close(&c);
}

static void a_hundred_requests_at_once_come_back_a_hundredfold(void **state)
{
    struct rooms *h = *state;
    struct client c = client_open(h->port);
    struct buf all;
    buf_init(&all, 1 << 20);
    for (int i = 0; i < 500; i++)
        buf_printf(&all, "GET /seen?%d HTTP/1.1\r\nHost: x\r\n\r\n", i);
    client_send(&c, all.data, all.len);
    for (int i = 0; i < 500; i++) {
        char expect[64];
        snprintf(expect, sizeof expect, "GET|/seen|%d|127.0.0.1|0|-", i);
        assert_body(client_reply(&c, true), 200, expect);
    }
    buf_clear(&all);
    client_close(&c);
}

static void whoever_asks_for_the_end_gets_it(void **state)
{
    struct rooms *h = *state;
    static const struct { const char *request; bool stays; } cases[] = {
        { "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false },
        { "GET /hello HTTP/1.0\r\n\r\n", false },
        { "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true },
        { "GET /slow?1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true },
        { GET("/hello"), true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct client c = client_open(h->port);
        struct reply r = client_ask(&c, cases[i].request);
        assert_int_equal(r.status, 200);
        assert_true(r.is_whole);
        reply_clear(&r);
        assert_int_equal(client_sees_end(&c, cases[i].stays ? 0.1 : 10), !cases[i].stays);
        client_close(&c);
    }
}

// A stream for HTTP/1.0 ends with its connection.
static void an_old_client_reads_a_stream_to_its_end(void **state)
{
    struct rooms *h = *state;
    struct client c = client_open(h->port);
    struct reply r = client_ask(&c, "GET /stream?300000 HTTP/1.0\r\n\r\n");
    assert_header(&r, "Transfer-Encoding", "(none)");
    assert_true(r.is_whole);
    assert_bytes(&r, 0, 300000);
    reply_clear(&r);
    client_close(&c);
}

// --- Bodies -------------------------------------------------------------------------------------------------------------

static void assert_echo(struct rooms *h, const char *path, const char *framing, const char *sent, int status, const char *expect)
{
    char request[512];
    snprintf(request, sizeof request, "POST %s HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n%s", path, framing, sent);
    assert_body(ask_once(h->port, request), status, expect);
}

static void a_body_in_memory_comes_whole(void **state)
{
    struct rooms *h = *state;
    assert_echo(h, "/echo", "Content-Length: 5", "hello", 200, "hello");
    assert_echo(h, "/echo", "Content-Length: 0", "", 200, "");
    assert_echo(h, "/echo-slow", "Content-Length: 5", "hello", 200, "hello");
    assert_echo(h, "/echo", "Transfer-Encoding: chunked", "5\r\nhello\r\n6;name=value\r\n world\r\n0\r\nTrailer: x\r\n\r\n", 200, "hello world");
    assert_echo(h, "/echo", "Transfer-Encoding: chunked", "0\r\n\r\n", 200, "");
    assert_echo(h, "/echo-10", "Content-Length: 10", "0123456789", 200, "0123456789");
    assert_body(ask_once(h->port, "POST /echo HTTP/1.1\r\nHost: x\r\n\r\n"), 200, "");
}

static void a_large_body_in_memory_comes_whole(void **state)
{
    struct rooms *h = *state;
    enum { LEN = 1 << 20 };
    char *sent = mem_get(LEN, 1);
    for (int i = 0; i < LEN; i++)
        sent[i] = byte_at(i);
    struct client c = client_open(h->port);
    for (int round = 0; round < 3; round++) {
        client_text(&c, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n");
        assert_true(client_send(&c, sent, LEN));
        struct reply r = client_reply(&c, true);
        assert_bytes(&r, 0, LEN);
        reply_clear(&r);
    }
    client_close(&c);
    mem_free(sent);
}

static void a_body_that_is_too_large_or_not_wanted_is_refused(void **state)
{
    struct rooms *h = *state;
    static const char large[] = "the body of the request is too large", unwanted[] = "no body is expected with this request";
    assert_echo(h, "/echo-10", "Content-Length: 11", "", 413, large);
    assert_echo(h, "/echo-10", "Transfer-Encoding: chunked", "6\r\nhello \r\n6\r\nworld!\r\n0\r\n\r\n", 413, large);
    assert_echo(h, "/echo", "Content-Length: 1048577", "", 413, large);
    assert_echo(h, "/upload-10", "Content-Length: 11", "", 413, large);
    assert_echo(h, "/upload-10", "Transfer-Encoding: chunked", "b\r\nhello world\r\n0\r\n\r\n", 413, large);
    assert_echo(h, "/upload", "Content-Length: 99999999999", "", 413, large);
    assert_echo(h, "/hello", "Content-Length: 1", "x", 413, unwanted);
    assert_echo(h, "/hello", "Transfer-Encoding: chunked", "0\r\n\r\n", 413, unwanted);
    assert_int_equal(h->ran, 0);
    await(rooms_files(h) == 0);                            // a worker removes it, with or after the answer
}

// Much more than the sockets' buffers hold is on its way when the answer goes out: it must come all the same.
static void a_refusal_reaches_a_client_that_is_still_sending(void **state)
{
    struct rooms *h = *state;
    static char bytes[1 << 20];
    for (int round = 0; round < 5; round++) {
        struct client c = client_open(h->port);
        client_text(&c, "POST /deny HTTP/1.1\r\nHost: x\r\nContent-Length: 20971520\r\n\r\n");
        for (int i = 0; i < 20; i++)
            client_send(&c, bytes, sizeof bytes);
        struct reply r = client_reply(&c, true);
        assert_header(&r, "WWW-Authenticate", "Bearer");
        assert_header(&r, "Connection", "close");
        assert_body(r, 401, "who are you?");
        assert_false(c.was_reset);
        assert_true(client_sees_end(&c, 10));
        client_close(&c);
    }
}

static void expect_continue_is_met(void **state)
{
    struct rooms *h = *state;
    struct client c = client_open(h->port);
    client_text(&c, "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n");
    assert_body(client_reply(&c, true), 100, "");
    client_text(&c, "hello");
    assert_body(client_reply(&c, true), 200, "hello");
    client_text(&c, "POST /deny HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    assert_body(client_reply(&c, true), 401, "who are you?");
    assert_true(client_sees_end(&c, 10));
    client_close(&c);
}

// --- Bodies in files ----------------------------------------------------------------------------------------------------

static void assert_upload(struct client *c, const char *path, int64_t len, bool in_chunks)
{
    char request[256], expect[256], sha256[65];
    char *sent = mem_get((size_t)len + 1, 1);
    for (int64_t i = 0; i < len; i++)
        sent[i] = byte_at(i);
    hash_sha256(sent, (size_t)len, sha256);
    snprintf(request, sizeof request, in_chunks ? "PUT %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                                                : "PUT %s HTTP/1.1\r\nHost: x\r\nContent-Length: %lld\r\n\r\n", path, (long long)len);
    client_text(c, request);
    for (int64_t at = 0, piece; at < len; at += piece) {
        piece = !in_chunks ? len : len - at < 1000 + at % 5000 ? len - at : 1000 + at % 5000;
        snprintf(request, sizeof request, "%llx\r\n", (long long)piece);
        if (in_chunks)
            client_text(c, request);
        assert_true(client_send(c, sent + at, (size_t)piece));
        if (in_chunks)
            client_text(c, "\r\n");
    }
    if (in_chunks)
        client_text(c, "0\r\n\r\n");
    snprintf(expect, sizeof expect, "%s %lld %lld", sha256, (long long)len, (long long)len);
    assert_body(client_reply(c, true), 201, expect);
    mem_free(sent);
}

static void a_body_goes_to_a_file_with_its_hash(void **state)
{
    struct rooms *h = *state;
    static const int64_t lengths[] = { 0, 1, 131071, 131072, 131073, 5000000 };
    struct client c = client_open(h->port);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        assert_upload(&c, i % 2 == 0 ? "/upload" : "/upload-slow", lengths[i], false);
    client_close(&c);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        c = client_open(h->port);
        assert_upload(&c, i % 2 == 0 ? "/upload-slow" : "/upload", lengths[i], true);
        assert_true(client_sees_end(&c, 10));       // after chunks the connection is not used again
        client_close(&c);
    }
    rooms_note(h, 12);
    assert_int_equal(rooms_files(h), 0);
}

static void whoever_wants_the_file_renames_it(void **state)
{
    struct rooms *h = *state;
    assert_echo(h, "/keep", "Content-Length: 5", "hello", 201, "kept");
    rooms_note(h, 1);
    assert_int_equal(rooms_files(h), 1);
    char path[128], sha256[65], expect[65];
    snprintf(path, sizeof path, "%s/kept", h->folder);
    struct err e = { 0 };
    assert_int_equal(hash_file_sha256(path, sha256, &e), OK);
    hash_sha256("hello", 5, expect);
    assert_string_equal(sha256, expect);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define OVER(test) cmocka_unit_test_setup_teardown(test, rooms_setup, rooms_teardown)
        OVER(a_connection_serves_request_after_request),
        OVER(begin_answers_at_once_and_the_connection_stays),
        OVER(what_was_sent_is_seen_as_it_was_sent),
        OVER(every_method_has_its_word),
        OVER(bytes_are_shared_by_many_answers),
        OVER(head_tells_the_length_and_nothing_follows),
        OVER(nothing_follows_the_head_of_a_stream),
        OVER(no_content_and_not_modified_have_no_body),
        OVER(a_file_is_sent_whole_or_a_part_of_it),
        OVER(a_stream_comes_in_chunks_and_the_connection_stays),
        OVER(a_stream_that_fails_is_broken_off),
        OVER(a_header_that_cannot_be_sent_is_an_error_of_ours),
        OVER(several_requests_in_one_packet_are_answered_in_their_order),
        OVER(a_hundred_requests_at_once_come_back_a_hundredfold),
        OVER(whoever_asks_for_the_end_gets_it),
        OVER(an_old_client_reads_a_stream_to_its_end),
        OVER(a_body_in_memory_comes_whole),
        OVER(a_large_body_in_memory_comes_whole),
        OVER(a_body_that_is_too_large_or_not_wanted_is_refused),
        OVER(a_refusal_reaches_a_client_that_is_still_sending),
        OVER(expect_continue_is_met),
        OVER(a_body_goes_to_a_file_with_its_hash),
        OVER(whoever_wants_the_file_renames_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
