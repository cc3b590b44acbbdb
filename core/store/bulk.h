// bulk.h - many rows into one spatial table (成批写入): what SpatiaLite does for every row is done once, at the end.
//
// Between begin and end the table's triggers on inserted rows are set aside: they keep the R*Tree, hold the geometry's type and
// note the time. The caller sees to it that type and SRID are right. The end fills the index from the new rows, forgets
// statistics that are not true any more and puts the triggers back word for word. All of it belongs to the job's transaction: a
// job that fails in between leaves the table as it was.
#pragma once
#include "core/store/store.h"

enum { BULK_TRIGGERS_MOST = 12, BULK_TABLE = 32, BULK_ROWS_LEAST = 500 }; // fewer rows are not worth it
struct bulk { char table[BULK_TABLE]; int64_t last_fid; char *trigger[BULK_TRIGGERS_MOST]; int triggers; };

// table: a plain word, one of our schema. Ask bulk_clear whatever comes of it.
enum status bulk_begin(struct db *db, const char *table, struct bulk *b, struct err *e);
enum status bulk_end(struct db *db, struct bulk *b, struct err *e);
void bulk_clear(struct bulk *b);
