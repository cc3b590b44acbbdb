// filter_tree.h - the tree of an expression, for the files of core/filter only.
#pragma once
#include "core/filter.h"

enum filter_op {
    OP_PROPERTY, OP_TEXT, OP_NUMBER, OP_BOOLEAN, OP_DATE, OP_TIMESTAMP, OP_OPEN, OP_GEOMETRY,   // leaves
    OP_INTERVAL, OP_ARRAY, OP_FUNCTION,
    OP_AND, OP_OR, OP_NOT,
    OP_EQ, OP_NE, OP_LT, OP_GT, OP_LE, OP_GE,
    OP_LIKE, OP_BETWEEN, OP_IN, OP_IS_NULL,         // IN: the value, then the list
    OP_ADD, OP_SUBTRACT, OP_MULTIPLY, OP_DIVIDE, OP_DIV, OP_MODULO, OP_POWER,
    OP_CASEI, OP_ACCENTI,
    OP_S_INTERSECTS, OP_S_EQUALS, OP_S_DISJOINT, OP_S_TOUCHES, OP_S_WITHIN, OP_S_OVERLAPS, OP_S_CROSSES, OP_S_CONTAINS,
    OP_T_AFTER, OP_T_BEFORE, OP_T_CONTAINS, OP_T_DISJOINT, OP_T_DURING, OP_T_EQUALS, OP_T_FINISHEDBY, OP_T_FINISHES,
    OP_T_INTERSECTS, OP_T_MEETS, OP_T_METBY, OP_T_OVERLAPPEDBY, OP_T_OVERLAPS, OP_T_STARTEDBY, OP_T_STARTS,
    OP_A_EQUALS, OP_A_CONTAINS, OP_A_CONTAINEDBY, OP_A_OVERLAPS,
    OPS
};

struct filter_time { int64_t s; int32_t ns; };      // since 1970, UTC; ns 0 .. 999 999 999

struct filter {
    enum filter_op op;
    int depth;                      // 1: a leaf
    size_t at;                      // where it began: a character of the text, 1 the first; 0: read from JSON
    const char *text;               // name of a property or function; text
    double number; int64_t whole; bool is_whole; // NUMBER: whole ones below 2^63 are exact
    bool truth;                     // BOOLEAN
    bool is_end;                    // OPEN: the end of an interval, not its start
    struct filter_time time;        // DATE, TIMESTAMP
    const struct filter_shape *shape;
    struct filter *first, *last, *next; int count;
};

// The words of an operator: its text, its name in JSON, how many arguments it takes, the class that offers it (0: basic).
struct filter_word { const char *text, *json; int least, most; unsigned class; };
const struct filter_word *filter_word(enum filter_op op);
// The operator that is written like a function of this name (CASEI, S_INTERSECTS, ...); OPS: none.
enum filter_op filter_op_of_function(const char *name, size_t len);
enum filter_op filter_op_of_json(const char *name);
static inline bool filter_is_between_ops(enum filter_op op, enum filter_op first, enum filter_op last) { return op >= first && op <= last; }
static inline bool filter_is_spatial(const struct filter *f) { return filter_is_between_ops(f->op, OP_S_INTERSECTS, OP_S_CONTAINS); }
static inline bool filter_is_temporal(const struct filter *f) { return filter_is_between_ops(f->op, OP_T_AFTER, OP_T_STARTS); }
static inline bool filter_is_array(const struct filter *f) { return filter_is_between_ops(f->op, OP_A_EQUALS, OP_A_OVERLAPS); }
static inline bool filter_is_arithmetic(const struct filter *f) { return filter_is_between_ops(f->op, OP_ADD, OP_POWER); }
static inline bool filter_may_end_interval(const struct filter *f)
{
    return f->op == OP_PROPERTY || f->op == OP_FUNCTION || f->op == OP_DATE || f->op == OP_TIMESTAMP || f->op == OP_OPEN;
}
static inline bool filter_is_comparison(const struct filter *f) { return filter_is_between_ops(f->op, OP_EQ, OP_GE); }

// --- Growing a tree under its limits: each returns NULL once the error is set ---------------------------------------------

