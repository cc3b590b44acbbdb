// actor.h - a person or a service that does something (人员), by the role that says what it may do.
//
// Administrators keep accounts and nobody else does: who is here, in which role, of which agency, for which areas. Every change is
// in the audit with the account before and after. The last administrator who works here stays one: somebody must be able to
// let people in. Whoever is switched off stays on record, and is signed out everywhere at once.
#pragma once
#include "core/page.h"
#include "core/work.h"

enum { ACTOR_NAME = 64, ACTOR_ROLE = 16, ACTOR_AREAS_MOST = 64, ACTOR_AREA = 41 };
struct actor {
    struct id id;
    char name[ACTOR_NAME];             // what they are called here; unique
    char role[ACTOR_ROLE];             // inspector, analyst, officer, coordinator, checker, discipline, auditor, administrator, ...
    struct id agency;                  // not set: the bureau itself
    bool is_active;
};

// INVALID: an unknown role or an empty name; CONFLICT: the name is taken; DENIED: w->actor keeps no accounts. Fills id.
enum status actor_record(struct work *w, struct actor *a);
// By name or by id. NOT_FOUND names the actors there are.
enum status actor_get(struct work *w, const char *name_or_id, struct actor *out);
enum status actor_first_administrator(struct work *w, struct actor *out);   // the one init made
typedef enum status actor_visit(void *ctx, const struct actor *a, struct err *e);
enum status actor_each(struct work *w, const struct page *p, actor_visit *fn, void *ctx);   // by name; p NULL: all
bool actor_is_role(const char *role);

// Changes of an account: what is NULL stays as it is.
struct actor_change {
    const char *role;
    const char *agency;                // key; "": of the bureau itself
    const char *const *area; int areas;        // codes of streets, communities or cells; areas 0: the whole district
    const bool *is_active;
};
// NOT_FOUND: the person, the agency, an area that nothing in this station begins with; INVALID: the role; CONFLICT: the last
// administrator; DENIED. out: as it is now.
enum status actor_alter(struct work *w, const char *name_or_id, const struct actor_change *c, struct actor *out);
// Areas as they stand, with commas between; "" the whole district. Lives in the arena.
struct arena;
enum status actor_areas(struct work *w, const char *actor_id, struct arena *a, const char **out);

// May w->actor keep the accounts of others (an administrator, or the program itself), or their own? DENIED.
enum status actor_may_keep(struct work *w, const char *actor_id);      // NULL: anybody's
