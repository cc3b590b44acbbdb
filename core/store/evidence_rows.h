// evidence_rows.h - rows of evidence and paper; see core/evidence.h, core/paper.h.
#pragma once
#include "core/evidence.h"
#include "core/paper.h"

enum status evidence_insert(struct db *db, const struct evidence *v, int64_t now_s, struct err *e);
struct evidence_kept { struct id id; char thing_id[ID_TEXT], sha256[65], part[16]; };
enum status evidence_kept_select(struct db *db, const char *id, struct evidence_kept *out, struct err *e);                       // NOT_FOUND, no sentence
enum status evidence_like_select(struct db *db, const struct evidence *v, struct evidence_kept *out, struct err *e);             // likewise
struct arena;
enum status evidence_select(struct db *db, const char *id, struct arena *a, struct evidence *out, struct err *e);                // likewise
// Does a lead that w->actor may see carry this original of its case?
enum status evidence_is_handed_over(struct work *w, const struct evidence *v, bool *out);
enum status paper_insert(struct db *db, const struct paper *p, const char *sha256, const char *actor, int64_t now_s, struct err *e);
