// agency.h - an office, and what is its business (单位). The station begins with those of data/agencies and adds its own.
#pragma once
#include "core/page.h"
#include "core/rule.h"
#include "core/work.h"

enum { AGENCY_KEY = 64, AGENCY_NAME = 128 };
struct agency {
    struct id id;
    char key[AGENCY_KEY], name_zh[AGENCY_NAME], name_en[AGENCY_NAME], competence[512], part[16], secrecy[16];
};
enum status agency_record(struct work *w, struct agency *a);           // fills id. INVALID; CONFLICT: the key is taken
enum status agency_get(struct work *w, const char *key_or_id, struct agency *out);   // NOT_FOUND
typedef enum status agency_visit(void *ctx, const struct agency *a, struct err *e);
enum status agency_each(struct work *w, const struct page *p, agency_visit *fn, void *ctx);  // by key; p NULL: all
// Those of the list the station does not have yet.
enum status agency_record_missing(struct work *w, const struct agency_list *list, int64_t *added);
