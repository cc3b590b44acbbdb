#include "api/reason.h"
#include "core/base/status.h"
#include "gis/change_reason.h"
#include <math.h>
#include <string.h>

enum number { NO_NUMBER, WIDTH, HEIGHT };
static const struct { const char *gained, *lost; enum number number; } reasons[REASONS] = { // lost NULL: as gained
    [REASON_NOTHING_BEFORE] = { "nothing stood on this ground before", NULL, NO_NUMBER },
    [REASON_NOTHING_AFTER] = { "nothing stands on this ground any more", NULL, NO_NUMBER },
    [REASON_TOUCHES_BUILDING] = { "it leans on a building that stood already", NULL, NO_NUMBER },
    [REASON_WALL_MOVED] = { "a wall lies %.1f m further out than before", "a wall lies %.1f m further in than before", WIDTH },
    [REASON_WIDTH_CHANGED] = { "opposite walls are further apart", "opposite walls are closer together", NO_NUMBER },
    [REASON_STEP_IN_WALL] = { "part of a wall moved, and drawing does not make steps", NULL, NO_NUMBER },
    [REASON_WHOLE_SHAPE] = { "the two outlines have little in common", NULL, NO_NUMBER },
    [REASON_HEIGHT] = { "the height changed by %+.1f m", NULL, HEIGHT },
    [REASON_ONE_TO_MANY] = { "one outline became several", NULL, NO_NUMBER },
    [REASON_MANY_TO_ONE] = { "several outlines became one", NULL, NO_NUMBER },
    [REASON_GAP_CLOSED] = { "ground between or inside buildings was closed", NULL, NO_NUMBER },
    [REASON_OUTLINE_KEPT] = { "the outer outline is the same, only the division changed", NULL, NO_NUMBER },
    [REASON_MOVED_AS_WHOLE] = { "all walls moved together", NULL, NO_NUMBER },
    [REASON_SAME_ID] = { "both surveys give it the same id", NULL, NO_NUMBER },
    [COUNTER_SMALL] = { "it is near the smallest area looked for", NULL, NO_NUMBER },
    [COUNTER_NARROW] = { "it is near the smallest width looked for", NULL, NO_NUMBER },
    [COUNTER_NEAR_NOISE] = { "it is barely above what noise explains", NULL, NO_NUMBER },
    [COUNTER_REGISTRATION_DOUBTFUL] = { "the registration is doubtful here", NULL, NO_NUMBER },
    [COUNTER_FEW_NEIGHBOURS] = { "the registration rests on few buildings here", NULL, NO_NUMBER },
    [COUNTER_REPAIRED] = { "an outline had to be repaired", NULL, NO_NUMBER },
    [COUNTER_CAPTURE_RULE] = { "one survey leaves out all buildings like it", NULL, NO_NUMBER },
    [COUNTER_COVERAGE] = { "it lies at the edge of or outside the coverage of one survey", NULL, NO_NUMBER },
    [COUNTER_OTHER_CLOSE] = { "an unmatched outline of the other survey stands close by", NULL, NO_NUMBER },
    [COUNTER_COARSE_HEIGHT] = { "heights are given in coarse steps", NULL, NO_NUMBER },
};

static bool has(const struct change *c, int r) { return (c->reasons >> r & 1) != 0; }

void reason_codes(const struct change *c, bool against, struct buf *out)
{
    const char *between = "";
    for (int r = 0; r < REASONS; r++) {
        if (!has(c, r) || reason_is_against((enum reason)r) != against)
            continue;
        buf_text(out, between);
        buf_text(out, reason_code((enum reason)r));
        between = ";";
    }
}

const char *reason_class(enum change_class c, enum lang lang) { return text_in(lang, change_class_name(c)); }

// A text with its numbers, in their order, where it says %.1f, %+.1f or %u. printf knows more, and takes as long as all the rest
// of a row: the sentences of every row are made here.
static void say(struct buf *out, const char *text, const double *number)
{
    for (const char *mark; (mark = strchr(text, '%')) != NULL; number++) {
        bool sign = mark[1] == '+', whole = mark[1] == 'u';
        must(whole || strncmp(mark + 1 + sign, ".1f", 3) == 0);
        buf_add(out, text, (size_t)(mark - text));
        if (sign && !signbit(*number))
            buf_text(out, "+");
        buf_fixed(out, *number, whole ? 0 : 1);
        text = mark + (whole ? 2 : 4 + sign);
    }
    buf_text(out, text);
}

