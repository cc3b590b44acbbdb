#include "api/feature_cache.h"

#include "api/view_key.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include "core/base/workers.h"
#include "core/station.h"
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { VIEWS_MOST = 16, DUE_MOST = 1024, AT_ONCE = 64, ARENA_BYTES = 1 << 16 };
static const double REST = 10;                     // a view that went is read anew after so many times what reading it takes

// EMPTY: nothing yet, or it went; FILLING: being read; READY; UNFIT: it does not fit.
enum stand { EMPTY, FILLING, READY, UNFIT };
struct due { int64_t fid; struct lonlat_box box; bool has_box; };      // written, and not yet read anew

struct view {
    struct feature_cache *cache;
    const struct layer *layer;
    char key[VISIBLE_KEY];
    struct arena *arena; struct viewer viewer;     // somebody who sees it so
    enum stand stand; uint64_t times_gone;
    struct feature_shelf *shelf;                   // READY
    struct feature_shelf *gone;                    // of a view that went; freed by the reader
    struct due due[DUE_MOST]; int dues;
    double fill_from_s;                            // monotonic
    struct job job; bool is_tended;                // the reader is on its way
};

struct feature_cache {
    struct station *station;
    struct view_keys keys;
    size_t ceiling;
    pthread_rwlock_t lock;                         // of the views: held to read by who asks, to write by who hears and by the reader
    struct view *view[VIEWS_MOST]; int views;
    struct workers *reader;                        // one thread; NULL: stopped
    atomic_bool is_stopping;
    _Atomic int64_t told, untold;
};

static void have_it_tended(struct view *v);

// --- What is written ------------------------------------------------------------------------------------------------------------

static void let_go(struct view *v)
{
    if (v->stand == UNFIT)
        return;
    if (v->shelf != NULL) {
        v->gone = v->shelf;
        v->shelf = NULL;
    }
    v->stand = EMPTY;
    v->times_gone++;
    v->dues = 0;
    have_it_tended(v);
}

static void hear_touch(struct view *v, const struct touch *t)
{
    if (v->stand != FILLING && v->stand != READY)
        return;
    if (t->what == TOUCH_ALL || (t->what == TOUCH_ROW && v->dues == DUE_MOST)) {
        let_go(v);
        return;
    }
    if (t->what != TOUCH_ROW || strcmp(t->table, v->layer->table) != 0)
        return;
    v->due[v->dues++] = (struct due){ t->fid, t->box, t->has_box };
    have_it_tended(v);
}

void feature_cache_hear(struct feature_cache *c, const struct touch *t, int count)
{
    pthread_rwlock_wrlock(&c->lock);
    for (int i = 0; i < c->views; i++)
        for (int k = 0; k < count; k++)
            hear_touch(c->view[i], &t[k]);
    pthread_rwlock_unlock(&c->lock);
}

// --- Reading a view -------------------------------------------------------------------------------------------------------------

struct filling { struct view *view; struct feature_shelf *shelf; bool fits; };

// Nobody reads why it ended.
static enum status take_feature(void *ctx, const struct feature *f, struct err *e)
{
    struct filling *n = ctx;
    (void)e;
    if (atomic_load_explicit(&n->view->cache->is_stopping, memory_order_relaxed))
        return FAILED;
    n->fits = feature_shelf_put(n->shelf, f);
    return n->fits ? OK : TOO_BIG;
}

static enum status read_view(struct work *w, void *ctx)
{
    struct filling *n = ctx;
    struct feature_query q = { .layer = n->view->layer, .viewer = &n->view->viewer, .by_row = true };
    return feature_each(w, &q, take_feature, n, NULL);
}

static size_t bytes_of_all(const struct feature_cache *c)
{
    size_t bytes = 0;
    for (int i = 0; i < c->views; i++)
        bytes += c->view[i]->shelf != NULL ? feature_shelf_bytes(c->view[i]->shelf) : 0;
    return bytes;
}

