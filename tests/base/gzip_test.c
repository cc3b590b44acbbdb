// gzip: bytes there and back, files joined into one that other programs read whole, and what is damaged or cut short is refused.
#include "core/base/gzip.h"
#include "core/base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CEILING = 1 << 20 };

// Half of it repeats, half is chance.
static void fill(uint8_t *to, size_t len, uint64_t seed)
{
    for (size_t i = 0; i < len; i++)
        to[i] = i % 2 ? (uint8_t)hash_mix(seed + i) : (uint8_t)(i / 7);
}

static void bytes_come_back(void **state)
{
    (void)state;
    static uint8_t bytes[70000];
    static const size_t lens[] = { 0, 1, 2, 100, 4096, 65535, 65536, 70000 };
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        struct buf packed, again;
        buf_init(&packed, CEILING), buf_init(&again, CEILING);
        fill(bytes, lens[i], i);
        gzip_add(&packed, bytes, lens[i]);
        assert_true(gzip_read(&again, packed.data, packed.len));
        assert_int_equal(again.len, lens[i]);
        if (lens[i] > 0)
            assert_memory_equal(again.data, bytes, lens[i]);
        buf_clear(&packed), buf_clear(&again);
    }
}

static void files_join_into_one(void **state)
{
    (void)state;
    enum { FILES = 5 };
    static uint8_t bytes[FILES][30000];
    struct buf part[FILES], whole, again;
    struct gzip_file file[FILES];
    size_t at = 0;
    buf_init(&whole, CEILING), buf_init(&again, CEILING);
    for (int i = 0; i < FILES; i++) {
        size_t len = (size_t)i * 7000;                   // the first one is empty
        buf_init(&part[i], CEILING);
        fill(bytes[i], len, (uint64_t)i);
        gzip_add(&part[i], bytes[i], len);
        file[i] = (struct gzip_file){ part[i].data, part[i].len };
    }
    gzip_join(&whole, file, FILES);
    assert_true(gzip_read(&again, whole.data, whole.len));
    for (int i = 0; i < FILES; i++) {
        assert_memory_equal(again.data + at, bytes[i], (size_t)i * 7000);
        at += (size_t)i * 7000;
        buf_clear(&part[i]);
    }
    assert_int_equal(again.len, at);
    buf_clear(&whole), buf_clear(&again);
}

static void what_is_damaged_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[1000];
    struct buf packed, again;
    buf_init(&packed, CEILING);
    fill(bytes, sizeof bytes, 1);
    gzip_add(&packed, bytes, sizeof bytes);
    for (size_t len = 0; len < packed.len; len += 13) {
        buf_init(&again, CEILING);
        assert_false(gzip_read(&again, packed.data, len));
        buf_clear(&again);
    }
    packed.data[packed.len - 6] ^= 1;                    // the sum
    buf_init(&again, CEILING);
    assert_false(gzip_read(&again, packed.data, packed.len));
    packed.data[packed.len - 6] ^= 1;
    buf_clear(&again);
    buf_init(&again, 999);                               // more than fits
    assert_false(gzip_read(&again, packed.data, packed.len));
    buf_clear(&again), buf_clear(&packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_back),
        cmocka_unit_test(files_join_into_one),
        cmocka_unit_test(what_is_damaged_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
