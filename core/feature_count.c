// How many features, where that is told for little: a page is not held up by a number.
#include "core/feature_inside.h"

#include "core/store/tally_rows.h"
#include <stdio.h>
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

// The box that is asked for, or the one the filter's places lie in; false: anywhere.
static bool box_of(const struct feature_query *q, struct lonlat_box *out)
{
    struct filter_window window;
    if (q->box != NULL)
        *out = *q->box;
    else if (q->filter != NULL && filter_window(q->filter, "geometry", &window))
        *out = (struct lonlat_box){ window.west, window.south, window.east, window.north };
    else
        return false;
    return true;
}

// The tree alone is asked, and stops when it has named enough.
enum status feature_look_around(struct work *w, struct feature_query *q)
{
    struct lonlat_box b;
    char sql[300];
    int64_t n = 0;
    q->reach = REACH_ANYWHERE;
    if (!box_of(q, &b))
        return OK;
    bool is_around = b.west > b.east;          // over the antimeridian: as if it went all around
    snprintf(sql, sizeof sql, "SELECT count(*) FROM (SELECT 1 FROM idx_%s_%s WHERE xmax >= $1 AND xmin <= $2 AND ymax >= $3 AND ymin <= $4 LIMIT %d)",
             q->layer->table, q->layer->shape, COUNTED_MOST + 1);
    enum status s = db_integer(w->db, sql, VALUES(value_real(is_around ? -180 : b.west), value_real(is_around ? 180 : b.east), value_real(b.south), value_real(b.north)),
                               &n, w->e);
    q->reach = n > COUNTED_MOST ? REACH_WIDE : REACH_NARROW;
    return s;
}

enum status feature_count(struct work *w, const struct feature_query *asked, int64_t *out)
{
    struct feature_query q = *asked, all = { .layer = q.layer, .viewer = q.viewer };
    int64_t n = 0;
    *out = -1;
    if (q.box == NULL && !asks_more_than_place(&q) && feature_tally(w, q.layer, q.viewer, out))
        return OK;
    enum status s = q.reach == REACH_UNKNOWN ? feature_look_around(w, &q) : OK;
    if (s != OK || q.reach == REACH_WIDE)
        return s;
    if (q.reach == REACH_ANYWHERE)
        s = count(w, &all, COUNTED_MOST + 1, &n);
    if (s != OK || n > COUNTED_MOST)
        return s;
    return count(w, &q, COUNTED_MOST + 1, out);
}
