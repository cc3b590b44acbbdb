// data_reader.h - reading one object of a data file: words, texts, days, choices, copied into an arena.
//
// The first value that does not fit sets s and the sentence with its place (json.h); after that everything answers empty, so a
// reader is one line a field and one look at s in the end.
#pragma once
#include "core/base/json.h"

struct arena;

struct data_reader { struct json object; struct arena *arena; struct err *e; enum status s; };

enum {
    DATA_WORD_BYTES_MOST = 64, DATA_TEXT_BYTES_MOST = 2000,
    DATA_ARENA_BYTES = 128 << 20        // an arena with this ceiling holds whatever any one file may say
};

// What a file of codes or limits says of itself.
struct data_heading { const char *scheme, *version, *title_zh, *title_en, *source; };   // source "": not named
struct data_heading data_heading(struct data_reader *r);

void data_known_keys(struct data_reader *r, const char *const *known);         // NULL ends them
const char *data_word(struct data_reader *r, const char *key);                 // a-z 0-9 . _ - and * for any
const char *data_text(struct data_reader *r, const char *key);                 // not empty
const char *data_text_or_none(struct data_reader *r, const char *key);         // "" when missing
const char *data_day_or_none(struct data_reader *r, const char *key);          // YYYY-MM-DD, or ""
int64_t data_int(struct data_reader *r, const char *key, int64_t least, int64_t most);
bool data_bool_or(struct data_reader *r, const char *key, bool missing);
int data_choice(struct data_reader *r, const char *key, const char *const *words, const char *expected); // which of these words

// The list of that name: its items, 1 .. most of them; 0 when it does not fit.
size_t data_list(struct data_reader *r, const char *key, size_t most, struct json *list);
void data_wrong(struct data_reader *r, const char *key, const char *expected); // for what only the caller can know
