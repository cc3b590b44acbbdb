#include "api/report_html.h"
#include "api/command.h"
#include "api/reason.h"
#include "api/report_map.h"
#include "api/report_style.h"
#include "api/summary.h"
#include "gis/sink.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

enum { PAGE_CEILING = 256 << 20, TEXT_CEILING = 1 << 20, SENTENCE_MOST = 2048, IDS_SHOWN = 12 };
static const char *const LANG_CODE[] = { [LANG_EN] = "en", [LANG_ZH] = "zh" };

struct page {
    const struct comparison *c;
    struct crs_road *to_lonlat;
    struct box_m area;         // of the map
    struct buf *out;
};

// ---- words

static void raw(struct page *p, const char *html) { buf_text(p->out, html); }

static void in_one_language(struct page *p, enum lang lang, const char *text)
{
    buf_printf(p->out, "<span lang=\"%s\">", LANG_CODE[lang]);
    buf_html(p->out, text);
    raw(p, "</span>");
}

// A sentence in both languages; the style sheet shows one of them.
static void say(struct page *p, const char *english)
{
    for (enum lang lang = LANG_EN; lang <= LANG_ZH; lang++)
        in_one_language(p, lang, text_in(lang, english));
}

static void sayf(struct page *p, const char *english, ...) __attribute__((format(printf, 2, 3)));
static void sayf(struct page *p, const char *english, ...)
{
    for (enum lang lang = LANG_EN; lang <= LANG_ZH; lang++) {
        char text[SENTENCE_MOST];
        va_list args;
        va_start(args, english);
        vsnprintf(text, sizeof text, text_in(lang, english), args);
        va_end(args);
        in_one_language(p, lang, text);
    }
}

static void element(struct page *p, const char *tag, const char *english)
{
    buf_printf(p->out, "<%s>", tag);
    say(p, english);
    buf_printf(p->out, "</%s>\n", tag);
}

static void cell_number(struct page *p, const char *label, double value, int decimals)
{
    buf_printf(p->out, "<td class=\"n\" data-l=\"%s\" data-v=\"", label);
    if (isfinite(value))
        buf_printf(p->out, "%.3f\">%.*f</td>", value, decimals, value);
    else
        raw(p, "\">–</td>");
}

// ---- head

static void figure(struct page *p, const char *value, const char *english)
{
    raw(p, "<div class=\"figure\"><b>");
    buf_html(p->out, value);
    raw(p, "</b>");
    say(p, english);
    raw(p, "</div>\n");
}

static void add_head(struct page *p)
{
    bool zh = p->c->lang == LANG_ZH;
    buf_printf(p->out, "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">\n"
               "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
               "<meta name=\"generator\" content=\"gridpatrol %s\"><title>", zh ? "zh-CN" : "en", command_version());
    buf_html(p->out, p->c->pair.survey[BEFORE].name);
    raw(p, " → ");
    buf_html(p->out, p->c->pair.survey[AFTER].name);
    buf_printf(p->out, " · gridpatrol</title>\n<style>\n%s</style></head><body>\n", report_css);
    buf_printf(p->out, "<input class=\"lang\" type=\"radio\" name=\"lang\" id=\"zh\" aria-label=\"中文\"%s>"
               "<input class=\"lang\" type=\"radio\" name=\"lang\" id=\"en\" aria-label=\"English\"%s>\n",
               zh ? " checked" : "", zh ? "" : " checked");
    raw(p, "<header><div class=\"switch\"><label for=\"zh\">中文</label><label for=\"en\">English</label></div>\n<h1>");
    say(p, "What was really built between two surveys");
    raw(p, "</h1><p class=\"soft\">");
    buf_html(p->out, p->c->pair.survey[BEFORE].name);
    raw(p, " → ");
    buf_html(p->out, p->c->pair.survey[AFTER].name);
    raw(p, "</p></header>\n");
}

