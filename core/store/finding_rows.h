// finding_rows.h - rows of finding; see core/finding.h.
#pragma once
#include "core/finding.h"

enum status finding_insert(struct db *db, const struct walk *k, const struct finding_spec *f, int64_t now_s, struct err *e);