// What is written from now on is due, and the view is read after that: nothing is missed between.
static void fill(struct view *v)
{
    struct feature_cache *c = v->cache;
    struct err aside = { .lang = LANG_EN };
    double begun_s = when_monotonic_s();
    pthread_rwlock_rdlock(&c->lock);
    size_t used = bytes_of_all(c);
    uint64_t times_gone = v->times_gone;
    pthread_rwlock_unlock(&c->lock);
    struct filling n = { .view = v, .shelf = feature_shelf_open(used < c->ceiling ? c->ceiling - used : 0), .fits = true };
    enum status s = station_read(c->station, &(struct station_call){ when_now_s(), "system" }, read_view, &n, &aside);
    if (s == OK)
        feature_shelf_settle(n.shelf);
    pthread_rwlock_wrlock(&c->lock);
    v->fill_from_s = when_monotonic_s() + REST * (when_monotonic_s() - begun_s);
    bool still_wanted = v->stand == FILLING && v->times_gone == times_gone;    // else it went meanwhile, and may be wanted once more
    if (still_wanted)
        v->stand = s == OK ? READY : n.fits ? EMPTY : UNFIT;
    if (v->stand == READY) {
        v->shelf = n.shelf;
        n.shelf = NULL;
    }
    pthread_rwlock_unlock(&c->lock);
    feature_shelf_close(n.shelf);
    mem_trim();                                    // of what lay about until it was settled
}

// --- Reading rows anew ------------------------------------------------------------------------------------------------------------

struct renewing { struct view *view; const struct due *due; int dues; bool fits; };

static enum status put_row(void *ctx, const struct feature *f, struct err *e)
{
    struct renewing *n = ctx;
    struct view *v = n->view;
    (void)e;
    pthread_rwlock_wrlock(&v->cache->lock);
    n->fits = n->fits && (v->shelf == NULL || feature_shelf_put(v->shelf, f));
    pthread_rwlock_unlock(&v->cache->lock);
    return OK;
}

static void take_row_out(struct view *v, const struct due *d)
{
    pthread_rwlock_wrlock(&v->cache->lock);
    if (v->shelf != NULL)
        feature_shelf_take_out(v->shelf, d->fid, d->has_box ? &d->box : NULL);
    pthread_rwlock_unlock(&v->cache->lock);
}

// Rows are due until all of them stand as they were read; nobody is told of their places meanwhile.
static enum status read_rows(struct work *w, void *ctx)
{
    struct renewing *n = ctx;
    enum status s = OK;
    for (int i = 0; i < n->dues; i++)
        take_row_out(n->view, &n->due[i]);
    for (int i = 0; i < n->dues && s == OK; i++) {
        struct feature_query q = { .layer = n->view->layer, .viewer = &n->view->viewer, .by_row = true, .fid = n->due[i].fid };
        if (i == 0 || n->due[i].fid != n->due[i - 1].fid)
            s = feature_each(w, &q, put_row, n, NULL);
    }
    return s;
}

// False: nothing is due any more, and who tends the view may go.
static bool take_dues(struct view *v, struct due out[AT_ONCE], int *count)
{
    pthread_rwlock_wrlock(&v->cache->lock);
    struct feature_shelf *gone = v->gone;
    v->gone = NULL;
    bool is_busy = v->stand == FILLING || (v->stand == READY && v->dues > 0);
    v->is_tended = is_busy;
    *count = v->stand == READY ? v->dues < AT_ONCE ? v->dues : AT_ONCE : 0;
    memcpy(out, v->due, (size_t)*count * sizeof *out);
    pthread_rwlock_unlock(&v->cache->lock);
    feature_shelf_close(gone);
    return is_busy;
}

static void renew(struct view *v, const struct due *due, int dues)
{
    struct err aside = { .lang = LANG_EN };
    struct renewing n = { .view = v, .due = due, .dues = dues, .fits = true };
    enum status s = station_read(v->cache->station, &(struct station_call){ when_now_s(), "system" }, read_rows, &n, &aside);
    pthread_rwlock_wrlock(&v->cache->lock);
    if (v->stand == READY && (s != OK || !n.fits))
        let_go(v);
    else if (v->stand == READY) {
        v->dues -= dues;
        memmove(v->due, v->due + dues, (size_t)v->dues * sizeof *v->due);
    }
    pthread_rwlock_unlock(&v->cache->lock);
}

