// filter_time.c - dates and moments as CQL2 writes them (RFC 3339, UTC only), and what the T_ functions ask of them.
#include "core/filter_tree.h"

#include <stdio.h>
#include <string.h>

static const int64_t DAY_S = 86400;

// Days since 1970 of a civil date (Howard Hinnant's days_from_civil), proleptic Gregorian.
static int64_t days_of(int y, int m, int d)
{
    y -= m <= 2;
    int era = (y >= 0 ? y : y - 399) / 400;
    int of_era = y - era * 400;
    int of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void civil_of(int64_t days, int *y, int *m, int *d)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int of_era = (int)(days - era * 146097);
    int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (5 * of_year + 2) / 153;
    *d = of_year - (153 * month + 2) / 5 + 1;
    *m = month < 10 ? month + 3 : month - 9;
    *y = (int)(year + era * 400) + (*m <= 2);
}

// "9999-99" against the digits of text; everything else must be the same.
static bool has_form(const char *text, const char *form)
{
    for (; *form != '\0'; form++, text++)
        if (*form == '9' ? *text < '0' || *text > '9' : *text != *form)
            return false;
    return true;
}

static int digits(const char *s, int n)
{
    int value = 0;
    while (n-- > 0)
        value = value * 10 + (*s++ - '0');
    return value;
}

static int days_in_month(int y, int m)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return m == 2 && leap ? 29 : days[m - 1];
}

static bool read_date(const char *text, int64_t *s)
{
    if (!has_form(text, "9999-99-99"))
        return false;
    int y = digits(text, 4), m = digits(text + 5, 2), d = digits(text + 8, 2);
    if (m < 1 || m > 12 || d < 1 || d > days_in_month(y, m))
        return false;
    *s = days_of(y, m, d) * DAY_S;
    return true;
}

bool filter_time_of_date(const char *text, struct filter_time *out)
{
    int64_t s;
    if (!read_date(text, &s) || text[10] != '\0')
        return false;
    *out = (struct filter_time){ .s = s };
    return true;
}

bool filter_time_of_timestamp(const char *text, struct filter_time *out)
{
    int64_t s;
    if (!read_date(text, &s) || !has_form(text + 10, "T99:99:99"))
        return false;
    int hour = digits(text + 11, 2), minute = digits(text + 14, 2), second = digits(text + 17, 2);
    if (hour > 23 || minute > 59 || second > 60)    // 60: a leap second is the first of the next minute
        return false;
    const char *rest = text + 19;
    int32_t ns = 0;
    if (*rest == '.') {
        if (rest[1] < '0' || rest[1] > '9')
            return false;
        int32_t unit = 100000000;
        for (rest++; *rest >= '0' && *rest <= '9'; rest++, unit /= 10)
            ns += (*rest - '0') * unit;     // what is finer than a nanosecond is dropped
    }
    if (strcmp(rest, "Z") != 0)
        return false;
    *out = (struct filter_time){ .s = s + hour * 3600 + minute * 60 + second, .ns = ns };
    return true;
}

void filter_time_print(struct filter_time t, bool as_date, char out[FILTER_TIME_BYTES])
{
    int64_t days = t.s / DAY_S - (t.s % DAY_S < 0);
    int second = (int)(t.s - days * DAY_S), y, m, d;
    civil_of(days, &y, &m, &d);
    int len = snprintf(out, FILTER_TIME_BYTES, "%04d-%02d-%02d", y, m, d);
    if (as_date)
        return;
    len += snprintf(out + len, FILTER_TIME_BYTES - (size_t)len, "T%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
    if (t.ns != 0) {
        len += snprintf(out + len, FILTER_TIME_BYTES - (size_t)len, ".%09d", t.ns);
        while (out[len - 1] == '0')
            len--;
    }
    strcpy(out + len, "Z");
}

const struct filter_relation *filter_relation(enum filter_op op)
{
    static const struct filter_relation relations[] = {
        [OP_T_AFTER - OP_T_AFTER] = { { { 's', 'e', OP_GT } }, 1, false },
        [OP_T_BEFORE - OP_T_AFTER] = { { { 'e', 's', OP_LT } }, 1, false },
        [OP_T_CONTAINS - OP_T_AFTER] = { { { 's', 's', OP_LT }, { 'e', 'e', OP_GT } }, 2, false },
        [OP_T_DISJOINT - OP_T_AFTER] = { { { 'e', 's', OP_LT }, { 's', 'e', OP_GT } }, 2, true },
        [OP_T_DURING - OP_T_AFTER] = { { { 's', 's', OP_GT }, { 'e', 'e', OP_LT } }, 2, false },
        [OP_T_EQUALS - OP_T_AFTER] = { { { 's', 's', OP_EQ }, { 'e', 'e', OP_EQ } }, 2, false },
        [OP_T_FINISHEDBY - OP_T_AFTER] = { { { 's', 's', OP_LT }, { 'e', 'e', OP_EQ } }, 2, false },
        [OP_T_FINISHES - OP_T_AFTER] = { { { 's', 's', OP_GT }, { 'e', 'e', OP_EQ } }, 2, false },
        [OP_T_INTERSECTS - OP_T_AFTER] = { { { 's', 'e', OP_LE }, { 'e', 's', OP_GE } }, 2, false },
        [OP_T_MEETS - OP_T_AFTER] = { { { 'e', 's', OP_EQ } }, 1, false },
        [OP_T_METBY - OP_T_AFTER] = { { { 's', 'e', OP_EQ } }, 1, false },
        [OP_T_OVERLAPPEDBY - OP_T_AFTER] = { { { 's', 's', OP_GT }, { 's', 'e', OP_LT }, { 'e', 'e', OP_GT } }, 3, false },
        [OP_T_OVERLAPS - OP_T_AFTER] = { { { 's', 's', OP_LT }, { 'e', 's', OP_GT }, { 'e', 'e', OP_LT } }, 3, false },
        [OP_T_STARTEDBY - OP_T_AFTER] = { { { 's', 's', OP_EQ }, { 'e', 'e', OP_GT } }, 2, false },
        [OP_T_STARTS - OP_T_AFTER] = { { { 's', 's', OP_EQ }, { 'e', 'e', OP_LT } }, 2, false },
    };
    must(filter_is_between_ops(op, OP_T_AFTER, OP_T_STARTS));
    return &relations[op - OP_T_AFTER];
}
