// http_ours LISTENERS - the same answers as http_bare, through api/http.h: a tile that many share, nothing at /empty, 304 at /same. Prints
// its port and runs until it is ended.
#include "api/http.h"
#include "core/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TILE_BYTES = 22528 };

static void begin(void *ctx, struct request *r, struct http_plan *plan, struct answer *a)
{
    (void)ctx, (void)r, (void)plan, (void)a;
}

static bool run(void *ctx, struct request *r, struct answer *a)
{
    a->status = strcmp(r->path, "/same") == 0 ? 304 : 200;
    answer_header(a, "Content-Type", "application/vnd.mapbox-vector-tile");
    answer_header(a, "ETag", "\"0123456789abcdef\"");
    answer_header(a, "Cache-Control", "max-age=0");
    if (strcmp(r->path, "/tile") != 0)
        return true;
    a->kind = ANSWER_SHARED;
    a->shared = shared_bytes_take(ctx);
    return true;
}

static void refuse(void *ctx, struct request *r, int status, const char *sentence, struct answer *a)
{
    (void)ctx, (void)r, (void)sentence;
    a->status = status;
}

static void done(void *ctx, struct request *r, const struct http_end *end)
{
    (void)ctx, (void)r, (void)end;
}

int main(int argc, char **argv)
{
    char *tile = mem_get(TILE_BYTES, 1);
    struct http_service service = { .begin = begin, .run = run, .refuse = refuse, .done = done, .ctx = shared_bytes_make(tile, TILE_BYTES) };
    struct http_settings s = { .address = "127.0.0.1:0", .listeners = argc > 1 ? atoi(argv[1]) : 2 };
    struct err e = { 0 };
    struct http *h;
    if (http_open(&s, &service, &h, &e) != OK) {
        fprintf(stderr, "http_ours: %s\n", e.text);
        return 1;
    }
    printf("%d\n", http_port(h));
    fflush(stdout);
    pause();
    return 0;
}
