// words.h - the words of a text as the search keeps them (检索词), and a question in words as it asks for them.
//
// Case and accents are folded (core/fold.h). What is written with spaces is kept word by word and found by how a word begins;
// Chinese, Japanese and Korean know no spaces: every two characters that follow each other are kept, and the last alone, so any
// part of a name is found, a single character too. Everything else parts words. All words of a question must be there.
#pragma once
#include "core/base/status.h"

struct buf;
enum { WORDS_QUESTION_BYTES_MOST = 400, WORDS_QUESTION_MOST = 32 };

void words_add(const char *utf8, struct buf *out);       // words with spaces between them, after what is in out
// An FTS5 MATCH. INVALID: no word in it; TOO_BIG.
enum status words_question(const char *utf8, struct buf *out, struct err *e);
