// vectors.h - a function made twice, for processors with wide vectors and for all others; the right one is taken when the program starts.
// And lanes: four doubles side by side, worked on at once whatever the machine.
//
// Only for loops that take percents of a run. Nothing made once is called out of a function made twice: mixed instructions stall for longer
// than wide ones save; small helpers are static inline. Both must give the same bits: no sum may depend on the width of a vector, and
// nothing fused is asked for (AVX2 alone brings no fused multiply-add).
#pragma once
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define VECTORS
#endif

enum { LANES = 4 };
typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));
typedef double loose_lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(8), may_alias)); // anywhere in an array of doubles
typedef int64_t lanes_mask __attribute__((vector_size(LANES * sizeof(int64_t))));                       // -1: yes, 0: no

static inline size_t lanes_whole(size_t count) { return (count + LANES - 1) / LANES * LANES; }          // up to a whole vector
static inline lanes lanes_all(double v) { return (lanes){v, v, v, v}; }
static inline lanes lanes_at(const double *p) { return *(const loose_lanes *)p; }
static inline void lanes_put(double *p, lanes v) { *(loose_lanes *)p = v; }
static inline lanes lanes_choose(lanes_mask which, lanes yes, lanes no)
{
    return (lanes)((which & (lanes_mask)yes) | (~which & (lanes_mask)no));
}
static inline lanes lanes_least(lanes a, lanes b) { return lanes_choose(a < b, a, b); }
static inline lanes lanes_most(lanes a, lanes b) { return lanes_choose(a > b, a, b); }
static inline lanes lanes_size(lanes a) { return (lanes)((lanes_mask)a & INT64_MAX); }                  // without the sign
static inline lanes lanes_root(lanes a)
{
    lanes root;
    for (int i = 0; i < LANES; i++)
        root[i] = sqrt(a[i]);
    return root;
}
static inline lanes lanes_only(lanes_mask which, lanes a) { return (lanes)(which & (lanes_mask)a); }    // else 0

// Four floats: any processor has room for them.
typedef float floats __attribute__((vector_size(LANES * sizeof(float))));
typedef float loose_floats __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));
typedef int32_t floats_mask __attribute__((vector_size(LANES * sizeof(int32_t))));
static inline floats floats_at(const float *p) { return *(const loose_floats *)p; }
static inline void floats_put(float *p, floats v) { *(loose_floats *)p = v; }
static inline floats floats_choose(floats_mask which, floats yes, floats no)
{
    return (floats)((which & (floats_mask)yes) | (~which & (floats_mask)no));
}
static inline floats floats_most(floats a, floats b) { return floats_choose(a > b, a, b); }

// What was answered as bits, lane 0 the lowest. Taking a vector apart number by number costs more than most questions.
#ifdef __SSE2__
static inline unsigned floats_bits(floats_mask which) { return (unsigned)__builtin_ia32_movmskps((floats)which); }
static inline unsigned lanes_bits(lanes_mask which)
{
    lanes sign = (lanes)which;
    return (unsigned)__builtin_ia32_movmskpd(__builtin_shufflevector(sign, sign, 0, 1)) |
           (unsigned)__builtin_ia32_movmskpd(__builtin_shufflevector(sign, sign, 2, 3)) << 2;
}
#else
static inline unsigned floats_bits(floats_mask which)
{
    floats_mask bit = which & (floats_mask){1, 2, 4, 8};
    return (unsigned)(bit[0] | bit[1] | bit[2] | bit[3]);
}
static inline unsigned lanes_bits(lanes_mask which)
{
    lanes_mask bit = which & (lanes_mask){1, 2, 4, 8};
    return (unsigned)(bit[0] | bit[1] | bit[2] | bit[3]);
}
#endif
