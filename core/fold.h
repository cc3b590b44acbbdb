// fold.h - text without its case, its accents, its ways of being typed: what CASEI and ACCENTI of CQL2 compare (ICU's door).
//
// Case is Unicode's full folding (Straße is strasse). Accents are the non-spacing marks of the decomposed text, but for the Japanese
// voicing marks, which make other letters. The store offers both to SQL under their names: casei(text), accenti(text).
#pragma once

// malloc'd by mem_get, to be given to mem_free; NULL only for NULL. What is no UTF-8 becomes U+FFFD.
char *fold_case(const char *utf8);
char *fold_accents(const char *utf8);
// One form for texts that look and mean the same (NFKC): a password typed on another keyboard is the same password.
char *fold_forms(const char *utf8);
