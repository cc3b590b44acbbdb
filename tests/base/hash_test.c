// SHA-256 of files against the published values (FIPS 180-4 examples), and the quick hash of bytes.
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

// --- The quick hash of bytes --------------------------------------------------------------------------------------------------

enum { BYTES_MOST = 40 };

static void fill(unsigned char bytes[BYTES_MOST])
{
    for (int i = 0; i < BYTES_MOST; i++)
        bytes[i] = (unsigned char)hash_mix(77u + (unsigned)i);
}

static void the_same_bytes_have_the_same_hash_wherever_they_stand(void **state)
{
    (void)state;
    unsigned char bytes[BYTES_MOST];
    fill(bytes);
    for (size_t len = 0; len <= BYTES_MOST; len++)
        for (size_t offset = 0; offset < 9; offset++) {
            unsigned char *copy = malloc(offset + len + 1);    // what lies before and behind is other each time
            memset(copy, (int)offset + 1, offset + len + 1);
            memcpy(copy + offset, bytes, len);
            assert_true(hash_bytes(copy + offset, len, 5) == hash_bytes(bytes, len, 5));
            free(copy);
        }
}

static void one_bit_is_another_hash(void **state)
{
    (void)state;
    unsigned char bytes[BYTES_MOST];
    fill(bytes);
    for (size_t len = 1; len <= BYTES_MOST; len++) {
        uint64_t was = hash_bytes(bytes, len, 1);
        for (size_t bit = 0; bit < len * 8; bit++) {
            bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
            uint64_t is = hash_bytes(bytes, len, 1);
            int changed = __builtin_popcountll(was ^ is);
            if (changed < 8 || changed > 56)        // of 64: half of them, give or take six standard deviations
                fail_msg("bit %zu of %zu bytes changes %d bits of the hash", bit, len, changed);
            bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        }
    }
}

static void another_length_is_another_hash(void **state)
{
    (void)state;
    static const unsigned char zeros[BYTES_MOST];
    for (size_t a = 0; a <= BYTES_MOST; a++)
        for (size_t b = 0; b < a; b++)
            assert_true(hash_bytes(zeros, a, 1) != hash_bytes(zeros, b, 1));
}

static void another_seed_is_another_function(void **state)
{
    (void)state;
    static const unsigned char zeros[BYTES_MOST];
    enum { SEEDS = 16, COUNT = (BYTES_MOST + 1) * SEEDS };
    uint64_t hash[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        hash[i] = hash_bytes(zeros, i / SEEDS, i % SEEDS);
    for (size_t a = 0; a < COUNT; a++)
        for (size_t b = 0; b < a; b++)
            if (hash[a] == hash[b])
                fail_msg("%zu zeros by seed %zu and %zu zeros by seed %zu have one hash", a / SEEDS, a % SEEDS, b / SEEDS, b % SEEDS);
}

static void no_bytes_have_a_hash_too(void **state)
{
    (void)state;
    assert_true(hash_bytes(NULL, 0, 1) == hash_bytes("", 0, 1));    // an empty buf has no data
    assert_true(hash_bytes(NULL, 0, 1) != hash_bytes(NULL, 0, 2));
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void a_hundred_thousand_short_texts_do_not_meet(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    uint64_t *hash = malloc(COUNT * sizeof *hash);
    for (int i = 0; i < COUNT; i++) {
        char text[32];
        int len = snprintf(text, sizeof text, i % 3 == 0 ? "%d" : i % 3 == 1 ? "cell-%06d" : "3206120%d/x", i);
        hash[i] = hash_bytes(text, (size_t)len, 1);
    }
    qsort(hash, COUNT, sizeof *hash, compare_hashes);
    for (int i = 1; i < COUNT; i++)
        assert_true(hash[i] != hash[i - 1]);
    free(hash);
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
        cmocka_unit_test(the_same_bytes_have_the_same_hash_wherever_they_stand),
        cmocka_unit_test(one_bit_is_another_hash),
        cmocka_unit_test(another_length_is_another_hash),
        cmocka_unit_test(another_seed_is_another_function),
        cmocka_unit_test(no_bytes_have_a_hash_too),
        cmocka_unit_test(a_hundred_thousand_short_texts_do_not_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
