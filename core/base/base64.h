// base64.h - bytes as letters (RFC 4648): base64url without padding for cursors and tokens, plain base64 to read what others send.
#pragma once
#include <stdbool.h>
#include <stddef.h>

// Writes at most cap bytes with the ending '\0'; false when that is not enough.
bool base64url_write(const void *bytes, size_t len, char *out, size_t cap);
// out has room for 3/4 of the text and is not ended. false: no base64url, or bits left over that should be zero.
bool base64url_read(const char *text, void *out, size_t *len);
bool base64_read(const char *text, void *out, size_t *len);    // with + and /, and its padding
