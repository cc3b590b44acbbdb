#include "gis/change_reason.h"

#include <string.h>

static const char *const codes[REASONS] = {
    [REASON_NOTHING_BEFORE] = "NOTHING_BEFORE",
    [REASON_NOTHING_AFTER] = "NOTHING_AFTER",
    [REASON_TOUCHES_BUILDING] = "TOUCHES_BUILDING",
    [REASON_WALL_MOVED] = "WALL_MOVED",
    [REASON_WIDTH_CHANGED] = "WIDTH_CHANGED",
    [REASON_STEP_IN_WALL] = "STEP_IN_WALL",
    [REASON_WHOLE_SHAPE] = "WHOLE_SHAPE",
    [REASON_HEIGHT] = "HEIGHT",
    [REASON_ONE_TO_MANY] = "ONE_TO_MANY",
    [REASON_MANY_TO_ONE] = "MANY_TO_ONE",
    [REASON_GAP_CLOSED] = "GAP_CLOSED",
    [REASON_OUTLINE_KEPT] = "OUTLINE_KEPT",
    [REASON_MOVED_AS_WHOLE] = "MOVED_AS_WHOLE",
    [REASON_SAME_ID] = "SAME_ID",
    [COUNTER_SMALL] = "SMALL",
    [COUNTER_NARROW] = "NARROW",
    [COUNTER_NEAR_NOISE] = "NEAR_NOISE",
    [COUNTER_REGISTRATION_DOUBTFUL] = "REGISTRATION_DOUBTFUL",
    [COUNTER_FEW_NEIGHBOURS] = "FEW_NEIGHBOURS",
    [COUNTER_REPAIRED] = "REPAIRED",
    [COUNTER_CAPTURE_RULE] = "CAPTURE_RULE",
    [COUNTER_COVERAGE] = "COVERAGE",
    [COUNTER_OTHER_CLOSE] = "OTHER_CLOSE",
    [COUNTER_COARSE_HEIGHT] = "COARSE_HEIGHT",
};

const char *reason_code(enum reason r) { return codes[r]; }
bool reason_is_against(enum reason r) { return r >= COUNTER_SMALL; }

uint64_t reason_of_codes(const char *text)
{
    uint64_t bits = 0;
    for (size_t len; *text != '\0'; text += len + (text[len] != '\0')) {
        len = strcspn(text, ",;");
        for (int r = 0; r < REASONS; r++)
            if (strlen(codes[r]) == len && memcmp(codes[r], text, len) == 0)
                bits |= (uint64_t)1 << r;
    }
    return bits;
}

enum change_class change_class_of(const char *name)
{
    int c = 0;
    while (c < CHANGE_CLASSES && strcmp(change_class_name((enum change_class)c), name) != 0)
        c++;
    return (enum change_class)c;
}
