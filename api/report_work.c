#include "api/report_work.h"

#include "api/station_use.h"
#include "core/base/buf.h"
#include "core/agency.h"
#include "core/base/date.h"
#include "core/case_report.h"
#include <math.h>
#include <stdio.h>

enum { GROUP_COLUMNS = 16, TITLE_COLUMNS = 26 };

struct reporting { struct work *w; struct period period; enum report_by by; bool json; enum lang lang; struct buf out; int lines; };

// An agency's name; for programs its key. What is nobody's stays "-".
static const char *label_of(const struct reporting *r, const char *group, struct agency *room)
{
    struct err none = { .lang = r->lang };
    struct work quiet = *r->w;
    quiet.e = &none;
    if (r->by != REPORT_AGENCY || agency_get(&quiet, group, room) != OK)
        return group;
    return r->lang == LANG_ZH ? room->name_zh : room->name_en;
}

static void print_padded(const char *words, int columns)
{
    int blanks = columns - text_columns(words);
    printf("%s%*s  ", words, blanks > 0 ? blanks : 0, "");
}

static void print_figure(void *ctx, const char *group, const struct indicator *i, struct figure f)
{
    struct reporting *r = ctx;
    double rate = figure_rate(f);
    if (r->json) {
        buf_text(&r->out, r->lines++ > 0 ? ",\n" : "");
        buf_text(&r->out, "{\"group\":");
        buf_json_text(&r->out, group);
        buf_printf(&r->out, ",\"indicator\":\"%s\",\"numerator\":%lld,\"denominator\":%lld,\"rate\":", i->key, (long long)f.numerator, (long long)f.denominator);
        buf_json_number(&r->out, rate, 6);
        buf_text(&r->out, "}");
        return;
    }
    struct agency room;
    if (group[0] != '\0')
        print_padded(label_of(r, group, &room), GROUP_COLUMNS);
    print_padded(text_in(r->lang, i->title), TITLE_COLUMNS);
    printf("%8lld / %-8lld ", (long long)f.numerator, (long long)f.denominator);
    if (isnan(rate))
        printf("     -  ");
    else if (i->is_mean)
        printf("%7.1fh ", rate / 3600);
    else
        printf("%6.1f%% ", 100 * rate);
    printf(" %s / %s\n", text_in(r->lang, i->numerator.title), text_in(r->lang, i->denominator.title));
}

enum status report_work_asked(const struct work *w, const struct report_work_settings *s, struct period *out, enum report_by *by)
{
    int64_t zone = w->district->zone_offset_s;
    struct date first = date_of_day((int32_t)((w->now_s + zone) / 86400));
    first.month = first.day = 1;
    *out = (struct period){ (int64_t)date_to_day(first) * 86400 - zone, w->now_s };
    enum status status = report_by_word(s->by, by, w->e);
    if (status == OK && s->from != NULL)
        status = station_use_time(s->from, zone, &out->from_s, w->e);
    return status == OK && s->to != NULL ? station_use_time(s->to, zone, &out->until_s, w->e) : status;
}

enum status report_work(struct work *w, const struct report_work_settings *s)
{
    struct reporting r = { .w = w, .json = s->json, .lang = w->e->lang };
    enum status status = report_work_asked(w, s, &r.period, &r.by);
    buf_init(&r.out, TELLING_CEILING);
    if (status == OK)
        status = case_report(w, &r.period, r.by, print_figure, &r);
    if (status == OK && s->json)
        printf("[%s]\n", r.out.data != NULL ? r.out.data : "");
    buf_clear(&r.out);
    return status;
}
