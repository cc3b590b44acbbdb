// mem.h - memory of the work at hand: growing arrays and an arena.
//
// Running out of memory stops the program with a sentence that says what it was for: nobody can go on sensibly, and an
// output file is only ever renamed into place when it is whole.
#pragma once
#include <stddef.h>

void *mem_get(size_t count, size_t size);                 // zeroed; never NULL (count 0 gives one item)
void *mem_grow(void *old, size_t *cap, size_t need, size_t size); // cap items now, at least need after; new part is not zeroed
char *mem_text(const char *text);                         // a copy; NULL stays NULL
void  mem_free(void *p);
void  mem_trim(void);                                     // after large work: what it freed goes back to the system
void  mem_wipe(void *p, size_t bytes);                    // a secret: overwritten also where a compiler thinks nobody will look

// Small pieces that live and die together. Not thread safe: one arena for each thread.
struct arena;
struct arena *arena_open(size_t ceiling_bytes);           // more than the ceiling is a bug of the caller: must()
void *arena_get(struct arena *a, size_t bytes);           // zeroed, 16-byte aligned
char *arena_text(struct arena *a, const char *text);      // a copy; NULL stays NULL
void  arena_reset(struct arena *a);                       // forget everything, keep the memory
void  arena_trim(struct arena *a);                        // forget everything, keep one block: what lives long and is used seldom
void  arena_close(struct arena *a);