static void add_figures(struct page *p)
{
    const struct diff_summary *m = &p->c->pair.result.summary;
    char text[64];
    raw(p, "<div class=\"figures\">\n");
    snprintf(text, sizeof text, "%lld", (long long)summary_changes(m));
    figure(p, text, "changes");
    bool hardly_any = m->expected_false_alarms < 0.05;
    snprintf(text, sizeof text, hardly_any ? "< 0.1" : "%.1f", m->expected_false_alarms);
    figure(p, text, "false alarms expected among them");
    snprintf(text, sizeof text, "%lld → %lld", (long long)m->before_count, (long long)m->after_count);
    figure(p, text, "buildings before and after");
    snprintf(text, sizeof text, "%.2f / %.2f m", m->registration.mean_m, m->registration.max_m);
    figure(p, text, "shift between the surveys, mean and largest");
    snprintf(text, sizeof text, "%.2f m", m->vertex_noise_m);
    figure(p, text, "drawing noise σ of one corner");
    raw(p, "</div>\n<section class=\"clue\"><p><b>");
    say(p, "A change is a clue, never a verdict: look at it on the ground.");
    raw(p, "</b></p><p>");
    sayf(p, "Of these %lld changes about %.1f are expected to be false alarms: %.1f from drawing noise, %.1f from what the "
            "registration leaves over. Every row says why, and what speaks against it.", (long long)summary_changes(m),
         m->expected_false_alarms, m->expected_from_noise, m->expected_from_registration);
    raw(p, "</p></section>\n");
}

// ---- map

static void add_legend(struct page *p)
{
    raw(p, "<ul class=\"legend\">\n");
    for (int k = 0; k < CHANGE_CLASSES; k++) {
        int64_t count = p->c->pair.result.summary.per_class[k];
        if (count == 0 || k == CHANGE_SAME)
            continue;
        buf_printf(p->out, "<li><button type=\"button\" aria-pressed=\"true\" data-c=\"%s\"><i class=\"key\" style=\"background:%s\"></i>",
                   change_class_name(k), report_colour(k));
        say(p, change_class_name(k));
        buf_printf(p->out, " %lld</button></li>\n", (long long)count);
    }
    raw(p, "</ul>\n");
}

static void add_map(struct page *p)
{
    struct map_facts facts;
    raw(p, "<section>");
    element(p, "h2", "Map of the changes");
    raw(p, "<div class=\"frame\"><div class=\"zoom buttons\"><button type=\"button\" id=\"zin\" aria-label=\"+\">+</button>"
           "<button type=\"button\" id=\"zout\" aria-label=\"−\">−</button><button type=\"button\" id=\"zall\" aria-label=\"1:1\">⤢</button>"
           "</div><div class=\"north\">N<br>↑</div>\n");
    report_map(p->c, p->area, p->out, &facts);
    raw(p, "</div>\n<div class=\"zoom\"><div class=\"bar\" id=\"bar\"></div><span class=\"soft\" id=\"barm\"></span></div>\n");
    add_legend(p);
    raw(p, "<p class=\"soft\">");
    if (facts.buildings_drawn == 0)
        sayf(p, "The layer has more than %d buildings: they are not drawn. ", MAP_BACKGROUND_MOST);
    if (p->c->pair.result.count > MAP_CHANGES_MOST)
        sayf(p, "Only the first %d changes are drawn. ", MAP_CHANGES_MOST);
    sayf(p, "Grey: buildings of the later survey. Dots show where, the coloured shapes what to look at on the ground. %s %s.",
         crs_code(p->c->pair.metric), crs_name(p->c->pair.metric));
    raw(p, "</p></section>\n");
}

