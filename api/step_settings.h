// step_settings.h - what comes with a move, as options of a command (办理选项).
#pragma once
#include "api/options.h"
#include "api/station_use.h"
#include "core/step.h"

struct step_settings {
    const char *note, *agency, *scheme, *code, *paper, *master, *inputs, *reason, *receipt, *received_by, *result, *until;
    double condition, area_m2, amount;
    bool emergency, light_harm, corrected;
};

#define STEP_OPTIONS(type, member) \
    { .kind = OPTION_HEADING, .help = "What comes with a move" }, \
    { .kind = OPTION_TEXT, .name = "note", .value = "TEXT", .at = offsetof(type, member.note), .help = "the reason, what was seen, what was done" }, \
    { .kind = OPTION_TEXT, .name = "agency", .value = "KEY", .at = offsetof(type, member.agency), .help = "to whom it goes: a key of gridpatrol agency list" }, \
    { .kind = OPTION_TEXT, .name = "scheme", .value = "NAME", .at = offsetof(type, member.scheme), .help = "scheme of the code, such as gbt30428.2-2013" }, \
    { .kind = OPTION_TEXT, .name = "code", .value = "CODE", .at = offsetof(type, member.code), .help = "what it is filed under" }, \
    { .kind = OPTION_NUMBER, .name = "condition", .value = "N", .at = offsetof(type, member.condition), .least = 1, .most = 99, .help = "the condition of filing of that code, which has a limit of its own" }, \
    { .kind = OPTION_NUMBER, .name = "area", .value = "M2", .at = offsetof(type, member.area_m2), .least = 0.01, .most = 1e7, .help = "area in m2: illegal when a case is opened, removed when it is measured" }, \
    { .kind = OPTION_NUMBER, .name = "amount", .value = "N", .at = offsetof(type, member.amount), .least = 1, .most = 10000, .help = "how much more time an extension asks for, in the unit of the limit" }, \
    { .kind = OPTION_TEXT, .name = "until", .value = "DATE", .at = offsetof(type, member.until), .help = "suspended or deferred until, or the end of the period a paper sets" }, \
    { .kind = OPTION_TEXT, .name = "paper", .value = "NUMBER", .at = offsetof(type, member.paper), .help = "the paper a step rests on, recorded before" }, \
    { .kind = OPTION_TEXT, .name = "master", .value = "NUMBER", .at = offsetof(type, member.master), .help = "the record it is merged into" }, \
    { .kind = OPTION_TEXT, .name = "inputs", .value = "ID", .at = offsetof(type, member.inputs), .help = "the comparison a proposal rests on" }, \
    { .kind = OPTION_TEXT, .name = "reason", .value = "WORD", .at = offsetof(type, member.reason), .help = "why a lead is returned: not_competent, incomplete, duplicate or dealt_with" }, \
    { .kind = OPTION_TEXT, .name = "receipt", .value = "NUMBER", .at = offsetof(type, member.receipt), .help = "number of the receipt of a lead" }, \
    { .kind = OPTION_TEXT, .name = "received-by", .value = "NAME", .at = offsetof(type, member.received_by), .help = "who signed for it" }, \
    { .kind = OPTION_TEXT, .name = "result", .value = "WORD", .at = offsetof(type, member.result), .help = "what became of it: demolished_self, demolished_assisted, demolished_forced, confiscated or corrected; of a paper: its outcome" }, \
    { .kind = OPTION_FLAG, .name = "emergency", .at = offsetof(type, member.emergency), .help = "danger to life: also at night and on holidays" }, \
    { .kind = OPTION_FLAG, .name = "light-harm", .at = offsetof(type, member.light_harm), .help = "first breach: the harm is light" }, \
    { .kind = OPTION_FLAG, .name = "corrected", .at = offsetof(type, member.corrected), .help = "first breach: it was corrected in time" }

enum status step_settings_read(const struct step_settings *s, const struct station_use *use, struct step_with *out, struct err *e);

// One move of a record, in a job of its own; prints number, state and deadline. verb may be "thing.verb" of what walks beside
// a case or a lead: extension.request, appeal.file, enforcement.stop, conference.call, ...
enum status step_run(struct station_use *use, const char *thing, const char *key, const char *verb, const struct step_settings *settings, struct err *e);

// A state that is given must be one of the thing's; INVALID names them all. NULL is well.
enum status step_check_state(const char *thing, const char *state, struct err *e);

// "2026-03-01 09:30", local; "-" for none.
void print_local_time(int64_t at_s, int64_t zone_offset_s);
// "121.07,32.05" into two numbers. INVALID.
enum status place_read(const char *text, double *x, double *y, struct err *e);
