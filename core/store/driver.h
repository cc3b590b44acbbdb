// driver.h - what a database must be able to do for store.c; a row of functions for each kind.
//
// Nobody above core/store sees this. A statement is whatever the driver says it is.
#pragma once
#include "core/store/store.h"

struct driver {
    const char *name;
    // One connection. writable false: every attempt to write fails.
    enum status (*open)(const char *path, bool create, bool writable, void **out, struct err *e);
    void (*close)(void *connection);
    enum status (*prepare)(void *connection, const char *sql, void **statement, struct err *e);
    void (*finalize)(void *statement);
    enum status (*bind)(void *statement, int place, const struct value *v, struct err *e);   // place: 1 is $1
    enum status (*step)(void *statement, bool *row, struct err *e);
    void (*reset)(void *statement);
    int (*columns)(void *statement);
    bool (*is_null)(void *statement, int column);
    int64_t (*integer)(void *statement, int column);
    double (*real)(void *statement, int column);
    const char *(*text)(void *statement, int column);
    const void *(*bytes)(void *statement, int column, size_t *len);
    enum status (*script)(void *connection, const char *sql, struct err *e);
    int64_t (*changed)(void *connection);
    int64_t (*changed_ever)(void *connection);
    bool (*is_in_transaction)(void *connection);
    int64_t (*last_fid)(void *connection);
    enum status (*copy)(void *connection, const char *path, struct err *e);
    // fn hears of every row of a table with fids that this connection puts in, changes or takes out.
    void (*hear)(void *connection, void (*fn)(void *ctx, const char *table, int64_t fid), void *ctx);
    // A number in memory shared by all processes, which another one takes the place of whenever somebody commits; valid until the connection is
    // closed, which must have read something. NULL: there is none.
    const _Atomic uint64_t *(*commit_mark)(void *connection);
    void (*limit)(void *connection, double until_s);     // statements that are still at it then (monotonic clock) end with BUSY; 0: no end
    void (*spare_memory)(void *connection);              // one of many that live long: it keeps less of the file at hand
    const char *begin_write, *begin_read;                // what opens a transaction
};

extern const struct driver driver_spatialite;

enum status db_open(const struct driver *driver, const char *path, bool create, bool writable, struct db **out, struct err *e);
void db_close(struct db *d);
const struct driver *db_driver(const struct db *d);
void *db_connection(const struct db *d);
