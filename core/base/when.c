#include "core/base/when.h"

#include "core/base/date.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

double when_monotonic_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int64_t when_now_s(void)
{
    return (int64_t)time(NULL);
}

int64_t when_peak_memory_bytes(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (int64_t)use.ru_maxrss * 1024;   // Linux counts kibibytes (getrusage(2))
}

double when_cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool read_civil(const char *text, struct tm *t)
{
    int used = 0;
    *t = (struct tm){ 0 };
    if (sscanf(text, "%4d%*1[-/]%2d%*1[-/]%2d%n", &t->tm_year, &t->tm_mon, &t->tm_mday, &used) != 3 || used != 10)
        return false;
    text += used;
    if (text[0] == '\0')
        return true;
    if (sscanf(text, "%*1[T ]%2d:%2d%n", &t->tm_hour, &t->tm_min, &used) != 2 || used != 6)
        return false;
    text += used;
    if (text[0] == '\0')
        return true;
    return sscanf(text, ":%2d%n", &t->tm_sec, &used) == 1 && text[used] == '\0';
}

// timegm mends 30 February; what it mended was no date.
static bool is_date(struct tm given, int64_t *utc_s)
{
    struct tm t = given;
    t.tm_year -= 1900;
    t.tm_mon -= 1;
    *utc_s = timegm(&t);
    return t.tm_year == given.tm_year - 1900 && t.tm_mon == given.tm_mon - 1 && t.tm_mday == given.tm_mday && t.tm_hour == given.tm_hour &&
           t.tm_min == given.tm_min && t.tm_sec == given.tm_sec;
}

bool when_parse(const char *text, int64_t zone_offset_s, int64_t *out)
{
    char *end;
    long long seconds = strtoll(text, &end, 10);
    if (*text != '\0' && *end == '\0') {
        *out = seconds;
        return true;
    }
    struct tm t;
    int64_t utc_s;
    if (!read_civil(text, &t) || !is_date(t, &utc_s))
        return false;
    *out = utc_s - zone_offset_s;
    return true;
}

bool when_write(int64_t utc_s, char out[WHEN_TEXT])
{
    static const int64_t DAY_S = 86400, FIRST_S = -62167219200, END_S = 253402300800; // year 0, year 10000
    out[0] = '\0';
    if (utc_s < FIRST_S || utc_s >= END_S)
        return false;
    int64_t day = (utc_s - FIRST_S) / DAY_S + FIRST_S / DAY_S;
    unsigned second = (unsigned)(utc_s - day * DAY_S);
    date_write(date_of_day((int32_t)day), out);
    snprintf(out + 10, WHEN_TEXT - 10, "T%02u:%02u:%02uZ", second / 3600 % 24, second / 60 % 60, second % 60);
    return true;
}
