// read_layers [--at-once] BEFORE AFTER - the mere reading of both layers by Arrow batches, every byte of every geometry looked at: one
// layer after the other, as a program does that only reads, or both at once, which no comparison can be faster than by much.
#include "core/base/when.h"
#include "tests/bench/arrow_layer.h"

#include <gdal.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct task { const char *path; int64_t rows, bytes; uint64_t sum; };

static int touch(void *ctx, int64_t row, const uint8_t *wkb, size_t len)
{
    (void)row;
    struct task *t = ctx;
    t->bytes += (int64_t)len;
    for (size_t i = 0; i + 8 <= len; i += 8) {
        uint64_t word;
        memcpy(&word, wkb + i, 8);
        t->sum += word;
    }
    return 0;
}

static void *read_one(void *arg)
{
    struct task *t = arg;
    t->rows = arrow_layer_read(t->path, touch, t);
    return NULL;
}

int main(int argc, char **argv)
{
    bool at_once = argc == 4 && strcmp(argv[1], "--at-once") == 0;
    if (argc != 3 && !at_once) {
        fprintf(stderr, "use: read_layers [--at-once] BEFORE AFTER\n");
        return 2;
    }
    double from = when_monotonic_s();
    GDALAllRegister();
    struct task task[2] = { { .path = argv[argc - 2] }, { .path = argv[argc - 1] } };
    pthread_t other;
    if (at_once && pthread_create(&other, NULL, read_one, &task[1]) != 0)
        return 1;
    read_one(&task[0]);
    if (at_once)
        pthread_join(other, NULL);
    else
        read_one(&task[1]);
    printf("read %lld and %lld rows, %lld bytes of geometry, sum %016llx, %.3f s\n", (long long)task[0].rows, (long long)task[1].rows,
           (long long)(task[0].bytes + task[1].bytes), (unsigned long long)(task[0].sum + task[1].sum), when_monotonic_s() - from);
    return task[0].rows < 0 || task[1].rows < 0;
}
