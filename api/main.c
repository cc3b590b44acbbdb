// main.c - opens the tools and hands the call down to its command.
#include "api/command.h"
#include "gis/footprint.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

// Takes --lang X or --lang=X out of the words, wherever it stands. False when it is neither zh nor en.
static bool take_lang(int *argc, char **argv, enum lang *lang)
{
    int kept = 0;
    for (int i = 0; i < *argc; i++) {
        const char *value = NULL;
        if (strncmp(argv[i], "--lang=", 7) == 0)
            value = argv[i] + 7;
        else if (strcmp(argv[i], "--lang") == 0)
            value = i + 1 < *argc ? argv[++i] : "";
        if (value == NULL) {
            argv[kept++] = argv[i];
            continue;
        }
        if (strcmp(value, "zh") != 0 && strcmp(value, "en") != 0)
            return false;
        *lang = strcmp(value, "zh") == 0 ? LANG_ZH : LANG_EN;
    }
    *argc = kept;
    return true;
}

static bool is_one_of(const char *word, const char *a, const char *b)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (is_one_of(argv[i], "--help", "-h"))
            return true;
    return false;
}

static int help_about(const char *name, enum lang lang)
{
    char word[64];
    snprintf(word, sizeof word, "%s", name != NULL ? name : "");
    char *argv[] = { word };
    return cmd_help(&(struct call){ command_get("help"), name != NULL, argv, lang });
}

int main(int argc, char **argv)
{
    enum lang lang = text_lang_of_environment();
    argc--;
    argv++;
    if (!take_lang(&argc, argv, &lang)) {
        fprintf(stderr, "%s", text_in(lang, "gridpatrol: --lang is zh or en\n"));
        return EXIT_USED_WRONGLY;
    }
    if (argc == 0) {
        fprintf(stderr, "%s", text_in(lang, "Use: gridpatrol COMMAND [options]; gridpatrol help names the commands\n"));
        return EXIT_USED_WRONGLY;
    }
    if (strcmp(argv[0], "--version") == 0) {
        printf("gridpatrol %s\n", command_version());
        return EXIT_DONE;
    }
    if (is_one_of(argv[0], "--help", "-h"))
        return help_about(NULL, lang);
    const struct command *command = command_get(argv[0]);
    if (command == NULL || asks_for_help(argc - 1, argv + 1))
        return help_about(argv[0], lang);
    footprint_open_library();
    return command->run(&(struct call){ command, argc - 1, argv + 1, lang });
}
