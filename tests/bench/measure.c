// measure FILE COMMAND... - runs a command and writes its wall seconds, peak memory (MB) and processor seconds to FILE. Exit
// status as the command's.
#include "core/base/when.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static double seconds_of(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "use: measure FILE COMMAND...\n");
        return 2;
    }
    double from = when_monotonic_s();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    int status = 0;
    struct rusage cost;
    if (child < 0 || wait4(child, &status, 0, &cost) != child)
        return 1;
    double seconds = when_monotonic_s() - from;
    FILE *f = fopen(argv[1], "w");
    if (f == NULL)
        return 1;
    fprintf(f, "%.3f %.0f %.3f\n", seconds, (double)cost.ru_maxrss / 1024, seconds_of(cost.ru_utime) + seconds_of(cost.ru_stime));
    fclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
