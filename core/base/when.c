#include "core/base/when.h"

#include "core/base/date.h"
#include <stdio.h>
#include <string.h>
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

void when_write_local(int64_t utc_s, int64_t zone_offset_s, bool for_people, char out[WHEN_LOCAL_TEXT])
{
    int64_t local_s = utc_s + zone_offset_s, day = local_s / 86400 - (local_s % 86400 < 0);
    int second = (int)(local_s - day * 86400), zone_min = (int)(zone_offset_s / 60);
    char date[11];
    date_write(date_of_day((int32_t)day), date);
    int n = snprintf(out, WHEN_LOCAL_TEXT, "%s%c%02d:%02d:%02d", date, for_people ? ' ' : 'T', second / 3600, second / 60 % 60, second % 60);
    if (!for_people)
        snprintf(out + n, (size_t)(WHEN_LOCAL_TEXT - n), "%c%02d:%02d", zone_min < 0 ? '-' : '+', abs(zone_min) / 60, abs(zone_min) % 60);
}

// --- RFC 3339 -------------------------------------------------------------------------------------------------------------

static bool take_digits(const char **text, int count, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        value = value * 10 + (**text - '0');
    }
    *out = value;
    return true;
}

// A fraction of the seconds, which nobody here counts; a point or comma without a digit behind it is none.
static bool skip_fraction(const char **text)
{
    const char *c = *text;
    if (*c != '.' && *c != ',')
        return true;
    size_t digits = strspn(++c, "0123456789");
    *text = c + digits;
    return digits > 0;
}

// The zone may be missing, as QGIS and GDAL leave it out: UTC.
static bool read_zone(const char **text, int64_t *zone_s)
{
    const char *c = *text;
    *zone_s = 0;
    if (*c == 'Z' || *c == 'z') {
        c++;
    } else if (*c == '+' || *c == '-') {
        int sign = *c++ == '-' ? -1 : 1, hours, minutes = 0;
        if (!take_digits(&c, 2, &hours))
            return false;
        c += *c == ':';
        if (!take_digits(&c, 2, &minutes) || hours > 23 || minutes > 59)
            return false;
        *zone_s = sign * (hours * 3600 + minutes * 60);
    }
    *text = c;
    return true;
}

// An instant, or a day as a whole: from its first to its last second. Year 0 is before everything we know.
static bool read_instant(const char *text, int64_t *first_s, int64_t *last_s)
{
    const char *c = text;
    struct date d;
    int hour = 0, minute = 0, second = 0;
    if (!take_digits(&c, 4, &d.year) || *c++ != '-' || !take_digits(&c, 2, &d.month) || *c++ != '-' || !take_digits(&c, 2, &d.day))
        return false;
    bool before_all = d.year == 0;
    if (before_all)
        d.year = 4; // a leap year, for its days
    if (!date_is_real(d))
        return false;
    int64_t day_s = (int64_t)date_to_day(d) * 86400, zone_s = 0;
    if (before_all)
        day_s = INT64_MIN / 2;
    *first_s = day_s;
    *last_s = day_s + 86399;
    if (*c == '\0' || ((*c == 'T' || *c == 't') && c[1] == '\0'))
        return true;
    if ((*c != 'T' && *c != 't' && *c != ' ') || (c++, !take_digits(&c, 2, &hour)) || *c++ != ':' || !take_digits(&c, 2, &minute))
        return false;
    if (*c == ':' && (c++, !take_digits(&c, 2, &second) || !skip_fraction(&c)))
        return false;
    if (hour > 23 || minute > 59 || second > 60 || !read_zone(&c, &zone_s) || *c != '\0')
        return false;
    *first_s = *last_s = day_s + hour * 3600 + minute * 60 + second - zone_s;
    return true;
}

static bool is_open(const char *text) { return text[0] == '\0' || strcmp(text, "..") == 0; }

bool when_read_interval(const char *text, int64_t *from_s, int64_t *to_s)
{
    char first[64];
    int64_t aside;
    const char *slash = strchr(text, '/');
    size_t n = slash != NULL ? (size_t)(slash - text) : 0;
    if (slash == NULL)
        return read_instant(text, from_s, to_s);
    if (n >= sizeof first)
        return false;
    memcpy(first, text, n);
    first[n] = '\0';
    *from_s = INT64_MIN;
    *to_s = INT64_MAX;
    if (is_open(first) && is_open(slash + 1))
        return false;
    return (is_open(first) || read_instant(first, from_s, &aside)) && (is_open(slash + 1) || read_instant(slash + 1, &aside, to_s));
}
