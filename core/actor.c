#include "core/actor.h"
#include "core/lifecycle.h"
#include "core/store/actor_rows.h"

bool actor_is_role(const char *role)
{
    return role_of_word(role) != 0;
}

enum status actor_record(struct work *w, struct actor *a)
{
    if (a->name[0] == '\0')
        return err_set(w->e, INVALID, "an actor needs a name");
    if (!actor_is_role(a->role))
        return err_set(w->e, INVALID, "\"%s\" is no role: inspector, analyst, officer, coordinator, checker, chief, legal, "
                                      "discipline, auditor, administrator, public or service is expected", a->role);
    a->id = work_id(w);
    a->is_active = true;
    enum status s = actor_insert(w->db, a, w->now_s, w->e);
    return s == OK ? work_note(w, &(struct deed){ "record", "actor", a->id.text, a->role, NULL, a->name }) : s;
}
