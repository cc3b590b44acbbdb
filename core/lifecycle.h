// lifecycle.h - the one table of moves (流程): what may become of every record, by whom, and under which rules.
//
// A move is a row {thing, from, verb, to, roles, guards}; core/lifecycle_*.c hold the rows, one file a noun or a family of
// nouns. Nothing else changes a state. These functions are pure: they look at the table and at the facts they are given;
// core/store reads the facts, writes the new state and the audit line in one transaction.
//
// A refusal names its rule and says what to do. Facts that nobody set count against the move: a zeroed struct facts opens
// nothing that needs proof. The system proposes and never decides: no move of ROLE_SERVICE ends a case or sends a lead.
#pragma once
#include "core/base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum role {                        // bits; the words are those of actor.role
    ROLE_INSPECTOR     = 1 << 0,   // 采集员: sees, verifies before filing (核实), checks after the work (核查)
    ROLE_CHECKER       = 1 << 1,   // 监督中心: takes in, files, has it checked, closes
    ROLE_COORDINATOR   = 1 << 2,   // 指挥中心: dispatches, coordinates
    ROLE_OFFICER       = 1 << 3,   // 处置单位, 承办人: does the work of a case or a lead
    ROLE_CHIEF         = 1 << 4,   // 负责人: approves
    ROLE_LEGAL         = 1 << 5,   // 法制审核: reviews decisions, issues papers
    ROLE_DISCIPLINE    = 1 << 6,   // 纪检监察: an officer for leads of its compartment
    ROLE_ANALYST       = 1 << 7,   // 数据员: surveys, registers, first review of changes
    ROLE_PUBLIC        = 1 << 8,   // 市民: reports
    ROLE_SERVICE       = 1 << 9,   // the program itself, or another one: proposes
    ROLE_AUDITOR       = 1 << 10,  // reads
    ROLE_ADMINISTRATOR = 1 << 11,  // keeps accounts, touches no record
    ROLES              = 12
};
const char *role_word(enum role one);              // "inspector"; NULL for anything but one bit
const char *role_title(enum role one, enum lang lang);
unsigned role_of_word(const char *word);           // 0: no such role

enum direction { FORWARD, BACK, SIDE, END };       // 批转, 回退, beside the line, the last step of the line

enum effect {                    // what a move does besides changing the state; the store carries it out
    STARTS_CLOCK  = 1 << 0,      // the limit of the next stage runs from now
    PAUSES_CLOCK  = 1 << 1,      // 挂账, 暂缓: until the move that resumes it
    RESUMES_CLOCK = 1 << 2,
    EXTENDS_LIMIT = 1 << 3,      // by the amount that was approved
    EXEMPTS       = 1 << 4,      // overdue stays written, but does not count (申诉成立)
    OPENS_LINKED  = 1 << 5,      // a new record, linked with this one; this one stays as it is
    REMEMBERS     = 1 << 6,      // a later move may lead back to the state left now
    OPENS_CASE    = 1 << 7,
};

struct move {
    const char *from, *verb, *to;  // words; from "" is the birth; to "<" is the state before (facts.state_before)
    unsigned roles;                // any of these
    enum direction direction;
    uint64_t guards;               // bits of enum guard, lifecycle_table.h
    unsigned effects;
    const char *title;             // English, key of the Chinese: what a button says
};

