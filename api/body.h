// body.h - the JSON object that comes with a request (请求正文), read by rows.
//
// The fields are declared once: what is read, refused and documented comes from the same rows. A name that is not among them is
// refused, so that no misspelt one is lost.
#pragma once
#include "api/exchange.h"
#include "core/base/json.h"

enum { FIELD_TEXT_MOST = 4000 };

enum field_kind {
    FIELD_END,
    FIELD_TEXT,                     // const char *; at most `most` bytes, 0: FIELD_TEXT_MOST
    FIELD_WORD,                     // const char *; one of `word`
    FIELD_INTEGER,                  // int64_t, from least to most
    FIELD_NUMBER,                   // double, from least to most
    FIELD_FLAG,                     // bool
    FIELD_TIME,                     // int64_t, seconds: RFC 3339, or a day by the clock of the district
    FIELD_OBJECT                    // const char *: the text of any JSON object
};
struct field {
    enum field_kind kind;
    const char *name;
    size_t at;                      // offset in what is read into
    double least, most;
    bool is_required;
    const char *const *word;        // WORD: NULL-terminated
    const char *about;              // English key, for the API document
};

extern const char *const body_json[];               // what routes take that read their body by rows (struct route, takes)

// The body of the request by the rows of its route. What is not given (or null) stays as it is in `into`; texts live as long as the
// request. INVALID names the place.
enum status body_read(struct exchange *x, void *into);
// The object that a form of a page stands for, by the same rows; what body_read reads when a form came. In body_form.c.
void body_of_form(struct exchange *x, struct buf *out);
// Any value that was read, written again: of an object in an answer, or (key NULL) of a list. INVALID: too deep.
struct json_writer;
enum status body_copy(struct json v, const char *key, struct json_writer *j, struct err *e);
// One of those times, wherever it stands. False: neither a moment nor a day.
bool body_moment(const struct exchange *x, const char *text, int64_t *out);
