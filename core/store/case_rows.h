// case_rows.h - rows of case_file and case_link; see core/case_file.h.
#pragma once
#include "core/base/buf.h"
#include "core/case_file.h"

enum status case_insert(struct db *db, const struct walk *k, const struct case_spec *spec, int64_t now_s, struct err *e);
enum status case_link(struct db *db, const char *case_id, const char *thing, const char *thing_id, struct err *e);
// The open case of a change or finding. NOT_FOUND, no sentence.
enum status case_of_select(struct db *db, const char *thing, const char *thing_id, char number[WALK_NUMBER], struct err *e);

// Columns that a move fills; NULL and 0 stay as they are.
struct case_change {
    double measured_area_m2;
    const char *scheme, *code; int condition;
    int64_t review_at_s;
    const char *building_result, *fine_result, *track, *merged_into, *closing_proposed;
};
bool case_change_is_empty(const struct case_change *c);
enum status case_change(struct db *db, const char *id, const struct case_change *c, struct err *e);
enum status case_correct_row(struct db *db, const char *id, const struct case_correction *c, struct err *e);

// What a case is opened from.
struct origin {
    char kind[64], title[256], scheme[64], code[32], stock[16], cell_code[40], community_code[40], party[128], track[16];
    double area_m2, lon, lat;
    bool in_progress;
    struct buf *wkb;
};
enum status origin_of_finding(struct db *db, const char *id, struct origin *out, struct err *e);
enum status origin_of_change(struct db *db, const char *id, struct origin *out, struct err *e);
enum status origin_of_case(struct db *db, const char *id, struct origin *out, struct err *e);
