// TLS with the openssl command as the client: 1.2 and 1.3 are spoken, older ones are not.
#include "tests/api/http_rooms.h"
#include "core/base/hash.h"

enum { SAID_BYTES = 16 << 20 };

struct tls { struct rooms *rooms; char certificate[128], key[128]; };

static void command(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void command(const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (system(text) != 0)
        fail_msg("%s", text);
}

static int open_tls(void **state)
{
    if (system("command -v openssl >/dev/null") != 0) {
        print_message("the openssl command is missing: TLS is not tested\n");
        return 0;
    }
    struct tls *t = mem_get(1, sizeof *t);
    struct rooms *h = t->rooms = rooms_make();
    snprintf(t->certificate, sizeof t->certificate, "%s/cert.pem", h->folder);
    snprintf(t->key, sizeof t->key, "%s/key.pem", h->folder);
    command("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout %s -out %s 2>/dev/null", t->key, t->certificate);
    struct http_settings s = rooms_settings(h);
    s.certificate = t->certificate;
    s.key = t->key;
    s.limits.idle_s = 2;
    rooms_open(h, &s);
    *state = t;
    return 0;
}

static int close_tls(void **state)
{
    struct tls *t = *state;
    if (t == NULL)
        return 0;
    rooms_free(t->rooms);
    mem_free(t);
    return 0;
}

// What openssl says to "request", a shell word for printf, with these options.
static char *said(struct tls *t, const char *request, const char *options)
{
    char text[2048];
    snprintf(text, sizeof text, "{ %s; } | timeout 60 openssl s_client -connect 127.0.0.1:%d -CAfile %s %s -ign_eof 2>&1", request,
             t->rooms->port, t->certificate, options);
    FILE *f = popen(text, "r");
    assert_non_null(f);
    char *all = mem_get(SAID_BYTES, 1);
    size_t len = fread(all, 1, SAID_BYTES - 1, f);
    pclose(f);
    all[len] = '\0';
    return all;
}

#define ASK(line) "printf '" line " HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n'"

static void assert_says(struct tls *t, const char *request, const char *options, const char *expect)
{
    char *all = said(t, request, options);
    if (strstr(all, expect) == NULL)
        fail_msg("%s is expected in: %.3000s", expect, all);
    mem_free(all);
}

static void new_versions_are_spoken(void **state)
{
    struct tls *t = *state;
    if (t == NULL)
        skip();
    static const char *const versions[] = { "-tls1_2", "-tls1_3" };
    for (int i = 0; i < 2; i++) {
        assert_says(t, ASK("GET /hello"), versions[i], "hello\n");
        assert_says(t, ASK("GET /seen"), versions[i], "GET|/seen||127.0.0.1|1|-");
        assert_says(t, ASK("GET /slow?20"), versions[i], "slow\n");
    }
}

// The client did speak, and the server had nothing to say to that.
static void assert_turned_down(struct tls *t, const char *options)
{
    char *all = said(t, ASK("GET /hello"), options);
    const char *bytes = strstr(all, "handshake has read ");
    int read = -1, written = 0;
    bool is_told = bytes != NULL && sscanf(bytes, "handshake has read %d bytes and written %d", &read, &written) == 2;
    if (!is_told || read != 0 || written < 50 || strstr(all, "Cipher is (NONE)") == NULL)
        fail_msg("%s: a handshake that fails is expected: %.3000s", options, all);
    mem_free(all);
}

static void old_versions_and_weak_ciphers_are_refused(void **state)
{
    struct tls *t = *state;
    if (t == NULL)
        skip();
    static const char *const offered[] = {
        "-tls1 -cipher DEFAULT@SECLEVEL=0", "-tls1_1 -cipher DEFAULT@SECLEVEL=0", "-tls1_2 -cipher NULL@SECLEVEL=0", "-tls1_2 -cipher aNULL@SECLEVEL=0",
    };
    for (size_t i = 0; i < sizeof offered / sizeof offered[0]; i++)
        assert_turned_down(t, offered[i]);
    assert_int_equal(t->rooms->begun, 0);
    assert_says(t, ASK("GET /hello"), "-tls1_2 -cipher DEFAULT@SECLEVEL=0", "hello\n");     // it was not the words of the question
}

static void large_answers_come_whole(void **state)
{
    struct tls *t = *state;
    if (t == NULL)
        skip();
    static const char *const asked[] = { ASK("GET /file"), ASK("GET /stream?5000000") };
    for (int i = 0; i < 2; i++) {
        char *all = said(t, asked[i], "-quiet");
        assert_non_null(strstr(all, "200 OK"));
        mem_free(all);
        struct note n = rooms_note(t->rooms, i + 1);
        assert_true(n.is_whole);
        assert_int_equal(n.bytes, i == 0 ? 10 << 20 : 5000000);
    }
}

static void bodies_come_whole(void **state)
{
    struct tls *t = *state;
    if (t == NULL)
        skip();
    char request[512], path[128], sha256[65];
    struct err e = { 0 };
    snprintf(path, sizeof path, "%s/served", t->rooms->folder);
    assert_int_equal(hash_file_sha256(path, sha256, &e), OK);
    snprintf(request, sizeof request, "printf 'PUT /upload HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nContent-Length: 10485760\\r\\n\\r\\n'; cat %s", path);
    assert_says(t, request, "-quiet", sha256);
    assert_says(t, request, "-quiet -tls1_2", sha256);
}

// Over TLS a refusal in the middle of a body comes at its end.
static void refusals_are_seen(void **state)
{
    struct tls *t = *state;
    if (t == NULL)
        skip();
    assert_says(t, "printf 'POST /deny HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 3000000\\r\\n\\r\\n'; head -c 3000000 /dev/zero", "-quiet", "who are you?");
    assert_says(t, "printf 'PUT /upload-10 HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nc350\\r\\n'; head -c 50000 /dev/zero; "
                   "printf '\\r\\n0\\r\\n\\r\\n'", "-quiet", "the body of the request is too large");
}

// Neither the hello of TLS nor anything else comes: no thread waits for it.
static void who_shakes_no_hand_is_let_go(void **state)
{
    struct tls *t = *state;
    if (t == NULL)
        skip();
    struct client silent = client_open(t->rooms->port), plain = client_open(t->rooms->port);
    client_text(&plain, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_says(t, ASK("GET /hello"), "-quiet", "hello\n");
    assert_true(client_sees_end(&silent, 10));
    assert_true(client_sees_end(&plain, 10));
    assert_null(strstr(client_rest(&plain), "hello"));
    client_close(&silent), client_close(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define OVER(test) cmocka_unit_test_setup_teardown(test, open_tls, close_tls)
        OVER(new_versions_are_spoken),
        OVER(old_versions_and_weak_ciphers_are_refused),
        OVER(large_answers_come_whole),
        OVER(bodies_come_whole),
        OVER(refusals_are_seen),
        OVER(who_shakes_no_hand_is_let_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
