// sort.h - sorting by a 64-bit key, stable, in linear time; the value at one place of the order without sorting.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct sort_item { uint64_t key; uint32_t value; };
void sort_by_key(struct sort_item *item, size_t count); // ascending; equal keys keep their order
void sort_numbers(uint64_t *item, size_t count, int from_bit); // ascending by the bits from there on; equal ones keep their order
float select_float(float *value, size_t count, size_t place); // what would stand there (place < count) if sorted; moves values about
double select_double(double *value, size_t count, size_t place);
