#include "api/step_settings.h"

#include "core/move.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum status step_settings_read(const struct step_settings *s, const struct station_use *use, struct step_with *out, struct err *e)
{
    *out = (struct step_with){
        .note = s->note, .agency = s->agency, .scheme = s->scheme, .code = s->code, .condition = (int)s->condition, .paper = s->paper,
        .master = s->master, .inputs = s->inputs, .reason = s->reason, .receipt_number = s->receipt, .received_by = s->received_by,
        .result = s->result, .area_m2 = s->area_m2, .amount = (int32_t)s->amount, .emergency = s->emergency, .light_harm = s->light_harm,
        .corrected_in_time = s->corrected,
    };
    if (s->until == NULL)
        return OK;
    return station_use_time(s->until, station_district(use->station)->zone_offset_s, &out->review_at_s, e);
}

void print_local_time(int64_t at_s, int64_t zone_offset_s)
{
    char text[32] = "-               ";
    time_t local = (time_t)(at_s != NO_DEADLINE ? at_s + zone_offset_s : 0);
    struct tm t;
    if (at_s != NO_DEADLINE)
        strftime(text, sizeof text, "%Y-%m-%d %H:%M", gmtime_r(&local, &t));
    printf("%s", text);
}

enum status step_check_state(const char *thing, const char *state, struct err *e)
{
    char states[1024] = "";
    size_t used = 0;
    if (state == NULL || lifecycle_state_title(thing, state, e->lang) != NULL)
        return OK;
    for (size_t i = 0; lifecycle_state(thing, i) != NULL && used < sizeof states; i++)
        used += (size_t)snprintf(states + used, sizeof states - used, "%s%s", i > 0 ? ", " : "", lifecycle_state(thing, i));
    return err_set(e, INVALID, "--state %s: there is no such state; there are: %s", state, states);
}

enum status place_read(const char *text, double *x, double *y, struct err *e)
{
    char *end = NULL;
    *x = strtod(text, &end);
    if (end == text || *end != ',')
        return err_set(e, INVALID, "--place is east and north with a comma between, like 121.07,32.05; \"%s\" was given", text);
    const char *second = end + 1;
    *y = strtod(second, &end);
    if (end == second || *end != '\0')
        return err_set(e, INVALID, "--place is east and north with a comma between, like 121.07,32.05; \"%s\" was given", text);
    return OK;
}

// --- A move -------------------------------------------------------------------------------------------------------------------------

struct errand { struct step step; struct desk desk; struct step_taken taken; };

static enum status move(struct work *w, void *ctx)
{
    struct errand *a = ctx;
    return move_take(w, &a->desk, &a->step, &a->taken);
}

enum status step_run(struct station_use *use, const char *thing, const char *key, const char *verb, const struct step_settings *settings, struct err *e)
{
    struct errand a = { .step = { .thing = thing, .key = key, .verb = verb } };
    enum status s = step_settings_read(settings, use, &a.step.with, e);
    if (s == OK)
        s = station_use_write(use, move, &a, e);
    desk_clear(&a.desk);
    if (s != OK)
        return s;
    const struct walk *k = &a.taken.walk;
    printf("%s  ", k->number);
    print_local_time(k->due_at_s, station_district(use->station)->zone_offset_s);
    printf("  %s (%s)%s\n", k->state, lifecycle_state_title(k->thing, k->state, e->lang), k->is_provisional ? " *" : "");
    if (a.taken.linked_number[0] != '\0')
        printf("%s\n", a.taken.linked_number);
    return OK;
}