static void tend(void *ctx)
{
    struct view *v = ctx;
    struct due due[AT_ONCE];
    int dues;
    while (take_dues(v, due, &dues) && !atomic_load(&v->cache->is_stopping))
        if (dues > 0)
            renew(v, due, dues);
        else
            fill(v);
}

// The lock is held.
static void have_it_tended(struct view *v)
{
    if (v->is_tended || v->cache->reader == NULL)
        return;
    v->job = (struct job){ .run = tend, .ctx = v };
    v->is_tended = workers_add(v->cache->reader, &v->job);
}

// --- Opening --------------------------------------------------------------------------------------------------------------------

struct feature_cache *feature_cache_open(struct station *station, const struct layer_list *layers, size_t ceiling_bytes)
{
    struct feature_cache *c = mem_get(1, sizeof *c);
    pthread_rwlockattr_t attr;
    c->station = station;
    c->ceiling = ceiling_bytes > 0 ? ceiling_bytes : FEATURE_CACHE_BYTES;
    view_keys_init(&c->keys, layers);
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);    // who hears holds up a writer
    pthread_rwlock_init(&c->lock, &attr);
    pthread_rwlockattr_destroy(&attr);
    c->reader = workers_open(1);
    return c;
}

void feature_cache_stop(struct feature_cache *c)
{
    if (c == NULL)
        return;
    atomic_store(&c->is_stopping, true);
    pthread_rwlock_wrlock(&c->lock);
    struct workers *reader = c->reader;
    c->reader = NULL;
    pthread_rwlock_unlock(&c->lock);
    workers_close(reader);
}

void feature_cache_close(struct feature_cache *c)
{
    if (c == NULL)
        return;
    feature_cache_stop(c);
    for (int i = 0; i < c->views; i++) {
        feature_shelf_close(c->view[i]->shelf);
        feature_shelf_close(c->view[i]->gone);
        arena_close(c->view[i]->arena);
        mem_free(c->view[i]);
    }
    pthread_rwlock_destroy(&c->lock);
    mem_free(c);
}

void feature_cache_counts(struct feature_cache *c, struct feature_cache_counts *out)
{
    *out = (struct feature_cache_counts){ .told = atomic_load(&c->told), .untold = atomic_load(&c->untold) };
    pthread_rwlock_rdlock(&c->lock);
    out->bytes = (int64_t)bytes_of_all(c);
    for (int i = 0; i < c->views; i++)
        out->views += c->view[i]->stand == READY;
    pthread_rwlock_unlock(&c->lock);
}

// --- Asking ---------------------------------------------------------------------------------------------------------------------

static struct view *view_of(struct feature_cache *c, const struct layer *l, const char *key)
{
    for (int i = 0; i < c->views; i++)
        if (c->view[i]->layer == l && strcmp(c->view[i]->key, key) == 0)
            return c->view[i];
    return NULL;
}

static struct view *add_view(struct feature_cache *c, const struct viewer *who, const struct layer *l, const char *key)
{
    struct view *v = mem_get(1, sizeof *v);
    *v = (struct view){ .cache = c, .layer = l, .arena = arena_open(ARENA_BYTES) };
    memcpy(v->key, key, VISIBLE_KEY);
    v->viewer = *who;
    const char **area = arena_get(v->arena, ((size_t)who->areas + 1) * sizeof *area);
    for (int i = 0; i < who->areas; i++)
        area[i] = arena_text(v->arena, who->area[i]);
    v->viewer.area = area;
    c->view[c->views++] = v;
    return v;
}

static bool is_fillable(const struct view *v) { return v->stand == EMPTY && when_monotonic_s() >= v->fill_from_s; }

static void begin_filling(struct feature_cache *c, const struct viewer *who, const struct layer *l, const char *key)
{
    pthread_rwlock_wrlock(&c->lock);
    struct view *v = view_of(c, l, key);
    if (v == NULL && c->views < VIEWS_MOST)
        v = add_view(c, who, l, key);
    if (v != NULL && is_fillable(v) && c->reader != NULL) {
        v->stand = FILLING;
        have_it_tended(v);
    }
    pthread_rwlock_unlock(&c->lock);
}

static bool meets(const struct lonlat_box *a, const struct lonlat_box *b)
{
    return a->west <= b->east && a->east >= b->west && a->south <= b->north && a->north >= b->south;
}

