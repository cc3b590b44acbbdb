// legality_ground.h - the permits and zones around the changes of one comparison; the judgement itself is core/legality.h.
#pragma once
#include "core/change_list.h"
#include "core/legality.h"

struct legality_report { int64_t judged, uncovered; int64_t unused; char unused_numbers[16384]; };
// Inside a reading job. Fills the legal columns of every change that is asked. Counts the permits in force at the date of the
// AFTER survey on whose ground it shows no building (APPROVED_UNUSED, 批而未建), and names the first ones.
enum status legality_ask(struct work *w, const struct pair_diff *pair, struct pair_surveys surveys, struct change_list *l,
                         struct legality_report *out);