// What happened, with the numbers that belong to this class.
static void say_what(const struct change *c, enum lang lang, struct buf *out)
{
    switch (c->class) {
    case CHANGE_NEW:
        say(out, text_in(lang, "A new building of %.1f m²."), (double[]){ c->area_after_m2 });
        break;
    case CHANGE_GONE:
        say(out, text_in(lang, "A building of %.1f m² is gone."), (double[]){ c->area_before_m2 });
        break;
    case CHANGE_ENLARGED:
        say(out, text_in(lang, "Enlarged: +%.1f m² (± %.1f), %.1f m wide on average."),
            (double[]){ c->gained_m2, c->gained_sd_m2, c->width_m });
        break;
    case CHANGE_REDUCED:
        say(out, text_in(lang, "Reduced: −%.1f m² (± %.1f), %.1f m wide on average."),
            (double[]){ c->lost_m2, c->lost_sd_m2, c->width_m });
        break;
    case CHANGE_RESHAPED:
        say(out, text_in(lang, "Reshaped: +%.1f m² (± %.1f) here, −%.1f m² (± %.1f) there."),
            (double[]){ c->gained_m2, c->gained_sd_m2, c->lost_m2, c->lost_sd_m2 });
        break;
    case CHANGE_REBUILT:
        say(out, text_in(lang, "Rebuilt: another building on the same ground, %.1f m² before, %.1f m² now."),
            (double[]){ c->area_before_m2, c->area_after_m2 });
        break;
    case CHANGE_SPLIT:
        say(out, text_in(lang, "Split: %u before, %u now."), (double[]){ c->before_count, c->after_count });
        break;
    case CHANGE_MERGED:
        say(out, text_in(lang, "Merged: %u before, %u now."), (double[]){ c->before_count, c->after_count });
        break;
    case CHANGE_INFILLED:
        say(out, text_in(lang, "Filled in: +%.1f m² (± %.1f)."), (double[]){ c->gained_m2, c->gained_sd_m2 });
        break;
    case CHANGE_HEIGHTENED:
        say(out, text_in(lang, "Higher: %.1f m before, %.1f m now."), (double[]){ c->height_before_m, c->height_after_m });
        break;
    case CHANGE_LOWERED:
        say(out, text_in(lang, "Lower: %.1f m before, %.1f m now."), (double[]){ c->height_before_m, c->height_after_m });
        break;
    case CHANGE_SAME:
        buf_text(out, text_in(lang, "Unchanged."));
        break;
    case CHANGE_SHIFTED:
        buf_text(out, text_in(lang, "The same shape at another place."));
        break;
    case CHANGE_CAPTURE_RULE:
        say(out, text_in(lang, "A building of %.1f m², of a population that only one survey draws."),
            (double[]){ fmax(c->area_before_m2, c->area_after_m2) });
        break;
    case CHANGE_UNKNOWN:
        buf_text(out, text_in(lang, "Cannot be told: outside the coverage of one survey."));
        break;
    case CHANGE_CLASSES:
        break;
    }
}

static void say_reason(const struct change *c, int r, enum lang lang, struct buf *out)
{
    bool lost = reasons[r].lost != NULL && c->lost_m2 > c->gained_m2;
    const char *text = text_in(lang, lost ? reasons[r].lost : reasons[r].gained);
    if (reasons[r].number == NO_NUMBER)
        buf_text(out, text);
    else
        say(out, text, reasons[r].number == WIDTH ? &c->width_m : &c->height_change_m);
}

// The sentences for or against, joined. False when there are none.
static bool say_reasons(const struct change *c, bool against, enum lang lang, struct buf *out)
{
    bool any = false;
    for (int r = 0; r < REASONS; r++) {
        if (!has(c, r) || reason_is_against((enum reason)r) != against)
            continue;
        buf_text(out, any ? text_in(lang, "; ") : text_in(lang, against ? " Against: " : " For: "));
        say_reason(c, r, lang, out);
        any = true;
    }
    return any;
}

void reason_sentences_for(const struct change *c, enum lang lang, struct buf *out)
{
    say_what(c, lang, out);
    bool any = say_reasons(c, false, lang, out);
    if (isfinite(c->z) && c->z > 0 && c->class != CHANGE_SAME) {
        buf_text(out, any ? text_in(lang, "; ") : " ");
        say(out, text_in(lang, "%.1f times what noise explains"), (double[]){ c->z });
        any = true;
    }
    if (any)
        buf_text(out, text_in(lang, "."));
}

void reason_sentences_against(const struct change *c, enum lang lang, struct buf *out)
{
    if (say_reasons(c, true, lang, out))
        buf_text(out, text_in(lang, "."));
}

void reason_sentences(const struct change *c, enum lang lang, struct buf *out)
{
    reason_sentences_for(c, lang, out);
    reason_sentences_against(c, lang, out);
}