static void add_registration(struct page *p)
{
    const struct diff_summary *m = &p->c->pair.result.summary;
    struct map_facts facts = { 0 };
    raw(p, "<section>");
    element(p, "h2", "Registration of the two surveys");
    if (p->c->settings->pair.no_registration || p->c->pair.result.cells == 0) {
        element(p, "p", p->c->settings->pair.no_registration ? "No registration: the coordinates were trusted."
                                                        : "No registration was found: too few buildings stand in both surveys.");
        raw(p, "</section>\n");
        return;
    }
    raw(p, "<p>");
    sayf(p, "Mean %.2f m (east %+.2f, north %+.2f), largest %.2f m, ± %.2f m left over. %lld cells, %lld of them doubtful "
            "(red): changes there carry a warning.", m->registration.mean_m, m->registration.mean.x, m->registration.mean.y,
         m->registration.max_m, m->registration_sd_m, (long long)m->registration.cells, (long long)m->registration.doubtful);
    raw(p, "</p><div class=\"frame\"><div class=\"north\">N<br>↑</div>\n");
    report_arrows(p->c, p->area, p->out, &facts);
    raw(p, "</div><p class=\"soft\">");
    if (facts.arrow_scale > 0)
        sayf(p, "Arrows: how the later survey was moved onto the earlier, drawn %.0f times longer than true. %lld of %lld cells drawn.",
             facts.arrow_scale, (long long)facts.arrows_drawn, (long long)p->c->pair.result.cells);
    else
        say(p, "The surveys lie on each other to the centimetre: no arrows.");
    raw(p, "</p></section>\n");
}

// ---- classes

static void add_classes(struct page *p)
{
    const struct diff_summary *m = &p->c->pair.result.summary;
    int64_t most = 1;
    for (int k = 0; k < CHANGE_CLASSES; k++)
        if (k != CHANGE_SAME && m->per_class[k] > most)
            most = m->per_class[k];
    raw(p, "<section>");
    element(p, "h2", "Changes per class");
    raw(p, "<table>");
    for (int k = 0; k < CHANGE_CLASSES; k++) {
        if (m->per_class[k] == 0)
            continue;
        raw(p, "<tr><td>");
        say(p, change_class_name(k));
        double share = k == CHANGE_SAME ? 0 : 100.0 * (double)m->per_class[k] / (double)most;
        buf_printf(p->out, "</td><td class=\"n\">%lld</td><td style=\"width:60%%\">", (long long)m->per_class[k]);
        if (k != CHANGE_SAME)
            buf_printf(p->out, "<span class=\"share\" style=\"width:%.1f%%;background:%s\"></span>", share, report_colour(k));
        raw(p, "</td></tr>\n");
    }
    raw(p, "</table>\n<p class=\"soft\">");
    for (int k = 0; k < RELATIONS; k++) {
        say(p, relation_name(k));
        buf_printf(p->out, " %lld%s", (long long)m->per_relation[k], k + 1 < RELATIONS ? " · " : "");
    }
    raw(p, "</p>\n");
    if (m->capture_rule.found) {
        raw(p, "<p>");
        if (summary_captured_kind(p->c) != NULL)
            sayf(p, "Only the later survey draws buildings of the kind \"%s\": %lld. That is a capture rule, not construction.",
                 summary_captured_kind(p->c), (long long)m->capture_rule.count);
        else
            sayf(p, "One survey draws small buildings that the other leaves out: %lld below %.0f m². That is a capture rule, not construction.",
                 (long long)m->capture_rule.count, m->capture_rule.below_m2);
        raw(p, "</p>\n");
    }
    raw(p, "</section>\n");
}

// ---- list

static bool has_heights(const struct comparison *c)
{
    return c->pair.survey[BEFORE].layer.height_m != NULL && c->pair.survey[AFTER].layer.height_m != NULL;
}

static void add_ids(struct page *p, const struct footprints *f, const uint32_t *member, uint32_t count)
{
    char id[512];
    for (uint32_t i = 0; i < count && i < IDS_SHOWN; i++) {
        raw(p, i == 0 ? "" : ", ");
        buf_html(p->out, footprint_id(f, member[i], id, sizeof id));
    }
    if (count > IDS_SHOWN)
        buf_printf(p->out, " … (%u)", count);
    if (count == 0)
        raw(p, "–");
}

