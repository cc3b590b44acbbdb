// agency_rows.h - rows of agency; see core/agency.h.
#pragma once
#include "core/agency.h"

enum status agency_insert(struct db *db, const struct agency *a, int64_t now_s, struct err *e);
