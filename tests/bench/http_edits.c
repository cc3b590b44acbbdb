// http_edits PORT TOKEN COLLECTION IDS WRITERS EDITS_PER_S [SECONDS] - writers who change property "owner" of features by PATCH, each on a
// connection of its own and of features of its own, by the clock: what took long is caught up with. EDITS_PER_S of all together; 0: as fast as
// it goes. IDS: a file, one a line. Ends after SECONDS, or when told to (SIGTERM). Says
//
//     edits N seconds S per_s R refused N p50_ms T p99_ms T        and for each writer:        last ID OWNER
#include "core/base/mem.h"
#include "core/base/status.h"
#include "core/base/when.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WRITERS_MOST = 64, IDS_MOST = 1 << 20, ID_ROOM = 40, MESSAGE_MOST = 4096 };

struct edits { int port, writers, ids; const char *token, *collection; double per_s, seconds, begun_s; char (*id)[ID_ROOM]; };
struct writer { const struct edits *of; int number, socket; int64_t edits, refused; char id[ID_ROOM], owner[40]; float *took_s; size_t room; };

static atomic_bool is_over;
static void stop(int signal) { (void)signal, is_over = true; }

static void fail(const char *what)
{
    fprintf(stderr, "http_edits: %s\n", what);
    exit(1);
}

static int connect_to(int port)
{
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (s < 0 || connect(s, (struct sockaddr *)&at, sizeof at) != 0)
        fail("the service cannot be reached");
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return s;
}

// The status; an edit that is done is answered without a body, any other answer ends the connection here.
static int read_status(struct writer *w)
{
    char head[MESSAGE_MOST];
    size_t len = 0;
    int status = 0;
    head[0] = '\0';
    while (strstr(head, "\r\n\r\n") == NULL) {
        ssize_t got = recv(w->socket, head + len, sizeof head - 1 - len, 0);
        if (got <= 0)
            fail("the service broke off");
        len += (size_t)got;
        head[len] = '\0';
    }
    sscanf(head, "HTTP/1.1 %d", &status);
    if (status == 204)
        return status;
    close(w->socket);
    w->socket = connect_to(w->of->port);
    return status;
}

static void edit(struct writer *w)
{
    const struct edits *e = w->of;
    char body[100], message[MESSAGE_MOST];
    int64_t own = (e->ids - w->number + e->writers - 1) / e->writers;        // ids of this writer
    snprintf(w->id, sizeof w->id, "%s", e->id[w->number + w->edits % own * e->writers]);
    snprintf(w->owner, sizeof w->owner, "%d-%lld", w->number, (long long)w->edits);
    int length = snprintf(body, sizeof body, "{\"properties\":{\"owner\":\"%s\"}}", w->owner);
    int len = snprintf(message, sizeof message, "PATCH /collections/%s/items/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
                       "Content-Type: application/merge-patch+json\r\nContent-Length: %d\r\n\r\n%s", e->collection, w->id, e->token, length, body);
    double begun_s = when_monotonic_s();
    if (len >= MESSAGE_MOST || send(w->socket, message, (size_t)len, MSG_NOSIGNAL) != len)
        fail("the service takes nothing");
    w->refused += read_status(w) != 204;
    w->took_s = mem_grow(w->took_s, &w->room, (size_t)w->edits + 1, sizeof *w->took_s);
    w->took_s[w->edits++] = (float)(when_monotonic_s() - begun_s);
}

static void *write_on(void *ctx)
{
    struct writer *w = ctx;
    const struct edits *e = w->of;
    double gap_s = e->per_s > 0 ? e->writers / e->per_s : 0, first_s = e->begun_s + gap_s * w->number / e->writers;
    while (!is_over && (e->seconds <= 0 || when_monotonic_s() < e->begun_s + e->seconds)) {
        double wait_s = first_s + gap_s * (double)w->edits - when_monotonic_s();
        if (gap_s > 0 && wait_s > 0)
            usleep((useconds_t)(fmin(wait_s, 0.5) * 1e6));
        if (gap_s <= 0 || wait_s < 0.5)
            edit(w);
    }
    close(w->socket);
    return NULL;
}

static void read_ids(struct edits *e, const char *path)
{
    FILE *f = fopen(path, "r");
    if (f == NULL)
        fail("the file of ids cannot be opened");
    e->id = mem_get(IDS_MOST, sizeof *e->id);
    while (e->ids < IDS_MOST && fscanf(f, "%39s", e->id[e->ids]) == 1)
        e->ids++;
    fclose(f);
    if (e->ids < e->writers)
        fail("each writer needs a feature");
}

static int by_time(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void tell(const struct edits *e, const struct writer *w, double seconds)
{
    int64_t edits = 0, refused = 0, n = 0;
    for (int k = 0; k < e->writers; k++)
        edits += w[k].edits, refused += w[k].refused;
    float *all = mem_get((size_t)edits + 1, sizeof *all);
    for (int k = 0; k < e->writers; n += w[k++].edits)
        memcpy(all + n, w[k].took_s, (size_t)w[k].edits * sizeof *all);
    qsort(all, (size_t)edits, sizeof *all, by_time);
    printf("edits %lld seconds %.1f per_s %.1f refused %lld p50_ms %.1f p99_ms %.1f\n", (long long)edits, seconds, (double)edits / seconds, (long long)refused,
           all[edits / 2] * 1e3, all[edits * 99 / 100] * 1e3);
    for (int k = 0; k < e->writers; k++)
        printf("last %s %s\n", w[k].id, w[k].owner);
    mem_free(all);
}

int main(int argc, char **argv)
{
    static struct writer w[WRITERS_MOST];
    pthread_t thread[WRITERS_MOST];
    if (argc < 7)
        fail("PORT TOKEN COLLECTION IDS WRITERS EDITS_PER_S [SECONDS]");
    struct edits e = { .port = atoi(argv[1]), .token = argv[2], .collection = argv[3], .writers = atoi(argv[5]), .per_s = atof(argv[6]), .seconds = argc > 7 ? atof(argv[7]) : 0 };
    if (e.writers < 1 || e.writers > WRITERS_MOST)
        fail("there are 1 to 64 writers");
    read_ids(&e, argv[4]);
    signal(SIGTERM, stop);
    e.begun_s = when_monotonic_s();
    for (int k = 0; k < e.writers; k++) {
        w[k] = (struct writer){ .of = &e, .number = k, .socket = connect_to(e.port) };
        must(pthread_create(&thread[k], NULL, write_on, &w[k]) == 0);
    }
    for (int k = 0; k < e.writers; k++)
        pthread_join(thread[k], NULL);
    tell(&e, w, when_monotonic_s() - e.begun_s);
    for (int k = 0; k < e.writers; k++)
        mem_free(w[k].took_s);
    mem_free(e.id);
    return 0;
}
