#include "core/legality.h"

#include "core/base/json.h"
#include "core/base/resource.h"
#include "gis/share.h"
#include <math.h>
#include <string.h>

// --- The rules ----------------------------------------------------------------------------------------------------------------

static const char RULES[] = "legality/rules.json";
static const struct { const char *key; size_t at; double most; } rule_rows[] = {
    { "covered_share", offsetof(struct legality_rules, covered_share), 1 },
    { "touch_share", offsetof(struct legality_rules, touch_share), 1 },
    { "noise_share_most", offsetof(struct legality_rules, noise_share_most), 1 },
    { "area_tolerance", offsetof(struct legality_rules, area_tolerance), 1 },
    { "surely_sd", offsetof(struct legality_rules, surely_sd), 10 },
    { "height_tolerance_m", offsetof(struct legality_rules, height_tolerance_m), 100 },
    { "height_sd_m", offsetof(struct legality_rules, height_sd_m), 100 },
    { "storey_height_m", offsetof(struct legality_rules, storey_height_m), 20 },
    { "storey_height_sd_m", offsetof(struct legality_rules, storey_height_sd_m), 20 },
    { "expired_while_built_p", offsetof(struct legality_rules, expired_while_built_p), 1 },
    { "zone_reach_m", offsetof(struct legality_rules, zone_reach_m), 1000 },
    { "severity_floor", offsetof(struct legality_rules, severity_floor), 1 },
    { "severity_of_zone", offsetof(struct legality_rules, severity_of_zone), 1 },
    { "severity_of_area", offsetof(struct legality_rules, severity_of_area), 1 },
    { "severity_of_height", offsetof(struct legality_rules, severity_of_height), 1 },
    { "half_area_m2", offsetof(struct legality_rules, half_area_m2), 1e6 },
    { "half_height_m", offsetof(struct legality_rules, half_height_m), 1e3 },
};
enum { RULE_ROWS = sizeof rule_rows / sizeof rule_rows[0] };

static enum status read_rule(struct json root, int i, struct legality_rules *out, struct err *e)
{
    struct json v = json_get(root, rule_rows[i].key);
    double number = 0;
    enum status s = json_read_number(v, &number, e);
    if (s == OK && !(number >= 0 && number <= rule_rows[i].most))
        s = json_wrong(v, "a number that is not negative and not too large", e);
    if (s == OK)
        *(double *)((char *)out + rule_rows[i].at) = number;
    return s;
}

enum status legality_rules_read(struct legality_rules *out, struct err *e)
{
    const char *known[RULE_ROWS + 1] = { NULL };
    struct json_doc *doc = NULL;
    size_t bytes = 0;
    const char *text = resource_text(RULES, &bytes);
    must(text != NULL);
    enum status s = json_parse(text, bytes, RULES, NULL, &doc, e);
    for (int i = 0; i < RULE_ROWS; i++)
        known[i] = rule_rows[i].key;
    if (s == OK)
        s = json_known_keys(json_root(doc), known, e);
    for (int i = 0; s == OK && i < RULE_ROWS; i++)
        s = read_rule(json_root(doc), i, out, e);
    json_close(doc);
    return s;
}

// --- Words ----------------------------------------------------------------------------------------------------------------------

static const struct { const char *code, *sentence; bool against; } words[LEGAL_CODES] = {
    [LEGAL_NO_PERMIT] = { "NO_PERMIT", "no permit in force touches it", false },
    [LEGAL_EXCEEDS_AREA] = { "EXCEEDS_AREA", "it is larger than its permit allows", false },
    [LEGAL_EXCEEDS_FLOOR_AREA] = { "EXCEEDS_FLOOR_AREA", "its floors together are larger than its permit allows", false },
    [LEGAL_EXCEEDS_HEIGHT] = { "EXCEEDS_HEIGHT", "it is higher than its permit allows", false },
    [LEGAL_OFF_SITE] = { "OFF_SITE", "it stands partly beside the plan of its permit", false },
    [LEGAL_EXPIRED] = { "EXPIRED", "the permit that covers it is not in force any more", false },
    [LEGAL_COVERED] = { "COVERED", "a permit in force covers it", true },
    [LEGAL_IN_ZONE] = { "IN_ZONE", "it stands in a controlled zone", false },
    [LEGAL_ZONE_LINE_CLOSE] = { "ZONE_LINE_CLOSE", "the line of the zone is too near to tell from this survey", true },
};

const char *legal_code(enum legal_code c) { return words[c].code; }
const char *legal_sentence(enum legal_code c) { return words[c].sentence; }
bool legal_is_against(enum legal_code c) { return words[c].against; }

unsigned legal_codes_of(const char *text)
{
    unsigned bits = 0;
    for (size_t len; *text != '\0'; text += len + (text[len] != '\0')) {
        len = strcspn(text, ",");
        for (int c = 0; c < LEGAL_CODES; c++)
            if (strlen(words[c].code) == len && memcmp(words[c].code, text, len) == 0)
                bits |= 1u << c;
    }
    return bits;
}

