// text.h - every sentence a user sees, in English and Chinese (文案).
//
// The English text in the code is the key. The Chinese stands in data/text/*.def as T("english", "中文") and is compiled in.
// tests/base/text_test.c holds every sentence of the sources against that table.
#pragma once
#include <stdbool.h>

enum lang { LANG_EN, LANG_ZH };

// The text in this language; the English itself when lang is LANG_EN or no translation is known.
const char *text_in(enum lang lang, const char *english) __attribute__((format_arg(2)));

// The same for what every row of a layer says: looked up once and kept in *memo, which begins as NULL and belongs to the sentence.
typedef _Atomic(const char *) text_memo;
const char *text_again(enum lang lang, const char *english, text_memo *memo) __attribute__((format_arg(2)));

// From LC_ALL, LC_MESSAGES, LANG in that order: zh* is Chinese, everything else English.
enum lang text_lang_of_environment(void);

// Places it takes on a terminal: a Chinese character takes two.
int text_columns(const char *utf8);

// "" for NULL.
static inline const char *text_or_empty(const char *text) { return text != 0 ? text : ""; }
// Digits and nothing else, at least one.
bool text_is_digits(const char *text);
