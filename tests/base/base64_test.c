// Bytes as letters: the vectors of RFC 4648, every length there and back, and nothing read twice from one text.
#include "core/base/base64.h"
#include "core/base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// RFC 4648, section 10, and the two letters in which the alphabets differ.
static const struct { const char *bytes, *url, *plain; } VECTORS[] = {
    { "", "", "" },
    { "f", "Zg", "Zg==" },
    { "fo", "Zm8", "Zm8=" },
    { "foo", "Zm9v", "Zm9v" },
    { "foob", "Zm9vYg", "Zm9vYg==" },
    { "fooba", "Zm9vYmE", "Zm9vYmE=" },
    { "foobar", "Zm9vYmFy", "Zm9vYmFy" },
    { "\xfb\xff\xbf", "-_-_", "+/+/" },
};

static void assert_read(bool (*read)(const char *, void *, size_t *), const char *letters, const void *expect, size_t expect_len)
{
    size_t len = 99;
    char *out = malloc(strlen(letters) * 3 / 4 + 1);    // +1: malloc(0) may be NULL
    if (!read(letters, out, &len))
        fail_msg("\"%s\" is refused", letters);
    assert_int_equal(len, expect_len);
    assert_memory_equal(out, expect, expect_len);
    free(out);
}

static void the_vectors_of_the_rfc_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof VECTORS / sizeof *VECTORS; i++) {
        char out[16];
        size_t len = strlen(VECTORS[i].bytes);
        assert_true(base64url_write(VECTORS[i].bytes, len, out, sizeof out));
        assert_string_equal(out, VECTORS[i].url);
        assert_read(base64url_read, VECTORS[i].url, VECTORS[i].bytes, len);
        assert_read(base64_read, VECTORS[i].plain, VECTORS[i].bytes, len);
    }
}

// The plain alphabet, with its padding.
static void write_plain(const char *url, char *out)
{
    size_t n = 0;
    for (; url[n] != '\0'; n++)
        out[n] = url[n] == '-' ? '+' : url[n] == '_' ? '/' : url[n];
    for (; n % 4 != 0; n++)
        out[n] = '=';
    out[n] = '\0';
}

static void every_length_goes_there_and_back(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (size_t len = 0; len <= 66; len++)
        for (int turn = 0; turn < 50; turn++) {
            uint8_t bytes[66];
            char url[90], plain[92];
            for (size_t i = 0; i < len; i++)
                bytes[i] = (uint8_t)hash_mix(seed++);
            assert_true(base64url_write(bytes, len, url, sizeof url));
            assert_int_equal(strlen(url), (len * 4 + 2) / 3);
            assert_read(base64url_read, url, bytes, len);
            write_plain(url, plain);
            assert_read(base64_read, plain, bytes, len);
        }
}

static void a_buffer_too_small_is_said_and_left_alone(void **state)
{
    (void)state;
    static const uint8_t bytes[20] = "twenty bytes of text";
    for (size_t len = 0; len <= sizeof bytes; len++) {
        size_t need = (len * 4 + 2) / 3 + 1;
        char *out = malloc(need);
        memset(out, 'x', need);
        for (size_t cap = 0; cap < need; cap++)
            assert_false(base64url_write(bytes, len, out, cap));
        for (size_t i = 0; i < need; i++)
            assert_int_equal(out[i], 'x');
        assert_true(base64url_write(bytes, len, out, need));
        assert_int_equal(strlen(out), need - 1);
        free(out);
    }
}

static const char *const NO_URL[] = {
    "A", "AAAAA",                               // a letter alone is no byte
    "Zh", "Zm9", "Zm-", "AB", "AAB",            // bits left over that are not zero
    "Zg==", "Zm8=", "=", "====",                // padding
    "Zm+v", "Zm/v",                             // of the other alphabet
    "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v.", "Zm9\xc3\xa4", "Zm\x80v", "Zm*v",
};

static const char *const NO_PLAIN[] = {
    "A", "AA", "AAA", "AAAAA", "Zg", "Zm8",     // padding is missing
    "Zg=", "Zg===", "=", "==", "====", "A===", "=AAA", "AA=A", "Z=g=", "Zg==Zg==", "Zm9v====",
    "Zh==", "Zm9=", "AB==", "AAB=",
    "Zm-v", "Zm_v", "Zm9\n", "Zm9v\r\n\r\n", "Zm 9", "Zm9\xe4",
};

static void what_nobody_would_have_written_is_refused(void **state)
{
    (void)state;
    char out[16];
    size_t len;
    for (size_t i = 0; i < sizeof NO_URL / sizeof *NO_URL; i++)
        if (base64url_read(NO_URL[i], out, &len))
            fail_msg("\"%s\" is read as base64url", NO_URL[i]);
    for (size_t i = 0; i < sizeof NO_PLAIN / sizeof *NO_PLAIN; i++)
        if (base64_read(NO_PLAIN[i], out, &len))
            fail_msg("\"%s\" is read as base64", NO_PLAIN[i]);
}

// One text for each row of bytes: of all two- and three-letter texts those that are read are written the same again.
static void what_is_read_is_written_the_same_again(void **state)
{
    (void)state;
    int taken = 0;
    for (int a = 1; a < 256; a++)
        for (int b = 1; b < 256; b++)
            for (int c = 0; c < 256; c += c == 0 ? '-' : 1) {
                char given[4] = { (char)a, (char)b, (char)c, '\0' }, again[4];
                uint8_t bytes[3];
                size_t len;
                if (!base64url_read(given, bytes, &len))
                    continue;
                assert_true(base64url_write(bytes, len, again, sizeof again));
                assert_string_equal(again, given);
                taken++;
            }
    assert_int_equal(taken, 256 + 65536);           // every byte, and every pair of bytes
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_rfc_hold),
        cmocka_unit_test(every_length_goes_there_and_back),
        cmocka_unit_test(a_buffer_too_small_is_said_and_left_alone),
        cmocka_unit_test(what_nobody_would_have_written_is_refused),
        cmocka_unit_test(what_is_read_is_written_the_same_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
