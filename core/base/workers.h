// workers.h - threads that do one job after another, as they come (工作线程).
//
// Unlike a pool (pool.h) nobody waits here until all is done: who adds a job goes on at once and is told by the job itself.
// The queue needs no memory of its own, so a job is never refused for want of room; how many may wait is for the caller to
// say before he adds one.
#pragma once
#include <stdbool.h>

struct job {
    void (*run)(void *ctx);     // the job's memory may be gone when it returns
    void *ctx;
    struct job *next;           // the queue's
};

struct workers;
struct workers *workers_open(int threads);                  // 0: as many as processors
bool workers_add(struct workers *w, struct job *j);         // borrows it until it ran; false: stopped, the job was not taken
void workers_stop(struct workers *w);                       // takes nothing new, does what waits, then joins
void workers_close(struct workers *w);                      // stops if need be; nobody may add any more; NULL is fine
