// tally_rows.h - how many rows of the register count now (计数), kept so that nobody counts a million to say it.
//
// Table tally holds a number for each thing, kind and state, of the district, of each community and of each cell. Triggers keep it at every row that is written; a
// bulk load sets the one for new rows aside (core/store/bulk.h) and brings its own book. verify counts again.
#pragma once
#include "core/store/store.h"

struct tallied { const char *table, *kind_column, *state_column; };      // column NULL: the table has none
const struct tallied *tallied_find(const char *table);                   // NULL: not counted
extern const struct tallied tallied_list[];
extern const int tallied_count;

// New rows of one table, counted in memory. Texts are copied; NULL is "".
struct tally_book;
struct tally_row { const char *kind, *community_code, *cell_code, *state; };
struct tally_book *tally_book_open(const struct tallied *what);
void tally_book_close(struct tally_book *b);
void tally_book_add(struct tally_book *b, const struct tally_row *r);
enum status tally_book_write(struct tally_book *b, struct db *db, struct err *e);

// While many rows change their cell: their trigger is set aside, and all are counted at the end, when it is put back word for word.
struct tally_paused { const struct tallied *what; char trigger[4096]; };
enum status tally_pause(struct db *db, const struct tallied *what, struct tally_paused *out, struct err *e);
enum status tally_resume(struct db *db, const struct tally_paused *p, struct err *e);

// What counts now. NULL: any.
enum status tally_count(struct db *db, const struct tallied *what, const struct tally_row *r, int64_t *out, struct err *e);
enum tally_by { TALLY_STATE, TALLY_COMMUNITY, TALLY_CELL };
typedef enum status tally_visit(void *ctx, const char *key, int64_t count, struct err *e);
enum status tally_each(struct db *db, const struct tallied *what, const struct tally_row *r, enum tally_by by, tally_visit *fn, void *ctx, struct err *e);
// How many groups of rows do not have the number that is kept for them. Looks at every row.
enum status tally_differences(struct db *db, const struct tallied *what, int64_t *out, struct err *e);
