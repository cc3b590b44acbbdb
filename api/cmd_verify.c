#include "api/progress_bar.h"
#include "api/station_options.h"
#include "api/station_use.h"
#include "core/verify.h"
#include <stdio.h>

const struct option verify_options[] = {
    { .kind = OPTION_FLAG, .name = "quiet", .letter = 'q', .at = offsetof(struct station_use, quiet), .help = "no words, no progress bar" },
    { .kind = OPTION_END },
};

static void print_fault(void *ctx, const char *sentence)
{
    (void)ctx;
    printf("%s\n", sentence);
}

static enum status verify(struct station *station, bool quiet, struct verify_report *report, struct err *e)
{
    struct progress_bar *bar = progress_bar_open(e->lang, quiet);
    struct progress progress = progress_bar_progress(bar);
    enum status s = verify_station(station, &progress, print_fault, NULL, report, e);
    progress_bar_close(bar);
    return s;
}

int cmd_verify(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct station_use use = { 0 };
    struct operands words;
    enum status s = options_read(verify_options, call->argc, call->argv, 1, &use, &words, &e);
    if (s == OK && words.count != 1)
        s = err_set(&e, INVALID, "the station's folder is missing");
    if (s != OK)
        return command_used_wrongly(call, &e);
    struct station *station = NULL;
    struct verify_report report = { 0 };
    s = station_open(words.item[0], &station, &e);
    if (s == OK)
        s = verify(station, use.quiet, &report, &e);
    station_close(station);
    if (s != OK)
        return command_failed(call, &e);
    if (!use.quiet)
        fprintf(stderr, text_in(call->lang, "%lld faults; %lld rows of audit and %lld originals (%.1f MB) looked at\n"),
                (long long)report.faults, (long long)report.audit_rows, (long long)report.blobs, (double)report.blob_bytes / 1e6);
    return report.faults == 0 ? EXIT_DONE : EXIT_FAILED;
}
