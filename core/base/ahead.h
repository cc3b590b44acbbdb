// ahead.h - telling the cache which line will be read soon.
//
// The empty statement keeps it alive: GCC 12 takes a function that does nothing but __builtin_prefetch for one without effect
// and leaves out its calls.
#pragma once

static inline void ahead_read(const void *line)
{
    __builtin_prefetch(line);
    __asm__ volatile("");
}

static inline void ahead_write(void *line)
{
    __builtin_prefetch(line, 1);
    __asm__ volatile("");
}
