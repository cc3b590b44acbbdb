#include "core/base/sort.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { MOST = 300 };

static int by_float(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

// Every place of every length, with few and with many equal values, against the sorted order.
static void the_value_at_a_place_is_that_of_the_sorted_order(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (size_t count = 1; count <= MOST; count += count < 20 ? 1 : 37)
        for (uint32_t kinds = 1; kinds < 2000; kinds *= 7)
            for (size_t place = 0; place < count; place++) {
                float value[MOST], sorted[MOST];
                double twice[MOST];
                for (size_t i = 0; i < count; i++) {
                    value[i] = (float)(((random = random * 1664525u + 1013904223u) >> 8) % kinds) - 3;
                    twice[i] = 2 * (double)value[i];
                }
                memcpy(sorted, value, count * sizeof *value);
                qsort(sorted, count, sizeof *sorted, by_float);
                assert_float_equal(select_float(value, count, place), sorted[place], 0);
                assert_true(select_double(twice, count, place) == 2 * (double)sorted[place]);
                qsort(value, count, sizeof *value, by_float);
                assert_memory_equal(value, sorted, count * sizeof *value);
            }
}

static void equal_keys_keep_their_order(void **state)
{
    (void)state;
    struct sort_item item[MOST];
    for (uint32_t i = 0; i < MOST; i++)
        item[i] = (struct sort_item){(uint64_t)(i * 7919u % 10) << 40, i};
    sort_by_key(item, MOST);
    for (size_t i = 1; i < MOST; i++)
        assert_true(item[i - 1].key < item[i].key || (item[i - 1].key == item[i].key && item[i - 1].value < item[i].value));
}

// What lies below the bits asked for is carried along and not looked at.
static void numbers_are_sorted_by_their_upper_bits(void **state)
{
    (void)state;
    uint64_t item[MOST];
    for (uint32_t i = 0; i < MOST; i++)
        item[i] = (uint64_t)(i * 2654435761u % 50) << 40 | (MOST - i);
    sort_numbers(item, MOST, 40);
    for (size_t i = 1; i < MOST; i++)
        assert_true(item[i - 1] >> 40 < item[i] >> 40 || (item[i - 1] >> 40 == item[i] >> 40 && (uint32_t)item[i - 1] > (uint32_t)item[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_value_at_a_place_is_that_of_the_sorted_order),
        cmocka_unit_test(equal_keys_keep_their_order),
        cmocka_unit_test(numbers_are_sorted_by_their_upper_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
