#include "tests/bench/city_random.h"
#include "core/base/hash.h"
#include <math.h>

static const uint64_t GOLDEN = 0x9e3779b97f4a7c15u;

struct rng rng_start(uint64_t seed, uint64_t stream)
{
    struct rng r;
    uint64_t x = hash_mix(seed + GOLDEN) ^ hash_mix(stream * GOLDEN + 1);
    for (int i = 0; i < 4; i++)
        r.s[i] = hash_mix(x += GOLDEN);
    return r;
}

static uint64_t turned(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

uint64_t rng_next(struct rng *r)
{
    uint64_t *s = r->s, out = turned(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = turned(s[3], 45);
    return out;
}

static double unit_of(uint64_t x)
{
    return (double)(x >> 11) * 0x1p-53;
}

double rng_unit(struct rng *r)
{
    return unit_of(rng_next(r));
}

double rng_between(struct rng *r, double low, double high)
{
    return low + (high - low) * rng_unit(r);
}

uint32_t rng_below(struct rng *r, uint32_t count)
{
    return (uint32_t)(((rng_next(r) >> 32) * count) >> 32);
}

bool rng_chance(struct rng *r, double share)
{
    return rng_unit(r) < share;
}

// Box and Muller; 1 - u keeps the logarithm away from zero.
static struct xy_m normals_of(double u, double v)
{
    double length = sqrt(-2 * log(1 - u)), angle = 2 * M_PI * v;
    return (struct xy_m){ length * cos(angle), length * sin(angle) };
}

double rng_normal(struct rng *r)
{
    double u = rng_unit(r);
    return normals_of(u, rng_unit(r)).x;
}

double rng_lognormal(struct rng *r, double median, double sigma)
{
    return median * exp(sigma * rng_normal(r));
}

void rng_shuffle(struct rng *r, uint32_t *items, uint32_t count)
{
    for (uint32_t i = count; i > 1; i--) {
        uint32_t j = rng_below(r, i), kept = items[i - 1];
        items[i - 1] = items[j];
        items[j] = kept;
    }
}

uint64_t random_of(uint64_t seed, uint64_t a, uint64_t b)
{
    return hash_mix(hash_mix(hash_mix(seed + GOLDEN) ^ (a * GOLDEN)) + hash_mix(b + 0x632be59bd9b4e019u));
}

double random_unit(uint64_t seed, uint64_t a, uint64_t b)
{
    return unit_of(random_of(seed, a, b));
}

struct xy_m random_normal_pair(uint64_t seed, uint64_t a, uint64_t b)
{
    uint64_t x = random_of(seed, a, b);
    return normals_of(unit_of(x), unit_of(hash_mix(x + GOLDEN)));
}
