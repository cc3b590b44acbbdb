// comparison_rows.h - the shelf of comparisons; the rules are in core/comparison.c.
#pragma once
#include "core/comparison.h"

struct comparison_key { const char *before_sha256, *after_sha256, *parameters, *program_version; };
// The newest that is done with these. NOT_FOUND without a sentence.
enum status comparison_select_same(struct db *db, const struct comparison_key *k, struct id *out, struct err *e);
enum status comparison_insert(struct db *db, const char *id, const char *before_id, const char *after_id, const struct comparison_key *k,
                              int64_t started_at_s, struct err *e);
struct comparison_end { const char *id, *state, *summary; double expected_false_alarms; int64_t ended_at_s; };
enum status comparison_update_end(struct db *db, const struct comparison_end *end, struct err *e);
// Those in state running: whoever ran them is gone.
typedef enum status comparison_orphan(void *ctx, const char *id, struct err *e);
enum status comparison_each_running(struct db *db, comparison_orphan *fn, void *ctx, struct err *e);
