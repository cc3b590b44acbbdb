#include "core/store/proceeding_rows.h"

#include "core/store/step_rows.h"

enum status proceeding_insert(struct db *db, const struct walk *k, const struct proceeding_spec *spec, const char *about_id, int64_t now_s, struct err *e)
{
    struct value v[WALK_VALUES + 8] = {
        value_text(k->id.text), value_text(k->number), value_text(k->thing), value_text(spec->about), value_text(about_id),
        spec->amount > 0 ? value_integer(spec->amount) : value_null(), value_integer(now_s),
    };
    walk_values(k, v + 7);
    return db_run(db, "INSERT INTO proceeding (id, number, thing, about, about_id, amount, made_at_s, " WALK_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, "
                      "$7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)",
                  (struct values){ v, 7 + WALK_VALUES }, e);
}

enum status proceeding_newest(struct db *db, const char *thing, const char *about_id, char id[ID_TEXT], struct err *e)
{
    struct err none = { .lang = e->lang };
    enum status s = db_text(db, "SELECT id FROM proceeding WHERE about_id = $1 AND thing = $2 ORDER BY made_at_s DESC, id DESC LIMIT 1",
                            VALUES(value_text(about_id), value_text(thing)), id, ID_TEXT, &none);
    if (s != OK && s != NOT_FOUND)
        *e = none;
    return s;
}
