// when.h - clocks and the cost of this process.
#pragma once
#include <stdbool.h>
#include <stdint.h>

double when_monotonic_s(void);
int64_t when_now_s(void);            // seconds since 1970, UTC
// "2026-03-01", "2026/03/01", with "T09:30" or " 09:30:15" after it in local time (offset to UTC), or seconds since 1970. False: none
// of these, or a day that does not exist.
bool when_parse(const char *text, int64_t zone_offset_s, int64_t *out);
double when_cpu_s(void);              // of this process so far, all threads
// "2026-03-01T09:30:00Z" (RFC 3339). False, and "": not in the years 0000 to 9999.
enum { WHEN_TEXT = 21 };
bool when_write(int64_t utc_s, char out[WHEN_TEXT]);
// Local time: "2026-03-01T09:30:00+08:00", or for people "2026-03-01 09:30:00".
enum { WHEN_LOCAL_TEXT = 40 };
void when_write_local(int64_t utc_s, int64_t zone_offset_s, bool for_people, char out[WHEN_LOCAL_TEXT]);
// A moment or a day by RFC 3339 (a day is from its first to its last second, UTC), or an interval "a/b", "../b", "a/.."; both ends are included,
// an open one is INT64_MIN or INT64_MAX. A missing zone is UTC; "2024-01-05T" is a day, as GDAL 3.6 writes it. False: none of these.
bool when_read_interval(const char *text, int64_t *from_s, int64_t *to_s);
int64_t when_peak_memory_bytes(void); // largest resident size of this process so far
