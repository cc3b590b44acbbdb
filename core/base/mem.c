#include "core/base/mem.h"
#include "core/base/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// No translation and no status: there may be no memory left to say more.
static _Noreturn void out_of_memory(size_t count, size_t size)
{
    fprintf(stderr, "gridpatrol: out of memory: wanted room for %zu items of %zu bytes; nothing was written\n", count, size);
    exit(1);
}

// Arrays of a whole layer: a page of 4 kB at a time costs a second a gigabyte in a virtual machine. Advice only.
static void advise_large(void *p, size_t bytes)
{
    static const size_t LARGE = 3u << 20, PAGE = 4096;
    if (bytes < LARGE)
        return;
    uintptr_t first = ((uintptr_t)p + PAGE - 1) / PAGE * PAGE, end = ((uintptr_t)p + bytes) / PAGE * PAGE;
    madvise((void *)first, end - first, MADV_HUGEPAGE);
}

void *mem_get(size_t count, size_t size)
{
    if (count == 0)
        count = 1;
    void *p = calloc(count, size);
    if (p == NULL)
        out_of_memory(count, size);
    advise_large(p, count * size);
    return p;
}

void *mem_grow(void *old, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap && old != NULL)
        return old;
    size_t half_more = *cap + *cap / 2;
    size_t want = need > half_more ? need : half_more;
    if (want < 16)
        want = 16;
    if (want > SIZE_MAX / 2 / size)
        out_of_memory(want, size);
    void *p = realloc(old, want * size);
    if (p == NULL)
        out_of_memory(want, size);
    advise_large(p, want * size);
    *cap = want;
    return p;
}

char *mem_text(const char *text)
{
    if (text == NULL)
        return NULL;
    size_t len = strlen(text) + 1;
    return memcpy(mem_get(len, 1), text, len);
}

void mem_free(void *p)
{
    free(p);
}

void mem_trim(void) { malloc_trim(0); }

void mem_wipe(void *p, size_t bytes)
{
    if (bytes > 0)
        explicit_bzero(p, bytes);
}

enum { BLOCK_BYTES = 64 * 1024, ALIGN = 16 };

struct block { struct block *next; size_t used, room; _Alignas(ALIGN) unsigned char bytes[]; };
struct arena { struct block *first, *last; size_t ceiling, used; };  // blocks after `last` are kept and empty

struct arena *arena_open(size_t ceiling_bytes)
{
    struct arena *a = mem_get(1, sizeof *a);
    a->ceiling = ceiling_bytes;
    return a;
}

static struct block *block_make(size_t need)
{
    size_t room = need > BLOCK_BYTES ? need : BLOCK_BYTES;
    struct block *b = aligned_alloc(ALIGN, sizeof *b + room);
    if (b == NULL)
        out_of_memory(1, room);
    *b = (struct block){ .room = room };
    return b;
}

// The block to cut from: the last one, a kept one behind it, or a new one put behind it.
static struct block *block_with_room(struct arena *a, size_t need)
{
    if (a->last != NULL && a->last->room - a->last->used >= need)
        return a->last;
    struct block **place = a->last != NULL ? &a->last->next : &a->first;
    if (*place == NULL || (*place)->room < need) {
        struct block *made = block_make(need);
        made->next = *place;
        *place = made;
    }
    return a->last = *place;
}

void *arena_get(struct arena *a, size_t bytes)
{
    must(bytes <= a->ceiling && a->used <= a->ceiling - bytes);
    size_t need = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    struct block *b = block_with_room(a, need);
    void *p = b->bytes + b->used;
    b->used += need;
    a->used += bytes;
    return memset(p, 0, bytes);
}

char *arena_text(struct arena *a, const char *text)
{
    if (text == NULL)
        return NULL;
    size_t len = strlen(text) + 1;
    return memcpy(arena_get(a, len), text, len);
}

void arena_reset(struct arena *a)
{
    for (struct block *b = a->first; b != NULL; b = b->next)
        b->used = 0;
    a->last = a->first;
    a->used = 0;
}

static void free_blocks(struct block *b)
{
    for (struct block *next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
}

void arena_trim(struct arena *a)
{
    bool is_usual = a->first != NULL && a->first->room == BLOCK_BYTES;
    free_blocks(is_usual ? a->first->next : a->first);
    if (is_usual)
        a->first->next = NULL;
    else
        a->first = NULL;
    arena_reset(a);
}

void arena_close(struct arena *a)
{
    if (a == NULL)
        return;
    free_blocks(a->first);
    free(a);
}
