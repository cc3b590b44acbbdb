#include "core/base/date.h"

#include <stdio.h>
#include <string.h>

// Days are counted in eras of 400 years from 0000-03-01, so that the leap day ends its year (after H. Hinnant).
enum { ERA_DAYS = 146097, DAYS_BEFORE_1970 = 719468 };

static int month_days(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

bool date_is_real(struct date d)
{
    return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= month_days(d.year, d.month);
}

int32_t date_to_day(struct date d)
{
    int year = d.year - (d.month <= 2), era = year / 400, of_era = year % 400;
    int of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - DAYS_BEFORE_1970;
}

struct date date_of_day(int32_t day)
{
    int64_t from_0000 = (int64_t)day + DAYS_BEFORE_1970;
    int64_t era = (from_0000 >= 0 ? from_0000 : from_0000 - ERA_DAYS + 1) / ERA_DAYS;
    int of_era = (int)(from_0000 - era * ERA_DAYS);
    int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (5 * of_year + 2) / 153;
    return (struct date){ .year = (int)(year + era * 400) + (month >= 10), .month = month < 10 ? month + 3 : month - 9,
                          .day = of_year - (153 * month + 2) / 5 + 1 };
}

int date_weekday(int32_t day)
{
    return (int)((((int64_t)day + 3) % 7 + 7) % 7);     // 1970-01-01 was a Thursday
}

struct date date_add_months(struct date d, int32_t months)
{
    int64_t count = (int64_t)d.year * 12 + d.month - 1 + months;
    struct date to = { .year = (int)(count / 12), .month = (int)(count % 12) + 1, .day = d.day };
    int last = month_days(to.year, to.month);
    to.day = to.day < last ? to.day : last;
    return to;
}

bool date_read(const char *text, struct date *out)
{
    if (strlen(text) != 10 || strspn(text, "0123456789-") != 10 || text[4] != '-' || text[7] != '-')
        return false;
    struct date d;
    if (sscanf(text, "%4d-%2d-%2d", &d.year, &d.month, &d.day) != 3 || !date_is_real(d))
        return false;
    *out = d;
    return true;
}

void date_write(struct date d, char out[11])
{
    char room[40];
    snprintf(room, sizeof room, "%04d-%02d-%02d", d.year, d.month, d.day);
    memcpy(out, room, 10);
    out[10] = '\0';
}
