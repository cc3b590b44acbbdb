// codes.h - the code schemes of components and events (部件, 事件): what four digits mean, in which scheme, since when.
//
// The same digits mean different things in different schemes, and for a component and an event of one scheme, so a code is
// always asked for with its scheme, its kind and a date. Schemes are data (data/codes/*.json); a file with one fault is
// refused whole, and the sentence names file, line and place.
#pragma once
#include "core/base/status.h"
#include "core/data_reader.h"

struct arena;

enum code_kind { CODE_PART, CODE_EVENT, CODE_KINDS };
const char *code_kind_word(enum code_kind k);          // "part", "event"

enum { CODES_MOST = 20000, CODE_DIGITS_MOST = 16 };

struct code {
    const char *code;                                  // 2 digits: a major class; 4 and more: a minor one
    enum code_kind kind;
    const char *name_zh, *name_en;
    const char *valid_from, *valid_to;                 // YYYY-MM-DD, the last day included; "": not known, no end
};

struct code_scheme {
    struct data_heading head;
    const char *valid_from, *valid_to;                 // of the whole; a code may be narrower
    const struct code *code; size_t codes;             // by kind, then code, then valid_from
};

// Texts are copied into the arena. INVALID with the place; TOO_BIG.
enum status codes_read(const struct json_doc *doc, struct arena *a, struct code_scheme *out, struct err *e);

// The code as it stood on that day (YYYY-MM-DD; NULL: any day). NULL: there is none.
const struct code *codes_get(const struct code_scheme *s, enum code_kind kind, const char *code, const char *day);
