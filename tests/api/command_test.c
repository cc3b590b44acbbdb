// What help shows is what the program understands: every example, word by word.
#include "api/command.h"
#include "api/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS_MOST = 40, SETTINGS_BYTES = 8192 };

// The words of a line as a shell would cut it, up to a redirection or a semicolon; quotes hold blanks.
static int cut(char *line, char *word[WORDS_MOST])
{
    int count = 0;
    for (char *c = line; *c != '\0' && *c != '\n'; ) {
        c += strspn(c, " ");
        if (*c == '\0' || *c == '\n' || *c == '>' || *c == ';')
            break;
        bool quoted = *c == '"';
        bool lang = strncmp(c, "--lang ", 7) == 0;     // main takes it out before a command sees its words
        c += lang ? strlen("--lang zh") : 0;
        if (lang)
            continue;
        word[count++] = c += quoted;
        c += strcspn(c, quoted ? "\"" : " \n");
        if (*c != '\0')
            *c++ = '\0';
    }
    return count;
}

// Settings are filled at their offsets: a place that is large enough for any command's will do.
static void try_example(const struct command *of, const char *text)
{
    static max_align_t settings[SETTINGS_BYTES / sizeof(max_align_t)];
    char line[512], *word[WORDS_MOST];
    struct operands operands;
    struct err e = { .lang = LANG_EN };
    snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
    int words = cut(line, word);
    if (words < 2 || strcmp(word[0], "gridpatrol") != 0)
        fail_msg("%s: \"%.60s\" is no command line", of->name, text);
    const struct command *c = command_get(word[1]);
    if (c == NULL)
        fail_msg("%s: there is no command \"%s\"", of->name, word[1]);
    memset(settings, 0, sizeof settings);
    if (c->option != NULL && options_read(c->option, words - 2, word + 2, OPERANDS_MOST, settings, &operands, &e) != OK)
        fail_msg("%s: \"%.100s\": %s", of->name, text, e.text);
}

static void every_command_has_examples_that_are_understood(void **state)
{
    (void)state;
    for (const struct command *c = command_list; c->name != NULL; c++) {
        if (c->examples == NULL || c->examples[0] == '\0' || c->examples[strlen(c->examples) - 1] != '\n')
            fail_msg("%s: help has no example, or the last one does not end", c->name);
        bool has_own = false;
        for (const char *line = c->examples; *line != '\0'; line += strcspn(line, "\n") + 1) {
            try_example(c, line);
            has_own |= strncmp(line + strlen("gridpatrol "), c->name, strlen(c->name)) == 0;
        }
        if (!has_own)
            fail_msg("%s: no example shows the command itself", c->name);
    }
}

static void commands_stand_in_order(void **state)
{
    (void)state;
    for (const struct command *c = command_list; c[0].name != NULL && c[1].name != NULL; c++)
        assert_true(strcmp(c[0].name, c[1].name) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_has_examples_that_are_understood),
        cmocka_unit_test(commands_stand_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
