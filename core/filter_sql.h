// filter_sql.h - how a tree becomes SQL; between the files of core/filter_sql*.c only.
#pragma once
#include "core/base/buf.h"
#include "core/filter_tree.h"
#include "core/store/store.h"

struct dialect {                    // what differs; ? is the next argument
    const char *like;               // text, pattern
    bool like_is_glob;              // LIKE of SQLite takes A for a, GLOB does not
    const char *bytewise;           // after the left side of < and >: text by its bytes
    const char *modulo;
    const char *seconds_of_text;    // "2026-11-22" or "2026-11-22T08:00:00Z" to seconds since 1970
    const char *spatial_first, *spatial_last;   // SpatiaLite answers -1 for "unknown"
    const char *bound_array, *array_of;         // of a JSON text, of values
    const char *array[4];           // A_EQUALS, A_CONTAINS, A_CONTAINEDBY, A_OVERLAPS
};

enum { SQL_BYTES_MOST = 8 << 20 };

struct sql {                        // being written
    const struct filter_scope *scope;
    const struct filter_sql_options *how;
    const struct dialect *dialect;
    struct arena *arena;
    struct buf out;
    struct value *value;
    int values, room;
};
typedef void sql_putter(struct sql *q, const struct filter *f);

void sql_text(struct sql *q, const char *words);
void sql_bind(struct sql *q, struct value v);
void sql_bind_buf(struct sql *q, struct buf *b, bool bytes);        // a copy; b is cleared
void sql_identifier(struct sql *q, const char *name);
void sql_column(struct sql *q, const char *name);                   // with the table's alias
// The template up to its next ?, which is passed.
const char *sql_until_argument(struct sql *q, const char *template);
void sql_put_template(struct sql *q, const char *template, const struct filter *f, sql_putter *each);
void sql_put_joined(struct sql *q, const struct filter *f, const char *between, sql_putter *each);

const struct filter_queryable *sql_queryable(const struct sql *q, const struct filter *f);   // NULL: f is no property
void sql_put(struct sql *q, const struct filter *f);                // any part

// filter_sql_time.c
void sql_put_seconds(struct sql *q, const struct filter *f);        // a literal
void sql_put_temporal(struct sql *q, const struct filter *f);
void sql_put_comparison(struct sql *q, const struct filter *f);
void sql_put_between(struct sql *q, const struct filter *f);
void sql_put_in(struct sql *q, const struct filter *f);
void sql_put_null(struct sql *q, const struct filter *f);

// filter_sql_shape.c
void sql_put_geometry(struct sql *q, const struct filter *f);
void sql_put_relation(struct sql *q, const struct filter *f);
void sql_put_windowed(struct sql *q, const struct filter *f);       // where only true rows count: asks the R*Tree first

// filter_sql_array.c
void sql_put_array(struct sql *q, const struct filter *f);
