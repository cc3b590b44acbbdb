#include "api/shapes.h"

#include "core/base/mem.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { HELD_MOST = 4 };                             // two comparisons

struct held { char sha256[65]; struct survey_shapes *shapes; int holders; int64_t used; };
struct shapes { struct station *station; pthread_mutex_t lock; pthread_cond_t given; struct held held[HELD_MOST]; int64_t clock; };

struct shapes *shapes_open(struct station *station)
{
    struct shapes *s = mem_get(1, sizeof *s);
    s->station = station;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->given, NULL);
    return s;
}

void shapes_close(struct shapes *s)
{
    if (s == NULL)
        return;
    for (int i = 0; i < HELD_MOST; i++)
        survey_shapes_close(s->held[i].shapes);
    pthread_cond_destroy(&s->given);
    pthread_mutex_destroy(&s->lock);
    mem_free(s);
}

static struct held *find(struct shapes *s, const char *sha256)
{
    for (int i = 0; i < HELD_MOST; i++)
        if (s->held[i].shapes != NULL && strcmp(s->held[i].sha256, sha256) == 0)
            return &s->held[i];
    return NULL;
}

// A free place, or the one that was used longest ago of those nobody holds; NULL: all are held.
static struct held *make_room(struct shapes *s)
{
    struct held *oldest = NULL;
    for (int i = 0; i < HELD_MOST; i++) {
        struct held *h = &s->held[i];
        if (h->holders == 0 && (oldest == NULL || h->used < oldest->used))
            oldest = h;
    }
    if (oldest != NULL) {
        survey_shapes_close(oldest->shapes);
        *oldest = (struct held){ .shapes = NULL };
    }
    return oldest;
}

// Under the lock, also while it reads: one archive at a time, and nobody reads the same twice.
static enum status bring(struct shapes *s, const struct survey *v, struct held **out, struct err *e)
{
    struct held *h = find(s, v->archive_sha256);
    while (h == NULL && (h = make_room(s)) == NULL) {
        pthread_cond_wait(&s->given, &s->lock);
        h = find(s, v->archive_sha256);
    }
    if (h->shapes == NULL) {
        enum status st = survey_shapes_open(station_folder(s->station), station_district(s->station)->metric_crs, v, &h->shapes, e);
        if (st != OK)
            return st;
        snprintf(h->sha256, sizeof h->sha256, "%s", v->archive_sha256);
    }
    *out = h;
    return OK;
}

enum status shapes_take(struct shapes *s, const struct survey *v, const struct survey_shapes **out, struct err *e)
{
    struct held *h = NULL;
    pthread_mutex_lock(&s->lock);
    enum status st = bring(s, v, &h, e);
    if (st == OK) {
        h->holders++;
        h->used = ++s->clock;
        *out = h->shapes;
    }
    pthread_mutex_unlock(&s->lock);
    return st;
}

void shapes_give(struct shapes *s, const struct survey_shapes *one)
{
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < HELD_MOST && one != NULL; i++)
        if (s->held[i].shapes == one)
            s->held[i].holders--;
    pthread_cond_broadcast(&s->given);
    pthread_mutex_unlock(&s->lock);
}
