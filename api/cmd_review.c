#include "api/station_options.h"
#include "api/station_use.h"
#include "core/change.h"
#include "core/lifecycle.h"
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; const char *note; };

const struct option review_options[] = {
    { .kind = OPTION_TEXT, .name = "note", .value = "TEXT", .at = offsetof(struct settings, note), .help = "why; several verdicts need a reason" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

struct verdict { struct change_review review; char state[16]; };

static enum status decide(struct work *w, void *ctx)
{
    struct verdict *v = ctx;
    return change_decide(w, &v->review, v->state);
}

// "legal" and "capture-rule" are what people say.
static const char *verb_of(const char *word)
{
    if (strcmp(word, "legal") == 0)
        return "find_legal";
    return strcmp(word, "capture-rule") == 0 || strcmp(word, "capture_rule") == 0 ? "find_capture_rule" : word;
}

int cmd_review(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { .note = NULL };
    struct operands words;
    enum status status = options_read(review_options, call->argc, call->argv, 3, &s, &words, &e);
    if (status == OK && words.count != 3)
        status = err_set(&e, INVALID, "review STATION CHANGE VERB: the folder, a change (its id, or its number in the newest comparison) and a verdict are expected");
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = station_use_open(&s.use, words.item[0], &e);
    struct verdict v = { .review = { .change = words.item[1], .verb = verb_of(words.item[2]), .note = s.note, .role = s.use.actor.role } };
    struct station_call who = station_use_call(&s.use);
    if (status == OK)
        status = station_write(s.use.station, &who, decide, &v, &e);
    station_use_close(&s.use);
    if (status != OK)
        return command_failed(call, &e);
    printf("%s\n", v.state);
    return EXIT_DONE;
}
