// city_random.h - chance that can be repeated: the same seed gives the same city on every machine.
//
// Two kinds: a stream (xoshiro256**, Blackman & Vigna 2018) for drawing in order, and chance that hangs on a thing
// (random_of) for facts that must not depend on the order of work: the noise of a corner, the offset of a map sheet.
#pragma once
#include "gis/geom.h"
#include <stdint.h>

struct rng { uint64_t s[4]; };
struct rng rng_start(uint64_t seed, uint64_t stream);
uint64_t rng_next(struct rng *r);
double rng_unit(struct rng *r);                             // [0, 1)
double rng_between(struct rng *r, double low, double high);
uint32_t rng_below(struct rng *r, uint32_t count);          // 0 .. count-1
bool rng_chance(struct rng *r, double share);
double rng_normal(struct rng *r);                           // mean 0, sd 1
double rng_lognormal(struct rng *r, double median, double sigma);
void rng_shuffle(struct rng *r, uint32_t *items, uint32_t count);

// Chance that hangs on two numbers only.
uint64_t random_of(uint64_t seed, uint64_t a, uint64_t b);
double random_unit(uint64_t seed, uint64_t a, uint64_t b);
struct xy_m random_normal_pair(uint64_t seed, uint64_t a, uint64_t b); // two independent normals, sd 1
