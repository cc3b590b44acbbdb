#include "core/base/hash.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static enum status hash_stream(FILE *f, const char *path, unsigned char digest[crypto_hash_sha256_BYTES], struct err *e)
{
    unsigned char chunk[65536];
    long long done = 0;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, f)) > 0; done += (long long)got)
        crypto_hash_sha256_update(&state, chunk, got);
    if (ferror(f))
        return err_set(e, FAILED, "%s: reading stopped after %lld bytes: %s", path, done, strerror(errno));
    crypto_hash_sha256_final(&state, digest);
    return OK;
}

enum status hash_file_sha256(const char *path, char out[65], struct err *e)
{
    FILE *f = fopen(path, "rbe");
    if (f == NULL && errno == ENOENT)
        return err_set(e, NOT_FOUND, "%s: no such file", path);
    if (f == NULL)
        return err_set(e, FAILED, "%s: cannot be opened: %s", path, strerror(errno));
    unsigned char digest[crypto_hash_sha256_BYTES];
    enum status s = hash_stream(f, path, digest, e);
    fclose(f);
    if (s == OK)
        sodium_bin2hex(out, 65, digest, sizeof digest);
    return s;
}
