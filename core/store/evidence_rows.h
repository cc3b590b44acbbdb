// evidence_rows.h - rows of evidence and paper; see core/evidence.h, core/paper.h.
#pragma once
#include "core/evidence.h"
#include "core/paper.h"

enum status evidence_insert(struct db *db, const struct evidence *v, int64_t now_s, struct err *e);
enum status paper_insert(struct db *db, const struct paper *p, const char *sha256, const char *actor, int64_t now_s, struct err *e);
