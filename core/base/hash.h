// hash.h - SHA-256 of files (OpenSSL: with the processor's own instructions) and a quick 64-bit mix for tables.
#pragma once
#include "core/base/status.h"
#include <stddef.h>
#include <stdint.h>

// Lower-case hexadecimal SHA-256 of a file, streamed. NOT_FOUND, FAILED.
enum status hash_file_sha256(const char *path, char out[65], struct err *e);

// The same on processors that have nothing else to do, until somebody waits for it. The path is only borrowed.
struct hash_job;
struct hash_job *hash_job_start(const char *path, enum lang lang);
enum status hash_job_wait(struct hash_job *j, char out[65], struct err *e); // and forgets it
void hash_job_stop(struct hash_job *j);                                     // nobody waits any more
// The same of bytes in memory.
void hash_sha256(const void *bytes, size_t len, char out[65]);

// The same of bytes as they come.
struct hash_sum;
struct hash_sum *hash_sum_open(void);
void hash_sum_add(struct hash_sum *s, const void *bytes, size_t len);
void hash_sum_close(struct hash_sum *s, char out[65]);                      // out NULL: nobody wants it any more; s NULL is fine

// A good 64-bit mixer (splitmix64 finalizer); not for secrets.
static inline uint64_t hash_mix(uint64_t x)
{
    x ^= x >> 30; x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27; x *= 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

// Both halves of the 128-bit product, one into the other: one multiplication for two words. Not for secrets.
static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

// 64 bits of any bytes, for tables and tags that change when the bytes do; not for secrets. seed: another function for each.
uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed);