// What the guards look at. Which move needs which: lifecycle_guard.c, one line each.
struct facts {
    const char *state_before;           // the state left by the last move with REMEMBERS; NULL when there was none
    // the person
    bool actor_is_handler;              // did the work, or belongs to the unit that did
    bool actor_is_assignee;             // belongs to the unit it is with now
    bool actor_is_return_receiver;      // the last return of it came to this person and was not sent out again
    bool actor_is_requester;            // asked for what is to be decided, wrote the draft, made the report
    bool actor_is_first_approver;       // gave the first of two approvals
    bool actor_is_reviewer;             // decided it before
    bool actor_is_party;                // the matter concerns this person
    // what comes with the move
    bool has_note, has_place, has_code, has_agency, has_review_date, has_document, has_photo;
    bool has_attachments;               // the list of papers, each with its hash
    bool has_signature;                 // name, time and number of the receipt (回执)
    bool has_return_reason;             // one of 不属管辖, 材料不全, 重复, 已查处
    bool has_inputs;                    // two archived surveys by hash, and the parameters of their comparison
    bool has_conference;                // the record of a conference (协同会商)
    bool has_master, master_is_open;    // the record this one is merged into
    // closing
    bool without_area;                  // this kind of case has no area to be measured (data of its kind)
    bool has_area;
    double area_removed_m2, area_illegal_m2;
    bool partial_documented;            // less than the illegal area was removed, and a paper says why
    bool has_after_photo_near;          // taken after the work, within the district's distance of the polygon
    bool enforcement_open;              // a procedure (查处) of this case has not ended
    // extension, suspension, appeal
    int times_extended;
    double extension_amount, original_limit; // in the unit of the limit
    bool suspended_before;
    int suspension_days;
    bool overdue;
    // fast track and first breach
    bool works_in_progress, works_new;  // 在建, 新增: seen in the act
    bool fast_record_complete;          // finder, time, place, photos, stop notice, who ordered, party present or absent, area
    bool breached_within_12_months;     // the same party, the same matter, in this district
    bool harm_is_light, corrected_in_time, matter_on_list, pledge_signed;
    // enforcement
    bool not_correctable, not_demolishable; // 认定结论
    bool heard;                         // statement and hearing given, waived or past (陈述申辩, 听证)
    bool legal_reviewed;                // 法制审核
    bool is_served;
    bool performance_period_past;       // 期满未履行
    bool urged, urge_period_past;       // 催告
    bool announced, legal_periods_past; // 公告; 复议 and 诉讼 not used in time, or decided
    bool ordered_by_government;         // 责成
    bool night_or_holiday, is_emergency;
    // change, building, permit, lead
    bool has_grown;                     // since the decision
    bool decided_by_person;             // the decision to be inherited names one
    bool receipt_given;
};

struct attempt {
    const char *thing, *from, *verb;
    unsigned roles;                     // of the actor
    const struct facts *facts;
};
struct outcome { const char *to; const struct move *move; };

// May this be done, and where does it lead? INVALID: no such word, or something is missing (note, photo, place);
// CONFLICT: not from this state or not yet; DENIED: not by this person.
enum status lifecycle_check(const struct attempt *a, struct outcome *out, struct err *e);

// The moves that are open to these roles from this state, guards aside; at most room of them are written, all are counted.
size_t lifecycle_moves(const char *thing, const char *from, unsigned roles, const struct move **out, size_t room);

// The rules of such a move that do not hold, in the order they are asked; at most room of them are written, all are counted.
struct unmet { const char *rule, *sentence; enum status status; };   // INVALID: comes with the move; CONFLICT: not yet; DENIED: not this person
size_t lifecycle_unmet(const char *thing, const struct move *m, const struct facts *f, struct unmet *out, size_t room);

uint64_t lifecycle_always(const char *thing);  // the guards of all its moves together, so that whoever reads facts reads what they ask

// The words: of things (NULL past the last), of a thing's states (NULL past the last), and their titles (NULL: no such word).
const char *lifecycle_thing(size_t i);
const char *lifecycle_thing_title(const char *thing, enum lang lang);                    // NULL: no such word
const char *lifecycle_verb_title(const char *thing, const char *verb, enum lang lang);   // of its first move of that name
const char *lifecycle_state(const char *thing, size_t i);
const char *lifecycle_state_title(const char *thing, const char *state, enum lang lang);
bool lifecycle_is_end(const char *thing, const char *state); // nothing more is expected to happen; false: no such word

// Start-up and tests: every state is reached, an end can be reached from every state, (from, verb) is unique, all words are
// known, the system ends nothing. FAILED with the row that is wrong.
enum status lifecycle_sound(struct err *e);