void legal_list(unsigned codes, struct buf *out)
{
    const char *between = "";
    buf_text(out, "");
    for (int c = 0; c < LEGAL_CODES; c++) {
        if ((codes >> c & 1) == 0)
            continue;
        buf_text(out, between);
        buf_text(out, words[c].code);
        between = ",";
    }
}

// --- Permits -------------------------------------------------------------------------------------------------------------------

static double phi(double z) { return 0.5 * erfc(-z / 1.4142135623730951); }
static double p_below(double value, double limit, double sd) { return sd > 0 ? phi((limit - value) / sd) : value <= limit; }

bool legality_is_asked(enum change_class c)
{
    return c == CHANGE_NEW || c == CHANGE_ENLARGED || c == CHANGE_HEIGHTENED || c == CHANGE_REBUILT || c == CHANGE_INFILLED;
}

bool legality_in_force(const struct permit_ground *p, int64_t at_s)
{
    return !p->is_revoked && !(p->has_from && p->from_s > at_s) && !(p->has_until && p->until_s < at_s);
}

static double increment_m2(const struct built *b) { return fabs(rings_area_m2(b->increment)); }

static double share_of(const struct built *b, const struct rings *ground)
{
    double area = increment_m2(b);
    return area > 0 ? fmin(1, share_common_m2(b->increment, ground) / area) : 0;
}

// Four walls, each drawn beside the plan's by N(0, sigma): on the average sigma / sqrt(2 pi) of each metre lies outside, though
// nobody built there, and all together scatter by 0.29 sigma a metre. Of a small house that is a quarter of its ground.
static double p_on_site(const struct legality_rules *rules, const struct built *b, const struct permit_ground *p, double share)
{
    static const double MEAN = 0.3989, SD = 0.2919;
    double area = increment_m2(b), wobble = hypot(b->accuracy_m, p->accuracy_m) * rings_perimeter_m(b->increment);
    double drawn = fmin(MEAN * wobble, rules->noise_share_most * area);
    return p_below((1 - share) * area, (1 - rules->covered_share) * area + drawn, SD * wobble);
}

// A plan holds the whole house or an annex alone: what is held against its area is whichever of them it is nearer to.
static double footprint_on(const struct built *b, double plan_m2)
{
    double annex = increment_m2(b);
    return fabs(annex - plan_m2) < fabs(b->area_after_m2 - plan_m2) ? annex : b->area_after_m2;
}

// A number as large as the plan only repeats it: who stands on the plan stands within the number, so it speaks only when it is
// exceeded for certain. A smaller one says what the plan does not, and the best estimate decides.
static double p_footprint(const struct legality_rules *rules, const struct built *b, const struct permit_ground *p, double plan_m2)
{
    if (b->class == CHANGE_HEIGHTENED || !isfinite(p->permitted_footprint_m2))
        return 1;
    bool repeats = p->permitted_footprint_m2 >= plan_m2 * (1 - rules->area_tolerance);
    double limit = p->permitted_footprint_m2 * (1 + rules->area_tolerance);
    return p_below(footprint_on(b, plan_m2), limit + (repeats ? rules->surely_sd * b->area_sd_m2 : 0), b->area_sd_m2);
}

// Floors are guessed from the height, so only what is beyond the guess is held against anybody.
static double p_floor_area(const struct legality_rules *rules, const struct built *b, const struct permit_ground *p, double plan_m2)
{
    double footprint = footprint_on(b, plan_m2), floors = fmax(1, b->height_after_m / rules->storey_height_m);
    if (!isfinite(p->permitted_floor_area_m2) || !(b->height_after_m > 0) || footprint <= 0)
        return 1;
    double rough = hypot(rules->height_sd_m, floors * rules->storey_height_sd_m) / b->height_after_m;
    double sd = footprint * floors * hypot(rough, b->area_sd_m2 / footprint);
    return p_below(footprint * floors, p->permitted_floor_area_m2 * (1 + rules->area_tolerance) + rules->surely_sd * sd, sd);
}

static double p_height(const struct legality_rules *rules, const struct built *b, const struct permit_ground *p)
{
    if (!isfinite(p->permitted_height_m) || !isfinite(b->height_after_m))
        return 1;
    return p_below(b->height_after_m, p->permitted_height_m + rules->height_tolerance_m, rules->height_sd_m);
}

struct cover { double p; unsigned codes; };

// The chance that this permit covers it, and what speaks against.
static struct cover cover_by(const struct legality_rules *rules, const struct built *b, const struct permit_ground *p, double share)
{
    double plan_m2 = fabs(rings_area_m2(p->ground));
    const struct { enum legal_code code; double p; } held[] = {
        { LEGAL_OFF_SITE, p_on_site(rules, b, p, share) },
        { LEGAL_EXCEEDS_AREA, p_footprint(rules, b, p, plan_m2) },
        { LEGAL_EXCEEDS_FLOOR_AREA, p_floor_area(rules, b, p, plan_m2) },
        { LEGAL_EXCEEDS_HEIGHT, p_height(rules, b, p) },
    };
    struct cover c = { .p = 1 };
    for (size_t i = 0; i < sizeof held / sizeof held[0]; i++) {
        c.p *= held[i].p;
        c.codes |= held[i].p < 0.5 ? 1u << held[i].code : 0;
    }
    return c;
}

