// fold.h - text without its case, text without its accents: what CASEI and ACCENTI of CQL2 compare (ICU's door).
//
// Case is Unicode's full folding (Straße is strasse). Accents are the non-spacing marks of the decomposed text, but for the Japanese
// voicing marks, which make other letters. The store offers both to SQL under their names: casei(text), accenti(text).
#pragma once

// malloc'd by mem_get, to be given to mem_free; NULL only for NULL. What is no UTF-8 becomes U+FFFD.
char *fold_case(const char *utf8);
char *fold_accents(const char *utf8);
