#include "api/command.h"
#include "api/manual.h"
#include "api/options.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { HELP_CEILING = 1 << 20 };

struct help_settings { bool manual; const char *completion; };
const struct option help_options[] = {
    { .kind = OPTION_FLAG, .name = "man", .at = offsetof(struct help_settings, manual), .help = "all of it as a manual page (man)" },
    { .kind = OPTION_TEXT, .name = "completion", .value = "SHELL", .at = offsetof(struct help_settings, completion), .help = "completions for a shell: bash" },
    { .kind = OPTION_END },
};

static void describe_program(enum lang lang, struct buf *out)
{
    buf_text(out, text_in(lang, "gridpatrol compares surveys of buildings and tells real construction from survey noise.\n"));
    buf_text(out, text_in(lang, "\nUse: gridpatrol COMMAND [options]\n\nCommands:\n"));
    for (const struct command *c = command_list; c->name != NULL; c++)
        buf_printf(out, "  %-12s %s\n", c->name, text_in(lang, c->brief));
    buf_text(out, text_in(lang, "\nWith every command:\n"
                                "  --lang zh|en   language of the words (else LC_ALL, LC_MESSAGES, LANG)\n"
                                "  --version      the version\n"
                                "\nExit status: 0 done, 1 failed, 2 used wrongly, 3 input refused.\n"));
}

static void describe_examples(const struct command *c, enum lang lang, struct buf *out)
{
    buf_printf(out, "\n%s\n", text_in(lang, "Examples"));
    for (const char *line = c->examples; *line != '\0'; line += strcspn(line, "\n") + 1)
        buf_printf(out, "  %.*s\n", (int)strcspn(line, "\n"), line);
}

// One form a line; " | " stands between them.
static void describe_forms(const struct command *c, struct buf *out)
{
    const char *form = c->operands;
    for (const char *bar; (bar = strstr(form, " | ")) != NULL; form = bar + 3)
        buf_printf(out, "gridpatrol %s %.*s\n", c->name, (int)(bar - form), form);
    buf_printf(out, "gridpatrol %s %s\n", c->name, form);
}

static void describe_command(const struct command *c, enum lang lang, struct buf *out)
{
    describe_forms(c, out);
    buf_printf(out, "%s\n", text_in(lang, c->brief));
    if (c->option != NULL)
        options_help(c->option, lang, out);
    describe_examples(c, lang, out);
    if (c->notes != NULL)
        buf_printf(out, "\n%s", text_in(lang, c->notes));
}

static int unknown_command(const struct call *call, const char *name)
{
    struct err e = { .lang = call->lang };
    const char *near = command_nearest(name);
    if (near != NULL)
        err_set(&e, INVALID, "there is no command \"%.60s\"; did you mean %s?", name, near);
    else
        err_set(&e, INVALID, "there is no command \"%.60s\"", name);
    fprintf(stderr, "gridpatrol: %s\n", e.text);
    return EXIT_USED_WRONGLY;
}

static int print(struct buf *text)
{
    bool fine = fputs(text->data, stdout) >= 0 && fflush(stdout) == 0;
    buf_clear(text);
    return fine ? EXIT_DONE : EXIT_FAILED;
}

int cmd_help(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct help_settings own = { .completion = NULL };
    struct operands words;
    enum status s = options_read(help_options, call->argc, call->argv, 1, &own, &words, &e);
    if (s == OK && own.completion != NULL && strcmp(own.completion, "bash") != 0)
        s = err_set(&e, INVALID, "there are completions for bash; \"%.40s\" was given", own.completion);
    if (s != OK)
        return command_used_wrongly(call, &e);
    const struct command *about = words.count > 0 ? command_get(words.item[0]) : NULL;
    if (words.count > 0 && about == NULL)
        return unknown_command(call, words.item[0]);
    struct buf text;
    buf_init(&text, HELP_CEILING);
    if (own.manual)
        manual_page(call->lang, &text);
    else if (own.completion != NULL)
        manual_bash(&text);
    else if (about != NULL)
        describe_command(about, call->lang, &text);
    else
        describe_program(call->lang, &text);
    return print(&text);
}
