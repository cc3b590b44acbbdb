// filter.h - one expression language for filters, routing rules, alert rules and saved views: CQL2 (OGC 21-065r2, 过滤表达式).
//
// An expression is parsed once, from text or from JSON, into one tree; held against the properties it may name; then
// compiled to SQL whose text is ours and whose values are all bound, or asked directly of a row of facts. Three-valued
// throughout: a comparison with nothing is unknown, and an unknown row is not in the answer.
//
// Dates are their first moment in UTC. An instant stands for the interval that begins and ends with it, so every T_ function takes
// both; '..' is before or after everything. / divides as numbers do, DIV cuts to the whole, and what cannot be divided or
// raised is nothing. Arithmetic is done in double. Text is compared byte by byte unless CASEI or ACCENTI say otherwise.
//
// Refused with a sentence: what is no CQL2, properties that are not offered, conformance classes that are not offered,
// all functions of one's own, unlike things compared, codes that are not in the list, places off the Earth, and
// everything above the limits below.
#pragma once
#include "core/base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;
struct json;
struct overlay;
struct value;
struct filter; // a part of an expression, or the whole of it; lives in the arena it was parsed into

enum {
    FILTER_TEXT_BYTES_MOST = 256 * 1024, // of an expression, text or JSON
    FILTER_NODES_MOST = 4000,            // values, names and operators
    FILTER_DEPTH_MOST = 60,              // parts within parts
    FILTER_VERTICES_MOST = 10000,        // of all geometries together
    FILTER_ARENA_BYTES = 32 * 1024 * 1024 // an arena with this ceiling holds any expression, its SQL and one evaluation
};

// INVALID (where, what was expected, what was found), TOO_BIG.
enum status filter_parse(struct arena *a, const char *text, const struct filter **out, struct err *e);
enum status filter_parse_json(struct arena *a, const char *json, size_t len, const struct filter **out, struct err *e);
enum status filter_read_json(struct arena *a, struct json value, const struct filter **out, struct err *e);

// Brings the places an expression names into longitude and latitude, where they stand; before it is checked. false: one of them has no place
// there, or what moves them says so.
struct xy_m;
struct filter_road { bool (*points)(void *ctx, struct xy_m *point, size_t count); bool (*box)(void *ctx, double box[4]); void *ctx; };
bool filter_move(const struct filter *f, const struct filter_road *road);

// CQL2 text: the same tree gives the same text however it was written, and the text gives the tree again.
void filter_print(const struct filter *f, struct buf *out);

// --- What may be asked (queryables, 可查询属性) ------------------------------------------------------------------------

enum filter_type {
    FILTER_TEXT, FILTER_NUMBER, FILTER_INTEGER, FILTER_BOOLEAN, FILTER_DATE, FILTER_INSTANT, FILTER_GEOMETRY, FILTER_ARRAY
};

// How a DATE or INSTANT stands in its column: int64 seconds since 1970, or text "2026-11-22" / "2026-11-22T08:00:00Z".
enum filter_keeping { FILTER_AS_SECONDS, FILTER_AS_TEXT };

struct filter_queryable {
    const char *name;               // as the user writes it
    enum filter_type type;
    const char *column;             // the only source of identifiers in SQL
    enum filter_keeping kept;       // DATE, INSTANT
    const char *const *code;        // the codes a TEXT may have, NULL-terminated; NULL: any text
    const char *window_table;       // GEOMETRY: its R*Tree (pkid, xmin, xmax, ymin, ymax); NULL: none
    const char *row_column;         // GEOMETRY with a window table: the column that pkid means
};

// Conformance classes of CQL2 beyond the basic one, to be offered together as bits.
enum filter_class {
    FILTER_ADVANCED_COMPARISON = 1, // LIKE, BETWEEN, IN
    FILTER_CASE_INSENSITIVE = 2, FILTER_ACCENT_INSENSITIVE = 4,
    FILTER_BASIC_SPATIAL = 8,       // S_INTERSECTS with a point or a box
    FILTER_BASIC_SPATIAL_PLUS = 16, // S_INTERSECTS with any geometry
    FILTER_SPATIAL = 32, FILTER_TEMPORAL = 64, FILTER_ARRAYS = 128,
    FILTER_PROPERTY_PROPERTY = 256, // anything but property on the left and value on the right
    FILTER_ARITHMETIC = 512,
    FILTER_ALL_CLASSES = 1023
};

struct filter_scope { const struct filter_queryable *queryable; int count; unsigned classes; };

// INVALID: the sentence names the property, class, code or type that does not fit and what would.
enum status filter_check(const struct filter *f, const struct filter_scope *scope, struct err *e);

// --- SQL ---------------------------------------------------------------------------------------------------------------

enum filter_dialect { FILTER_SPATIALITE, FILTER_POSTGIS };

struct filter_sql_options {
    enum filter_dialect dialect;
    const char *alias;              // of the table in the query, put before each column; NULL: none
    int first_parameter;            // 1 when 0
    bool windows;                   // ask the R*Tree first, where one is named (SpatiaLite)
};

// A condition for WHERE, whole in itself (in brackets). Parameters $n are used once each, in order (core/store/store.h).
struct filter_sql { const char *text; const struct value *value; int values; };

// Checks first. On SQLite casei(text) and accenti(text) must be there (fold.h), on PostGIS too (migrations make them).
enum status filter_compile(const struct filter *f, const struct filter_scope *scope, const struct filter_sql_options *how,
                           struct arena *a, struct filter_sql *out, struct err *e);

// What must hold wherever the expression is true, for choosing an index; the expression is asked of the rows all the same.
struct filter_window { double west, south, east, north; };     // degrees; nothing outside is true
bool filter_window(const struct filter *f, const char *geometry, struct filter_window *out); // false: nothing is known
const char *filter_equal(const struct filter *f, const char *property);                      // the text it must be; NULL: not known

// --- Facts that are in no table ----------------------------------------------------------------------------------------

enum filter_value_kind {
    FILTER_VALUE_NULL, FILTER_VALUE_TEXT, FILTER_VALUE_INTEGER, FILTER_VALUE_REAL, FILTER_VALUE_BOOLEAN,
    FILTER_VALUE_TIME,              // seconds (a date: its midnight, UTC) and ns; a TEXT or INTEGER of seconds will do as well
    FILTER_VALUE_GEOMETRY,          // WKB, EPSG:4326 lon/lat
    FILTER_VALUE_ARRAY
};

struct filter_value {
    enum filter_value_kind kind;
    const char *text;
    int64_t integer;                // BOOLEAN: 0 or 1
    double real;
    int32_t ns;
    const void *bytes; size_t len;
    const struct filter_value *item; int items;
};

enum filter_truth { FILTER_FALSE, FILTER_TRUE, FILTER_UNKNOWN };

struct filter_facts {
    bool (*get)(void *ctx, const char *property, struct filter_value *out); // false: no such fact, counts as NULL
    void *ctx;
    struct overlay *overlay;        // for S_ functions; NULL: they are INVALID
};

// INVALID when the expression is no condition or asks what needs a tool that is not there; a is scratch memory.
enum status filter_eval(const struct filter *f, const struct filter_facts *facts, struct arena *a, enum filter_truth *out,
                        struct err *e);
