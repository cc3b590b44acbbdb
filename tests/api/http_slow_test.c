// Slow work, slow senders, slow readers, clients that leave: they hold nobody up, and the clock of each is the right one.
#include "tests/api/http_rooms.h"

#include <signal.h>
#include <sys/resource.h>

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static struct rooms *open_with(struct http_limits limits, int listeners)
{
    struct rooms *h = rooms_make();
    struct http_settings s = rooms_settings(h);
    s.limits = limits;
    s.listeners = listeners;
    rooms_open(h, &s);
    return h;
}

static void assert_served(struct rooms *h)
{
    double from = when_monotonic_s();
    struct reply r = ask_once(h->port, GET("/hello"));
    assert_int_equal(r.status, 200);
    assert_true(when_monotonic_s() - from < 5);
    reply_clear(&r);
}

static struct http_counts counts_of(struct rooms *h)
{
    struct http_counts n;
    http_counts(h->http, &n);
    return n;
}

static struct client asking(struct rooms *h, const char *request)
{
    struct client c = client_open(h->port);
    client_text(&c, request);
    return c;
}

static void assert_status(struct client *c, int status)
{
    struct reply r = client_reply(c, true);
    assert_int_equal(r.status, status);
    reply_clear(&r);
}

// --- Slow work ----------------------------------------------------------------------------------------------------------

static void slow_work_waits_in_a_queue_with_an_end(void **state)
{
    (void)state;
    struct rooms *h = open_with((struct http_limits){ .workers = 1, .waiting = 2 }, 1);
    h->is_held = true;
    struct client held[4];
    for (int i = 0; i < 3; i++) {
        held[i] = asking(h, GET("/held"));
        await(counts_of(h).slow_running + counts_of(h).slow_waiting == i + 1);
        await(counts_of(h).slow_running == 1);
    }
    assert_served(h);                                   // the one thread that listens is free
    struct client crowd = client_open(h->port);
    struct reply r = client_ask(&crowd, GET("/held"));
    char value[1024];
    assert_int_equal(r.status, 503);
    assert_string_equal(reply_header(&r, "Retry-After", value), "1");
    assert_string_equal(r.body, "too many requests are waiting");
    reply_clear(&r);
    client_text(&crowd, GET("/hello"));                 // it may come again on the same connection
    assert_status(&crowd, 200);
    client_close(&crowd);
    h->is_held = false;
    for (int i = 0; i < 3; i++) {
        assert_status(&held[i], 200);
        client_close(&held[i]);
    }
    assert_int_equal(counts_of(h).slow_waiting, 0);
    assert_int_equal(counts_of(h).slow_running, 0);
    rooms_free(h);
}

// One listener, one worker apart: it holds neither who asks quickly nor who has slow work, and its own queue has an end.
static void what_seemed_quick_and_is_not_is_done_apart(void **state)
{
    (void)state;
    struct rooms *h = open_with((struct http_limits){ .workers = 1, .workers_apart = 1, .waiting_apart = 1 }, 1);
    h->is_held = true;
    struct client heavy = asking(h, GET("/heavy")), next = client_open(h->port);
    await(counts_of(h).slow_running == 1);
    client_text(&next, GET("/heavy"));
    await(counts_of(h).slow_waiting == 1);
    assert_served(h);
    struct client slow = asking(h, GET("/slow")), crowd = asking(h, GET("/heavy"));
    assert_status(&slow, 200);
    assert_status(&crowd, 503);
    assert_int_equal(counts_of(h).set_apart, 3);
    h->is_held = false;
    assert_status(&heavy, 200);
    assert_status(&next, 200);
    client_text(&heavy, GET("/hello"));                 // the connection goes on, with the listener
    assert_status(&heavy, 200);
    assert_int_equal(counts_of(h).slow_waiting, 0);
    client_close(&heavy), client_close(&next), client_close(&slow), client_close(&crowd);
    rooms_free(h);
}

