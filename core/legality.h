// legality.h - is what was built covered by a permit, does it stand where it must not, and how grave is it (合法性研判)?
//
// Pure: facts in, a judgement out; core/legality_ground.c asks the station for permits and zones. Asked of what adds to the
// ground or to the height: new, enlarged, heightened, rebuilt, infilled. The unit is the increment, not the building.
//
//     suspicion = confidence (is it real?) x p_no_cover (is it without a permit?) x severity (how grave?)
//
// Each factor is kept; near a line the answer is a probability, Phi(distance / sigma), not yes or no. Thresholds are data
// (data/legality/rules.json). A judgement is a clue for a person, never a verdict.
#pragma once
#include "core/base/buf.h"
#include "core/base/status.h"
#include "gis/footprint_diff.h"

struct legality_rules {
    double covered_share;              // so much of the increment inside the permit's plan is inside
    double touch_share;                // less than that does not even touch it
    double noise_share_most;           // what drawing alone may put beside the plan, as a share of the increment
    double area_tolerance;             // over a permitted area, share of it
    double surely_sd;                  // so many standard errors beyond a limit is more than noise
    double height_tolerance_m, height_sd_m;
    double storey_height_m, storey_height_sd_m;    // floors are told from the height: few surveys count them
    double expired_while_built_p;      // p_no_cover when the permit ran out between the two surveys
    double zone_reach_m;               // further from a zone is outside for certain
    double severity_floor, severity_of_zone, severity_of_area, severity_of_height;   // shares of 1
    double half_area_m2, half_height_m; // where area (height) counts half of its share
};
// INVALID names the place in data/legality/rules.json.
enum status legality_rules_read(struct legality_rules *out, struct err *e);

enum legal_code {
    LEGAL_NO_PERMIT,           // 未批先建: no permit in force touches it
    LEGAL_EXCEEDS_AREA,        // 少批多建: its footprint
    LEGAL_EXCEEDS_FLOOR_AREA,  // 超建筑面积: all its floors together, for certain
    LEGAL_EXCEEDS_HEIGHT,      // 长高
    LEGAL_OFF_SITE,            // 批东建西: partly beside the plan of the permit that touches it
    LEGAL_EXPIRED,             // only a permit that is not in force any more covers it
    LEGAL_COVERED,             // inside a permit in force, within its area and height
    LEGAL_IN_ZONE,             // stands in a zone more likely than not
    LEGAL_ZONE_LINE_CLOSE,     // a zone's line is so near that the survey cannot tell
    LEGAL_CODES
};
const char *legal_code(enum legal_code c);         // "NO_PERMIT"
const char *legal_sentence(enum legal_code c);     // English, key of the Chinese
unsigned legal_codes_of(const char *codes);        // bits of words between commas
bool legal_is_against(enum legal_code c);          // speaks for the builder
void legal_list(unsigned codes, struct buf *out);  // words, comma between

// Grounds in one local frame, metres.
struct permit_ground {
    const char *number;
    const struct rings *ground;
    double permitted_footprint_m2, permitted_floor_area_m2, permitted_height_m;  // NaN: not said
    bool has_from, has_until, is_revoked;
    int64_t from_s, until_s;
    double accuracy_m;
};
struct zone_ground { const char *kind; const struct rings *ground; double weight, accuracy_m; };
struct built {
    enum change_class class;
    const struct rings *increment;
    double gained_m2, area_after_m2, area_sd_m2;   // area_after: footprint of all of it; sd: of that area as drawn
    double height_after_m, height_change_m;        // NaN: unknown
    double accuracy_m;                             // of its place
    double confidence;
    int64_t before_at_s, after_at_s;               // when the ground was looked at
};
struct legality {
    unsigned codes;                                // bits of enum legal_code
    int permit, zone;                              // which of those given; -1: none
    double p_no_cover, zone_share, zone_p;         // zone_*: NaN without one
    double severity, suspicion;
};

bool legality_is_asked(enum change_class c);
void legality_judge(const struct legality_rules *rules, const struct built *b, const struct permit_ground *permit, int permits,
                    const struct zone_ground *zone, int zones, struct legality *out);
bool legality_in_force(const struct permit_ground *p, int64_t at_s);
