// When nothing is enforced by force: nights and days of rest (行政强制法 43).
#include "core/calendar.h"
#include "core/base/date.h"

const struct rest_rule rest_rule_usual = { .night_from_s = 22 * 3600, .night_until_s = 6 * 3600, .weekends = true };

static bool is_night(const struct rest_rule *rule, int32_t of_day)
{
    bool after = of_day >= rule->night_from_s, before = of_day < rule->night_until_s;
    return rule->night_from_s > rule->night_until_s ? after || before : after && before;
}

enum rest calendar_rest_at(const struct calendar *c, const struct rest_rule *rule, int64_t at_s)
{
    if (!calendar_holds(c, at_s))
        return REST_UNKNOWN;
    int32_t day = calendar_day_of(c, at_s);
    if (is_night(rule, (int32_t)(at_s - calendar_day_start_s(c, day))))
        return REST_NIGHT;
    enum day_kind kind = calendar_day_kind(c, day);
    if (kind == DAY_HOLIDAY)
        return REST_HOLIDAY;
    if (kind == DAY_WEEKEND && rule->weekends)
        return REST_WEEKEND;
    return calendar_knows(c, day, day) ? REST_NONE : REST_UNKNOWN;
}

enum status calendar_may_enforce(const struct calendar *c, const struct rest_rule *rule, int64_t at_s, struct err *e)
{
    int32_t day = calendar_day_of(c, at_s), of_day = (int32_t)(at_s - calendar_day_start_s(c, day));
    char date[11];
    date_write(date_of_day(day), date);
    switch (calendar_rest_at(c, rule, at_s)) {
    case REST_NIGHT:
        return err_set(e, DENIED, "%s %02d:%02d is at night (%02d:%02d to %02d:%02d); nothing is enforced by force at night except in an emergency (Administrative Coercion Law, article 43)",
                       date, of_day / 3600, of_day / 60 % 60, rule->night_from_s / 3600, rule->night_from_s / 60 % 60,
                       rule->night_until_s / 3600, rule->night_until_s / 60 % 60);
    case REST_HOLIDAY:
        return err_set(e, DENIED, "%s is a statutory holiday (%s); nothing is enforced by force on holidays except in an emergency (Administrative Coercion Law, article 43)",
                       date, calendar_day_name(c, day));
    case REST_WEEKEND:
        return err_set(e, DENIED, "%s is a weekend's day; nothing is enforced by force on days of rest except in an emergency (Administrative Coercion Law, article 43)", date);
    case REST_UNKNOWN:
        return err_set(e, INVALID, "it is not known yet whether %s is a holiday: load the holiday notice that covers it", date);
    default:
        return OK;
    }
}
