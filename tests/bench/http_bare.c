// http_bare LISTENERS [FILE] - bare libmicrohttpd: one answer made beforehand, for whoever asks: a tile of 22.5 KB, or the file, nothing
// at /empty, 304 at /same. What http_ours is held against. Prints its port and runs until it is ended.
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TILE_BYTES = 22528 };
static struct MHD_Response *tile, *empty;

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *url, const char *method, const char *version,
                                  const char *bytes, size_t *len, void **own)
{
    (void)ctx, (void)method, (void)version, (void)bytes;
    static int seen;
    if (*own == NULL) {         // queued on the first call the connection would be closed
        *own = &seen;
        return MHD_YES;
    }
    *len = 0;
    if (strcmp(url, "/tile") == 0)
        return MHD_queue_response(c, 200, tile);
    return MHD_queue_response(c, strcmp(url, "/same") == 0 ? 304 : 200, empty);
}

static struct MHD_Response *make(size_t len, const char *path)
{
    char *bytes = calloc(len + 1, 1);
    FILE *file = path != NULL ? fopen(path, "rb") : NULL;
    if (file != NULL && fread(bytes, 1, len, file) != len)
        exit(1);
    if (file != NULL)
        fclose(file);
    struct MHD_Response *r = MHD_create_response_from_buffer(len, bytes, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(r, "Content-Type", "application/vnd.mapbox-vector-tile");
    MHD_add_response_header(r, "ETag", "\"0123456789abcdef\"");
    MHD_add_response_header(r, "Cache-Control", "max-age=0");
    return r;
}

static size_t length_of(const char *path)
{
    struct stat st;
    if (path == NULL)
        return TILE_BYTES;
    if (stat(path, &st) != 0)
        exit(1);
    return (size_t)st.st_size;
}

int main(int argc, char **argv)
{
    unsigned listeners = argc > 1 ? (unsigned)atoi(argv[1]) : 2;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const char *path = argc > 2 ? argv[2] : NULL;
    tile = make(length_of(path), path);
    empty = make(0, NULL);
    struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, NULL, MHD_OPTION_SOCK_ADDR, &at,
                                            MHD_OPTION_THREAD_POOL_SIZE, listeners, MHD_OPTION_CONNECTION_TIMEOUT, 30u, MHD_OPTION_END);
    if (d == NULL)
        return 1;
    printf("%d\n", MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    pause();
    return 0;
}
