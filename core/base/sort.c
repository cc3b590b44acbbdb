#include "core/base/sort.h"
#include "core/base/mem.h"
#include <string.h>

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

static void sort_few(struct sort_item *item, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct sort_item x = item[i];
        size_t k = i;
        for (; k > 0 && item[k - 1].key > x.key; k--)
            item[k] = item[k - 1];
        item[k] = x;
    }
}

void sort_by_key(struct sort_item *item, size_t count)
{
    if (count < 48) {
        sort_few(item, count);
        return;
    }
    uint64_t all_or = 0, all_and = ~(uint64_t)0;
    for (size_t i = 0; i < count; i++) {
        all_or |= item[i].key;
        all_and &= item[i].key;
    }
    uint64_t differs = all_or ^ all_and; // digits that are the same everywhere need no pass
    struct sort_item *other = mem_get(count, sizeof *other), *from = item, *to = other;
    for (int shift = 0; shift < 64; shift += DIGIT_BITS) {
        if (((differs >> shift) & (DIGITS - 1)) == 0)
            continue;
        size_t first[DIGITS] = {0}, sum = 0;
        for (size_t i = 0; i < count; i++)
            first[(from[i].key >> shift) & (DIGITS - 1)]++;
        for (int d = 0; d < DIGITS; d++) {
            size_t n = first[d];
            first[d] = sum;
            sum += n;
        }
        for (size_t i = 0; i < count; i++)
            to[first[(from[i].key >> shift) & (DIGITS - 1)]++] = from[i];
        struct sort_item *swap = from;
        from = to;
        to = swap;
    }
    if (from != item)
        memcpy(item, from, count * sizeof *item);
    mem_free(other);
}

// The same passes over bare numbers.
void sort_numbers(uint64_t *item, size_t count, int from_bit)
{
    uint64_t differs = 0;
    for (size_t i = 1; i < count; i++)
        differs |= item[i] ^ item[0];
    uint64_t *other = mem_get(count, sizeof *other), *from = item, *to = other;
    for (int shift = from_bit; shift < 64; shift += DIGIT_BITS) {
        if (((differs >> shift) & (DIGITS - 1)) == 0)
            continue;
        size_t first[DIGITS] = {0}, sum = 0;
        for (size_t i = 0; i < count; i++)
            first[(from[i] >> shift) & (DIGITS - 1)]++;
        for (int d = 0; d < DIGITS; d++) {
            size_t n = first[d];
            first[d] = sum;
            sum += n;
        }
        for (size_t i = 0; i < count; i++)
            to[first[(from[i] >> shift) & (DIGITS - 1)]++] = from[i];
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != item)
        memcpy(item, from, count * sizeof *item);
    mem_free(other);
}

// Hoare's selection (1961): what is left of the middle is smaller, what is right of it larger; only one side goes on.
#define SELECT(number)                                       \
    size_t low = 0, high = count - 1;                        \
    while (low < high) {                                     \
        number middle = value[low + (high - low) / 2];       \
        size_t i = low, k = high;                            \
        while (i <= k) {                                     \
            while (value[i] < middle)                        \
                i++;                                         \
            while (value[k] > middle)                        \
                k--;                                         \
            if (i > k)                                       \
                break;                                       \
            number swap = value[i];                          \
            value[i++] = value[k];                           \
            value[k] = swap;                                 \
            if (k == 0)                                      \
                break;                                       \
            k--;                                             \
        }                                                    \
        if (place <= k)                                      \
            high = k;                                        \
        else if (place >= i)                                 \
            low = i;                                         \
        else                                                 \
            break;                                           \
    }                                                        \
    return value[place]

float select_float(float *value, size_t count, size_t place) { SELECT(float); }
double select_double(double *value, size_t count, size_t place) { SELECT(double); }
