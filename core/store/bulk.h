// bulk.h - many rows into one spatial table (成批写入): what is done for every row is done once, at the end.
//
// Between begin and end the table's triggers on inserted rows are set aside: they keep the R*Tree, hold the geometry's type and
// note the time, and one counts (core/store/tally_rows.h). The caller sees to it that type and SRID are right and that new rows are
// counted. When more rows come than are there, the indexes that only
// speed up questions are set aside too (unique ones stay: they keep a rule). The end packs the R*Tree (bulk_tree.h), forgets
// statistics that are not true any more and makes what was set aside again, word for word. All of it belongs to the job's
// transaction: a job that fails in between leaves the table as it was.
#pragma once
#include "core/store/store.h"

enum { BULK_ASIDE_MOST = 32, BULK_TABLE = 32, BULK_ROWS_LEAST = 500 }; // fewer rows are not worth it
struct bulk { char table[BULK_TABLE]; int64_t last_fid; char *aside[BULK_ASIDE_MOST]; int asides; };

// table: a plain word, one of our schema. expected: about how many rows come; -1: nobody knows. Ask bulk_clear whatever comes of it.
enum status bulk_begin(struct db *db, const char *table, int64_t expected, struct bulk *b, struct err *e);
enum status bulk_end(struct db *db, struct bulk *b, struct err *e);
void bulk_clear(struct bulk *b);
