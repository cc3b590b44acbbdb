// Stopping: what is under way is finished, the rest is refused, nothing is left, and it ends in the time it was given.
#include "tests/api/http_rooms.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

struct stopping { struct rooms *rooms; int patience_s; pthread_t thread; atomic_bool is_over; double took_s; };

static void *stop(void *ctx)
{
    struct stopping *s = ctx;
    double from = when_monotonic_s();
    http_stop(s->rooms->http, s->patience_s);
    s->took_s = when_monotonic_s() - from;
    s->is_over = true;
    return NULL;
}

static void begin_to_stop(struct stopping *s)
{
    assert_int_equal(pthread_create(&s->thread, NULL, stop, s), 0);
}

static void await_stop(struct stopping *s)
{
    pthread_join(s->thread, NULL);
    s->rooms->http = NULL;
}

static struct client asking(struct rooms *h, const char *request)
{
    struct client c = client_open(h->port);
    client_text(&c, request);
    return c;
}

static void await_running(struct rooms *h, int many)
{
    struct http_counts n = { 0 };
    for (int i = 0; i < 5000 && n.slow_running < many; i++) {
        sleep_ms(2);
        http_counts(h->http, &n);
    }
    assert_int_equal(n.slow_running, many);
}

static void await_refused_connection(int port)
{
    for (int i = 0; i < 5000; i++) {
        int s = client_socket(port);
        if (s < 0) {
            assert_int_equal(errno, ECONNREFUSED);
            return;
        }
        close(s);
        sleep_ms(2);
    }
    fail_msg("it still listens");
}

static void what_is_under_way_is_finished_and_the_rest_refused(void **state)
{
    struct rooms *h = *state;
    h->is_held = true;
    struct client idle = asking(h, GET("/hello")), held = asking(h, GET("/held")), waiting = asking(h, GET("/held")), third;
    struct client late = asking(h, "GET /hello HTTP/1.1\r\nHost: x\r\n");     // its head is not through yet
    struct client upload = asking(h, "PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello");
    struct reply r = client_reply(&idle, true);
    assert_int_equal(r.status, 200);
    reply_clear(&r);
    await_running(h, 2);
    third = asking(h, GET("/held"));
    sleep_ms(200);
    struct stopping s = { .rooms = h, .patience_s = 30 };
    begin_to_stop(&s);
    await_refused_connection(h->port);
    assert_true(client_sees_end(&idle, 10));
    client_text(&late, "\r\n");
    r = client_reply(&late, true);
    assert_int_equal(r.status, 503);
    assert_string_equal(r.body, "the service is being stopped");
    reply_clear(&r);
    client_text(&upload, "world");
    assert_false(client_sees_end(&upload, 0.2));
    assert_int_equal(upload.in.len, 0);     // both workers are held: it is not through yet
    assert_false(s.is_over);
    h->is_held = false;
    struct client *all[] = { &held, &waiting, &third };
    for (int i = 0; i < 3; i++) {
        char value[1024];
        r = client_reply(all[i], true);
        assert_int_equal(r.status, 200);
        assert_string_equal(reply_header(&r, "Connection", value), "close");
        reply_clear(&r);
    }
    r = client_reply(&upload, true);
    assert_int_equal(r.status, 201);
    reply_clear(&r);
    await_stop(&s);
    assert_true(s.took_s < 20);
    client_close(&idle), client_close(&held), client_close(&waiting), client_close(&third), client_close(&late), client_close(&upload);
}

static void patience_ends(void **state)
{
    struct rooms *h = *state;
    h->is_held = true;
    struct client endless = asking(h, GET("/stream?1000000000000")), slow = asking(h, "PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n");
    struct client unread = asking(h, GET("/file")), held[4];
    for (int i = 0; i < 4; i++)
        held[i] = asking(h, GET("/held"));
    await_running(h, 2);
    sleep_ms(100);
    struct stopping s = { .rooms = h, .patience_s = 1 };
    begin_to_stop(&s);
    sleep_ms(2000);
    assert_false(s.is_over);            // work on a worker is waited for
    h->is_held = false;
    await_stop(&s);
    assert_true(s.took_s > 1.5 && s.took_s < 20);
    assert_int_equal(h->ran, 4);        // the stream, the file, and what both workers were at; not those that waited
    assert_int_equal(rooms_files(h), 0);
    client_close(&endless), client_close(&slow), client_close(&unread);
    for (int i = 0; i < 4; i++)
        client_close(&held[i]);
}

// A crowd that asks and asks: stopping neither hangs nor crashes, whatever is going on.
static atomic_bool is_crowd_over;

static void *crowd(void *ctx)
{
    static const char *const asked[] = {
        GET("/hello"), GET("/slow?1"), GET("/stream?100000"), "PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", GET("/file"),
        GET("/hello") GET("/slow?2") GET("/nowhere"),
    };
    struct rooms *h = ctx;
    for (size_t i = 0; !is_crowd_over; i++) {
        struct client c = client_open(h->port);
        for (int k = 0; k < 10 && c.socket >= 0 && !c.has_ended; k++) {
            struct reply r = client_ask(&c, asked[(i + (size_t)k) % (sizeof asked / sizeof asked[0])]);
            reply_clear(&r);
        }
        if (c.socket < 0)
            sleep_ms(1);
        client_close(&c);
    }
    return NULL;
}

static void it_can_be_stopped_at_any_moment(void **state)
{
    (void)state;
    enum { CROWD = 6 };
    for (int round = 0; round < 15; round++) {
        struct rooms *h = rooms_make();
        struct http_settings settings = rooms_settings(h);
        rooms_open(h, &settings);
        pthread_t thread[CROWD];
        is_crowd_over = false;
        for (int i = 0; i < CROWD; i++)
            assert_int_equal(pthread_create(&thread[i], NULL, crowd, h), 0);
        sleep_ms(20 + 13 * round);
        struct stopping s = { .rooms = h, .patience_s = round % 3 };
        stop(&s);
        h->http = NULL;
        assert_true(s.took_s < 20);
        is_crowd_over = true;
        for (int i = 0; i < CROWD; i++)
            pthread_join(thread[i], NULL);
        assert_true(h->done >= h->begun);
        assert_int_equal(rooms_files(h), 0);
        rooms_free(h);
    }
}

static void nothing_under_way_is_stopped_at_once(void **state)
{
    struct rooms *h = *state;
    struct client idle = asking(h, GET("/hello"));
    struct reply r = client_reply(&idle, true);
    reply_clear(&r);
    struct stopping s = { .rooms = h, .patience_s = 30 };
    stop(&s);
    h->http = NULL;
    assert_true(s.took_s < 5);
    client_close(&idle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define OVER(test) cmocka_unit_test_setup_teardown(test, rooms_setup, rooms_teardown)
        OVER(what_is_under_way_is_finished_and_the_rest_refused),
        OVER(patience_ends),
        OVER(nothing_under_way_is_stopped_at_once),
        cmocka_unit_test(it_can_be_stopped_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
