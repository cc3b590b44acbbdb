#include "api/progress_bar.h"
#include "api/station_options.h"
#include "api/station_use.h"
#include "api/summary.h"
#include "core/comparison.h"
#include <signal.h>
#include <stdio.h>

struct settings { struct station_use use; struct comparison_options measure; bool again; };

const struct option compare_options[] = {
    { .kind = OPTION_NUMBER, .name = "min-area", .at = offsetof(struct settings, measure.min_area_m2), .value = "M2", .least = 0.01, .most = 1e6,
      .help = "smallest area looked for, m2 (4, or what the surveys draw at least)" },
    { .kind = OPTION_NUMBER, .name = "min-width", .at = offsetof(struct settings, measure.min_width_m), .value = "M", .least = 0.01, .most = 1e3,
      .help = "smallest mean width of an extension, m (1)" },
    { .kind = OPTION_NUMBER, .name = "min-height", .at = offsetof(struct settings, measure.min_height_m), .value = "M", .least = 0.01, .most = 1e3,
      .help = "smallest change of height, m (2.2)" },
    { .kind = OPTION_NUMBER, .name = "max-shift", .at = offsetof(struct settings, measure.max_shift_m), .value = "M", .least = 0.1, .most = 100,
      .help = "largest shift between the surveys, m (10)" },
    { .kind = OPTION_NUMBER, .name = "storey-m", .at = offsetof(struct settings, measure.storey_m), .value = "M", .least = 1, .most = 20,
      .help = "height of one floor (3)" },
    { .kind = OPTION_FLAG, .name = "stable-ids", .at = offsetof(struct settings, measure.stable_ids),
      .help = "the same id in both surveys is the same building" },
    { .kind = OPTION_FLAG, .name = "mask-capture-rule", .at = offsetof(struct settings, measure.mask_capture_rule),
      .help = "leave out a population that only one survey draws" },
    { .kind = OPTION_FLAG, .name = "no-registration", .at = offsetof(struct settings, measure.no_registration),
      .help = "trust the coordinates as they are" },
    { .kind = OPTION_NUMBER, .name = "threads", .at = offsetof(struct settings, measure.threads), .value = "N", .least = 1, .most = 1024,
      .help = "as many threads (one for each processor)" },
    { .kind = OPTION_FLAG, .name = "again", .at = offsetof(struct settings, again), .help = "also when the same was compared before" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

// The first interrupt ends the comparison at its next step, the second the program.
static volatile sig_atomic_t cancelled;
static void cancel(int signal_number)
{
    cancelled = 1;
    signal(signal_number, SIG_DFL);
}

static void tell_classes(const struct comparison_report *r, enum lang lang)
{
    const char *between = "  ";
    for (int k = 0; k < CHANGE_CLASSES; k++) {
        if (r->per_class[k] == 0 || k == CHANGE_SAME)
            continue;
        fprintf(stderr, "%s%s %lld", between, text_in(lang, change_class_name((enum change_class)k)), (long long)r->per_class[k]);
        between = ", ";
    }
    fputs("\n", stderr);
}

static void tell_cases(const struct recheck_report *c, enum lang lang)
{
    if (c->looked_at == 0)
        return;
    fprintf(stderr, text_in(lang, "%lld cases looked at again: %lld gone (closing is proposed), %lld not demolished after their deadline, %lld back "
                                  "after they were closed\n"), (long long)c->looked_at, (long long)c->gone, (long long)c->standing, (long long)c->back);
}

static void tell(const struct comparison_report *r, enum lang lang)
{
    fprintf(stderr, text_in(lang, "%lld changes; %.1f false alarms are to be expected among them\n"), (long long)r->changes, r->expected_false_alarms);
    tell_classes(r, lang);
    fprintf(stderr, text_in(lang, "%lld follow an object seen before; %lld decisions carried on, %lld woken because it has grown\n"), (long long)r->followed,
            (long long)r->inheritance.inherited, (long long)r->inheritance.woken);
    fprintf(stderr, text_in(lang, "%lld were held against permits and zones, %lld likely without cover; %lld permits in force have no building on them\n"),
            (long long)r->legality.judged, (long long)r->legality.uncovered, (long long)r->legality.unused);
    tell_cases(&r->recheck, lang);
    fprintf(stderr, text_in(lang, "read %.1f s, compared %.1f s, judged %.1f s, written %.1f s\n"), r->read_s, r->compare_s, r->judge_s, r->write_s);
}

static enum status compare(struct settings *s, const struct operands *words, struct comparison_report *report, struct err *e)
{
    struct comparison_spec spec = { .before = words->item[1], .after = words->item[2], .options = s->measure, .again = s->again,
                                    .program_version = command_version(), .cancelled = &cancelled, .summary = summary_of_pair };
    struct progress_bar *bar = progress_bar_open(e->lang, s->use.quiet);
    struct progress progress = progress_bar_progress(bar);
    struct station_call who = station_use_call(&s->use);
    signal(SIGINT, cancel);
    enum status status = comparison_run(s->use.station, &who, &spec, &progress, report, e);
    signal(SIGINT, SIG_DFL);
    progress_bar_close(bar);
    return status;
}

int cmd_compare(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { .again = false };
    struct operands words;
    struct comparison_report report;
    enum status status = options_read(compare_options, call->argc, call->argv, 3, &s, &words, &e);
    if (status == OK && words.count != 3)
        status = err_set(&e, INVALID, "compare STATION BEFORE AFTER: the folder and two surveys are expected, the earlier one first");
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = station_use_open(&s.use, words.item[0], &e);
    if (status == OK)
        status = compare(&s, &words, &report, &e);
    station_use_close(&s.use);
    if (status != OK)
        return command_failed(call, &e);
    if (!s.use.quiet && report.same)
        fprintf(stderr, text_in(call->lang, "the same was compared before, nothing was added; --again compares once more\n"));
    else if (!s.use.quiet)
        tell(&report, call->lang);
    printf("%s\n", report.id.text);
    return EXIT_DONE;
}
