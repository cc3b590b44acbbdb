#include "api/report_table.h"

#include "core/case_report.h"
#include "gis/sink.h"
#include <math.h>
#include <string.h>

enum { GROUP, KEY, TITLE, NUMERATOR, NUMERATOR_TITLE, DENOMINATOR, DENOMINATOR_TITLE, RATE, UNIT, COLUMNS };
static const struct sink_field fields[COLUMNS] = {
    [GROUP] = { "group", SINK_TEXT, "group", "分组", 0, NULL }, [KEY] = { "indicator", SINK_TEXT, "indicator", "指标代码", 0, NULL },
    [TITLE] = { "title", SINK_TEXT, "title", "指标", 0, NULL }, [NUMERATOR] = { "numerator", SINK_INTEGER, "above the line", "分子", 0, NULL },
    [NUMERATOR_TITLE] = { "numerator_title", SINK_TEXT, "what is above", "分子含义", 0, "num_title" },
    [DENOMINATOR] = { "denominator", SINK_INTEGER, "below the line", "分母", 0, "denom" },
    [DENOMINATOR_TITLE] = { "denominator_title", SINK_TEXT, "what is below", "分母含义", 0, "den_title" },
    [RATE] = { "rate", SINK_REAL, "rate", "数值", 6, NULL }, [UNIT] = { "unit", SINK_TEXT, "unit", "单位", 0, NULL },
};

struct writing { struct sink *sink; enum lang lang; enum status s; struct err *e; int64_t rows; };

static struct sink_value text_of(const char *text) { return (struct sink_value){ .text = text, .is_null = text == NULL || text[0] == '\0' }; }

static void write_figure(void *ctx, const char *group, const struct indicator *i, struct figure f)
{
    struct writing *w = ctx;
    double rate = figure_rate(f);
    if (w->s != OK)
        return;
    const struct sink_value v[COLUMNS] = {
        [GROUP] = text_of(group), [KEY] = text_of(i->key), [TITLE] = text_of(text_in(w->lang, i->title)), [NUMERATOR] = { .integer = f.numerator },
        [NUMERATOR_TITLE] = text_of(text_in(w->lang, i->numerator.title)), [DENOMINATOR] = { .integer = f.denominator },
        [DENOMINATOR_TITLE] = text_of(text_in(w->lang, i->denominator.title)), [RATE] = { .real = i->is_mean ? rate / 3600 : rate },
        [UNIT] = text_of(text_in(w->lang, i->is_mean ? "hours" : "share of 1")),
    };
    w->s = sink_write(w->sink, NULL, 0, v, w->e);
    w->rows++;
}

static void headings(bool for_people, enum lang lang, struct sink_field out[COLUMNS])
{
    memcpy(out, fields, sizeof fields);
    for (int i = 0; for_people && i < COLUMNS; i++)
        out[i].name = lang == LANG_ZH ? fields[i].title_zh : fields[i].title_en;
}

enum status report_table(struct work *w, const struct report_work_settings *s, const char *path, int64_t *rows)
{
    struct sink_field named[COLUMNS];
    struct writing out = { .lang = w->e->lang, .e = w->e };
    struct period period;
    enum report_by by = REPORT_ALL;
    enum status status = report_work_asked(w, s, &period, &by);
    headings(sink_is_table(path), out.lang, named);
    if (status == OK)
        status = sink_open(&(struct sink_spec){ .path = path, .layer = "indicators", .shape = SINK_SHAPELESS, .field = named, .fields = COLUMNS }, &out.sink, w->e);
    if (status != OK)
        return status;
    status = case_report(w, &period, by, write_figure, &out);
    if (status == OK)
        status = out.s;
    if (status == OK)
        status = sink_commit(out.sink, w->e);
    else
        sink_abandon(out.sink);
    if (status == OK)
        *rows = out.rows;
    return status;
}