// Writers wait for the disk together, so that they share its syncs, and leave the workers of other slow work alone.
static void who_writes_waits_with_other_writers(void **state)
{
    enum { WRITERS = 8 };
    (void)state;
    struct rooms *h = open_with((struct http_limits){ .workers = 1 }, 1);
    struct client writer[WRITERS];
    h->is_held = true;
    for (int i = 0; i < WRITERS; i++)
        writer[i] = asking(h, GET("/held-writing"));
    await(counts_of(h).slow_running == WRITERS);
    struct client slow = asking(h, GET("/slow"));
    assert_status(&slow, 200);
    assert_served(h);
    h->is_held = false;
    for (int i = 0; i < WRITERS; i++) {
        assert_status(&writer[i], 200);
        client_close(&writer[i]);
    }
    client_close(&slow);
    rooms_free(h);
}

static void a_stream_that_is_made_slowly_holds_no_listener(void **state)
{
    (void)state;
    struct rooms *h = open_with((struct http_limits){ .workers = 1 }, 1);
    struct client c = asking(h, GET("/stream?200000," "9999999" ",100"));
    for (int i = 0; i < 5; i++)
        assert_served(h);
    struct reply r = client_reply(&c, true);
    assert_int_equal(r.body_len, 200000);
    reply_clear(&r);
    client_close(&c);
    rooms_free(h);
}

// A client that took itself away while it waited: nobody works for it.
static void who_left_while_waiting_is_not_worked_for(void **state)
{
    (void)state;
    struct rooms *h = open_with((struct http_limits){ .workers = 1 }, 1);
    h->is_held = true;
    struct client first = asking(h, GET("/held")), second = asking(h, GET("/held"));
    await(counts_of(h).slow_waiting == 1 && counts_of(h).slow_running == 1);
    struct linger now = { .l_onoff = 1, .l_linger = 0 };
    setsockopt(second.socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    client_close(&second);                              // a reset: it is gone for good
    sleep_ms(1000);
    h->is_held = false;
    assert_status(&first, 200);
    await(h->done == 2);
    assert_int_equal(h->ran, 1);
    client_close(&first);
    rooms_free(h);
}

// --- Slow senders -------------------------------------------------------------------------------------------------------

// Sends a byte every 50 ms until the other side ends it; how long that took.
static double trickle(struct client *c, const char *bytes, double most_s)
{
    double from = when_monotonic_s();
    for (size_t i = 0; when_monotonic_s() - from < most_s && !client_sees_end(c, 0); i++) {
        client_send(c, &bytes[i % strlen(bytes)], 1);
        sleep_ms(50);
    }
    return when_monotonic_s() - from;
}

static void who_sends_a_byte_now_and_then_is_late(void **state)
{
    (void)state;
    static const char *const begun[] = {
        "GET /hello HTTP/1.1\r\nHost: x\r\nA: ", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
    };
    struct rooms *h = open_with((struct http_limits){ .request_s = 1, .idle_s = 1 }, 1);
    for (size_t i = 0; i < sizeof begun / sizeof begun[0]; i++) {
        struct client c = asking(h, begun[i]);
        double took = trickle(&c, "a", 20);
        assert_true(took > 0.7 && took < 10);
        struct reply r = client_reply(&c, true);
        assert_int_equal(r.status, 408);
        assert_string_equal(r.body, "the request took too long to come in");
        reply_clear(&r);
        assert_int_equal(rooms_note(h, (int)i + 1).status, 408);
        client_close(&c);
    }
    struct client c = client_open(h->port);             // not even a request line
    double took = trickle(&c, "G", 20);
    assert_true(took > 1.5 && took < 10);
    client_close(&c);
    await(counts_of(h).connections == 0);
    rooms_free(h);
}

static void who_sends_nothing_is_let_go(void **state)
{
    (void)state;
    struct rooms *h = open_with((struct http_limits){ .request_s = 20, .idle_s = 1 }, 1);
    struct client silent = client_open(h->port), idle = client_open(h->port), stuck = client_open(h->port);
    client_text(&idle, GET("/hello"));
    assert_status(&idle, 200);
    client_text(&stuck, "PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    assert_true(client_sees_end(&silent, 10));
    assert_true(client_sees_end(&idle, 10));
    assert_true(client_sees_end(&stuck, 10));
    assert_int_equal(silent.in.len, 0);
    client_close(&silent), client_close(&idle), client_close(&stuck);
    await(counts_of(h).connections == 0);
    assert_int_equal(rooms_note(h, 2).status, 0);
    assert_int_equal(rooms_files(h), 0);
    rooms_free(h);
}

// A file may come for as long as it comes at all, and slow work may take longer than any clock.
static void no_clock_runs_for_a_file_that_comes_or_work_that_goes_on(void **state)
{
    (void)state;
    struct rooms *h = open_with((struct http_limits){ .request_s = 1, .idle_s = 1 }, 1);
    struct client working = asking(h, GET("/slow?3000"));
    struct client c = asking(h, "PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n");
    trickle(&c, "a", 3);
    while (!client_sees_end(&c, 0) && c.in.len == 0)
        client_send(&c, "a", 1);
    assert_status(&c, 201);
    assert_status(&working, 200);
    client_close(&c), client_close(&working);
    rooms_free(h);
}

// --- Slow readers -------------------------------------------------------------------------------------------------------

static void read_some(struct client *c, size_t len)
{
    char chunk[65536];
    ssize_t got = recv(c->socket, chunk, len, 0);
    assert_true(got > 0);
}

static void slow_readers_hold_nobody_up(void **state)
{
    (void)state;
    enum { READERS = 20 };
    struct rooms *h = open_with((struct http_limits){ .workers = 1 }, 1);
    struct client c[READERS];
    for (int i = 0; i < READERS; i++)
        c[i] = asking(h, i % 2 == 0 ? GET("/file") : GET("/stream?10000000"));
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < READERS; i++)
            read_some(&c[i], 1);
        assert_served(h);
        struct reply r = ask_once(h->port, GET("/slow?1"));    // the worker is free too
        assert_int_equal(r.status, 200);
        reply_clear(&r);
    }
    for (int i = 0; i < READERS; i++)
        client_close(&c[i]);
    await(counts_of(h).connections == 0 && h->done == READERS + 6);
    rooms_free(h);
}

