#include "api/changes_layer.h"
#include "api/command.h"
#include "api/progress_bar.h"
#include "api/report_html.h"
#include "api/summary.h"
#include "core/base/when.h"
#include "gis/sink.h"
#include "gis/stage.h"
#include <stdio.h>

enum { SUMMARY_CEILING = 4 << 20 };

static enum status write_report(const struct comparison *c, struct err *e)
{
    if (c->settings->report == NULL)
        return OK;
    struct buf json;
    buf_init(&json, SUMMARY_CEILING);
    summary_json(c, SUMMARY_WHOLE, &json);
    enum status status = sink_text_file(c->settings->report, json.data, json.len, e);
    buf_clear(&json);
    return status;
}

static enum status write_json(const struct comparison *c, struct err *e)
{
    if (!c->settings->json)
        return OK;
    struct buf json;
    buf_init(&json, SUMMARY_CEILING);
    summary_json(c, SUMMARY_WHOLE, &json);
    bool fine = fwrite(json.data, 1, json.len, stdout) == json.len && fflush(stdout) == 0;
    buf_clear(&json);
    return fine ? OK : err_set(e, FAILED, "the summary could not be written to stdout");
}

static void tell_summary(const struct comparison *c)
{
    if (c->settings->quiet)
        return;
    struct buf text;
    buf_init(&text, SUMMARY_CEILING);
    summary_text(c, &text);
    fputs(text.data, stderr);
    buf_clear(&text);
}

// The page and the report first: when one of them fails, the changes of an older run still stand.
static enum status write_files(struct comparison *c, struct changes_layer *changes, const struct progress *progress, struct err *e)
{
    double begun = when_monotonic_s();
    enum status status = report_html_write(c, e);
    if (status == OK)
        status = changes_layer_end(changes, progress, true, e);
    else
        changes_layer_abandon(changes);
    if (status == OK)
        status = pair_diff_hashes(&c->pair, e);
    c->write_s = when_monotonic_s() - begun;
    return status == OK ? write_report(c, e) : status;
}

static enum status run(struct comparison *c, const struct progress *progress, struct err *e)
{
    struct changes_layer *changes = changes_layer_begin(c);
    enum status status = pair_diff_run(&c->pair, progress, e);
    if (status == OK)
        return write_files(c, changes, progress, e);
    changes_layer_abandon(changes);
    return status;
}

static enum status compare(struct comparison *c, const struct diff_settings *s, enum lang lang, struct err *e)
{
    struct progress_bar *bar = progress_bar_open(lang, s->quiet);
    struct progress progress = progress_bar_progress(bar);
    enum status status = pair_diff_open(&c->pair, &s->pair, lang, e);
    if (status == OK && s->output_crs != NULL)
        status = crs_open(s->output_crs, &c->output_crs, e);
    if (status == OK)
        status = pair_diff_read(&c->pair, &progress, e);
    if (status == OK)
        status = run(c, &progress, e);
    progress_bar_close(bar);
    return status;
}

int cmd_diff(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct diff_settings settings;
    enum status status = diff_settings_read(call, &settings, &e);
    if (status == INVALID)
        return command_used_wrongly(call, &e);
    if (status != OK)
        return command_failed(call, &e);
    struct comparison c = { .settings = &settings, .lang = call->lang };
    stage_abandon_when_ended();
    status = compare(&c, &settings, call->lang, &e);
    if (status == OK) {
        tell_summary(&c);
        status = write_json(&c, &e);
    }
    comparison_clear(&c);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}
