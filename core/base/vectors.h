// vectors.h - a function made twice, for processors with wide vectors and for all others; the right one is taken when the program starts.
//
// Only for loops that take percents of a run. Both must give the same bits: no sum may depend on the width of a vector, and
// nothing fused is asked for (AVX2 alone brings no fused multiply-add).
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define VECTORS
#endif
