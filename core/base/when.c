#include "core/base/when.h"

#include <sys/resource.h>
#include <time.h>

double when_monotonic_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int64_t when_now_s(void)
{
    return (int64_t)time(NULL);
}

int64_t when_peak_memory_bytes(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (int64_t)use.ru_maxrss * 1024;   // Linux counts kibibytes (getrusage(2))
}