struct filter_tree { struct arena *arena; struct err *e; enum status status; int nodes, vertices; };
enum status filter_fail(struct filter_tree *t, enum status s);  // remembers it
struct filter *filter_leaf(struct filter_tree *t, enum filter_op op, size_t at);
struct filter *filter_number(struct filter_tree *t, size_t at, const char *digits, size_t len, bool negative);
struct filter *filter_double(struct filter_tree *t, size_t at, double number);
struct filter *filter_whole(struct filter_tree *t, size_t at, int64_t number);
struct filter *filter_instant(struct filter_tree *t, enum filter_op op, size_t at, const char *text);
struct filter *filter_branch(struct filter_tree *t, enum filter_op op, size_t at, struct filter *first); // first may be NULL
struct filter *filter_add(struct filter_tree *t, struct filter *to, struct filter *child);   // returns to
// Argument i, must be there.
const struct filter *filter_arg(const struct filter *f, int i);

// --- Geometry -------------------------------------------------------------------------------------------------------------

enum filter_shape_kind {
    SHAPE_POINT = 1, SHAPE_LINE, SHAPE_POLYGON, SHAPE_MULTIPOINT, SHAPE_MULTILINE, SHAPE_MULTIPOLYGON, SHAPE_COLLECTION, // as WKB
    SHAPE_BOX, SHAPE_RING
};
struct filter_shape {
    enum filter_shape_kind kind;
    bool has_z;
    double *ordinate; int vertices, room;   // POINT, LINE, RING: x y [z] each; BOX: its 4 or 6 numbers, vertices 2
    struct filter_shape *first, *last, *next; int parts;
};
const char *filter_shape_word(enum filter_shape_kind kind);     // "POINT"; GeoJSON's "Point" is the same but for case
enum filter_shape_kind filter_shape_of_word(const char *word, size_t len); // 0: none
enum filter_shape_kind filter_shape_part(enum filter_shape_kind kind);     // what a POLYGON or a MULTI is made of
struct filter_shape *filter_shape_make(struct filter_tree *t, enum filter_shape_kind kind);
void filter_shape_add(struct filter_shape *to, struct filter_shape *part);
// n: 2 or 3 ordinates; FAILED above FILTER_VERTICES_MOST, when they are mixed or not finite.
enum status filter_shape_vertex(struct filter_tree *t, struct filter_shape *s, const double *ordinate, int n);
// Lines of two points, rings of four that close; INVALID says which.
enum status filter_shape_check(struct filter_tree *t, const struct filter_shape *s);
void filter_shape_print(const struct filter_shape *s, struct buf *out);
void filter_shape_wkb(const struct filter_shape *s, struct buf *out);   // 2D; a box that crosses the antimeridian is two
struct filter_box { double west, south, east, north; };
struct filter_box filter_shape_box(const struct filter_shape *s);
bool filter_shape_on_earth(const struct filter_shape *s);       // longitudes to 180, latitudes to 90

// --- Time -----------------------------------------------------------------------------------------------------------------

bool filter_time_of_date(const char *text, struct filter_time *out);        // "2026-11-22"
bool filter_time_of_timestamp(const char *text, struct filter_time *out);   // "2026-11-22T08:00:00.5Z"
enum { FILTER_TIME_BYTES = 40 };
void filter_time_print(struct filter_time t, bool as_date, char out[FILTER_TIME_BYTES]);
static const int64_t FILTER_FOREVER_S = INT64_C(1) << 60;                   // '..'; minus this for a start

// The conditions of a T_ function on the ends of its two intervals: "s>s e<e" is a.start > b.start AND a.end < b.end;
// DISJOINT alone joins them with OR.
struct filter_ends { char left, right; enum filter_op op; };
struct filter_relation { struct filter_ends ends[3]; int count; bool any; };
const struct filter_relation *filter_relation(enum filter_op op);

// --- Meaning ------------------------------------------------------------------------------------------------------------

// What a value is when compared: numbers with numbers, dates and moments with one another.
enum filter_sort { SORT_TEXT, SORT_NUMBER, SORT_BOOLEAN, SORT_TIME, SORT_INTERVAL, SORT_GEOMETRY, SORT_ARRAY };
const struct filter_queryable *filter_queryable(const struct filter_scope *scope, const char *name); // NULL: none
enum filter_sort filter_sort_of(const struct filter_scope *scope, const struct filter *f);           // of a checked tree