// box NULL: anywhere.
static bool is_due(const struct view *v, const struct lonlat_box *box)
{
    for (int i = 0; i < v->dues; i++)
        if (box == NULL || (v->due[i].has_box && meets(&v->due[i].box, box)))
            return true;
    return false;
}

typedef bool asked(void *ctx, const struct feature_shelf *s);      // false: it cannot tell
struct asking { const struct layer *layer; const struct lonlat_box *box; asked *fn; void *ctx; };      // box NULL: anywhere

static enum status ask(struct feature_cache *c, struct exchange *x, const struct asking *a, bool *told)
{
    char key[VISIBLE_KEY];
    const struct layer *l = a->layer;
    *told = false;
    if (!feature_shelf_fits(l) || !view_key(&c->keys, &x->viewer, l, key))
        return OK;
    enum status s = store_look(station_store(c->station), &x->err);
    if (s != OK)
        return s;
    pthread_rwlock_rdlock(&c->lock);
    const struct view *v = view_of(c, l, key);
    bool is_wanting = v == NULL ? c->views < VIEWS_MOST : is_fillable(v);
    if (v != NULL && v->stand == READY && !is_due(v, a->box))
        *told = a->fn(a->ctx, v->shelf);
    pthread_rwlock_unlock(&c->lock);
    if (is_wanting)
        begin_filling(c, &x->viewer, l, key);
    atomic_fetch_add_explicit(*told ? &c->told : &c->untold, 1, memory_order_relaxed);
    return OK;
}

// --- What is asked ----------------------------------------------------------------------------------------------------------------

struct asking_box { const struct feature_query *query; feature_cached *fn; void *ctx; uint32_t *hit; };

static bool answer_box(void *ctx, const struct feature_shelf *s)
{
    const struct asking_box *a = ctx;
    struct shelf_hits hits = { .hit = a->hit, .room = a->query->limit };
    if (!feature_shelf_find(s, a->query->box, &hits))
        return false;
    for (int64_t i = 0; i < hits.count; i++) {
        feature_shelf_comes(s, &hits, i, SHELF_JSON);
        a->fn(a->ctx, s, hits.hit[i]);
    }
    return true;
}

static bool is_for_shelf(const struct feature_query *q)
{
    return q->box != NULL && q->box->west <= q->box->east && q->after == NULL && q->limit > 0 && !q->has_time && q->filter == NULL && q->equals == 0 && q->sorts == 0;
}

enum status feature_cache_box(struct feature_cache *c, struct exchange *x, const struct feature_query *q, feature_cached *fn, void *ctx, bool *told)
{
    *told = false;
    if (!is_for_shelf(q))
        return OK;
    struct asking_box a = { q, fn, ctx, arena_get(x->request->arena, (size_t)q->limit * sizeof(uint32_t)) };
    return ask(c, x, &(struct asking){ q->layer, q->box, answer_box, &a }, told);
}

struct asking_one { const char *id; feature_cached *fn; void *ctx; };

static bool answer_one(void *ctx, const struct feature_shelf *s)
{
    const struct asking_one *a = ctx;
    uint32_t hit;
    bool found = feature_shelf_get(s, a->id, &hit);
    if (found)
        a->fn(a->ctx, s, hit);
    return found;
}

enum status feature_cache_one(struct feature_cache *c, struct exchange *x, const struct layer *l, const char *id, feature_cached *fn, void *ctx, bool *told)
{
    struct asking_one a = { id, fn, ctx };
    return ask(c, x, &(struct asking){ l, NULL, answer_one, &a }, told);
}

struct asking_tile { const struct tile_question *question; struct tile *tile; struct tile_bytes *out; };

static bool answer_tile(void *ctx, const struct feature_shelf *s)
{
    const struct asking_tile *a = ctx;
    return feature_tile_kept(s, a->question, a->tile, a->out);
}

enum status feature_cache_tile(struct feature_cache *c, struct exchange *x, const struct tile_question *q, struct tile *t, struct tile_bytes *out, bool *told)
{
    struct asking_tile a = { q, t, out };
    struct lonlat_box box = feature_tile_box(q->place);
    return ask(c, x, &(struct asking){ q->layer, &box, answer_tile, &a }, told);
}
