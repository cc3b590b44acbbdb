#include "api/desks.h"

#include "core/base/mem.h"
#include <pthread.h>

enum { IDLE_MOST = 8 };                             // a desk is some MB; more are made when many work, and cleared afterwards

struct desks { pthread_mutex_t lock; struct desk *idle[IDLE_MOST]; int count; };

struct desks *desks_open(void)
{
    struct desks *d = mem_get(1, sizeof *d);
    pthread_mutex_init(&d->lock, NULL);
    return d;
}

static void clear(struct desk *one)
{
    desk_clear(one);
    mem_free(one);
}

void desks_close(struct desks *d)
{
    if (d == NULL)
        return;
    while (d->count > 0)
        clear(d->idle[--d->count]);
    pthread_mutex_destroy(&d->lock);
    mem_free(d);
}

struct desk *desks_take(struct desks *d)
{
    pthread_mutex_lock(&d->lock);
    struct desk *one = d->count > 0 ? d->idle[--d->count] : NULL;
    pthread_mutex_unlock(&d->lock);
    return one != NULL ? one : mem_get(1, sizeof *one);
}

void desks_give(struct desks *d, struct desk *one)
{
    pthread_mutex_lock(&d->lock);
    bool has_room = d->count < IDLE_MOST;
    if (has_room)
        d->idle[d->count++] = one;
    pthread_mutex_unlock(&d->lock);
    if (!has_room)
        clear(one);
}
