// limits.h - how long a stage may take (时限规则): by scheme, code, condition and stage. Data, with the words of its source.
//
// A minor class has several conditions of filing (立案条件), each with its own limit. Clocks of agencies for leads are limits
// too: scheme "agency", the agency's key as code, "*" for any. "天" in a published table may mean several kinds of time, so the
// kind is always written, together with the words as published and whether the kind is sure.
#pragma once
#include "core/base/status.h"
#include "core/data_reader.h"
#include "core/deadline.h"

struct arena;

enum { LIMIT_RULES_MOST = 20000, LIMIT_CONDITIONS_MOST = 99 };

struct limit_rule {
    const char *code;                       // of the scheme, or an agency's key; "*": any
    int condition_no;                       // 1 ..
    const char *condition_zh, *condition_en;
    const char *stage;                      // the verb that must be done: register, dispatch, handle, check, close, receive, ...
    struct limit limit;
    const char *as_written;                 // the words of the source
    bool unit_is_sure;                      // false: the source does not say which kind of time; whoever uses it must settle it
};

struct limit_rules {
    struct data_heading head;
    const struct limit_rule *rule; size_t rules;
};

// Texts are copied into the arena. INVALID with file, line and place: an unknown word, a limit that cannot be, a row twice.
enum status limits_read(const struct json_doc *doc, struct arena *a, struct limit_rules *out, struct err *e);

// The rule for exactly this code, else for "*"; condition 0: the first. NULL: there is none.
const struct limit_rule *limits_get(const struct limit_rules *r, const char *code, int condition_no, const char *stage);

// The same fields in an object of another file: stage; amount, unit, legal.
const char *limit_stage(struct data_reader *r);
struct limit limit_read(struct data_reader *r);
