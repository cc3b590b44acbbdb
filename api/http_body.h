// http_body.h - a body as it comes in, into memory or into a file.
//
// Into a file it goes by pieces: taking bytes never waits for the disk, writing a piece may, so a worker does that. Each function
// answers with a fault or NULL: 413 too large, 507 no room on the disk, 500 any other trouble with it.
#pragma once
#include "api/http.h"
#include "api/http_head.h"

struct body {
    enum http_body kind;
    int64_t most, bytes;
    struct buf text;                        // MEMORY
    int file;                               // FILE, with its name, its hash so far and the piece that is not written yet
    char *path, *piece;
    size_t piece_len;
    struct hash_sum *sum;
    char sha256[65];
};

// expected: bytes the head announced, -1 unknown.
const struct http_fault *body_open(struct body *b, enum http_body kind, int64_t most, const char *folder, int64_t expected);
// Takes what has room, *len says how much is left over; then body_write must be called before more is taken.
const struct http_fault *body_take(struct body *b, const char *bytes, size_t *len);
const struct http_fault *body_write(struct body *b);                // the piece; may wait for the disk
const struct http_fault *body_finish(struct body *b);               // the last piece and the hash; may wait for the disk
void body_clear(struct body *b);                                    // removes the file, unless it was renamed away
const struct http_fault *body_fault_listed(int i);                  // NULL behind the last
