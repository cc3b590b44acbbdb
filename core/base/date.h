// date.h - dates of the Gregorian calendar (日期), without clocks and time zones. A day is counted from 1970-01-01, which is 0.
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct date { int year, month, day; };      // month 1..12, day 1..31

bool date_is_real(struct date d);           // year 1..9999, and the month has such a day
int32_t date_to_day(struct date d);         // d must be real
struct date date_of_day(int32_t day);
int date_weekday(int32_t day);              // 0 Monday .. 6 Sunday

// The day of the same number so many months on, or the last of that month when it has none (民法典 202). d must be real.
struct date date_add_months(struct date d, int32_t months);

bool date_read(const char *text, struct date *out);    // "2026-10-01", nothing before or behind; false: not such a date
void date_write(struct date d, char out[11]);          // year 0..9999
