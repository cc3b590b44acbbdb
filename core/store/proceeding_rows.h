// proceeding_rows.h - rows of proceeding; see core/proceeding.h.
#pragma once
#include "core/proceeding.h"

enum status proceeding_insert(struct db *db, const struct walk *k, const struct proceeding_spec *spec, const char *about_id, int64_t now_s, struct err *e);
enum status proceeding_newest(struct db *db, const char *thing, const char *about_id, char id[ID_TEXT], struct err *e);  // NOT_FOUND, no sentence
