// params.h - the parameters of a query, declared once: what is parsed, refused and documented comes from the same rows.
//
// A name that is not declared is INVALID, and so is a name given twice with different values. "+" is a space; before the zone of a datetime it is the plus it was.
#pragma once
#include "api/exchange.h"

enum param_kind {
    PARAM_END, PARAM_TEXT, PARAM_INTEGER, PARAM_NUMBER, PARAM_FLAG,
    PARAM_LIST,                     // texts, comma between
    PARAM_BBOX,                     // 4 or 6 numbers
    PARAM_DATETIME,                 // RFC 3339 instant or interval, "..": open
    PARAM_WORD                      // one of `word`
};
struct param {
    enum param_kind kind;
    const char *name;
    double least, most, fallback;   // INTEGER, NUMBER; above most is clamped where `clamps`, else INVALID
    bool clamps;
    const char *const *word;        // WORD: NULL-terminated; fallback: which of them counts when none was given, from 1
    const char *about;              // English key, for the API document
};

struct param_value {
    const struct param *param;      // NULL: a property of the collection (routes that take properties)
    const char *name, *text;        // decoded
    double number;                  // INTEGER, NUMBER, FLAG (0 or 1)
    const char *const *item; int items;                // LIST
    double box[4];                  // BBOX: min x, min y, max x, max y; max x < min x: over the antimeridian (where x is longitude)
    int64_t from_s, to_s;           // DATETIME, both included; INT64_MIN, INT64_MAX: open
};

// Reads x->request->query against the rows of the route; names that are not among them are refused, or kept without a row where
// the route takes properties. INVALID, TOO_BIG.
enum status params_read(struct exchange *x);

const struct param *params_common(void);                        // what every route takes; ends with PARAM_END

const struct param_value *param_get(const struct exchange *x, const char *name);   // NULL: not given
const char *param_text(const struct exchange *x, const char *name);                 // NULL: not given
int64_t param_integer(const struct exchange *x, const char *name);                  // the row's fallback when it was not given

// A body of type application/x-www-form-urlencoded, as a page without a script sends it.
bool is_form(const struct request *r);
const char *form_text(struct exchange *x, const char *name);                        // NULL: not given, or not well formed

// RFC 3986: "%E5%8C%BA" decoded into the request's arena. INVALID: broken escapes, %00.
enum status percent_decode(struct arena *a, const char *from, size_t len, const char **out, struct err *e);
void percent_encode(struct buf *out, const char *text);        // all but unreserved characters
