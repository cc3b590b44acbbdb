#include "api/progress_bar.h"
#include "api/station_options.h"
#include "api/station_use.h"
#include "core/backup.h"
#include "core/base/when.h"
#include <stdio.h>

const struct option backup_options[] = {
    { .kind = OPTION_FLAG, .name = "quiet", .letter = 'q', .at = offsetof(struct station_use, quiet), .help = "no words, no progress bar" },
    { .kind = OPTION_END },
};

static enum status read_two(const struct call *call, struct station_use *use, struct operands *words, struct err *e)
{
    enum status s = options_read(backup_options, call->argc, call->argv, 2, use, words, e);
    if (s == OK && words->count != 2)
        s = err_set(e, INVALID, "two folders are needed: %s", call->command->operands);
    return s;
}

static enum status back_up(const struct operands *words, const struct progress *progress, struct err *e)
{
    struct station *station = NULL;
    enum status s = station_open(words->item[0], &station, e);
    if (s == OK)
        s = backup_make(station, words->item[1], when_now_s(), progress, e);
    station_close(station);
    return s;
}

static enum status bring_back(const struct operands *words, const struct progress *progress, struct err *e)
{
    return backup_restore(words->item[0], words->item[1], progress, e);
}

typedef enum status deed(const struct operands *words, const struct progress *progress, struct err *e);

static int run(const struct call *call, deed *fn, const char *done)
{
    struct err e = { .lang = call->lang };
    struct station_use use = { 0 };
    struct operands words;
    if (read_two(call, &use, &words, &e) != OK)
        return command_used_wrongly(call, &e);
    struct progress_bar *bar = progress_bar_open(call->lang, use.quiet);
    struct progress progress = progress_bar_progress(bar);
    enum status s = fn(&words, &progress, &e);
    progress_bar_close(bar);
    if (s != OK)
        return command_failed(call, &e);
    if (!use.quiet)
        fprintf(stderr, "%s: %s\n", words.item[1], done);
    return EXIT_DONE;
}

int cmd_backup(const struct call *call)
{
    return run(call, back_up, text_in(call->lang, "a whole copy of the station"));
}

int cmd_restore(const struct call *call)
{
    return run(call, bring_back, text_in(call->lang, "the station is back; gridpatrol verify looks at all of it"));
}
