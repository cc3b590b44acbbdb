// Reading one year's holiday notice from its public JSON form.
#include "core/calendar.h"
#include "core/base/date.h"
#include "core/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status read_day(struct json v, int year, struct calendar_day *out, struct err *e)
{
    const char *name, *date_text;
    bool off;
    enum status s = json_read_text_or(json_get(v, "name"), "", &name, e);
    if (s == OK)
        s = json_read_text(json_get(v, "date"), &date_text, e);
    if (s == OK)
        s = json_read_bool(json_get(v, "isOffDay"), &off, e);
    if (s != OK)
        return s;
    struct date d;
    if (!date_read(date_text, &d))
        return json_wrong(json_get(v, "date"), "a date like 2026-10-01", e);
    if (d.year != year && !(d.year == year - 1 && d.month == 12))
        return json_wrong(json_get(v, "date"), "a date of the notice's year or of the December before", e);
    if (strlen(name) >= CALENDAR_NAME_BYTES)
        return json_wrong(json_get(v, "name"), "a name of at most 63 bytes", e);
    *out = (struct calendar_day){ .day = date_to_day(d), .off = off };
    snprintf(out->name, sizeof out->name, "%s", name);
    return OK;
}

static int by_day(const void *a, const void *b)
{
    int32_t x = ((const struct calendar_day *)a)->day, y = ((const struct calendar_day *)b)->day;
    return (x > y) - (x < y);
}

// In order, each day once. The same day said twice is well, contradicting itself is not.
static enum status put_in_order(struct json list, struct calendar_year *y, struct err *e)
{
    qsort(y->day, y->days, sizeof *y->day, by_day);
    size_t kept = 0;
    for (size_t i = 0; i < y->days; i++) {
        bool again = kept > 0 && y->day[kept - 1].day == y->day[i].day;
        if (again && y->day[kept - 1].off != y->day[i].off)
            return json_wrong(list, "a list that does not call one date both a day off and a working day", e);
        if (!again)
            y->day[kept++] = y->day[i];
    }
    y->days = kept;
    return OK;
}

enum status calendar_year_read(const struct json_doc *doc, struct calendar_year *out, struct err *e)
{
    struct json root = json_root(doc), list = json_get(root, "days");
    int64_t year;
    struct calendar_year y = { 0 };
    enum status s = json_read_int(json_get(root, "year"), &year, e);
    if (s == OK && (year < CALENDAR_FIRST_YEAR || year > CALENDAR_LAST_YEAR))
        s = json_wrong(json_get(root, "year"), "a year from 1992 to 2099", e);
    if (s == OK)
        s = json_read_list(list, &y.days, e);
    if (s != OK)
        return s;
    y.year = (int)year;
    y.day = mem_get(y.days, sizeof *y.day);
    for (size_t i = 0; s == OK && i < y.days; i++)
        s = read_day(json_at(list, i), y.year, &y.day[i], e);
    if (s == OK)
        s = put_in_order(list, &y, e);
    if (s == OK)
        *out = y;
    else
        calendar_year_clear(&y);
    return s;
}

enum status calendar_year_read_file(const char *path, struct calendar_year *out, struct err *e)
{
    struct json_doc *doc = NULL;
    enum status s = json_read_file(path, NULL, &doc, e);
    if (s == OK)
        s = calendar_year_read(doc, out, e);
    json_close(doc);
    return s;
}

void calendar_year_clear(struct calendar_year *y)
{
    mem_free(y->day);
    *y = (struct calendar_year){ 0 };
}