// In force: the likeliest cover counts, and of equal ones the first.
static bool judge_in_force(const struct legality_rules *rules, const struct built *b, const struct permit_ground *permit, int permits,
                           struct legality *out)
{
    struct cover best = { .p = -1 };
    for (int i = 0; i < permits; i++) {
        double share = legality_in_force(&permit[i], b->after_at_s) ? share_of(b, permit[i].ground) : 0;
        if (share < rules->touch_share || share == 0)
            continue;
        struct cover c = cover_by(rules, b, &permit[i], share);
        if (c.p <= best.p)
            continue;
        best = c;
        out->permit = i;
    }
    if (best.p < 0)
        return false;
    out->p_no_cover = 1 - best.p;
    out->codes |= best.codes != 0 ? best.codes : 1u << LEGAL_COVERED;
    return true;
}

// Not in force any more, but it would have covered it. Begun while it was, nobody knows how far.
static bool judge_expired(const struct legality_rules *rules, const struct built *b, const struct permit_ground *permit, int permits,
                          struct legality *out)
{
    for (int i = 0; i < permits; i++) {
        const struct permit_ground *p = &permit[i];
        bool over = !p->is_revoked && p->has_until && p->until_s < b->after_at_s;
        double share = over ? share_of(b, p->ground) : 0;
        if (share < rules->touch_share || share == 0 || p_on_site(rules, b, p, share) < 0.5)
            continue;
        out->permit = i;
        out->p_no_cover = p->until_s > b->before_at_s ? rules->expired_while_built_p : 1;
        out->codes |= 1u << LEGAL_EXPIRED;
        return true;
    }
    return false;
}

static void judge_permits(const struct legality_rules *rules, const struct built *b, const struct permit_ground *permit, int permits,
                          struct legality *out)
{
    if (judge_in_force(rules, b, permit, permits, out) || judge_expired(rules, b, permit, permits, out))
        return;
    out->p_no_cover = 1;
    out->codes |= 1u << LEGAL_NO_PERMIT;
}

// --- Zones and severity ----------------------------------------------------------------------------------------------------------

// The chance that its deepest point stands inside. Overlap without a vertex inside is as deep as its mean width.
static double p_inside(const struct legality_rules *rules, const struct built *b, const struct zone_ground *z, double share)
{
    double sigma = hypot(b->accuracy_m, z->accuracy_m);
    double depth = share_depth_m(b->increment, z->ground, rules->zone_reach_m);
    if (share > 0 && depth < 0)
        depth = 2 * share * increment_m2(b) / fmax(1e-9, rings_perimeter_m(b->increment));
    return sigma > 0 ? phi(depth / sigma) : depth >= 0;
}

// The heaviest counts: its weight times the chance of being in it.
static double judge_zones(const struct legality_rules *rules, const struct built *b, const struct zone_ground *zone, int zones,
                          struct legality *out)
{
    enum { NEVER_PPM = 1000 };         // less than one in a thousand is outside
    static const double SURE = 0.975;
    double heaviest = 0;
    for (int i = 0; i < zones; i++) {
        double share = share_of(b, zone[i].ground), p = p_inside(rules, b, &zone[i], share);
        if (p < NEVER_PPM / 1e6 || zone[i].weight * p <= heaviest)
            continue;
        heaviest = zone[i].weight * p;
        out->zone = i;
        out->zone_share = share;
        out->zone_p = p;
    }
    if (out->zone >= 0) {
        out->codes |= out->zone_p >= 0.5 ? 1u << LEGAL_IN_ZONE : 0;
        out->codes |= out->zone_p > 1 - SURE && out->zone_p < SURE ? 1u << LEGAL_ZONE_LINE_CLOSE : 0;
    }
    return heaviest;
}

static double half_at(double value, double half) { return value > 0 ? value / (value + half) : 0; }

void legality_judge(const struct legality_rules *rules, const struct built *b, const struct permit_ground *permit, int permits,
                    const struct zone_ground *zone, int zones, struct legality *out)
{
    *out = (struct legality){ .permit = -1, .zone = -1, .zone_share = NAN, .zone_p = NAN };
    judge_permits(rules, b, permit, permits, out);
    double zone_weight = judge_zones(rules, b, zone, zones, out);
    double height = isfinite(b->height_change_m) && b->height_change_m > 0 ? b->height_change_m
                    : b->class == CHANGE_NEW && isfinite(b->height_after_m) ? b->height_after_m : 0;
    double severity = rules->severity_floor + rules->severity_of_zone * zone_weight +
                      rules->severity_of_area * half_at(b->gained_m2, rules->half_area_m2) +
                      rules->severity_of_height * half_at(height, rules->half_height_m);
    out->severity = fmin(1, severity);
    out->suspicion = b->confidence * out->p_no_cover * out->severity;
}
