// change_text.h - a change of the station in words: what was found, what the law says of it, where it stands in its review.
#pragma once
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/change.h"

void change_text_found(const struct change_row *c, enum lang lang, struct buf *out);  // the sentences of reason.h
void change_text_legal(const struct change_row *c, enum lang lang, struct buf *out);  // permit, zone, stock; nothing where not asked
void change_text_memory(const struct change_row *c, enum lang lang, struct buf *out); // inherited, woken; nothing when neither
