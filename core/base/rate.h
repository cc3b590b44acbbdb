// rate.h - how much somebody may ask in how much time (限流): token buckets, and delays that grow with each failure.
//
// The clock is an argument: seconds that never go back (when_monotonic_s), so that tests can be at any time. A table holds so many
// keys and no more, whatever strangers send: who has asked for nothing lately costs no place, and where there is no place left
// the key that has least to wait for is forgotten. Threads may share a table; where a key lies depends on chance, so nobody can
// aim at the place of another.
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct rate { double per_s, burst; };                  // so many a second in the long run, so many at once

// One bucket, pure. It begins full.
struct rate_bucket { double left, at_s; };
struct rate_bucket rate_bucket_full(const struct rate *r, double now_s);
// Takes cost out of it, at most burst. False: it is not in there; nothing was taken and *wait_s (> 0) says when it will be.
bool rate_bucket_take(struct rate_bucket *b, const struct rate *r, double cost, double now_s, double *wait_s);

// A bucket for each key: an actor's id, an address.
struct rate_table;
struct rate_table *rate_table_open(const struct rate *r, size_t keys_most);
void rate_table_close(struct rate_table *t);           // NULL is fine
bool rate_table_take(struct rate_table *t, const char *key, double cost, double now_s, double *wait_s);

// Tries at a password, for each name and for each address. The first `free` failures cost nothing, the next first_s of waiting, each
// further one twice as much, at most most_s; forget_s after the last one all is forgotten.
struct tries_rule { int free; double first_s, most_s, forget_s; };
struct tries_table;
struct tries_table *tries_table_open(const struct tries_rule *r, size_t keys_most);
void tries_table_close(struct tries_table *t);         // NULL is fine
// May this key try now? True: the try is counted as failed at once, so that a thousand at the same time are a thousand. False: *wait_s.
bool tries_begin(struct tries_table *t, const char *key, double now_s, double *wait_s);
void tries_passed(struct tries_table *t, const char *key);   // it was the right one: nothing is held against this key any more
void tries_undo(struct tries_table *t, const char *key);     // only this try does not count (an address others use too)
