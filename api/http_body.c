#include "api/http_body.h"
#include "core/base/disk.h"
#include "core/base/hash.h"
#include "core/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE_BYTES = 128 << 10 };

static const struct http_fault faults[] = {
    { 413, "the body of the request is too large" },
    { 507, "there is no room on the disk for the body of the request" },
    { 500, "the body of the request could not be written" },
};
static const struct http_fault *const too_large = &faults[0], *const no_room = &faults[1], *const not_written = &faults[2];

const struct http_fault *body_fault_listed(int i) { return i < (int)(sizeof faults / sizeof faults[0]) ? &faults[i] : NULL; }

static const struct http_fault *disk_fault(void)
{
    return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? no_room : not_written;
}

static const struct http_fault *open_file(struct body *b, const char *folder)
{
    must(folder != NULL);       // http_settings has one where a service wants bodies in files
    size_t room = strlen(folder) + sizeof "/body-XXXXXX";
    b->path = mem_get(room, 1);
    snprintf(b->path, room, "%s/body-XXXXXX", folder);
    b->file = mkostemp(b->path, O_CLOEXEC);
    if (b->file < 0) {
        mem_free(b->path);
        b->path = NULL;
        return disk_fault();
    }
    b->sum = hash_sum_open();
    return NULL;
}

const struct http_fault *body_open(struct body *b, enum http_body kind, int64_t most, const char *folder, int64_t expected)
{
    *b = (struct body){ .kind = kind, .most = most, .file = -1 };
    if (expected > most)
        return too_large;
    if (kind == HTTP_BODY_MEMORY)
        buf_init(&b->text, (size_t)most);
    if (kind != HTTP_BODY_FILE)
        return NULL;
    // What is announced is held against the free room before a byte is read: nobody sends gigabytes to hear that at their end.
    return disk_has_room(folder, expected) ? open_file(b, folder) : no_room;
}

static void take_piece(struct body *b, const char *bytes, size_t *len)
{
    if (b->piece == NULL)
        b->piece = mem_get(PIECE_BYTES, 1);
    size_t room = PIECE_BYTES - b->piece_len, taken = *len < room ? *len : room;
    memcpy(b->piece + b->piece_len, bytes, taken);
    b->piece_len += taken;
    b->bytes += (int64_t)taken;
    *len -= taken;
}

const struct http_fault *body_take(struct body *b, const char *bytes, size_t *len)
{
    if ((int64_t)*len > b->most - b->bytes)
        return too_large;
    if (b->kind == HTTP_BODY_FILE) {
        take_piece(b, bytes, len);
        return NULL;
    }
    buf_add(&b->text, bytes, *len);
    b->bytes += (int64_t)*len;
    *len = 0;
    return NULL;
}

const struct http_fault *body_write(struct body *b)
{
    for (size_t at = 0; at < b->piece_len;) {
        ssize_t done = write(b->file, b->piece + at, b->piece_len - at);
        if (done < 0 && errno != EINTR)
            return disk_fault();
        at += done > 0 ? (size_t)done : 0;
    }
    hash_sum_add(b->sum, b->piece, b->piece_len);
    b->piece_len = 0;
    return NULL;
}

const struct http_fault *body_finish(struct body *b)
{
    const struct http_fault *fault = b->piece_len > 0 ? body_write(b) : NULL;
    mem_free(b->piece);
    b->piece = NULL;
    int file = b->file;
    b->file = -1;
    if (close(file) != 0 && fault == NULL)
        fault = disk_fault();
    hash_sum_close(b->sum, b->sha256);
    b->sum = NULL;
    return fault;
}

void body_clear(struct body *b)
{
    if (b->kind == HTTP_BODY_MEMORY)
        buf_clear(&b->text);
    if (b->kind != HTTP_BODY_FILE || b->path == NULL)
        return;
    if (b->file >= 0)
        close(b->file);
    unlink(b->path);
    mem_free(b->path);
    mem_free(b->piece);
    hash_sum_close(b->sum, NULL);
    b->path = NULL;
}
