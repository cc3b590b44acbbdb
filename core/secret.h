// secret.h - what must not be guessed (密钥): chance, comparing without telling, and what people remember. libsodium lives in secret.c
// and, for boxes, in base/seal.c, and nowhere else.
//
// What is random anyway (256 bits) is kept as its SHA-256: a slow hash would add nothing but waiting. What people think up is kept
// by argon2id, slow on purpose and large in memory, so that a stolen station is no list of passwords.
#pragma once
#include "core/base/status.h"
#include <stddef.h>

enum { SECRET_TEXT = 44 };                                   // 43 letters and digits: 256 bits
void secret_text(char out[SECRET_TEXT]);
void secret_letters(char *out, size_t cap);                  // cap - 1 letters and digits
bool secret_equal(const void *a, const void *b, size_t len); // takes as long whether and wherever they differ
// Base64 (RFC 4648, with its padding) into a text. False: it is none, has a NUL in it, or does not fit; nothing is left in out.
bool secret_from_base64(const char *text, char *out, size_t cap);

// argon2id, RFC 9106's choice for where memory is dear: 64 MiB and three passes (OWASP's least is 19 MiB and two). 0.1 to 0.2 s.
enum { SECRET_PASSWORD = 128, SECRET_PASSES = 3, SECRET_MEMORY_BYTES = 64 << 20 };
enum status secret_password_make(const char *password, char out[SECRET_PASSWORD], struct err *e);  // FAILED: no memory for it
bool secret_password_fits(const char *made, const char *password);
extern const char SECRET_PASSWORD_NONE[];                    // looks like one that was made, costs as much, and fits nothing
