// terms.h - the terms of the work on cases (办理参数): kinds of cases, distances and periods that are a district's own. Data.
#pragma once
#include "core/base/json.h"
#include "core/base/status.h"

struct arena;

enum { CASE_KINDS_MOST = 100, FIRST_BREACH_MOST = 1000 };

struct case_kind {
    const char *key, *letters, *title_zh, *title_en;  // letters stand in case numbers
    const char *scheme, *code;                        // what it is filed under where nobody says otherwise; "" none
    int condition;
    bool has_area;                                    // closing needs a measured area
};

struct terms {
    double after_photo_within_m;                      // of the outline
    int first_breach_months;
    const char *finding_kind, *change_kind;           // of the cases that are opened from these
    const struct case_kind *kind; size_t kinds;
    const struct listed_matter { const char *scheme, *code; } *matter; size_t matters;   // 首违不罚清单
};

// Texts are copied into the arena. INVALID with file, line and place.
enum status terms_read(const struct json_doc *doc, struct arena *a, struct terms *out, struct err *e);
const struct case_kind *terms_kind(const struct terms *t, const char *key);              // NULL: there is none
bool terms_spares(const struct terms *t, const char *scheme, const char *code);          // the matter is on the list
