// lead_rows.h - rows of lead; see core/lead.h.
#pragma once
#include "core/lead.h"

struct lead_row { const struct walk *walk; const struct lead_spec *spec; const char *kind, *secrecy, *snapshot; int priority; int64_t now_s; };
// The place is copied from the case as it is now.
enum status lead_insert(struct db *db, const struct lead_row *row, struct err *e);
struct lead_change { const char *receipt_number, *received_by, *answer, *return_reason; bool reminded; };
bool lead_change_is_empty(const struct lead_change *c);
enum status lead_change(struct db *db, const char *id, const struct lead_change *c, struct err *e);

struct lead_facts { char case_id[ID_TEXT], kind[64], agency_id[ID_TEXT], agency_key[64], secrecy[16]; int priority; };
enum status lead_facts_select(struct db *db, const char *id, struct lead_facts *out, struct err *e);
struct agency_facts { char id[ID_TEXT], secrecy[16]; };
enum status agency_facts_select(struct db *db, const char *key, struct agency_facts *out, struct err *e);  // NOT_FOUND, no sentence
enum status case_kind_select(struct db *db, const char *case_id, char kind[64], int *priority, struct err *e);
