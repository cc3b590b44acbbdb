// Where a service listens, and what it is told when it cannot.
#include "tests/api/http_rooms.h"
#include "api/http_listen.h"

#include <netdb.h>
#include <sys/resource.h>

#define HELLO "GET /seen HTTP/1.1\r\nHost: x\r\n\r\n"

static bool has_ipv6(void)
{
    int s = socket(AF_INET6, SOCK_STREAM, 0);
    struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    bool has = s >= 0 && bind(s, (struct sockaddr *)&at, sizeof at) == 0;
    if (s >= 0)
        close(s);
    return has;
}

// A bare system has no file of hosts.
static bool is_known(const char *host)
{
    struct addrinfo *found = NULL;
    bool known = getaddrinfo(host, NULL, NULL, &found) == 0;
    if (known)
        freeaddrinfo(found);
    return known;
}

static struct client client_of(const char *host, int port)
{
    struct client c = { .socket = -1 };
    buf_init(&c.in, 1 << 20);
    bool is_six = strchr(host, ':') != NULL;
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    inet_pton(is_six ? AF_INET6 : AF_INET, host, is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr);
    c.socket = socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    if (connect(c.socket, is_six ? (void *)&six : (void *)&four, is_six ? sizeof six : sizeof four) == 0)
        return c;
    close(c.socket);
    c.socket = -1;
    return c;
}

// Who it says the client is, "" when it cannot be reached.
static void peer_seen(int port, const char *host, char out[64])
{
    struct client c = client_of(host, port);
    out[0] = '\0';
    if (c.socket < 0)
        return;
    struct reply r = client_ask(&c, HELLO);
    if (r.status == 200)
        sscanf(r.body, "GET|/seen||%63[^|]", out);
    reply_clear(&r);
    client_close(&c);
}

static void assert_reached(const char *address, const char *host, const char *expect)
{
    struct rooms *h = rooms_make();
    struct http_settings s = rooms_settings(h);
    s.address = address;
    rooms_open(h, &s);
    char seen[64];
    peer_seen(h->port, host, seen);
    rooms_free(h);
    if (strcmp(seen, expect) != 0)
        fail_msg("%s from %s: %s is expected, %s is given", address, host, expect, seen);
}

static void it_listens_where_it_is_told(void **state)
{
    (void)state;
    assert_reached("127.0.0.1:0", "127.0.0.1", "127.0.0.1");
    assert_reached("0.0.0.0:0", "127.0.0.1", "127.0.0.1");
    assert_reached(":0", "127.0.0.1", "127.0.0.1");
    if (is_known("localhost"))
        assert_reached("localhost:0", "127.0.0.1", "127.0.0.1");
    else
        print_message("localhost has no address here: skipped\n");
    if (!has_ipv6()) {
        print_message("no IPv6 here: skipped\n");
        return;
    }
    assert_reached("[::1]:0", "::1", "::1");
    assert_reached(":0", "::1", "::1");
    assert_reached("[::]:0", "127.0.0.1", "127.0.0.1");
    assert_reached("[::1]:0", "127.0.0.1", "");
    assert_reached("127.0.0.1:0", "::1", "");
}

static enum status open_only(const struct http_settings *s, struct err *e)
{
    struct http_service service = { 0 };
    struct http *h;
    enum status status = http_open(s, &service, &h, e);
    if (status == OK)
        http_stop(h, 0);
    return status;
}

static void wrong_addresses_are_refused(void **state)
{
    (void)state;
    static const struct { const char *address; enum status status; const char *says; } cases[] = {
        { "8080", INVALID, "HOST:PORT is expected" }, { "", INVALID, "HOST:PORT is expected" }, { "x:", INVALID, "HOST:PORT is expected" },
        { "127.0.0.1:65536", INVALID, "HOST:PORT is expected" }, { "127.0.0.1:-1", INVALID, "HOST:PORT is expected" },
        { "127.0.0.1:000000001", INVALID, "HOST:PORT is expected" }, { "::1:8080", INVALID, "HOST:PORT is expected" },
        { "127.0.0.1:80a", INVALID, "HOST:PORT is expected" }, { "192.0.2.1:0", INVALID, "no such address" },
        { "300.1.1.1:0", INVALID, "no address is known" }, { "[::g]:0", INVALID, "no address is known" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = { 0 };
        struct http_settings s = { .address = cases[i].address };
        assert_int_equal(open_only(&s, &e), cases[i].status);
        assert_non_null(strstr(e.text, cases[i].says));
        assert_non_null(strstr(e.text, cases[i].address));
    }
}

static void a_port_that_is_taken_is_a_conflict(void **state)
{
    (void)state;
    struct rooms *h = rooms_make();
    struct http_settings s = rooms_settings(h);
    rooms_open(h, &s);
    char address[64];
    snprintf(address, sizeof address, "127.0.0.1:%d", h->port);
    struct err e = { 0 };
    s.address = address;
    assert_int_equal(open_only(&s, &e), CONFLICT);
    assert_non_null(strstr(e.text, address));
    rooms_stop(h);
    assert_int_equal(open_only(&s, &e), OK);    // given back
    rooms_free(h);
}

static void a_folder_that_is_none_is_refused(void **state)
{
    (void)state;
    struct err e = { 0 };
    struct http_settings s = { .address = "127.0.0.1:0", .folder = "/nowhere/at all" };
    assert_int_equal(open_only(&s, &e), INVALID);
    assert_non_null(strstr(e.text, "/nowhere/at all"));
}

static void more_connections_than_the_system_grants_are_refused(void **state)
{
    (void)state;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    struct err e = { 0 };
    struct http_settings s = { .address = "127.0.0.1:0", .limits = { .connections = (int)files.rlim_max } };
    assert_int_equal(open_only(&s, &e), INVALID);
    assert_non_null(strstr(e.text, "LimitNOFILE"));
}

static void wrong_certificates_are_refused(void **state)
{
    (void)state;
    char cert[] = "/tmp/http_listen_test_XXXXXX";
    int fd = mkstemp(cert);
    static const char text[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    const struct { const char *certificate, *key, *says; } cases[] = {
        { "/nowhere/cert.pem", "/nowhere/key.pem", "/nowhere/cert.pem" }, { cert, NULL, "both files" }, { NULL, cert, "both files" },
        { cert, "/nowhere/key.pem", "/nowhere/key.pem" }, { cert, "/dev/null", "PEM is expected" }, { "/bin/ls", cert, "PEM is expected" },
        { cert, cert, "are no certificate" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = { 0 };
        struct http_settings s = { .address = "127.0.0.1:0", .certificate = cases[i].certificate, .key = cases[i].key };
        assert_int_equal(open_only(&s, &e), INVALID);
        if (strstr(e.text, cases[i].says) == NULL)
            fail_msg("%s is expected in: %s", cases[i].says, e.text);
    }
    unlink(cert);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_listens_where_it_is_told),
        cmocka_unit_test(wrong_addresses_are_refused),
        cmocka_unit_test(a_port_that_is_taken_is_a_conflict),
        cmocka_unit_test(a_folder_that_is_none_is_refused),
        cmocka_unit_test(more_connections_than_the_system_grants_are_refused),
        cmocka_unit_test(wrong_certificates_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
