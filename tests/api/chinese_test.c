// What stands in tables is said in Chinese too: commands, options, classes, relations, reasons, kinds of dirt, stages.
// (tests/base/text_test.c reads the calls; a table reaches text_in() through a variable, so it is walked here.)
#include "api/command.h"
#include "api/options.h"
#include "api/reason.h"
#include "core/base/buf.h"
#include "core/legality.h"
#include "gis/footprint.h"
#include "gis/footprint_diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int without_chinese(const char *where, const char *english)
{
    if (english == NULL || text_in(LANG_ZH, english) != english)
        return 0;
    print_error("%s: no Chinese in data/text for: %s\n", where, english);
    return 1;
}

static void the_help_of_every_command(void **state)
{
    (void)state;
    int missing = 0;
    for (const struct command *c = command_list; c->name != NULL; c++) {
        missing += without_chinese(c->name, c->brief);
        missing += without_chinese(c->name, c->notes);
        for (const struct option *o = c->option; o != NULL && o->kind != OPTION_END; o++)
            missing += without_chinese(c->name, o->help);
    }
    assert_int_equal(missing, 0);
}

static void the_names_of_what_was_found(void **state)
{
    (void)state;
    int missing = 0;
    for (int c = 0; c < CHANGE_CLASSES; c++)
        missing += without_chinese("class", change_class_name((enum change_class)c));
    for (int r = 0; r < RELATIONS; r++)
        missing += without_chinese("relation", relation_name((enum relation)r));
    for (int k = 0; k < DIRT_KINDS; k++)
        missing += without_chinese("dirt", dirt_name(k));
    for (int s = 0; diff_stage_name(s) != NULL; s++)
        missing += without_chinese("stage", diff_stage_name(s));
    for (int c = 0; c < LEGAL_CODES; c++)
        missing += without_chinese("legal", legal_sentence((enum legal_code)c));
    assert_int_equal(missing, 0);
}

// Two Latin letters side by side that are no unit: an English word came through.
static const char *english_word(const char *chinese)
{
    for (const char *s = chinese; *s != '\0'; s++) {
        size_t letters = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (letters >= 2 && strncmp(s, "id", letters) != 0 && strncmp(s, "ID", letters) != 0)
            return s;
        s += letters > 0 ? letters - 1 : 0;
    }
    return NULL;
}

static void every_reason_of_every_class(void **state)
{
    (void)state;
    int missing = 0;
    for (int c = 0; c < CHANGE_CLASSES; c++)
        for (int r = 0; r < REASONS; r++) {
            struct change change = { .class = (enum change_class)c, .reasons = UINT64_C(1) << r, .z = 7, .width_m = 2,
                                     .height_change_m = 3 };
            struct buf said;
            buf_init(&said, 4096);
            reason_sentences(&change, LANG_ZH, &said);
            assert_true(said.len > 0);
            if (english_word(said.data) != NULL)
                print_error("class %d, reason %d: %s\n", c, r, said.data), missing++;
            buf_clear(&said);
        }
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_help_of_every_command),
        cmocka_unit_test(the_names_of_what_was_found),
        cmocka_unit_test(every_reason_of_every_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
