// fixed.h - numbers with a fixed count of decimals: to whole multiples of the last one, and to digits. The hot path of all we write.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { FIXED_DECIMALS_MOST = 9, FIXED_BYTES_MOST = 22 };   // bytes of one printed number, sign and point included

// value * 10^decimals as a whole number, rounded as printf("%.*f") rounds. false: not finite, or 2^51 of the last decimal and more.
bool fixed_of(double value, int decimals, int64_t *out);

// Writes magnitude / 10^decimals and returns the end; no '\0' is added. at: room for FIXED_BYTES_MOST, all of which may be written to.
char *fixed_print(char *at, uint64_t magnitude, int decimals);
// The same with its sign, zeros at the end cut off, and no minus before zero: what JSON needs.
char *fixed_print_short(char *at, int64_t value, int decimals);
