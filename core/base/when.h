// when.h - clocks and the cost of this process.
#pragma once
#include <stdint.h>

double when_monotonic_s(void);
int64_t when_now_s(void);            // seconds since 1970, UTC
int64_t when_peak_memory_bytes(void); // largest resident size of this process so far