static void add_why(struct page *p, const struct change *ch)
{
    for (enum lang lang = LANG_EN; lang <= LANG_ZH; lang++) {
        struct buf text, against;
        buf_init(&text, TEXT_CEILING);
        buf_init(&against, TEXT_CEILING);
        reason_sentences_for(ch, lang, &text);
        reason_sentences_against(ch, lang, &against);
        in_one_language(p, lang, text.data);
        if (against.len > 0) {
            raw(p, "<span class=\"against\">");
            in_one_language(p, lang, against.data);
            raw(p, "</span>");
        }
        buf_clear(&text);
        buf_clear(&against);
    }
}

static void add_place(struct page *p, const struct change *ch)
{
    struct xy_m place = { (double)ch->where.x / 1000, (double)ch->where.y / 1000 };
    struct xy_m drawn = report_place(p->area, ch->where);
    if (crs_road_go(p->to_lonlat, &place, 1) != 0) {
        raw(p, "<td>–</td>");
        return;
    }
    buf_printf(p->out, "<td class=\"n\"><a class=\"go\" href=\"#map\" data-p=\"%.0f %.0f\" title=\"map\">◎</a> "
               "<a href=\"geo:%.6f,%.6f\">%.5f, %.5f</a></td>", drawn.x, drawn.y, place.y, place.x, place.y, place.x);
}

static void add_row(struct page *p, int64_t i)
{
    const struct diff_result *r = &p->c->pair.result;
    const struct change *ch = &r->change[i];
    const char *name = change_class_name(ch->class);
    buf_printf(p->out, "<tr id=\"r%lld\" data-c=\"%s\"><td class=\"n\" data-v=\"%lld\">%lld</td>", (long long)i + 1, name,
               (long long)i + 1, (long long)i + 1);
    buf_printf(p->out, "<td data-v=\"%s\"><span class=\"badge\" style=\"background:%s\">", name, report_colour(ch->class));
    say(p, name);
    raw(p, "</span></td>");
    buf_printf(p->out, "<td class=\"n\" data-v=\"%.4f\">%s%.0f %%<span class=\"meter\"><i style=\"width:%.0f%%\"></i></span></td>",
               ch->confidence, ch->confidence > 0.995 ? "> " : "", fmin(99, 100 * ch->confidence), 100 * ch->confidence);
    cell_number(p, "+m²", ch->gained_m2, 1);
    cell_number(p, "−m²", ch->lost_m2, 1);
    if (has_heights(p->c))
        cell_number(p, "±h m", ch->height_change_m, 1);
    raw(p, "<td class=\"ids\">");
    add_ids(p, &p->c->pair.survey[BEFORE].layer, r->before_member + ch->before_first, ch->before_count);
    raw(p, " → ");
    add_ids(p, &p->c->pair.survey[AFTER].layer, r->after_member + ch->after_first, ch->after_count);
    raw(p, "</td><td class=\"why\">");
    add_why(p, ch);
    raw(p, "</td>");
    add_place(p, ch);
    raw(p, "</tr>\n");
}

static void add_list(struct page *p)
{
    static const char HEIGHT_HEAD[] = "height, m";
    static const struct { const char *title, *kind; } heads[] = { // kind n: sorted as numbers, t: as text, NULL: not sorted
        { "no.", "n" }, { "class", "t" }, { "confidence", "n" }, { "gained, m²", "n" }, { "lost, m²", "n" },
        { HEIGHT_HEAD, "n" }, { "ids before → after", NULL }, { "why, and why not", NULL }, { "place (lat, lon)", NULL },
    };
    int64_t count = p->c->pair.result.count, shown = count < REPORT_LIST_MOST ? count : REPORT_LIST_MOST;
    raw(p, "<section class=\"long\">");
    element(p, "h2", "Changes, the likeliest first");
    if (shown < count) {
        raw(p, "<p class=\"soft\">");
        sayf(p, "The first %lld of %lld; the rest stand in the changes file.", (long long)shown, (long long)count);
        raw(p, "</p>");
    }
    raw(p, "<input id=\"find\" type=\"search\" placeholder=\"筛选 / filter\" aria-label=\"filter\">\n"
           "<table id=\"list\"><thead><tr>");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        if (heads[i].title == HEIGHT_HEAD && !has_heights(p->c))
            continue;
        if (heads[i].kind != NULL)
            buf_printf(p->out, "<th data-k=\"%s\">", heads[i].kind);
        else
            raw(p, "<th>");
        say(p, heads[i].title);
        raw(p, "</th>");
    }
    raw(p, "</tr></thead><tbody>\n");
    for (int64_t i = 0; i < shown; i++)
        add_row(p, i);
    raw(p, "</tbody></table></section>\n");
}

