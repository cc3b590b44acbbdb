#include "core/store/token_rows.h"

#include <string.h>

static const char *const scopes[] = { [TOKEN_READ] = "read", [TOKEN_ALL] = "all" };
const char *token_scope_word(enum token_scope scope) { return scopes[scope]; }

enum status token_insert(struct db *db, const struct token *t, const char *sha256, const char *made_by, struct err *e)
{
    return db_run(db, "INSERT INTO token (id, actor_id, name, scope, sha256, made_by, made_at_s, expires_at_s) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                  VALUES(value_text(t->id), value_text(t->actor.text), value_text(t->name), value_text(token_scope_word(t->scope)), value_text(sha256),
                         value_text(made_by), value_integer(t->made_at_s), value_integer(t->expires_at_s)), e);
}

#define COLUMNS "t.id, t.actor_id, p.name, t.name, t.scope, t.made_at_s, t.expires_at_s, t.revoked_at_s, t.used_at_s"

static void read_row(const struct rows *r, struct token *out)
{
    *out = (struct token){ .scope = strcmp(rows_text(r, 4), "all") == 0 ? TOKEN_ALL : TOKEN_READ, .made_at_s = rows_integer(r, 5),
                           .expires_at_s = rows_integer(r, 6), .revoked_at_s = rows_integer(r, 7), .used_at_s = rows_integer(r, 8) };
    rows_copy(r, 0, out->id, sizeof out->id);
    rows_copy(r, 1, out->actor.text, sizeof out->actor.text);
    rows_copy(r, 2, out->actor_name, sizeof out->actor_name);
    rows_copy(r, 3, out->name, sizeof out->name);
}

enum status token_select(struct db *db, const char *id, struct token *out, char sha256[65], bool *active, struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(db, "SELECT " COLUMNS ", t.sha256, p.is_active FROM token t JOIN actor p ON p.id = t.actor_id WHERE t.id = $1",
                           VALUES(value_text(id)), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && more) {
        read_row(r, out);
        rows_copy(r, 9, sha256, 65);
        *active = rows_integer(r, 10) != 0;
    }
    rows_done(r);
    return s == OK && !more ? NOT_FOUND : s;
}

enum status token_select_each(struct db *db, const char *actor_id, token_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT " COLUMNS " FROM token t JOIN actor p ON p.id = t.actor_id WHERE $1 = '' OR t.actor_id = $1 "
                               "ORDER BY t.made_at_s, t.id", VALUES(value_text(actor_id)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        struct token t;
        read_row(r, &t);
        s = fn(ctx, &t, e);
    }
    rows_done(r);
    return s;
}

enum status token_count(struct db *db, const char *actor_id, int64_t now_s, int64_t *out, struct err *e)
{
    return db_integer(db, "SELECT count(*) FROM token WHERE actor_id = $1 AND revoked_at_s IS NULL AND expires_at_s > $2",
                      VALUES(value_text(actor_id), value_integer(now_s)), out, e);
}

enum status token_name_taken(struct db *db, const char *actor_id, const char *name, int64_t now_s, bool *out, struct err *e)
{
    int64_t count = 0;
    enum status s = db_integer(db, "SELECT count(*) FROM token WHERE actor_id = $1 AND name = $2 AND revoked_at_s IS NULL AND expires_at_s > $3",
                               VALUES(value_text(actor_id), value_text(name), value_integer(now_s)), &count, e);
    *out = count > 0;
    return s;
}

enum status token_update_revoked(struct db *db, const char *id, int64_t now_s, struct err *e)
{
    return db_run(db, "UPDATE token SET revoked_at_s = $2 WHERE id = $1", VALUES(value_text(id), value_integer(now_s)), e);
}

enum status token_update_used(struct db *db, const char *id, int64_t now_s, int64_t every_s, struct err *e)
{
    return db_run(db, "UPDATE token SET used_at_s = $2 WHERE id = $1 AND (used_at_s IS NULL OR used_at_s <= $2 - $3)",
                  VALUES(value_text(id), value_integer(now_s), value_integer(every_s)), e);
}
