// The door of libsodium.
#include "core/secret.h"

#include "core/base/mem.h"
#include <pthread.h>
#include <sodium.h>
#include <stdint.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void start(void) { must(sodium_init() >= 0); }
static void ready(void) { pthread_once(&once, start); }

void secret_letters(char *out, size_t cap)
{
    static const char LETTERS[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    ready();
    for (size_t i = 0; i + 1 < cap; i++)
        out[i] = LETTERS[randombytes_uniform(sizeof LETTERS - 1)];
    out[cap - 1] = '\0';
}

void secret_text(char out[SECRET_TEXT]) { secret_letters(out, SECRET_TEXT); }     // 62^43 > 2^256

bool secret_equal(const void *a, const void *b, size_t len) { return sodium_memcmp(a, b, len) == 0; }


bool secret_from_base64(const char *text, char *out, size_t cap)
{
    size_t len = 0;
    bool fine = cap > 0 && sodium_base642bin((unsigned char *)out, cap - 1, text, strlen(text), NULL, &len, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
                memchr(out, '\0', len) == NULL;
    if (!fine && cap > 0)
        mem_wipe(out, cap);
    if (fine)
        out[len] = '\0';
    return fine;
}

// --- Passwords ------------------------------------------------------------------------------------------------------------------

_Static_assert(SECRET_PASSWORD == crypto_pwhash_STRBYTES, "room for what libsodium makes");
// The same parameters, a salt and a hash of zeros.
const char SECRET_PASSWORD_NONE[] = "$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
_Static_assert(SECRET_MEMORY_BYTES == 65536 * 1024 && SECRET_PASSES == 3, "what fits nothing costs as much");

enum status secret_password_make(const char *password, char out[SECRET_PASSWORD], struct err *e)
{
    ready();
    if (crypto_pwhash_str_alg(out, password, strlen(password), SECRET_PASSES, SECRET_MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return err_set(e, FAILED, "a password needs %d MiB of memory for a moment, which are not to be had", SECRET_MEMORY_BYTES >> 20);
    return OK;
}

bool secret_password_fits(const char *made, const char *password)
{
    char text[SECRET_PASSWORD] = "";
    ready();
    if (strlen(made) >= sizeof text)
        return false;
    strcpy(text, made);                                    // the library reads all of its room
    return crypto_pwhash_str_verify(text, password, strlen(password)) == 0;
}
