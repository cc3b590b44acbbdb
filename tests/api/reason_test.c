// The sentences of a change, word for word, in both languages: numbers stand where they belong.
#include "api/diff_settings.h"
#include "api/reason.h"
#include "gis/change_reason.h"
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static uint64_t bit(enum reason r) { return (uint64_t)1 << r; }

static void a_change_is_told_with_its_numbers(void **state)
{
    (void)state;
    const struct { struct change change; const char *en, *zh, *codes, *against; } told[] = {
        { { .class = CHANGE_ENLARGED, .gained_m2 = 31.52, .gained_sd_m2 = 1.94, .width_m = 2.31, .z = 7.8,
            .reasons = bit(REASON_WALL_MOVED) | bit(REASON_STEP_IN_WALL) | bit(COUNTER_SMALL) },
          "Enlarged: +31.5 m² (± 1.9), 2.3 m wide on average. For: a wall lies 2.3 m further out than before; part of a wall moved, "
          "and drawing does not make steps; 7.8 times what noise explains. Against: it is near the smallest area looked for.",
          "扩建：增加 31.5 平方米（±1.9），平均宽 2.3 米。依据：外墙比前期外移 2.3 米；墙的一段移动了，绘图误差不会产生台阶；"
          "为误差可解释程度的 7.8 倍。存疑：面积接近最小图斑。",
          "WALL_MOVED;STEP_IN_WALL", "SMALL" },
        { { .class = CHANGE_REDUCED, .lost_m2 = 12, .lost_sd_m2 = 1, .width_m = 1.5, .z = NAN, .reasons = bit(REASON_WALL_MOVED) },
          "Reduced: −12.0 m² (± 1.0), 1.5 m wide on average. For: a wall lies 1.5 m further in than before.",
          "缩减：减少 12.0 平方米（±1.0），平均宽 1.5 米。依据：外墙比前期内移 1.5 米。", "WALL_MOVED", "" },
        { { .class = CHANGE_HEIGHTENED, .height_before_m = 6, .height_after_m = 9.1, .height_change_m = 3.1,
            .reasons = bit(REASON_HEIGHT) | bit(COUNTER_COARSE_HEIGHT) },
          "Higher: 6.0 m before, 9.1 m now. For: the height changed by +3.1 m. Against: heights are given in coarse steps.",
          "加高：前期 6.0 米，后期 9.1 米。依据：高度变化 +3.1 米。存疑：高度数据的刻度较粗。", "HEIGHT", "COARSE_HEIGHT" },
        { { .class = CHANGE_SAME }, "Unchanged.", "未变。", "", "" },
        { { .class = CHANGE_MERGED, .before_count = 3, .after_count = 1 }, "Merged: 3 before, 1 now.", "合并：前期 3 座，后期 1 座。",
          "", "" },
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        struct buf text[4];
        for (int k = 0; k < 4; k++) {
            buf_init(&text[k], 10000);
            buf_text(&text[k], "");
        }
        reason_sentences(&told[i].change, LANG_EN, &text[0]);
        reason_sentences(&told[i].change, LANG_ZH, &text[1]);
        reason_codes(&told[i].change, false, &text[2]);
        reason_codes(&told[i].change, true, &text[3]);
        assert_string_equal(text[0].data, told[i].en);
        assert_string_equal(text[1].data, told[i].zh);
        assert_string_equal(text[2].data, told[i].codes);
        assert_string_equal(text[3].data, told[i].against);
        for (int k = 0; k < 4; k++)
            buf_clear(&text[k]);
    }
}

// Tables hold sentences that no search of the sources for text_in() finds.
static void every_class_and_reason_and_option_has_its_chinese(void **state)
{
    (void)state;
    for (int k = 0; k < CHANGE_CLASSES; k++) {
        assert_string_not_equal(reason_class(k, LANG_ZH), reason_class(k, LANG_EN));
        struct change c = { .class = k };
        struct buf text;
        buf_init(&text, 10000);
        for (int r = 0; r < REASONS; r++)
            c.reasons |= bit(r);
        reason_sentences(&c, LANG_ZH, &text);
        for (const char *p = text.data; *p != '\0'; p++)
            if (islower((unsigned char)*p))
                fail_msg("class %s is told partly in English: %s", change_class_name(k), text.data);
        buf_clear(&text);
    }
    for (const struct option *o = diff_options_table; o->kind != OPTION_END; o++)
        if (o->help != NULL && text_in(LANG_ZH, o->help) == o->help)
            fail_msg("no Chinese for: %s", o->help);
}

static void codes_are_all_there_and_all_different(void **state)
{
    (void)state;
    for (int a = 0; a < REASONS; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(reason_code(a), reason_code(b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_told_with_its_numbers),
        cmocka_unit_test(every_class_and_reason_and_option_has_its_chinese),
        cmocka_unit_test(codes_are_all_there_and_all_different),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
