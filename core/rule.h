// rule.h - agencies and routing rules (移交规则): which facts of a case go to whom, how urgent, how secret.
//
// Rules are data and stand in an order. A rule's condition is CQL2 over the facts of a case (filter.h), parsed here, so that a
// wrong one is refused with its place; which facts there are is held against it by whoever asks it (filter_check). `stop` takes the case and ends the search; `also`
// notifies and goes on. Nothing is sent by a rule: it drafts, a person sends.
#pragma once
#include "core/base/json.h"
#include "core/base/status.h"
#include "core/deadline.h"

struct arena;
struct filter;

enum { AGENCIES_MOST = 1000, ROUTING_RULES_MOST = 300 };

enum secrecy { SECRECY_ORDINARY, SECRECY_INTERNAL, SECRECY_SECRET, SECRECIES };  // 普通, 内部, 密: the words of lead.secrecy
const char *secrecy_word(enum secrecy s);

enum agency_part { AGENCY_EXECUTOR, AGENCY_RECEIVER };       // handles cases itself, or receives leads

struct agency_entry {
    const char *key, *name_zh, *name_en, *competence_zh, *competence_en;
    enum agency_part part;
    enum secrecy secrecy;                                    // of a lead to it that says nothing else
};
struct agency_list { const struct agency_entry *agency; size_t agencies; };

// A key twice, an unknown word: INVALID with file, line and place.
enum status agencies_read(const struct json_doc *doc, struct arena *a, struct agency_list *out, struct err *e);
const struct agency_entry *agencies_get(const struct agency_list *l, const char *key);      // NULL: there is none

enum rule_then { RULE_STOP, RULE_ALSO };

struct routing_rule {
    const char *key, *title_zh, *title_en, *ground;          // ground: the law it rests on; "" when none is named
    int order;                                               // unique; small ones are asked first
    const char *when;                                        // CQL2 as written
    const struct filter *filter;                             // and parsed
    const struct agency_entry *agency;
    int priority;                                            // 1 (most urgent) .. 5
    enum secrecy secrecy;
    enum rule_then then;
    bool has_limit;
    const char *limit_stage;
    struct limit limit;                                      // overrides the table of limits
};
struct routing_rules { const char *version; const struct routing_rule *rule; size_t rules; };  // by order

// The last rule must be a `stop`: no case is left without an agency by the end of the file being reached in silence.
// A lead to an agency is never less secret than the agency asks. INVALID with file, line and place.
enum status rules_read(const struct json_doc *doc, const struct agency_list *agencies, struct arena *a, struct routing_rules *out,
                       struct err *e);
