// Arrays that grow keep what they hold; an arena's pieces are zeroed, aligned and apart.
#include "core/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void growing_keeps_what_was_there(void **state)
{
    (void)state;
    size_t cap = 0;
    uint32_t *numbers = NULL;
    for (uint32_t i = 0; i < 10000; i++) {
        numbers = mem_grow(numbers, &cap, i + 1, sizeof *numbers);
        assert_true(cap >= i + 1);
        numbers[i] = i * 7;
    }
    for (uint32_t i = 0; i < 10000; i++)
        assert_int_equal(numbers[i], i * 7);
    mem_free(numbers);
}

static void room_that_is_there_is_not_moved(void **state)
{
    (void)state;
    size_t cap = 0;
    char *p = mem_grow(NULL, &cap, 100, 1);
    size_t before = cap;
    assert_ptr_equal(mem_grow(p, &cap, 100, 1), p);
    assert_int_equal(cap, before);
    mem_free(p);
}

static void nothing_asked_still_gives_one_zero(void **state)
{
    (void)state;
    uint64_t *one = mem_get(0, sizeof *one);
    assert_int_equal(*one, 0);
    mem_free(one);
}

static void arena_pieces_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena *a = arena_open(10 << 20);
    unsigned char *piece[1000];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++) {
            size_t bytes = (size_t)(i * 37 % 999 + 1);
            piece[i] = arena_get(a, bytes);
            assert_int_equal((uintptr_t)piece[i] % 16, 0);
            for (size_t k = 0; k < bytes; k++)
                assert_int_equal(piece[i][k], 0);
            memset(piece[i], i & 0xff, bytes);
        }
        for (int i = 0; i < 1000; i++)
            assert_int_equal(piece[i][i * 37 % 999], i & 0xff);
        arena_reset(a);     // dirty memory is handed out again in the next round
    }
    arena_close(a);
}

static void arena_takes_a_piece_larger_than_a_block(void **state)
{
    (void)state;
    struct arena *a = arena_open(1 << 20);
    char *small = arena_text(a, "before");
    char *large = arena_get(a, 500000);
    memset(large, 'x', 500000);
    char *after = arena_text(a, "after");
    assert_string_equal(small, "before");
    assert_string_equal(after, "after");
    assert_null(arena_text(a, NULL));
    arena_close(a);
}

static void a_trimmed_arena_begins_anew(void **state)
{
    (void)state;
    static const size_t firsts[] = { 10, 70000 };       // the first block is a usual one, or one of its own size
    for (int k = 0; k < 2; k++) {
        struct arena *a = arena_open(1 << 20);
        arena_trim(a);
        for (int round = 0; round < 3; round++) {
            memset(arena_get(a, firsts[k]), 'x', firsts[k]);
            memset(arena_get(a, 900000), 'x', 900000);  // twice would be over the ceiling: the count begins anew
            arena_trim(a);
        }
        char *piece = arena_get(a, 1000);
        for (int i = 0; i < 1000; i++)
            assert_int_equal(piece[i], 0);
        arena_close(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growing_keeps_what_was_there),
        cmocka_unit_test(room_that_is_there_is_not_moved),
        cmocka_unit_test(nothing_asked_still_gives_one_zero),
        cmocka_unit_test(arena_pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(arena_takes_a_piece_larger_than_a_block),
        cmocka_unit_test(a_trimmed_arena_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
