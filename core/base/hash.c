#include "core/base/hash.h"
#include "core/base/mem.h"

#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 1 << 18 };

static enum status hash_stream(FILE *f, const char *path, const atomic_bool *stop, EVP_MD_CTX *state, unsigned char digest[EVP_MAX_MD_SIZE],
                               struct err *e)
{
    static _Thread_local unsigned char chunk[CHUNK];
    long long done = 0;
    if (EVP_DigestInit_ex(state, EVP_sha256(), NULL) != 1)
        return err_set(e, FAILED, "SHA-256 is not to be had from the system's OpenSSL");
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, f)) > 0 && !*stop; done += (long long)got)
        EVP_DigestUpdate(state, chunk, got);
    if (ferror(f))
        return err_set(e, FAILED, "%s: reading stopped after %lld bytes: %s", path, done, strerror(errno));
    EVP_DigestFinal_ex(state, digest, NULL);
    return OK;
}

static void write_hex(const unsigned char digest[32], char out[65])
{
    static const char DIGITS[] = "0123456789abcdef";
    for (int i = 0; i < 32; i++) {
        out[2 * i] = DIGITS[digest[i] >> 4];
        out[2 * i + 1] = DIGITS[digest[i] & 15];
    }
    out[64] = '\0';
}

static enum status hash_until(const char *path, const atomic_bool *stop, char out[65], struct err *e)
{
    FILE *f = fopen(path, "rbe");
    if (f == NULL && errno == ENOENT)
        return err_set(e, NOT_FOUND, "%s: no such file", path);
    if (f == NULL)
        return err_set(e, FAILED, "%s: cannot be opened: %s", path, strerror(errno));
    EVP_MD_CTX *state = EVP_MD_CTX_new();
    must(state != NULL);
    unsigned char digest[EVP_MAX_MD_SIZE];
    enum status s = hash_stream(f, path, stop, state, digest, e);
    EVP_MD_CTX_free(state);
    fclose(f);
    if (s == OK)
        write_hex(digest, out);
    return s;
}

enum status hash_file_sha256(const char *path, char out[65], struct err *e)
{
    static const atomic_bool never;
    return hash_until(path, &never, out, e);
}

struct hash_job { pthread_t thread; const char *path; atomic_bool stop; enum status status; char hex[65]; struct err err; };

static void *hash_in_background(void *ctx)
{
    struct hash_job *j = ctx;
    j->status = hash_until(j->path, &j->stop, j->hex, &j->err);
    return NULL;
}

// Advice only: a system that knows no such order just shares its processors.
static void set_order(struct hash_job *j, int policy)
{
    struct sched_param none = {0};
    pthread_setschedparam(j->thread, policy, &none);
}

struct hash_job *hash_job_start(const char *path, enum lang lang)
{
    struct hash_job *j = mem_get(1, sizeof *j);
    j->path = path;
    j->err.lang = lang;
    must(pthread_create(&j->thread, NULL, hash_in_background, j) == 0);
    set_order(j, SCHED_IDLE);
    return j;
}

enum status hash_job_wait(struct hash_job *j, char out[65], struct err *e)
{
    set_order(j, SCHED_OTHER);
    pthread_join(j->thread, NULL);
    enum status s = j->status;
    if (s == OK)
        memcpy(out, j->hex, sizeof j->hex);
    else
        *e = j->err;
    mem_free(j);
    return s;
}

void hash_job_stop(struct hash_job *j)
{
    j->stop = true;
    set_order(j, SCHED_OTHER);
    pthread_join(j->thread, NULL);
    mem_free(j);
}

static EVP_MD *sha256;
static void fetch_sha256(void) { sha256 = EVP_MD_fetch(NULL, "SHA256", NULL); }

// Fetched once: asked for by EVP_sha256() OpenSSL looks the algorithm up anew, longer than the hash of a short text takes.
void hash_sha256(const void *bytes, size_t len, char out[65])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    unsigned char digest[EVP_MAX_MD_SIZE];
    pthread_once(&once, fetch_sha256);
    must(sha256 != NULL && EVP_Digest(bytes, len, digest, NULL, sha256, NULL) == 1);
    write_hex(digest, out);
}

enum { WORD_BYTES = 8, LANES = 8 };

static inline uint64_t take_word(uint64_t a, const unsigned char *at)
{
    uint64_t word;
    memcpy(&word, at, WORD_BYTES);
    return hash_fold(a ^ word, 0x9e3779b97f4a7c15u) + 0xd6e8feb86659fd93u;
}

// Eight words at a time, none of which waits for the one before.
static inline uint64_t take_lanes(uint64_t a, const unsigned char **at, size_t *len)
{
    uint64_t lane[LANES];
    for (int i = 0; i < LANES; i++)
        lane[i] = a + (uint64_t)i;
    for (; *len >= LANES * WORD_BYTES; *at += LANES * WORD_BYTES, *len -= LANES * WORD_BYTES)
        for (int i = 0; i < LANES; i++)
            lane[i] = take_word(lane[i], *at + i * WORD_BYTES);
    for (int i = 1; i < LANES; i++)
        lane[0] = hash_fold(lane[0] ^ lane[i], 0x9e3779b97f4a7c15u) + 0xd6e8feb86659fd93u;
    return lane[0];
}

uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed)
{
    const unsigned char *at = bytes;
    uint64_t a = hash_mix(hash_mix(seed) + len), word = 0;     // a byte more and a seed less are not the same
    if (len >= 2 * LANES * WORD_BYTES)
        a = take_lanes(a, &at, &len);
    for (; len >= WORD_BYTES; at += WORD_BYTES, len -= WORD_BYTES)
        a = take_word(a, at);
    if (len > 0)                                        // of no bytes there need be no place
        memcpy(&word, at, len);
    return hash_mix(hash_fold(a ^ word, 0x9e3779b97f4a7c15u) + a);
}

struct hash_sum { EVP_MD_CTX *state; };

struct hash_sum *hash_sum_open(void)
{
    struct hash_sum *s = mem_get(1, sizeof *s);
    s->state = EVP_MD_CTX_new();
    must(s->state != NULL && EVP_DigestInit_ex(s->state, EVP_sha256(), NULL) == 1);
    return s;
}

void hash_sum_add(struct hash_sum *s, const void *bytes, size_t len)
{
    must(EVP_DigestUpdate(s->state, bytes, len) == 1);
}

void hash_sum_close(struct hash_sum *s, char out[65])
{
    if (s == NULL)
        return;
    unsigned char digest[EVP_MAX_MD_SIZE];
    must(EVP_DigestFinal_ex(s->state, digest, NULL) == 1);
    if (out != NULL)
        write_hex(digest, out);
    EVP_MD_CTX_free(s->state);
    mem_free(s);
}
