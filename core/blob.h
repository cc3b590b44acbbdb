// blob.h - original files, kept by their SHA-256 under STATION/blobs/ab/abcd... (原件库).
//
// A file is copied beside its place, synced, and renamed in: it is there whole or not at all, and the same file twice is one.
// Nothing is ever changed or removed here. What a name promises can be checked: the name is the content's hash.
#pragma once
#include "core/base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blob { char sha256[65]; int64_t bytes; };

// folder: of the station. NOT_FOUND, FAILED (full disk: nothing is left).
enum status blob_record_file(const char *folder, const char *path, struct blob *out, struct err *e);
// The same of a file of ours in the station itself, whose hash is known already: it is moved in. FAILED.
enum status blob_take_file(const char *folder, const char *path, const struct blob *b, struct err *e);
// Where it lies; out has room for cap bytes.
void blob_path(const char *folder, const char *sha256, char *out, size_t cap);
bool blob_is_there(const char *folder, const char *sha256);
// INVALID: the content is not what its name says; NOT_FOUND.
enum status blob_verify(const char *folder, const char *sha256, struct err *e);

// Calls fn for every name in the store, in no order, until it answers other than OK.
typedef enum status blob_visit(void *ctx, const char *sha256, int64_t bytes, struct err *e);
enum status blob_each(const char *folder, blob_visit *fn, void *ctx, struct err *e);
