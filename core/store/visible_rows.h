// visible_rows.h - is this record there for who asks? See core/visible.h.
#pragma once
#include "core/visible.h"

// key: of a layer whose records have numbers (case, lead, finding). l: begun with the number or id as its first value.
enum status record_seen(struct db *db, const char *key, struct looking *l, bool *out, struct err *e);
