#include "core/store/actor_rows.h"

#include <stdio.h>

enum status actor_insert(struct db *db, const struct actor *a, int64_t now_s, struct err *e)
{
    return db_run(db, "INSERT INTO actor (id, name, role, agency_id, is_active, made_at_s) VALUES ($1, $2, $3, $4, $5, $6)",
                  VALUES(value_text(a->id.text), value_text(a->name), value_text(a->role),
                         id_is_set(&a->agency) ? value_text(a->agency.text) : value_null(), value_integer(a->is_active),
                         value_integer(now_s)), e);
}

enum status actor_update(struct db *db, const struct actor *a, struct err *e)
{
    return db_run(db, "UPDATE actor SET role = $2, agency_id = $3, is_active = $4 WHERE id = $1",
                  VALUES(value_text(a->id.text), value_text(a->role), value_word(a->agency.text), value_integer(a->is_active)), e);
}

enum status actor_count_administrators(struct db *db, const char *but_id, int64_t *out, struct err *e)
{
    return db_integer(db, "SELECT count(*) FROM actor WHERE role = 'administrator' AND is_active = 1 AND id <> $1", VALUES(value_text(but_id)), out, e);
}

static void read_row(void *ctx, const struct rows *r)
{
    struct actor *out = ctx;
    *out = (struct actor){ .is_active = rows_integer(r, 4) != 0 };
    rows_copy(r, 0, out->id.text, sizeof out->id.text);
    rows_copy(r, 1, out->name, sizeof out->name);
    rows_copy(r, 2, out->role, sizeof out->role);
    rows_copy(r, 3, out->agency.text, sizeof out->agency.text);
}

// NOT_FOUND without a sentence.
static enum status get_one(struct work *w, const char *sql, struct values v, struct actor *out)
{
    return db_row(w->db, sql, v, read_row, out, w->e);
}

static enum status say_nobody(struct work *w, enum status s, const char *who)
{
    return s == NOT_FOUND ? err_set(w->e, NOT_FOUND, "nobody is called \"%s\" here; gridpatrol actor list names everybody", who) : s;
}

// By id first: that is how every step asks.
enum status actor_get(struct work *w, const char *name_or_id, struct actor *out)
{
    const struct values v = VALUES(value_text(name_or_id));
    enum status s = get_one(w, "SELECT id, name, role, agency_id, is_active FROM actor WHERE id = $1", v, out);
    if (s == NOT_FOUND)
        s = get_one(w, "SELECT id, name, role, agency_id, is_active FROM actor WHERE name = $1", v, out);
    return say_nobody(w, s, name_or_id);
}

enum status actor_first_administrator(struct work *w, struct actor *out)
{
    return say_nobody(w, get_one(w, "SELECT id, name, role, agency_id, is_active FROM actor WHERE role = 'administrator' AND is_active ORDER BY id LIMIT 1",
                   NO_VALUES, out), "administrator");
}

enum status actor_each(struct work *w, const struct page *p, actor_visit *fn, void *ctx)
{
    struct rows *r = NULL;
    enum status s = db_ask(w->db, "SELECT id, name, role, agency_id, is_active FROM actor WHERE $1 IS NULL OR name > $1 ORDER BY name LIMIT $2",
                           VALUES(value_text(page_after(p)), value_integer(page_limit(p))), &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; ) {
        struct actor a;
        read_row(&a, r);
        s = fn(ctx, &a, w->e);
    }
    rows_done(r);
    return s;
}

enum status actor_each_area(struct db *db, const char *actor_id, actor_area_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT code FROM actor_area WHERE actor_id = $1 ORDER BY code", VALUES(value_text(actor_id)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        s = fn(ctx, rows_text(r, 0), e);
    rows_done(r);
    return s;
}

enum status actor_delete_areas(struct db *db, const char *actor_id, struct err *e)
{
    return db_run(db, "DELETE FROM actor_area WHERE actor_id = $1", VALUES(value_text(actor_id)), e);
}

enum status actor_insert_area(struct db *db, const char *actor_id, const char *code, struct err *e)
{
    return db_run(db, "INSERT INTO actor_area (actor_id, code) VALUES ($1, $2) ON CONFLICT (actor_id, code) DO NOTHING",
                  VALUES(value_text(actor_id), value_text(code)), e);
}

enum status area_code_begins(struct db *db, const char *code, bool *out, struct err *e)
{
    int64_t count = 0;
    enum status s = db_integer(db, "SELECT (SELECT count(*) FROM area WHERE valid_to_s IS NULL AND substr(code, 1, length($1)) = $1) + "
                                   "(SELECT count(*) FROM cell WHERE state = 'active' AND (substr(code, 1, length($1)) = $1 OR "
                                   "substr(community_code, 1, length($1)) = $1))", VALUES(value_text(code)), &count, e);
    *out = code[0] != '\0' && count > 0;
    return s;
}
