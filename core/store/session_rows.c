#include "core/store/session_rows.h"

enum status session_insert(struct db *db, const struct session *s, const char *sha256, struct err *e)
{
    return db_run(db, "INSERT INTO session (sha256, actor_id, csrf, address, agent, made_at_s, seen_at_s) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                  VALUES(value_text(sha256), value_text(s->actor.text), value_text(s->csrf), value_text(s->address), value_text(s->agent),
                         value_integer(s->made_at_s), value_integer(s->seen_at_s)), e);
}

#define COLUMNS "substr(s.sha256, 1, 16), s.actor_id, s.csrf, s.address, s.agent, s.made_at_s, s.seen_at_s"

static void read_row(const struct rows *r, struct session *out)
{
    *out = (struct session){ .made_at_s = rows_integer(r, 5), .seen_at_s = rows_integer(r, 6) };
    rows_copy(r, 0, out->handle, sizeof out->handle);
    rows_copy(r, 1, out->actor.text, sizeof out->actor.text);
    rows_copy(r, 2, out->csrf, sizeof out->csrf);
    rows_copy(r, 3, out->address, sizeof out->address);
    rows_copy(r, 4, out->agent, sizeof out->agent);
}

enum status session_select(struct db *db, const char *sha256, struct session *out, char kept[65], bool *active, struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(db, "SELECT " COLUMNS ", s.sha256, p.is_active FROM session s JOIN actor p ON p.id = s.actor_id WHERE s.sha256 = $1",
                           VALUES(value_text(sha256)), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && more) {
        read_row(r, out);
        rows_copy(r, 7, kept, 65);
        *active = rows_integer(r, 8) != 0;
    }
    rows_done(r);
    return s == OK && !more ? NOT_FOUND : s;
}

enum status session_select_actor(struct db *db, const char *handle, char out[ID_TEXT], struct err *e)
{
    struct err none = { .lang = e->lang };
    enum status s = db_text(db, "SELECT actor_id FROM session WHERE substr(sha256, 1, 16) = $1", VALUES(value_text(handle)), out, ID_TEXT, &none);
    if (s != OK && s != NOT_FOUND)
        *e = none;
    return s;
}

enum status session_select_each(struct db *db, const char *actor_id, const struct session_span *span, session_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT " COLUMNS " FROM session s WHERE s.actor_id = $1 AND s.seen_at_s > $2 AND s.made_at_s > $3 "
                               "ORDER BY s.made_at_s DESC, s.sha256",
                           VALUES(value_text(actor_id), value_integer(span->seen_after_s), value_integer(span->made_after_s)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        struct session one;
        read_row(r, &one);
        s = fn(ctx, &one, e);
    }
    rows_done(r);
    return s;
}

enum status session_update_seen(struct db *db, const char *handle, int64_t now_s, struct err *e)
{
    return db_run(db, "UPDATE session SET seen_at_s = $2 WHERE substr(sha256, 1, 16) = $1 AND seen_at_s < $2",
                  VALUES(value_text(handle), value_integer(now_s)), e);
}

enum status session_delete(struct db *db, const char *handle, struct err *e)
{
    return db_run(db, "DELETE FROM session WHERE substr(sha256, 1, 16) = $1", VALUES(value_text(handle)), e);
}

enum status session_delete_of(struct db *db, const char *actor_id, struct err *e)
{
    return db_run(db, "DELETE FROM session WHERE actor_id = $1", VALUES(value_text(actor_id)), e);
}

enum status session_delete_past(struct db *db, int64_t seen_until_s, int64_t made_until_s, struct err *e)
{
    return db_run(db, "DELETE FROM session WHERE seen_at_s <= $1 OR made_at_s <= $2", VALUES(value_integer(seen_until_s), value_integer(made_until_s)), e);
}