// 10 MB at 2 MB a second: the time between two bytes counts, not the whole.
static void who_reads_slowly_but_reads_gets_all(void **state)
{
    (void)state;
    struct rooms *h = open_with((struct http_limits){ .request_s = 1, .idle_s = 1 }, 1);
    struct client c = asking(h, GET("/file"));
    for (int i = 0; i < 40; i++) {
        read_some(&c, 50000);
        sleep_ms(100);
    }
    while (client_receive(&c) && c.in.len < (10 << 20) - 40 * 50000)
        ;
    assert_true(rooms_note(h, 1).is_whole);
    client_close(&c);
    rooms_free(h);
}

static void who_does_not_read_is_let_go(void **state)
{
    (void)state;
    struct rooms *h = open_with((struct http_limits){ .idle_s = 1 }, 1);
    struct client c[2] = { asking(h, GET("/file")), asking(h, GET("/stream?100000000")) };
    await(h->done == 2);
    assert_false(rooms_note(h, 1).is_whole);
    assert_false(rooms_note(h, 2).is_whole);
    await(counts_of(h).connections == 0);
    client_close(&c[0]), client_close(&c[1]);
    rooms_free(h);
}

// --- Many ---------------------------------------------------------------------------------------------------------------

static void two_thousand_connections_are_served(void **state)
{
    (void)state;
    enum { MANY = 2000 };
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max < 2 * MANY + 2000) {
        print_message("only %lld files may be open: skipped\n", (long long)files.rlim_max);
        skip();
    }
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    struct rooms *h = open_with((struct http_limits){ .connections = MANY }, 2);
    static struct client c[MANY];
    for (int i = 0; i < MANY; i++)
        c[i] = client_open(h->port);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++)
            client_text(&c[i], GET("/seen?many"));
        for (int i = 0; i < MANY; i++)
            assert_status(&c[i], 200);
    }
    assert_int_equal(counts_of(h).connections, MANY);
    struct client over = client_open(h->port);
    assert_true(client_sees_end(&over, 10));            // one too many
    client_close(&over);
    for (int i = 0; i < MANY; i++)
        client_close(&c[i]);
    await(counts_of(h).connections == 0);
    assert_served(h);
    rooms_free(h);
}

