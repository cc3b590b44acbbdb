// progress.h - telling the user how far the work is. The teller decides what becomes of it (a bar, a job's percentage).
#pragma once

struct progress {
    void (*tell)(void *ctx, const char *stage, double share); // share 0..1 of the whole work
    void *ctx;
};

static inline void progress_tell(const struct progress *p, const char *stage, double share)
{
    if (p != 0 && p->tell != 0)
        p->tell(p->ctx, stage, share);
}
