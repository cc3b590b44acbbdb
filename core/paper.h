// paper.h - what was decided, served, announced, signed (文书), with number and dates. Rules of moves rest on papers:
//
//     stop_notice 责令停止   determination 规划认定: correctable, not_correctable, not_demolishable   filing 立案审批
//     notification 告知      hearing 陈述申辩、听证: heard, waived, or its period past                  legal_review 法制审核: agreed, refused
//     decision 处罚决定 (until: the period of performance)      remedy 复议、诉讼: until, or decided    urging 催告 (until)
//     announcement 公告      government_order 责成              pledge 承诺书                          partial 部分拆除说明
//     minutes 会商纪要       other
//
// A paper that is served says when and how. Papers are recorded, never changed: a later one of the same kind counts.
#pragma once
#include "core/work.h"

struct paper {
    struct id id;
    const char *thing, *thing_id, *kind, *number;
    int64_t dated_s, served_s, until_s;       // 0: none
    const char *served_how, *result;          // NULL: none
    const char *path;                         // a file to be kept with it; NULL: none
    const char *sha256;                       // or an original that was kept before; NULL: none
};
bool paper_is_kind(const char *kind);
// Fills id. INVALID: an unknown kind, no number, served without saying how; NOT_FOUND: the file.
enum status paper_record(struct work *w, struct paper *p);
