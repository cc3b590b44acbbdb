// Answers as others make them; what becomes of them on the wire is in http_send.c.
#include "api/http.h"
#include "core/base/mem.h"

#include <stdatomic.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct shared_bytes {
    atomic_int count;
    size_t len;
    char bytes[];
};

struct shared_bytes *shared_bytes_make(const void *bytes, size_t len)
{
    struct shared_bytes *b = mem_get(1, sizeof *b + len);
    b->count = 1;
    b->len = len;
    if (len > 0)
        memcpy(b->bytes, bytes, len);
    return b;
}

struct shared_bytes *shared_bytes_take(struct shared_bytes *b)
{
    atomic_fetch_add_explicit(&b->count, 1, memory_order_relaxed);
    return b;
}

void shared_bytes_drop(struct shared_bytes *b)
{
    if (b != NULL && atomic_fetch_sub_explicit(&b->count, 1, memory_order_acq_rel) == 1)
        mem_free(b);
}

const void *shared_bytes_data(const struct shared_bytes *b, size_t *len)
{
    *len = b->len;
    return b->bytes;
}

static int place_of(const struct answer *a, const char *name)
{
    for (int i = 0; i < a->headers; i++)
        if (strcasecmp(a->header[i].name, name) == 0)
            return i;
    return -1;
}

static void take_header_out(struct answer *a, int place)
{
    memmove(&a->header[place], &a->header[place + 1], (size_t)(a->headers - place - 1) * sizeof a->header[0]);
    a->headers--;
}

void answer_header(struct answer *a, const char *name, const char *value)
{
    int place = place_of(a, name);
    if (value == NULL) {
        if (place >= 0)
            take_header_out(a, place);
        return;
    }
    if (place < 0) {
        must(a->headers < ANSWER_HEADERS);
        place = a->headers++;
    }
    a->header[place] = (struct http_header){ .name = name, .value = value };
}

const char *answer_header_get(const struct answer *a, const char *name)
{
    int place = place_of(a, name);
    return place < 0 ? NULL : a->header[place].value;
}

void answer_clear(struct answer *a)
{
    if (a->kind == ANSWER_TEXT)
        buf_clear(&a->text);
    if (a->kind == ANSWER_SHARED)
        shared_bytes_drop(a->shared);
    if (a->kind == ANSWER_FILE && a->file >= 0)
        close(a->file);
    if (a->kind == ANSWER_STREAM && a->stream.close != NULL)
        a->stream.close(a->stream.ctx);
    a->status = 0;
    a->headers = 0;
    a->kind = ANSWER_EMPTY;
}
