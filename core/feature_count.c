// How many features, where that is told for little: a page is not held up by a number.
#include "core/feature_inside.h"

#include "core/store/tally_rows.h"
#include <string.h>

// So many rows are looked at for a number, and no more.
enum { COUNTED_MOST = 20000 };

bool feature_tally(struct work *w, const struct layer *l, const struct viewer *v, int64_t *out)
{
    struct err aside = { .lang = LANG_EN };
    if (!l->is_register || !visible_whole(v, l))
        return false;
    const char *kind = strcmp(l->table, "asset") == 0 ? l->key : NULL;
    return tally_count(w->db, tallied_find(l->table), &(struct tally_row){ .kind = kind }, out, &aside) == OK;
}

bool feature_is_large(struct work *w, const struct layer *l, const struct viewer *v)
{
    int64_t n = 0;
    return feature_tally(w, l, v, &n) && n > COUNTED_MOST;
}

static enum status count(struct work *w, const struct feature_query *q, int64_t most, int64_t *out)
{
    struct question a;
    struct buf sql;
    question_begin(&a);
    buf_init(&sql, FEATURE_SQL_CEILING);
    enum status s = question_ask(w, q, &a);
    if (s == OK) {
        buf_printf(&sql, "SELECT count(*) FROM (SELECT 1%s LIMIT %lld)", a.clause.text.data, (long long)most);
        s = sql.full || a.clause.text.full ? err_set(w->e, TOO_BIG, "the query is too long")
                                           : db_integer(w->db, sql.data, (struct values){ a.value, a.values }, out, w->e);
    }
    buf_clear(&sql);
    question_end(&a);
    return s;
}

static bool asks_more_than_place(const struct feature_query *q) { return q->has_time || q->filter != NULL || q->equals > 0; }

// What the index answers comes first: when that is much, what is asked of each of them is not counted.
enum status feature_count(struct work *w, const struct feature_query *q, int64_t *out)
{
    struct feature_query place = { .layer = q->layer, .viewer = q->viewer, .box = q->box };
    struct filter_window window;
    struct lonlat_box box;
    int64_t n = 0;
    if (q->box == NULL && !asks_more_than_place(q) && feature_tally(w, q->layer, q->viewer, out))
        return OK;
    if (q->box == NULL && q->filter != NULL && filter_window(q->filter, "geometry", &window)) {
        box = (struct lonlat_box){ window.west, window.south, window.east, window.north };
        place.box = &box;
    }
    enum status s = count(w, &place, COUNTED_MOST + 1, &n);
    if (s == OK && n <= COUNTED_MOST && asks_more_than_place(q))
        return count(w, q, COUNTED_MOST + 1, out);
    if (s == OK)
        *out = n <= COUNTED_MOST ? n : -1;
    return s;
}

// In a box that holds much a page is full before much was looked at, one by one in the order of the page.
enum status feature_is_wide(struct work *w, const struct feature_query *q, bool *out)
{
    struct feature_query place = { .layer = q->layer, .viewer = q->viewer, .box = q->box, .for_map = true };
    int64_t n = 0;
    *out = false;
    if (q->box == NULL || q->sorts > 0 || q->limit == 0 || !feature_is_large(w, q->layer, q->viewer))
        return OK;
    enum status s = count(w, &place, COUNTED_MOST + 1, &n);
    *out = s == OK && n > COUNTED_MOST;
    return s;
}