// ---- inputs and parameters

static void add_input(struct page *p, const struct pair_side *v, const char *title)
{
    raw(p, "<tr><th>");
    say(p, title);
    raw(p, "</th><td>");
    buf_html(p->out, v->name);
    raw(p, "<br><span class=\"soft\">");
    buf_html(p->out, crs_code(source_crs(v->source)));
    raw(p, " ");
    buf_html(p->out, crs_name(source_crs(v->source)));
    raw(p, "</span><br>");
    sayf(p, "%lld features read, %lld footprints kept", (long long)v->dirt.read, (long long)v->dirt.kept);
    for (int k = 0; k < DIRT_KINDS; k++) {
        if (v->dirt.count[k] == 0)
            continue;
        raw(p, "<br>");
        say(p, dirt_name(k));
        buf_printf(p->out, " %lld", (long long)v->dirt.count[k]);
    }
    if (v->sha256[0] != '\0')
        buf_printf(p->out, "<br><span class=\"hash\">SHA-256 %s</span>", v->sha256);
    raw(p, "</td></tr>\n");
}

static void add_inputs(struct page *p)
{
    raw(p, "<section>");
    element(p, "h2", "Inputs and parameters");
    raw(p, "<table>");
    add_input(p, &p->c->pair.survey[BEFORE], "BEFORE");
    add_input(p, &p->c->pair.survey[AFTER], "AFTER ");
    raw(p, "</table><details><summary>");
    say(p, "Everything that is needed to repeat this comparison (JSON)");
    raw(p, "</summary><pre>");
    struct buf json;
    buf_init(&json, TEXT_CEILING);
    summary_json(p->c, SUMMARY_REPEATABLE, &json);
    buf_html(p->out, json.data);
    buf_clear(&json);
    raw(p, "</pre></details></section>\n");
}

static void add_page(struct page *p)
{
    add_head(p);
    raw(p, "<main>\n");
    add_figures(p);
    add_map(p);
    add_classes(p);
    add_list(p);
    add_registration(p);
    add_inputs(p);
    raw(p, "</main><footer>");
    sayf(p, "Made by gridpatrol %s. The page is whole in itself and opens without a network.", command_version());
    buf_printf(p->out, "</footer>\n<script>\n%s</script></body></html>\n", report_js);
}

static enum status open_road(struct page *p, struct err *e)
{
    struct crs *lonlat;
    enum status status = crs_open("EPSG:4326", &lonlat, e);
    if (status != OK)
        return status;
    status = crs_road_open(p->c->pair.metric, lonlat, &p->to_lonlat, e);
    crs_close(lonlat);
    return status;
}

enum status report_html_write(struct comparison *c, struct err *e)
{
    const char *path = c->settings->html;
    if (path == NULL)
        return OK;
    struct buf html;
    struct page p = { .c = c, .area = report_area(c), .out = &html };
    enum status status = pair_diff_hashes(&c->pair, e);
    if (status == OK)
        status = open_road(&p, e);
    if (status != OK)
        return status;
    buf_init(&html, PAGE_CEILING);
    add_page(&p);
    crs_road_close(p.to_lonlat);
    status = html.full ? err_set(e, TOO_BIG, "%s: the page would be larger than %d MB", path, PAGE_CEILING >> 20)
                       : sink_text_file(path, html.data, html.len, e);
    buf_clear(&html);
    return status;
}
