// SHA-256 of files against the published values (FIPS 180-4 examples).
#include "core/base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void check_file_of(const char *piece, int times, const char *expect)
{
    char path[] = "/tmp/hash_test_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "wb");
    for (int i = 0; i < times; i++)
        fputs(piece, f);
    fclose(f);
    struct err e = { 0 };
    char got[65] = "";
    enum status s = hash_file_sha256(path, got, &e);
    unlink(path);
    assert_int_equal(s, OK);
    assert_string_equal(got, expect);
}

static void known_values(void **state)
{
    (void)state;
    check_file_of("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_file_of("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_file_of("a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"); // several chunks
}

static void a_missing_file_is_said(void **state)
{
    (void)state;
    struct err e = { .lang = LANG_ZH };
    char got[65] = "untouched";
    assert_int_equal(hash_file_sha256("/nowhere/at all", got, &e), NOT_FOUND);
    assert_string_equal(got, "untouched");
    assert_string_equal(e.text, "/nowhere/at all：没有这个文件");
}

static void a_folder_is_refused(void **state)
{
    (void)state;
    struct err e = { 0 };
    char got[65] = "untouched";
    assert_int_equal(hash_file_sha256("/tmp", got, &e), FAILED);
    assert_string_equal(got, "untouched");
    assert_non_null(strstr(e.text, "/tmp"));
}

static void in_the_background_it_is_the_same(void **state)
{
    (void)state;
    struct err e = { 0 };
    char now[65], later[65] = "", none[65] = "untouched";
    assert_int_equal(hash_file_sha256("/proc/self/exe", now, &e), OK);
    assert_int_equal(hash_job_wait(hash_job_start("/proc/self/exe", LANG_EN), later, &e), OK);
    assert_string_equal(later, now);
    assert_int_equal(hash_job_wait(hash_job_start("/nowhere/at all", LANG_ZH), none, &e), NOT_FOUND);
    assert_string_equal(none, "untouched");
    assert_string_equal(e.text, "/nowhere/at all：没有这个文件");
}

static void piece_by_piece_it_is_the_same(void **state)
{
    (void)state;
    static const char text[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";    // FIPS 180-4, two blocks
    static const char expect[] = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
    for (size_t step = 1; step <= sizeof text; step++) {
        struct hash_sum *s = hash_sum_open();
        for (size_t at = 0; at < sizeof text - 1; at += step)
            hash_sum_add(s, text + at, at + step < sizeof text - 1 ? step : sizeof text - 1 - at);
        char got[65];
        hash_sum_close(s, got);
        assert_string_equal(got, expect);
    }
    char none[65];
    hash_sum_close(hash_sum_open(), none);
    assert_string_equal(none, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hash_sum_close(hash_sum_open(), NULL);
    hash_sum_close(NULL, NULL);
}

static void mixing_loses_nothing(void **state)
{
    (void)state;
    assert_int_equal(hash_mix(0), 0);
    assert_true(hash_mix(1) == 0x5692161d100b05e5u);    // splitmix64 finalizer of 1
    for (int bit = 0; bit < 64; bit++)
        assert_true(hash_mix(12345) != hash_mix(12345 ^ (UINT64_C(1) << bit)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values),
        cmocka_unit_test(a_missing_file_is_said),
        cmocka_unit_test(a_folder_is_refused),
        cmocka_unit_test(in_the_background_it_is_the_same),
        cmocka_unit_test(piece_by_piece_it_is_the_same),
        cmocka_unit_test(mixing_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