static void one_address_has_only_so_many(void **state)
{
    (void)state;
    struct rooms *h = open_with((struct http_limits){ .connections_per_address = 3 }, 2);
    struct client c[4];
    for (int i = 0; i < 4; i++)
        c[i] = asking(h, GET("/hello"));
    int served = 0;
    for (int i = 0; i < 4; i++) {
        struct reply r = client_reply(&c[i], true);
        served += r.status == 200;
        reply_clear(&r);
        client_close(&c[i]);
    }
    assert_int_equal(served, 3);
    rooms_free(h);
}

// --- Leaving ------------------------------------------------------------------------------------------------------------

// Closed at once, or with a reset, in the middle of everything: nothing stays behind.
static void clients_leave_in_the_middle_of_each_phase(void **state)
{
    (void)state;
    static const char *const begun[] = {
        "", "GE", "GET /hello HTTP/1.1\r\nHo", GET("/hello"), GET("/hello") GET("/slow?20") GET("/hello"), GET("/slow?20"), GET("/file"),
        GET("/stream?9000000"), GET("/stream?100000,50000"), GET("/stream?9000000,9000000,5"), "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
        "POST /deny HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc", "PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\nabc",
        "PUT /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", "PUT /upload-slow HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
        "POST /echo-10 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabcdefghijklmnop", "PUT /upload HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
    };
    struct rooms *h = open_with((struct http_limits){ .workers = 2, .connections = 2000 }, 2);
    static char bulk[300000];
    for (size_t i = 0; i < 8 * sizeof begun / sizeof begun[0]; i++) {
        struct client c = asking(h, begun[i / 8]);
        if (strstr(begun[i / 8], "900000\r\n") != NULL)
            client_send(&c, bulk, sizeof bulk);
        sleep_ms((int)(i % 4) * 5);
        struct linger now = { .l_onoff = i % 2 == 0, .l_linger = 0 };
        setsockopt(c.socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        client_close(&c);
    }
    await(counts_of(h).connections == 0);
    assert_served(h);
    rooms_stop(h);
    assert_true(h->done >= h->begun);
    assert_int_equal(rooms_files(h), 0);
    rooms_free(h);
}

// --- The disk -----------------------------------------------------------------------------------------------------------

// What a full disk does a limit of the process does too. It is said at the end of the body: before, nobody listens.
static void a_full_disk_is_said(void **state)
{
    (void)state;
    struct rooms *h = open_with((struct http_limits){ .body_file_bytes = INT64_MAX }, 1);
    struct reply r = ask_once(h->port, "PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000000\r\n\r\n");
    assert_int_equal(r.status, 507);                    // known before a byte is read
    assert_string_equal(r.body, "there is no room on the disk for the body of the request");
    reply_clear(&r);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 1 << 20;
    setrlimit(RLIMIT_FSIZE, &small);
    struct client c = asking(h, "PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n");
    char *bytes = mem_get(3000000, 1);
    assert_true(client_send(&c, bytes, 3000000));
    assert_status(&c, 507);
    assert_true(client_sees_end(&c, 10));
    client_close(&c);
    setrlimit(RLIMIT_FSIZE, &before);
    mem_free(bytes);
    await(rooms_files(h) == 0);
    assert_int_equal(h->ran, 0);
    rooms_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slow_work_waits_in_a_queue_with_an_end),
        cmocka_unit_test(what_seemed_quick_and_is_not_is_done_apart),
        cmocka_unit_test(who_writes_waits_with_other_writers),
        cmocka_unit_test(a_stream_that_is_made_slowly_holds_no_listener),
        cmocka_unit_test(who_left_while_waiting_is_not_worked_for),
        cmocka_unit_test(who_sends_a_byte_now_and_then_is_late),
        cmocka_unit_test(who_sends_nothing_is_let_go),
        cmocka_unit_test(no_clock_runs_for_a_file_that_comes_or_work_that_goes_on),
        cmocka_unit_test(slow_readers_hold_nobody_up),
        cmocka_unit_test(who_reads_slowly_but_reads_gets_all),
        cmocka_unit_test(who_does_not_read_is_let_go),
        cmocka_unit_test(two_thousand_connections_are_served),
        cmocka_unit_test(one_address_has_only_so_many),
        cmocka_unit_test(clients_leave_in_the_middle_of_each_phase),
        cmocka_unit_test(a_full_disk_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
