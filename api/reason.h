// reason.h - why a change is reported and what speaks against it, as codes and as sentences (依据与存疑).
#pragma once
#include "core/base/buf.h"
#include "core/base/text.h"
#include "gis/footprint_diff.h"

// The codes for (or against), in the order of the enum, joined by ';'.
void reason_codes(const struct change *c, bool against, struct buf *out);
// What changed, by how much, why and why not: one short paragraph with its numbers.
void reason_sentences(const struct change *c, enum lang lang, struct buf *out);
void reason_sentences_for(const struct change *c, enum lang lang, struct buf *out);     // its two halves
void reason_sentences_against(const struct change *c, enum lang lang, struct buf *out); // nothing when nothing speaks against it
// "new", "enlarged" ... in this language: the codes are the English names.
const char *reason_class(enum change_class c, enum lang lang);
