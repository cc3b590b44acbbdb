// json.h - reading JSON (RFC 8259). jansson lives in json.c and nowhere else; JSON is written with buf.h.
//
// A text is read whole, within limits, and held as a document. A value is a handle that knows where it stands, so asking is
// one line and a wrong answer says what was expected, what was given, and where:
//
//     const char *date;
//     s = json_read_text(json_get(json_at(days, i), "date"), &date, e);
//     2026.json:12: days[3].date: a text is expected, 20261001 is given
//
// Handles and texts live as long as their document. Keys given twice, texts that are no UTF-8 or hold \u0000, and integers
// beyond 64 bits are refused. A byte order mark in front is passed over.
#pragma once
#include "core/base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_BYTES_MOST = 16 << 20, JSON_DEPTH_MOST = 64, JSON_VALUES_MOST = 1 << 20 };
struct json_limits { size_t bytes; int depth; size_t values; };     // 0: the value above; depth 1: plain values in one object; an empty list counts as two values

// name stands for the text in sentences (a file name, "request body"). INVALID: not JSON; TOO_BIG: a limit.
struct json_doc;
enum status json_parse(const char *text, size_t len, const char *name, const struct json_limits *limits, struct json_doc **out,
                       struct err *e);
enum status json_read_file(const char *path, const struct json_limits *limits, struct json_doc **out, struct err *e); // + NOT_FOUND, FAILED
void json_close(struct json_doc *d);        // NULL is well

enum json_kind { JSON_KIND_NONE, JSON_KIND_NULL, JSON_KIND_BOOL, JSON_KIND_INTEGER, JSON_KIND_REAL, JSON_KIND_TEXT, JSON_KIND_LIST,
                 JSON_KIND_OBJECT };        // NONE: it is not there

struct json {                               // one value and its place; to be passed by value, fields are json.c's
    const struct json_doc *doc;
    const void *node, *parent;
    const char *key;                        // in an object
    size_t index;                           // in a list
    enum json_kind lacks;                   // asked for a member of what should have been a LIST or an OBJECT, and is not
};

// These never fail: what is missing is told when somebody reads it.
struct json json_root(const struct json_doc *d);
struct json json_get(struct json object, const char *key);     // key must live as long as the handle
struct json json_at(struct json list, size_t i);
size_t json_count(struct json v);           // of a list or an object; 0 for anything else
enum json_kind json_kind(struct json v);
bool json_is_there(struct json v);          // and is not null

// INVALID when the value is missing or of another kind.
enum status json_read_text(struct json v, const char **out, struct err *e);
enum status json_read_int(struct json v, int64_t *out, struct err *e);         // 5.0 is an integer too
enum status json_read_number(struct json v, double *out, struct err *e);
enum status json_read_bool(struct json v, bool *out, struct err *e);
enum status json_read_list(struct json v, size_t *count, struct err *e);
enum status json_read_object(struct json v, size_t *count, struct err *e);

// The same, and what is missing or null counts as `missing`.
enum status json_read_text_or(struct json v, const char *missing, const char **out, struct err *e);
enum status json_read_int_or(struct json v, int64_t missing, int64_t *out, struct err *e);
enum status json_read_number_or(struct json v, double missing, double *out, struct err *e);
enum status json_read_bool_or(struct json v, bool missing, bool *out, struct err *e);

// The members of an object in the order of the text: struct json_each m = { 0 }; while (json_next(object, &m)) ...
struct json_each { struct json value; const char *key; void *at; };
bool json_next(struct json object, struct json_each *m);

// The same sentence for what only the caller can know: return json_wrong(v, "a date like 2026-10-01", e); always INVALID.
// expected is translated (text.h).
enum status json_wrong(struct json v, const char *expected, struct err *e);

// For a key nobody asked for (a misspelt one must not be passed over in silence): refuses the first member of the object that
// is not among known (NULL ends it). INVALID.
enum status json_known_keys(struct json object, const char *const *known, struct err *e);
