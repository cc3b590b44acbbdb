// Everything at once from many clients: each answer is the right one, and nothing is left behind. $GRIDPATROL_LOAD says how many requests
// (5000); with 100000 and the sanitizers this is the search for leaks and races.
#include "tests/api/http_rooms.h"
#include "core/base/hash.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

enum { CLIENTS = 12, UPLOAD_BYTES = 300000 };

struct crowd { struct rooms *rooms; atomic_int left, wrong; char *bytes, sha256[65]; };

static bool ask(struct client *c, const char *request, int status, size_t len)
{
    struct reply r = client_ask(c, request);
    bool is_right = r.status == status && r.is_whole && r.body_len == len;
    reply_clear(&r);
    return is_right;
}

static bool upload(struct client *c, const struct crowd *w, bool in_chunks)
{
    client_text(c, in_chunks ? "PUT /upload-slow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n493e0\r\n"
                             : "PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n");
    client_send(c, w->bytes, UPLOAD_BYTES);
    if (in_chunks)
        client_text(c, "\r\n0\r\n\r\n");
    struct reply r = client_reply(c, true);
    bool is_right = r.status == 201 && strncmp(r.body, w->sha256, 64) == 0;
    reply_clear(&r);
    return is_right;
}

// Closed while the answer comes, or before the request is through; on some with a reset.
static bool leave(struct client *c, uint32_t dice)
{
    static const char *const begun[] = { GET("/stream?9000000"), GET("/file"), GET("/slow?2"), "PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab" };
    client_text(c, begun[dice % 4]);
    struct linger now = { .l_onoff = (int)(dice >> 2 & 1), .l_linger = 0 };
    setsockopt(c->socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    client_close(c);
    return true;
}

// One request of the dice's choice; most are quick.
static bool ask_any(struct client *c, const struct crowd *w, uint32_t dice)
{
    switch (dice % 24) {
    case 0: return upload(c, w, false);
    case 1: return upload(c, w, true);
    case 2: return ask(c, GET("/file?1000-1000000"), 200, 1000000);
    case 3: return leave(c, dice / 24);
    case 4: return ask(c, "POST /deny HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", 401, 12);
    case 5: return ask(c, GET("/stream?200000"), 200, 200000);
    case 6: return ask(c, GET("/slow?1"), 200, 5);
    case 7: return ask(c, "POST /echo-slow HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", 200, 5);
    case 8: return ask(c, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 200, 5);
    case 9: return ask(c, "BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501, 29);
    case 10: return ask(c, "HEAD /tile HTTP/1.1\r\nHost: x\r\n\r\n", 200, 0);
    case 11: return ask(c, GET("/same"), 304, 0);
    default: return ask(c, dice % 2 == 0 ? GET("/tile") : GET("/hello"), 200, dice % 2 == 0 ? TILE_BYTES : 6);
    }
}

static void *visit(void *ctx)
{
    static atomic_uint seeds;
    struct crowd *w = ctx;
    uint32_t seed = atomic_fetch_add(&seeds, 1) * 2654435761u + 1;
    struct client c = { .socket = -1 };
    while (atomic_fetch_sub(&w->left, 1) > 0) {
        if (c.socket < 0 || c.is_last || client_sees_end(&c, 0)) {
            client_close(&c);
            c = client_open(w->rooms->port);
        }
        seed = seed * 1664525u + 1013904223u;
        if (!ask_any(&c, w, seed >> 8)) {
            print_error("%u went wrong: socket %d, %s%s, %zu bytes and %zu of them read\n", (seed >> 8) % 24, c.socket,
                        c.was_reset ? "reset " : "", c.has_ended ? "ended" : "open", c.in.len, c.at);
            atomic_fetch_add(&w->wrong, 1);
        }
        if (c.at > 0 && c.at == c.in.len)
            buf_clear(&c.in), c.at = 0;
    }
    client_close(&c);
    return NULL;
}

static long resident_kb(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL || fscanf(f, "%*d %ld", &pages) != 1)
        fail_msg("/proc/self/statm");
    fclose(f);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void let_in(struct crowd *w, int requests)
{
    pthread_t thread[CLIENTS];
    w->left = requests;
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, visit, w), 0);
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(thread[i], NULL);
    assert_int_equal(w->wrong, 0);
}

static void many_clients_get_what_they_ask_for(void **state)
{
    struct rooms *h = *state;
    struct crowd w = { .rooms = h, .bytes = mem_get(UPLOAD_BYTES, 1) };
    for (int i = 0; i < UPLOAD_BYTES; i++)
        w.bytes[i] = byte_at(i);
    hash_sha256(w.bytes, UPLOAD_BYTES, w.sha256);
    const char *load = getenv("GRIDPATROL_LOAD");
    int requests = load != NULL ? atoi(load) : 5000;
    let_in(&w, requests / 2);
    long before_kb = resident_kb();
    let_in(&w, requests - requests / 2);
    print_message("%d requests; %ld kB resident, %ld kB after half of them\n", requests, resident_kb(), before_kb);
    struct http_counts n = { .connections = 1 };
    for (int i = 0; i < 5000 && n.connections > 0; i++) {
        sleep_ms(2);
        http_counts(h->http, &n);
    }
    assert_int_equal(n.connections, 0);
    assert_int_equal(n.slow_waiting, 0);
    assert_int_equal(n.slow_running, 0);
    assert_int_equal(rooms_files(h), 0);
    mem_free(w.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_clients_get_what_they_ask_for, rooms_setup, rooms_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
