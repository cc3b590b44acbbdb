// watch_inside.h - what core/store/store.c calls around a commit; between it and watch.c only. NULL: nobody watches.
#pragma once
#include "core/store/watch.h"

struct watch;
enum status watch_open(struct db *writer, struct db *looker, struct db *before, const struct watcher *w, struct watch **out, struct err *e);
void watch_close(struct watch *w);                     // after the writer, whose connection it hears
void watch_begin(struct watch *w, struct db *writer);  // a transaction of ours has begun
void watch_before_commit(struct watch *w, struct db *writer);
void watch_after_commit(struct watch *w, bool committed);
enum status watch_look(struct watch *w, struct err *e);
