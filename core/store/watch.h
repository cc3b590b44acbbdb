// watch.h - hears what is written, before whoever wrote it is answered: for what is kept outside of the store (变更监视).
//
// Of this process it hears row by row, with the box of each row before and after. Of others it hears only that there was something, and
// not when it happens but when somebody looks: store_look comes back after everything was told that others committed before it began.
#pragma once
#include "core/store/store.h"
#include "gis/geom.h"

enum watch_kind { WATCH_NOTHING, WATCH_ROWS, WATCH_REST };         // of a table: not asked for; rows and boxes; only that there was something
enum { WATCH_ROWS_MOST = 2000 };                                   // of one commit; more are told like other processes': all of it
struct touch {
    enum { TOUCH_ALL, TOUCH_REST, TOUCH_ROW } what;                // anything anywhere; a table of WATCH_REST; a row
    const char *table; int64_t fid;                                // ROW
    struct lonlat_box box; bool has_box;                           // ROW: how it lay, or how it lies
};
struct watcher {
    enum watch_kind (*kind)(const char *table);
    // Called by one thread at a time, with nobody's locks held but watch's own: it must not ask the store.
    void (*touched)(void *ctx, const struct touch *t, int count);
    void *ctx;
};
// Once, before others use the store. It must outlive the store's last commit.
enum status store_watch(struct store *s, const struct watcher *w, struct err *e);
enum status store_look(struct store *s, struct err *e);            // nothing when nobody watches
