#include "api/change_text.h"

#include "api/reason.h"
#include "core/legality.h"
#include "gis/change_reason.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint32_t members_of(const char *ids)
{
    uint32_t n = ids[0] != '\0';
    for (; *ids != '\0'; ids++)
        n += *ids == ',';
    return n;
}

void change_text_found(const struct change_row *c, enum lang lang, struct buf *out)
{
    struct change of = {
        .class = change_class_of(c->class), .before_count = members_of(c->before_ids), .after_count = members_of(c->after_ids),
        .area_before_m2 = c->area_before_m2, .area_after_m2 = c->area_after_m2, .gained_m2 = c->gained_m2, .gained_sd_m2 = c->gained_sd_m2,
        .lost_m2 = c->lost_m2, .lost_sd_m2 = c->lost_sd_m2, .width_m = c->width_m, .height_before_m = c->height_before_m,
        .height_after_m = c->height_after_m, .height_change_m = c->height_change_m, .z = c->z, .confidence = c->confidence,
        .reasons = reason_of_codes(c->reasons) | reason_of_codes(c->counter_reasons),
    };
    reason_sentences(&of, lang, out);
}

static void say_codes(unsigned codes, bool against, const char *begin, enum lang lang, struct buf *out)
{
    bool any = false;
    for (int k = 0; k < LEGAL_CODES; k++) {
        if ((codes >> k & 1) == 0 || legal_is_against((enum legal_code)k) != against)
            continue;
        buf_text(out, any ? text_in(lang, "; ") : begin);
        buf_text(out, text_in(lang, legal_sentence((enum legal_code)k)));
        any = true;
    }
    if (any)
        buf_text(out, text_in(lang, "."));
}

void change_text_legal(const struct change_row *c, const struct property *zone_kinds, enum lang lang, struct buf *out)
{
    unsigned codes = legal_codes_of(c->legal_codes);
    if (codes == 0)
        return;
    say_codes(codes, false, text_in(lang, "Law: "), lang, out);
    say_codes(codes, true, text_in(lang, out->len > 0 ? " Against: " : "Law, against: "), lang, out);
    if (c->permit_number != NULL)
        buf_printf(out, text_in(lang, " Permit %s."), c->permit_number);
    if (c->zone_kind != NULL)
        buf_printf(out, text_in(lang, " Zone %s: %.0f %% of it inside, with a probability of %.2f."),
                   property_code_title(zone_kinds, c->zone_kind, lang), 100 * c->zone_share, c->zone_p);
    if (strcmp(c->stock, "existing") == 0)
        buf_text(out, text_in(lang, " It stood before the baseline date."));
    buf_printf(out, text_in(lang, " Suspicion %.3f = confidence %.2f x no cover %.2f x severity %.2f."), c->suspicion, c->confidence, c->p_no_cover,
               c->severity);
}

void change_text_memory(const struct change_row *c, enum lang lang, struct buf *out)
{
    if (c->inherited_from != NULL)
        buf_printf(out, text_in(lang, "Decided before, and the same now: carried on from change %s."), c->inherited_from);
    if (strncmp(c->woken_by, "area:", 5) == 0)
        buf_printf(out, text_in(lang, "Decided before, but it has grown by %.1f m2 since: look again."), atof(c->woken_by + 5));
    if (strncmp(c->woken_by, "height:", 7) == 0)
        buf_printf(out, text_in(lang, "Decided before, but it is %.1f m higher since: look again."), atof(c->woken_by + 7));
}
