// plain_main.c - runs a fuzz target without libFuzzer: over every file of the corpus folder, over each cut short at every
// length, and over mutations of them with a fixed seed: the same ones each time, as many as ROUNDS or 20 s allow.
//
//     wkb_fuzz tests/fuzz/corpus/wkb [ROUNDS]
//
// Corpus files named *.hex hold bytes as hexadecimal text, with blanks and # comments, so that a person can write them.
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/when.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { SEEDS_MOST = 1000, SEED_BYTES = 1 << 16, CUTS_MOST = 2000, ROUNDS = 20000, SECONDS_MOST = 20 };

struct seeds { struct buf seed[SEEDS_MOST]; int count; };

static uint64_t next_random(uint64_t *state)    // splitmix64
{
    uint64_t x = *state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

// A copy of exactly this size: one byte read too far meets the sanitizer.
static void offer(const void *bytes, size_t len)
{
    uint8_t *exact = malloc(len > 0 ? len : 1);
    if (len > 0)
        memcpy(exact, bytes, len);
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
}

static void read_hex(struct buf *out, const char *text)
{
    for (const char *s = text; *s != '\0';) {
        unsigned byte;
        if (*s == '#')
            s += strcspn(s, "\n");
        else if (isxdigit((unsigned char)s[0]) && isxdigit((unsigned char)s[1]) && sscanf(s, "%2x", &byte) == 1)
            buf_add(out, &(uint8_t){ (uint8_t)byte }, 1), s += 2;
        else
            s++;
    }
}

static void read_seed(const char *path, struct buf *out)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return;
    struct buf raw;
    buf_init(&raw, 4 * SEED_BYTES);
    buf_add(&raw, "", 0);
    char chunk[4096];
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, f)) > 0;)
        buf_add(&raw, chunk, got);
    fclose(f);
    const char *dot = strrchr(path, '.');
    if (dot != NULL && strcmp(dot, ".hex") == 0)
        read_hex(out, raw.data);
    else
        buf_add(out, raw.data, raw.len);
    buf_clear(&raw);
}

static void read_corpus(const char *folder, struct seeds *s)
{
    struct dirent **entry = NULL;
    int entries = scandir(folder, &entry, NULL, alphasort);     // sorted: the same order on every machine
    for (int i = 0; i < entries; i++) {
        if (entry[i]->d_name[0] != '.' && s->count < SEEDS_MOST) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
            buf_init(&s->seed[s->count], SEED_BYTES);
            read_seed(path, &s->seed[s->count++]);
        }
        free(entry[i]);
    }
    free(entry);
}

// A few flipped bits, bytes, copied stretches and telling counts, then perhaps another length.
static void mutate(uint8_t *bytes, size_t *len, size_t room, uint64_t *random)
{
    static const uint8_t telling[][4] = {
        { 0, 0, 0, 0 }, { 0xff, 0xff, 0xff, 0xff }, { 1, 0, 0, 0 }, { 0, 0, 0, 0x80 }, { 0, 0, 0xf0, 0x7f }, { 0, 0, 0xf8, 0x7f },
    };
    for (uint64_t n = next_random(random) % 8 + 1; n > 0 && *len > 0; n--) {
        size_t at = next_random(random) % *len;
        size_t from = next_random(random) % *len;
        size_t span = next_random(random) % 16 + 1;
        span = span > *len - at ? *len - at : span;
        span = span > *len - from ? *len - from : span;
        switch (next_random(random) % 4) {
        case 0: bytes[at] ^= (uint8_t)(1u << next_random(random) % 8); break;
        case 1: bytes[at] = (uint8_t)next_random(random); break;
        case 2: memmove(bytes + at, bytes + from, span); break;
        default:
            memcpy(bytes + at, telling[next_random(random) % (sizeof telling / 4)], *len - at < 4 ? *len - at : 4);
        }
    }
    if (next_random(random) % 4 == 0)
        *len = next_random(random) % (*len + 1);
    for (uint64_t more = next_random(random) % 8 == 0 ? next_random(random) % 64 : 0; more > 0 && *len < room; more--)
        bytes[(*len)++] = (uint8_t)next_random(random);
}

static long offer_mutations(const struct seeds *s, long rounds)
{
    uint64_t random = 20261122;
    uint8_t *bytes = mem_get(SEED_BYTES + 64, 1);
    double end_s = when_monotonic_s() + SECONDS_MOST;
    long i = 0;
    for (; i < rounds && when_monotonic_s() < end_s; i++) {
        const struct buf *seed = s->count > 0 ? &s->seed[next_random(&random) % (uint64_t)s->count] : NULL;
        size_t len = seed != NULL ? seed->len : next_random(&random) % 256;
        for (size_t k = 0; k < len; k++)
            bytes[k] = seed != NULL ? (uint8_t)seed->data[k] : (uint8_t)next_random(&random);
        mutate(bytes, &len, SEED_BYTES + 64, &random);
        offer(bytes, len);
    }
    mem_free(bytes);
    return i;
}

int main(int argc, char **argv)
{
    static struct seeds s;
    if (argc < 2) {
        fprintf(stderr, "usage: %s CORPUS [ROUNDS]\n", argv[0]);
        return 2;
    }
    long rounds = argc > 2 ? atol(argv[2]) : ROUNDS;
    read_corpus(argv[1], &s);
    offer("", 0);
    for (int i = 0; i < s.count; i++)
        for (size_t cut = 0; cut <= s.seed[i].len; cut += s.seed[i].len / CUTS_MOST + 1)
            offer(s.seed[i].data, s.seed[i].len - cut);
    rounds = offer_mutations(&s, rounds);
    printf("%d corpus files, %ld mutations: nothing broke\n", s.count, rounds);
    for (int i = 0; i < s.count; i++)
        buf_clear(&s.seed[i]);
    return 0;
}
