#include "core/base/seal.h"

#include "core/base/mem.h"
#include <pthread.h>
#include <sodium.h>
#include <string.h>

static pthread_once_t begun = PTHREAD_ONCE_INIT;
static void begin(void) { must(sodium_init() >= 0); }

static void to_hex(const unsigned char *bytes, size_t len, char *out) { sodium_bin2hex(out, 2 * len + 1, bytes, len); }

static void of_hex(const char text[SEAL_KEY_TEXT], unsigned char out[32])
{
    size_t len = 0;
    must(sodium_hex2bin(out, 32, text, 64, NULL, &len, NULL) == 0 && len == 32);
}

void seal_make_keys(char public_key[SEAL_KEY_TEXT], char secret_key[SEAL_KEY_TEXT])
{
    unsigned char open[crypto_box_PUBLICKEYBYTES], secret[crypto_box_SECRETKEYBYTES];
    pthread_once(&begun, begin);
    crypto_box_keypair(open, secret);
    to_hex(open, sizeof open, public_key);
    to_hex(secret, sizeof secret, secret_key);
    mem_wipe(secret, sizeof secret);
}

bool seal_is_key(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

void seal_public_of(const char secret_key[SEAL_KEY_TEXT], char public_key[SEAL_KEY_TEXT])
{
    unsigned char open[crypto_box_PUBLICKEYBYTES], secret[crypto_box_SECRETKEYBYTES];
    pthread_once(&begun, begin);
    of_hex(secret_key, secret);
    crypto_scalarmult_base(open, secret);
    to_hex(open, sizeof open, public_key);
    mem_wipe(secret, sizeof secret);
}

void seal_box(const char public_key[SEAL_KEY_TEXT], const void *bytes, size_t len, struct buf *out)
{
    unsigned char open[crypto_box_PUBLICKEYBYTES];
    size_t room = (len / SEAL_BLOCK + 1) * SEAL_BLOCK, padded = 0;
    unsigned char *plain = mem_get(room, 1), *box = mem_get(room + crypto_box_SEALBYTES, 1);
    pthread_once(&begun, begin);
    of_hex(public_key, open);
    memcpy(plain, bytes, len);
    must(sodium_pad(&padded, plain, len, SEAL_BLOCK, room) == 0);
    must(crypto_box_seal(box, plain, padded, open) == 0);
    buf_add(out, box, padded + crypto_box_SEALBYTES);
    must(!out->full);
    mem_wipe(plain, room);
    mem_free(plain);
    mem_free(box);
}

bool seal_open(const char secret_key[SEAL_KEY_TEXT], const void *box, size_t len, struct buf *out)
{
    unsigned char open[crypto_box_PUBLICKEYBYTES], secret[crypto_box_SECRETKEYBYTES];
    size_t room = len > crypto_box_SEALBYTES ? len - crypto_box_SEALBYTES : 0, bare = 0;
    if (room == 0)
        return false;
    unsigned char *plain = mem_get(room, 1);
    pthread_once(&begun, begin);
    of_hex(secret_key, secret);
    crypto_scalarmult_base(open, secret);
    bool fine = crypto_box_seal_open(plain, box, len, open, secret) == 0 && sodium_unpad(&bare, plain, room, SEAL_BLOCK) == 0;
    if (fine)
        buf_add(out, plain, bare);
    mem_wipe(secret, sizeof secret);
    mem_wipe(plain, room);
    mem_free(plain);
    return fine && !out->full;
}

void seal_random(char *hex, size_t digits)
{
    unsigned char bytes[64];
    must(digits % 2 == 0 && digits / 2 <= sizeof bytes);
    pthread_once(&begun, begin);
    randombytes_buf(bytes, digits / 2);
    to_hex(bytes, digits / 2, hex);
}
