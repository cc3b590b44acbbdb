#include "api/reason.h"
#include "core/base/status.h"
#include "gis/change_reason.h"
#include <math.h>
#include <string.h>

enum number {
    NO_NUMBER, AREA_BEFORE, AREA_AFTER, AREA_LARGER, GAINED, GAINED_SD, LOST, LOST_SD, WIDTH, HEIGHT_BEFORE, HEIGHT_AFTER, HEIGHT_CHANGE,
    COUNT_BEFORE, COUNT_AFTER, TIMES_NOISE
};
enum { NUMBERS_MOST = 4 };
struct sentence { const char *text; enum number number[NUMBERS_MOST]; text_memo chinese; }; // its numbers, in the order of their marks

// What happened.
static struct sentence classes[CHANGE_CLASSES] = {
    [CHANGE_NEW] = { "A new building of %.1f m².", { AREA_AFTER }, NULL },
    [CHANGE_GONE] = { "A building of %.1f m² is gone.", { AREA_BEFORE }, NULL },
    [CHANGE_SAME] = { "Unchanged.", { NO_NUMBER }, NULL },
    [CHANGE_SHIFTED] = { "The same shape at another place.", { NO_NUMBER }, NULL },
    [CHANGE_ENLARGED] = { "Enlarged: +%.1f m² (± %.1f), %.1f m wide on average.", { GAINED, GAINED_SD, WIDTH }, NULL },
    [CHANGE_REDUCED] = { "Reduced: −%.1f m² (± %.1f), %.1f m wide on average.", { LOST, LOST_SD, WIDTH }, NULL },
    [CHANGE_RESHAPED] = { "Reshaped: +%.1f m² (± %.1f) here, −%.1f m² (± %.1f) there.", { GAINED, GAINED_SD, LOST, LOST_SD }, NULL },
    [CHANGE_REBUILT] = { "Rebuilt: another building on the same ground, %.1f m² before, %.1f m² now.", { AREA_BEFORE, AREA_AFTER }, NULL },
    [CHANGE_SPLIT] = { "Split: %u before, %u now.", { COUNT_BEFORE, COUNT_AFTER }, NULL },
    [CHANGE_MERGED] = { "Merged: %u before, %u now.", { COUNT_BEFORE, COUNT_AFTER }, NULL },
    [CHANGE_INFILLED] = { "Filled in: +%.1f m² (± %.1f).", { GAINED, GAINED_SD }, NULL },
    [CHANGE_HEIGHTENED] = { "Higher: %.1f m before, %.1f m now.", { HEIGHT_BEFORE, HEIGHT_AFTER }, NULL },
    [CHANGE_LOWERED] = { "Lower: %.1f m before, %.1f m now.", { HEIGHT_BEFORE, HEIGHT_AFTER }, NULL },
    [CHANGE_CAPTURE_RULE] = { "A building of %.1f m², of a population that only one survey draws.", { AREA_LARGER }, NULL },
    [CHANGE_UNKNOWN] = { "Cannot be told: outside the coverage of one survey.", { NO_NUMBER }, NULL },
};

// Why, and why not.
static struct sentence reasons[REASONS] = {
    [REASON_NOTHING_BEFORE] = { "nothing stood on this ground before", { NO_NUMBER }, NULL },
    [REASON_NOTHING_AFTER] = { "nothing stands on this ground any more", { NO_NUMBER }, NULL },
    [REASON_TOUCHES_BUILDING] = { "it leans on a building that stood already", { NO_NUMBER }, NULL },
    [REASON_WALL_MOVED] = { "a wall lies %.1f m further out than before", { WIDTH }, NULL },
    [REASON_WIDTH_CHANGED] = { "opposite walls are further apart", { NO_NUMBER }, NULL },
    [REASON_STEP_IN_WALL] = { "part of a wall moved, and drawing does not make steps", { NO_NUMBER }, NULL },
    [REASON_WHOLE_SHAPE] = { "the two outlines have little in common", { NO_NUMBER }, NULL },
    [REASON_HEIGHT] = { "the height changed by %+.1f m", { HEIGHT_CHANGE }, NULL },
    [REASON_ONE_TO_MANY] = { "one outline became several", { NO_NUMBER }, NULL },
    [REASON_MANY_TO_ONE] = { "several outlines became one", { NO_NUMBER }, NULL },
    [REASON_GAP_CLOSED] = { "ground between or inside buildings was closed", { NO_NUMBER }, NULL },
    [REASON_OUTLINE_KEPT] = { "the outer outline is the same, only the division changed", { NO_NUMBER }, NULL },
    [REASON_MOVED_AS_WHOLE] = { "all walls moved together", { NO_NUMBER }, NULL },
    [REASON_SAME_ID] = { "both surveys give it the same id", { NO_NUMBER }, NULL },
    [COUNTER_SMALL] = { "it is near the smallest area looked for", { NO_NUMBER }, NULL },
    [COUNTER_NARROW] = { "it is near the smallest width looked for", { NO_NUMBER }, NULL },
    [COUNTER_NEAR_NOISE] = { "it is barely above what noise explains", { NO_NUMBER }, NULL },
    [COUNTER_REGISTRATION_DOUBTFUL] = { "the registration is doubtful here", { NO_NUMBER }, NULL },
    [COUNTER_FEW_NEIGHBOURS] = { "the registration rests on few buildings here", { NO_NUMBER }, NULL },
    [COUNTER_REPAIRED] = { "an outline had to be repaired", { NO_NUMBER }, NULL },
    [COUNTER_CAPTURE_RULE] = { "one survey leaves out all buildings like it", { NO_NUMBER }, NULL },
    [COUNTER_COVERAGE] = { "it lies at the edge of or outside the coverage of one survey", { NO_NUMBER }, NULL },
    [COUNTER_OTHER_CLOSE] = { "an unmatched outline of the other survey stands close by", { NO_NUMBER }, NULL },
    [COUNTER_COARSE_HEIGHT] = { "heights are given in coarse steps", { NO_NUMBER }, NULL },
};
static struct sentence reasons_when_lost[REASONS] = { // where more was lost than gained and the words are others
    [REASON_WALL_MOVED] = { "a wall lies %.1f m further in than before", { WIDTH }, NULL },
    [REASON_WIDTH_CHANGED] = { "opposite walls are closer together", { NO_NUMBER }, NULL },
};
static struct sentence times_noise = { "%.1f times what noise explains", { TIMES_NOISE }, NULL };

