// district.h - the district around a benchmark city: what an administration knows of it, and what is lawful there.
//
// Everything is made up by this code from a seed: names from lists of syllables, codes of a district that does not exist
// (320699), permits for a known share of what the city's truth says was built. Coordinates are metres from the city's
// origin, in the frame of the later survey: register and later survey agree, the earlier one lies beside them by its error.
#pragma once
#include "tests/bench/city.h"

enum { MADE_NAME = 64, MADE_CODE = 16, MADE_DATE = 11 };
#define MADE_DISTRICT "320699"
#define MADE_BEFORE "2025-05-10"                     // the days of the two surveys
#define MADE_AFTER "2026-10-20"

struct made_options { const char *out; double buildings, seed, signs; };

// A street (街道, 镇) or a community (社区, 村). Corners that two areas share are the same numbers, whole millimetres.
struct made_area { char code[MADE_CODE], name[MADE_NAME], parent[MADE_CODE]; struct rings ground; };
struct made_line { const char *kind; char name[MADE_NAME]; struct rings points; };  // one open "ring": the line
struct made_zone { const char *kind, *law; char name[MADE_NAME]; double weight; struct rings ground; };

enum { FOR_NOBODY = UINT32_MAX };
struct made_permit {
    char number[MADE_NAME], holder[MADE_NAME], from[MADE_DATE], until[MADE_DATE];
    const char *purpose, *state;
    double area_m2, height_m;
    struct rings ground;
    uint32_t truth;                                  // what was built on it; FOR_NOBODY
    bool is_unused, is_withdrawn;                    // nothing was built; taken back while the district was made
};
// What is true of one row of city.truth. legal NULL: nothing was added, so nobody asks for a permit.
struct made_truth { const char *legal; uint32_t permit; const struct made_zone *zone; const struct made_area *community; };

// A registered thing: a point (ground has no ring) or an area.
struct made_thing { const char *layer; struct xy_m at; struct rings ground; char id[MADE_CODE]; uint32_t number; };

struct made {
    const struct city *city;
    const struct field *field;
    uint64_t seed;
    struct box_m built;                              // where houses are, and 100 m around
    struct made_area *area; uint32_t areas, streets; size_t area_cap;     // streets come first
    struct made_line *line; uint32_t lines; size_t line_cap;
    struct made_zone *zone; uint32_t zones; size_t zone_cap;
    struct made_permit *permit; uint32_t permits; size_t permit_cap;
    struct made_thing *thing; uint32_t things; size_t thing_cap;
    struct made_truth *truth;                        // [city.truths]
};

// district_make.c
extern const struct option made_option_table[];
enum status made_settle(const struct made_options *o, struct city_options *city, struct err *e);
void made_make(const struct city *c, const struct field *f, struct made *out);
void made_clear(struct made *m);
struct xy_m made_displaced(const struct made *m, struct xy_m p);                       // open ground
void made_building(const struct made *m, uint32_t after, struct rings *out);           // of city.after
void made_increment(const struct made *m, uint32_t truth, struct rings *out);          // of city.truth
const struct made_area *made_community(const struct made *m, struct xy_m p);           // NULL: in none

// district_border.c: streets, communities and the lines between them; needs at least one quarter.
void made_borders(struct made *m);
// district_zone.c: after the borders.
void made_zones(struct made *m);
const struct made_zone *made_zone_of(const struct made *m, const struct rings *r);     // the heaviest that holds most of it
// district_permit.c: permits, and with them the truth about what is lawful.
void made_permits(struct made *m);
// district_thing.c: billboards, collection points and the other registered things; sites where permits are.
void made_things(struct made *m);
void made_sign(const struct made *m, struct rng *rng, uint32_t n, struct made_thing *out); // one more, on a wall of any house
// district_name.c: the same numbers give the same names; `n` below the limits gives different ones.
enum { STREET_NAMES = 40, COMMUNITY_NAMES = 400 };
void name_street(uint64_t seed, uint32_t n, bool town, char out[MADE_NAME]);
void name_community(uint64_t seed, uint32_t n, bool village, char out[MADE_NAME]);
void name_line(uint64_t seed, uint32_t n, const char *ending, char out[MADE_NAME]);
void name_company(uint64_t seed, uint32_t n, const char *ending, char out[MADE_NAME]);
void name_person(uint64_t seed, uint32_t n, char out[MADE_NAME]);
void made_date(const char *from, int days, char out[MADE_DATE]);                       // so many days later

// district_write.c: areas, lines, zones, permits, one file a layer of things, calendars, legal truth.
enum status made_write(const struct made *m, const char *folder, struct err *e);
enum status made_write_signs(const struct made *m, const char *folder, uint32_t count, struct err *e); // signs.geojsonl, one a line
// district_score.c: the station's changes held against legal.gpkg, as a table.
enum status made_score(const char *folder, const char *changes, struct err *e);
