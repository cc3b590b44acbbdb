// seal.h - what only the holder of a key can read (封存). libsodium lives in seal.c and, for passwords, in core/secret.c, and nowhere else.
//
// A sealed box (X25519, XSalsa20-Poly1305) is made by anybody with the public key and opened with the secret one; who made it cannot
// open it again. One bit changed and it does not open. Lengths are rounded up to SEAL_BLOCK, so that they tell little. A box does not
// say who made it: that is the audit's business.
#pragma once
#include "core/base/buf.h"
#include "core/base/status.h"

enum { SEAL_KEY_TEXT = 65, SEAL_BLOCK = 4096 };          // keys as 64 hexadecimal digits

void seal_make_keys(char public_key[SEAL_KEY_TEXT], char secret_key[SEAL_KEY_TEXT]);
bool seal_is_key(const char *text);
void seal_public_of(const char secret_key[SEAL_KEY_TEXT], char public_key[SEAL_KEY_TEXT]);
void seal_box(const char public_key[SEAL_KEY_TEXT], const void *bytes, size_t len, struct buf *out);   // added to out, which must be empty
bool seal_open(const char secret_key[SEAL_KEY_TEXT], const void *box, size_t len, struct buf *out);    // false: another's, or changed
void seal_random(char *hex, size_t digits);              // an even number of them, and '\0'
