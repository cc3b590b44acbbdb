#include "core/base/hash.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 1 << 18 };

static enum status hash_stream(FILE *f, const char *path, EVP_MD_CTX *state, unsigned char digest[EVP_MAX_MD_SIZE], struct err *e)
{
    static _Thread_local unsigned char chunk[CHUNK];
    long long done = 0;
    if (EVP_DigestInit_ex(state, EVP_sha256(), NULL) != 1)
        return err_set(e, FAILED, "SHA-256 is not to be had from the system's OpenSSL");
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, f)) > 0; done += (long long)got)
        EVP_DigestUpdate(state, chunk, got);
    if (ferror(f))
        return err_set(e, FAILED, "%s: reading stopped after %lld bytes: %s", path, done, strerror(errno));
    EVP_DigestFinal_ex(state, digest, NULL);
    return OK;
}

enum status hash_file_sha256(const char *path, char out[65], struct err *e)
{
    FILE *f = fopen(path, "rbe");
    if (f == NULL && errno == ENOENT)
        return err_set(e, NOT_FOUND, "%s: no such file", path);
    if (f == NULL)
        return err_set(e, FAILED, "%s: cannot be opened: %s", path, strerror(errno));
    EVP_MD_CTX *state = EVP_MD_CTX_new();
    must(state != NULL);
    unsigned char digest[EVP_MAX_MD_SIZE];
    enum status s = hash_stream(f, path, state, digest, e);
    EVP_MD_CTX_free(state);
    fclose(f);
    for (int i = 0; s == OK && i < 32; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    return s;
}
