#include "core/base/rate.h"

#include "core/base/hash.h"
#include "core/base/mem.h"
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

// --- One bucket ---------------------------------------------------------------------------------------------------------------

struct rate_bucket rate_bucket_full(const struct rate *r, double now_s)
{
    return (struct rate_bucket){ .left = r->burst, .at_s = now_s };
}

bool rate_bucket_take(struct rate_bucket *b, const struct rate *r, double cost, double now_s, double *wait_s)
{
    cost = fmin(fmax(cost, 0), r->burst);              // what costs more than all there can be would never come through
    if (now_s > b->at_s) {
        b->left = fmin(r->burst, b->left + (now_s - b->at_s) * r->per_s);
        b->at_s = now_s;
    }
    *wait_s = b->left >= cost ? 0 : (cost - b->left) / r->per_s;
    if (*wait_s > 0)
        return false;
    b->left -= cost;
    return true;
}

// --- A table of keys -----------------------------------------------------------------------------------------------------------

// Each key has WAYS places it may lie in. A place whose until_s is past tells no more than an empty one.
enum { WAYS = 8 };
struct place { uint64_t key; double until_s, value, at_s; };
struct keys { pthread_mutex_t lock; uint64_t seed[2]; size_t sets; struct place *place; };

static void keys_init(struct keys *k, size_t most)
{
    size_t sets = 1;
    while (sets * WAYS < most)
        sets *= 2;
    *k = (struct keys){ .sets = sets, .place = mem_get(sets * WAYS, sizeof *k->place) };
    must(getrandom(k->seed, sizeof k->seed, 0) == sizeof k->seed);
    pthread_mutex_init(&k->lock, NULL);
}

static void keys_clear(struct keys *k)
{
    pthread_mutex_destroy(&k->lock);
    mem_free(k->place);
}

// Depends on chance all the way: two texts that meet here meet nowhere else.
static uint64_t digest_of(const struct keys *k, const char *text)
{
    uint64_t h = k->seed[0], word;
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i += sizeof word) {
        word = 0;
        memcpy(&word, text + i, len - i < sizeof word ? len - i : sizeof word);
        h = hash_fold(h ^ word, k->seed[1] | 1) ^ hash_mix(h);
    }
    h = hash_mix(h ^ len);
    return h != 0 ? h : 1;                             // 0 is an empty place
}

static struct place *keys_find(struct keys *k, const char *text)
{
    uint64_t h = digest_of(k, text);
    struct place *set = &k->place[(h & (k->sets - 1)) * WAYS];
    for (int i = 0; i < WAYS; i++)
        if (set[i].key == h)
            return &set[i];
    return NULL;
}

// Its place; a new key takes the one of whoever has least to wait for, and is_new says so.
static struct place *keys_take(struct keys *k, const char *text, bool *is_new)
{
    uint64_t h = digest_of(k, text);
    struct place *set = &k->place[(h & (k->sets - 1)) * WAYS], *least = set;
    *is_new = false;
    for (int i = 0; i < WAYS; i++) {
        if (set[i].key == h)
            return &set[i];
        if (set[i].until_s < least->until_s)
            least = &set[i];
    }
    *is_new = true;
    *least = (struct place){ .key = h };
    return least;
}

// --- Buckets by key -------------------------------------------------------------------------------------------------------------

struct rate_table { struct keys keys; struct rate rate; };

struct rate_table *rate_table_open(const struct rate *r, size_t keys_most)
{
    must(r->per_s > 0 && r->burst > 0);
    struct rate_table *t = mem_get(1, sizeof *t);
    t->rate = *r;
    keys_init(&t->keys, keys_most);
    return t;
}

void rate_table_close(struct rate_table *t)
{
    if (t == NULL)
        return;
    keys_clear(&t->keys);
    mem_free(t);
}

bool rate_table_take(struct rate_table *t, const char *key, double cost, double now_s, double *wait_s)
{
    bool is_new;
    pthread_mutex_lock(&t->keys.lock);
    struct place *p = keys_take(&t->keys, key, &is_new);
    struct rate_bucket b = is_new ? rate_bucket_full(&t->rate, now_s) : (struct rate_bucket){ p->value, p->at_s };
    bool taken = rate_bucket_take(&b, &t->rate, cost, now_s, wait_s);
    p->value = b.left;
    p->at_s = b.at_s;
    p->until_s = b.at_s + (t->rate.burst - b.left) / t->rate.per_s;        // full again
    pthread_mutex_unlock(&t->keys.lock);
    return taken;
}

// --- Tries ----------------------------------------------------------------------------------------------------------------------

struct tries_table { struct keys keys; struct tries_rule rule; };

struct tries_table *tries_table_open(const struct tries_rule *r, size_t keys_most)
{
    struct tries_table *t = mem_get(1, sizeof *t);
    t->rule = *r;
    keys_init(&t->keys, keys_most);
    return t;
}

void tries_table_close(struct tries_table *t)
{
    if (t == NULL)
        return;
    keys_clear(&t->keys);
    mem_free(t);
}

// After so many failures, from the last one on.
static double delay_of(const struct tries_rule *r, double failures)
{
    double beyond = failures - r->free;
    return beyond < 1 ? 0 : fmin(r->most_s, r->first_s * exp2(fmin(beyond - 1, 60)));
}

bool tries_begin(struct tries_table *t, const char *key, double now_s, double *wait_s)
{
    bool is_new;
    pthread_mutex_lock(&t->keys.lock);
    struct place *p = keys_take(&t->keys, key, &is_new);
    if (is_new || now_s >= p->until_s)
        p->value = 0;
    *wait_s = p->value > 0 ? fmax(0, p->at_s + delay_of(&t->rule, p->value) - now_s) : 0;
    if (*wait_s <= 0) {
        p->value++;
        p->at_s = now_s;
        p->until_s = now_s + delay_of(&t->rule, p->value) + t->rule.forget_s;
    }
    pthread_mutex_unlock(&t->keys.lock);
    return *wait_s <= 0;
}

void tries_passed(struct tries_table *t, const char *key)
{
    pthread_mutex_lock(&t->keys.lock);
    struct place *p = keys_find(&t->keys, key);
    if (p != NULL)
        *p = (struct place){ 0 };
    pthread_mutex_unlock(&t->keys.lock);
}

void tries_undo(struct tries_table *t, const char *key)
{
    pthread_mutex_lock(&t->keys.lock);
    struct place *p = keys_find(&t->keys, key);
    if (p != NULL && p->value > 0)
        p->value--;
    pthread_mutex_unlock(&t->keys.lock);
}
