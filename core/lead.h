// lead.h - facts handed to another agency, and what became of them (线索移交).
//
// A lead is born DRAFT from a case and ends CLOSED, RECALLED or DISCARDED. It carries a snapshot (JSON): later edits of the
// case never reach it. Its state changes in core/step.h only; nothing but a person's approval and sending gets it out of here.
//
// A secret lead (discipline inspection) lies sealed in the compartment of its agency (core/compartment.h): without the key it is not
// there for anybody. With it, it is one row more for the one rule of who sees what (core/visible.h): who made it, its agency and
// those who approve see it, and nobody else.
#pragma once
#include "core/page.h"
#include "core/step.h"

struct lead_spec {
    const char *case_id, *agency, *kind;     // agency: key; kind: NULL: the case's
    const char *secrecy;                     // NULL: the least the agency asks
    int priority;                            // 0: the case's
    const char *rule;                        // key of the routing rule; NULL: a person's own
    const char *note, *linked_from;
    bool by_program;
};
// Inside a writing job. NOT_FOUND; CONFLICT: this rule has drafted one from this case already.
enum status lead_draft(struct work *w, struct desk *d, const struct lead_spec *spec, struct walk *out);
// The same for the case of this number or id, which whoever drafts must see: NOT_FOUND. spec->case_id is not read.
enum status lead_draft_of_case(struct work *w, struct desk *d, const char *case_key, const struct lead_spec *spec, struct walk *out);
// A lead that goes on from this one: split off, reopened, drafted anew. agency_id "": the same agency.
enum status lead_continue(struct work *w, struct desk *d, const struct walk *old, const char *agency_id, struct id *id, char number[WALK_NUMBER]);

// May w->actor know of it? What they may not see is NOT_FOUND (core/visible.h).
enum status lead_visible(struct work *w, const char *key);

struct lead_line {
    const char *id, *number, *case_number, *title, *agency_key, *agency_zh, *agency_en, *state, *secrecy, *cell_code;
    bool is_case;                            // in a queue: the agency handles the case itself
    int64_t priority, due_at_s; bool is_provisional, is_overdue;
};
typedef enum status lead_visit(void *ctx, const struct lead_line *l, struct err *e);
struct lead_query { const char *agency_key, *state; bool open_only; struct page page; };
// By number; only what w->actor may see, here and in all that follows. title: of the case when it was drafted.
enum status lead_each(struct work *w, const struct lead_query *q, lead_visit *fn, void *ctx);
// An agency's queue (移交队列): what it has to do, leads and cases alike: overdue first, then by deadline, then by priority.
enum status queue_each(struct work *w, const char *agency_key, const struct page *p, lead_visit *fn, void *ctx);
struct buf;
enum status lead_tell(struct work *w, const char *key, struct buf *out);
