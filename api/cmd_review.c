#include "api/station_command.h"
#include "api/station_options.h"
#include "core/change.h"
#include "core/lifecycle.h"
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; const char *note; };

const struct option review_options[] = {
    { .kind = OPTION_TEXT, .name = "note", .value = "TEXT", .at = offsetof(struct settings, note), .help = "why; several verdicts need a reason" },
    { .kind = OPTION_FLAG, .name = "json", .at = offsetof(struct settings, use.json), .help = "for programs: {\"change\": ID, \"state\": WORD}" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

struct verdict { struct change_review review; struct id id; char state[16]; };

static enum status decide(struct work *w, void *ctx)
{
    struct verdict *v = ctx;
    return change_decide(w, &v->review, &v->id, v->state);
}

// "legal" and "capture-rule" are what people say.
static const char *verb_of(const char *word)
{
    if (strcmp(word, "legal") == 0)
        return "find_legal";
    return strcmp(word, "capture-rule") == 0 || strcmp(word, "capture_rule") == 0 ? "find_capture_rule" : word;
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    struct settings *s = settings;
    struct verdict v = { .review = { .change = words->item[1], .verb = verb_of(words->item[2]), .note = s->note, .role = s->use.actor.role } };
    enum status status = station_use_write(&s->use, decide, &v, e);
    if (status == OK && s->use.json)
        printf("{\"change\":\"%s\",\"state\":\"%s\"}\n", v.id.text, v.state);
    else if (status == OK)
        printf("%s\n", lifecycle_state_title("change", v.state, e->lang));
    return status;
}

int cmd_review(const struct call *call)
{
    return station_command(call, &(struct station_command){ .least = 3, .most = 3, .run = run }, &(struct settings){ .note = NULL });
}
