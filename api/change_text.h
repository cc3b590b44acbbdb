// change_text.h - a change of the station in words: what was found, what the law says of it, where it stands in its review.
#pragma once
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/change.h"
#include "core/layer.h"

void change_text_found(const struct change_row *c, enum lang lang, struct buf *out);  // the sentences of reason.h
// Permit, zone, stock; nothing where not asked. zone_kinds: the property of layer zone that names its kinds; NULL: told as codes.
void change_text_legal(const struct change_row *c, const struct property *zone_kinds, enum lang lang, struct buf *out);
void change_text_memory(const struct change_row *c, enum lang lang, struct buf *out); // inherited, woken; nothing when neither
