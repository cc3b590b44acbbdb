#include "core/store/password_rows.h"

enum status password_upsert(struct db *db, const char *actor_id, const char *made, int64_t now_s, struct err *e)
{
    return db_run(db, "INSERT INTO password (actor_id, hash, set_at_s) VALUES ($1, $2, $3) ON CONFLICT (actor_id) DO UPDATE SET hash = $2, set_at_s = $3",
                  VALUES(value_text(actor_id), value_text(made), value_integer(now_s)), e);
}

enum status password_select(struct db *db, const char *name, struct password_kept *out, struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(db, "SELECT w.hash, p.id FROM password w JOIN actor p ON p.id = w.actor_id WHERE p.name = $1 AND p.is_active = 1",
                           VALUES(value_text(name)), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && more) {
        rows_copy(r, 0, out->made, sizeof out->made);
        rows_copy(r, 1, out->actor.text, sizeof out->actor.text);
    }
    rows_done(r);
    return s == OK && !more ? NOT_FOUND : s;
}
