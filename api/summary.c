#include "api/summary.h"
#include "api/reason.h"
#include "core/base/when.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static double mb(int64_t bytes) { return (double)bytes / (1024 * 1024); }

// "invalid rings, repaired: 3 (features 12, 88, 301)"
static void say_dirt(const struct dirt *d, enum lang lang, struct buf *out)
{
    for (int k = 0; k < DIRT_KINDS; k++) {
        if (d->count[k] == 0)
            continue;
        buf_printf(out, text_in(lang, "    %s: %lld (features"), text_in(lang, dirt_name(k)), (long long)d->count[k]);
        for (int64_t i = 0; i < d->count[k] && i < DIRT_EXAMPLES; i++)
            buf_printf(out, "%s%lld", i == 0 ? " " : ", ", (long long)d->example[k][i]);
        buf_text(out, d->count[k] > DIRT_EXAMPLES ? text_in(lang, ", …)\n") : text_in(lang, ")\n"));
    }
}

static void say_survey(const struct pair_side *v, enum lang lang, const char *title, struct buf *out)
{
    const struct dirt *d = &v->dirt;
    buf_printf(out, text_in(lang, "%s  %s\n    %lld features read, %lld footprints kept\n"), title,
               source_description(v->source), (long long)d->read, (long long)d->kept);
    if (d->dissolved > 0)
        buf_printf(out, text_in(lang, "    %lld pieces joined to their building\n"), (long long)d->dissolved);
    if (d->multi + d->holes + d->z_or_m > 0)
        buf_printf(out, text_in(lang, "    with several parts %lld, with holes %lld, with Z or M %lld\n"), (long long)d->multi,
                   (long long)d->holes, (long long)d->z_or_m);
    say_dirt(d, lang, out);
    if (d->count[DIRT_SAME_ID] > 0)
        buf_text(out, text_in(lang, "        Are they pieces of one building? --dissolve-by FIELD joins what has the same value.\n"));
}

static void say_registration(const struct comparison *c, struct buf *out)
{
    enum lang lang = c->lang;
    const struct diff_summary *m = &c->pair.result.summary;
    if (c->settings->pair.no_registration)
        buf_text(out, text_in(lang, "Registration   none: the coordinates were trusted\n"));
    else if (m->registration.cells == 0)
        buf_text(out, text_in(lang, "Registration   none found: too few buildings stand in both surveys\n"));
    else
        buf_printf(out, text_in(lang, "Registration   mean %.2f m (east %+.2f, north %+.2f), largest %.2f m; %lld cells, %lld "
                                      "doubtful; ± %.2f m left\n"),
                   m->registration.mean_m, m->registration.mean.x, m->registration.mean.y, m->registration.max_m,
                   (long long)m->registration.cells, (long long)m->registration.doubtful, m->registration_sd_m);
    if (fabs(m->registration.overhang_m) >= 0.05)
        buf_printf(out, text_in(lang, "               outlines of the later survey lie %+.2f m further out all round (roof or wall)\n"),
                   m->registration.overhang_m);
    buf_printf(out, text_in(lang, "Noise          σ %.2f m for one corner of one survey\n"), m->vertex_noise_m);
    if (isfinite(m->height_noise_m))
        buf_printf(out, text_in(lang, "               σ %.2f m for heights, bias %+.2f m\n"), m->height_noise_m, m->height_bias_m);
}

int64_t summary_changes(const struct diff_summary *m)
{
    int64_t n = 0;
    for (int k = 0; k < CHANGE_CLASSES; k++)
        if (k != CHANGE_SAME && k != CHANGE_CAPTURE_RULE && k != CHANGE_UNKNOWN)
            n += m->per_class[k];
    return n;
}

static void say_changes(const struct comparison *c, struct buf *out)
{
    enum lang lang = c->lang;
    const struct diff_summary *m = &c->pair.result.summary;
    buf_printf(out, text_in(lang, "Changes        %lld; expected false alarms among them: %.1f\n"), (long long)summary_changes(m),
               m->expected_false_alarms);
    for (int k = 0; k < CHANGE_CLASSES; k++)
        if (m->per_class[k] > 0)
            buf_printf(out, "    %s%*s %8lld\n", reason_class(k, lang), 14 - text_columns(reason_class(k, lang)), "",
                       (long long)m->per_class[k]);
    buf_text(out, text_in(lang, "Relations     "));
    for (int k = 0; k < RELATIONS; k++)
        buf_printf(out, " %s %lld", text_in(lang, relation_name(k)), (long long)m->per_relation[k]);
    buf_text(out, "\n");
}

const char *summary_captured_kind(const struct comparison *c)
{
    const struct footprints *after = &c->pair.survey[AFTER].layer;
    uint16_t kind = c->pair.result.summary.capture_rule.kind;
    return kind != 0 && after->kind_name != NULL && kind < after->kind_count ? after->kind_name[kind] : NULL;
}

static void say_capture_rule(const struct comparison *c, struct buf *out)
{
    enum lang lang = c->lang;
    const struct diff_summary *m = &c->pair.result.summary;
    long long count = m->capture_rule.count;
    if (!m->capture_rule.found)
        return;
    if (summary_captured_kind(c) != NULL)
        buf_printf(out, text_in(lang, "Capture rule   only the later survey draws buildings of the kind \"%s\": %lld appear.\n"),
                   summary_captured_kind(c), count);
    else if (m->capture_rule.before)
        buf_printf(out, text_in(lang, "Capture rule   only the earlier survey draws small buildings: %lld below %.0f m² are missing later.\n"),
                   count, m->capture_rule.below_m2);
    else
        buf_printf(out, text_in(lang, "Capture rule   only the later survey draws small buildings: %lld below %.0f m² appear.\n"), count,
                   m->capture_rule.below_m2);
    if (!c->settings->pair.mask_capture_rule)
        buf_text(out, text_in(lang, "               They are the class capture_rule; --mask-capture-rule leaves them out.\n"));
}

static void say_cost(const struct comparison *c, struct buf *out)
{
    enum lang lang = c->lang;
    buf_printf(out, text_in(lang, "Time           %.1f s: reading %.1f, comparing %.1f"), c->pair.read_s + c->pair.compare_s + c->write_s,
               c->pair.read_s, c->pair.compare_s);
    for (int i = 0; i < 8 && diff_stage_name(i) != NULL; i++)
        buf_printf(out, "%s%s %.1f", text_in(lang, i == 0 ? " (" : ", "), text_in(lang, diff_stage_name(i)),
                   c->pair.result.summary.seconds[i]);
    buf_printf(out, text_in(lang, "), writing %.1f; %d threads, at most %.0f MB\n"), c->write_s, c->pair.threads,
               mb(when_peak_memory_bytes()));
}

void summary_text(const struct comparison *c, struct buf *out)
{
    enum lang lang = c->lang;
    say_survey(&c->pair.survey[BEFORE], lang, text_in(lang, "BEFORE"), out);
    say_survey(&c->pair.survey[AFTER], lang, text_in(lang, "AFTER "), out);
    buf_printf(out, text_in(lang, "Measured in    %s %s\n"), crs_code(c->pair.metric), crs_name(c->pair.metric));
    say_registration(c, out);
    say_changes(c, out);
    say_capture_rule(c, out);
    say_cost(c, out);
    buf_text(out, text_in(lang, "A change is a clue, never a verdict: look at it on the ground.\n"));
}