// Between them.
enum word { FOR, AGAINST, AND, END, WORDS };
static const char *const words[WORDS] = { [FOR] = " For: ", [AGAINST] = " Against: ", [AND] = "; ", [END] = "." };

// Those for or against (reason_is_against), as bits.
static uint64_t side_of(const struct change *c, bool against)
{
    static const uint64_t ALL_AGAINST = ~(uint64_t)0 << COUNTER_SMALL;
    return c->reasons & (against ? ALL_AGAINST : ~ALL_AGAINST);
}

void reason_codes(const struct change *c, bool against, struct buf *out)
{
    const char *between = "";
    for (uint64_t left = side_of(c, against); left != 0; left &= left - 1) {
        buf_text(out, between);
        buf_text(out, reason_code((enum reason)__builtin_ctzll(left)));
        between = ";";
    }
}

const char *reason_class(enum change_class c, enum lang lang)
{
    static text_memo chinese[CHANGE_CLASSES];
    return text_again(lang, change_class_name(c), &chinese[c]);
}

static double number_of(const struct change *c, enum number n)
{
    switch (n) {
    case AREA_BEFORE: return c->area_before_m2;
    case AREA_AFTER: return c->area_after_m2;
    case AREA_LARGER: return fmax(c->area_before_m2, c->area_after_m2);
    case GAINED: return c->gained_m2;
    case GAINED_SD: return c->gained_sd_m2;
    case LOST: return c->lost_m2;
    case LOST_SD: return c->lost_sd_m2;
    case WIDTH: return c->width_m;
    case HEIGHT_BEFORE: return c->height_before_m;
    case HEIGHT_AFTER: return c->height_after_m;
    case HEIGHT_CHANGE: return c->height_change_m;
    case COUNT_BEFORE: return c->before_count;
    case COUNT_AFTER: return c->after_count;
    case TIMES_NOISE: return c->z;
    case NO_NUMBER: break;
    }
    return NAN;
}

// Its numbers come where it says %.1f, %+.1f or %u. printf knows more, and takes as long as all the rest of a row: the sentences
// of every row are made here.
static void say(const struct change *c, struct sentence *s, enum lang lang, struct buf *out)
{
    const char *text = text_again(lang, s->text, &s->chinese);
    for (int i = 0; i < NUMBERS_MOST && s->number[i] != NO_NUMBER; i++) {
        const char *mark = strchr(text, '%');
        must(mark != NULL);
        bool sign = mark[1] == '+', whole = mark[1] == 'u';
        must(whole || strncmp(mark + 1 + sign, ".1f", 3) == 0);
        double number = number_of(c, s->number[i]);
        buf_add(out, text, (size_t)(mark - text));
        if (sign && !signbit(number))
            buf_text(out, "+");
        buf_fixed(out, number, whole ? 0 : 1);
        text = mark + (whole ? 2 : 4 + sign);
    }
    buf_text(out, text);
}

static void say_word(enum word w, enum lang lang, struct buf *out)
{
    static text_memo chinese[WORDS];
    buf_text(out, text_again(lang, words[w], &chinese[w]));
}

static void say_reason(const struct change *c, int r, enum lang lang, struct buf *out)
{
    bool lost = reasons_when_lost[r].text != NULL && c->lost_m2 > c->gained_m2;
    say(c, lost ? &reasons_when_lost[r] : &reasons[r], lang, out);
}

// The sentences for or against, joined. False when there are none.
static bool say_reasons(const struct change *c, bool against, enum lang lang, struct buf *out)
{
    bool any = false;
    for (uint64_t left = side_of(c, against); left != 0; left &= left - 1) {
        say_word(any ? AND : against ? AGAINST : FOR, lang, out);
        say_reason(c, __builtin_ctzll(left), lang, out);
        any = true;
    }
    return any;
}

void reason_sentences_for(const struct change *c, enum lang lang, struct buf *out)
{
    say(c, &classes[c->class], lang, out);
    bool any = say_reasons(c, false, lang, out);
    if (isfinite(c->z) && c->z > 0 && c->class != CHANGE_SAME) {
        if (any)
            say_word(AND, lang, out);
        else
            buf_text(out, " ");
        say(c, &times_noise, lang, out);
        any = true;
    }
    if (any)
        say_word(END, lang, out);
}

void reason_sentences_against(const struct change *c, enum lang lang, struct buf *out)
{
    if (say_reasons(c, true, lang, out))
        say_word(END, lang, out);
}

void reason_sentences(const struct change *c, enum lang lang, struct buf *out)
{
    reason_sentences_for(c, lang, out);
    reason_sentences_against(c, lang, out);
}
