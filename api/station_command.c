#include "api/station_command.h"

#include <string.h>

int command_form_of(const struct command_form *form, const struct operands *words)
{
    for (int i = 0; words->count > 0 && form[i].word != NULL; i++)
        if (strcmp(form[i].word, words->item[0]) == 0)
            return i;
    return -1;
}

static bool fits(const struct station_command *c, const struct operands *words)
{
    if (c->form == NULL)
        return c->least <= words->count && words->count <= c->most;
    int i = command_form_of(c->form, words);
    return i >= 0 && c->form[i].least <= words->count && words->count <= c->form[i].most;
}

static enum status read_words(const struct call *call, const struct station_command *c, void *settings, struct operands *out, struct err *e)
{
    enum status s = options_read(call->command->option, call->argc, call->argv, OPERANDS_MOST, settings, out, e);
    if (s == OK && !fits(c, out))
        s = err_set(e, INVALID, "these words are not understood; use: gridpatrol %s %s", call->command->name, call->command->operands);
    return s == OK && c->check != NULL ? c->check(settings, out, e) : s;
}

int station_command(const struct call *call, const struct station_command *c, void *settings)
{
    struct err e = { .lang = call->lang };
    struct station_use *use = settings;
    struct operands words;
    enum status s = read_words(call, c, settings, &words, &e);
    if (s != OK)
        return command_used_wrongly(call, &e);
    s = station_use_open(use, words.item[c->form != NULL ? 1 : 0], &e);
    if (s == OK)
        s = c->run(settings, &words, &e);
    station_use_close(use);
    return s == OK ? EXIT_DONE : command_failed(call, &e);
}

enum status station_command_copy(char *out, size_t cap, const char *text, const char *option, struct err *e)
{
    if (text == NULL)
        return OK;
    if (strlen(text) >= cap)
        return err_set(e, INVALID, "--%s has %zu bytes, at most %zu are kept", option, strlen(text), cap - 1);
    strcpy(out, text);
    return OK;
}
