// actor.h - a person or a service that does something (人员), by the role that says what it may do.
#pragma once
#include "core/page.h"
#include "core/work.h"

enum { ACTOR_NAME = 64, ACTOR_ROLE = 16, ACTOR_AREAS_MOST = 64 };
struct actor {
    struct id id;
    char name[ACTOR_NAME];             // what they are called here; unique
    char role[ACTOR_ROLE];             // inspector, analyst, officer, coordinator, checker, discipline, auditor, administrator, ...
    struct id agency;                  // not set: the bureau itself
    bool is_active;
};

// INVALID: an unknown role or an empty name; CONFLICT: the name is taken. Fills id.
enum status actor_record(struct work *w, struct actor *a);
// By name or by id. NOT_FOUND names the actors there are.
enum status actor_get(struct work *w, const char *name_or_id, struct actor *out);
enum status actor_first_administrator(struct work *w, struct actor *out);   // the one init made
typedef enum status actor_visit(void *ctx, const struct actor *a, struct err *e);
enum status actor_each(struct work *w, const struct page *p, actor_visit *fn, void *ctx);   // by name; p NULL: all
bool actor_is_role(const char *role);
