#include "api/metrics.h"

#include "api/command.h"
#include "api/feature_cache.h"
#include "api/log.h"
#include "api/routes.h"
#include "api/server.h"
#include "api/tile_cache.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include <dirent.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

// --- Counting ---------------------------------------------------------------------------------------------------------------------

// Seconds; a request that took longer is in the last one, +Inf.
static const double bounds[] = { 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10 };
enum { BOUNDS = sizeof bounds / sizeof *bounds };
static const int statuses[] = { 200, 201, 202, 204, 206, 303, 304, 400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 416, 422, 428, 429, 431, 500, 503, 507 };
enum { STATUSES = sizeof statuses / sizeof *statuses, OTHER = STATUSES, KINDS };

struct counted { _Atomic int64_t by_status[KINDS], by_time[BOUNDS + 1], microseconds, bytes; };
struct metrics { int routes; double since_s; _Atomic int64_t under_way, broken_off; struct counted *counted; };     // the last: no route

static bool count_route(void *ctx, const struct route *r)
{
    (void)r;
    ++*(int *)ctx;
    return true;
}

struct metrics *metrics_open(void)
{
    struct metrics *m = mem_get(1, sizeof *m);
    route_each(count_route, &m->routes);
    m->counted = mem_get((size_t)m->routes + 1, sizeof *m->counted);
    m->since_s = when_monotonic_s();
    return m;
}

void metrics_close(struct metrics *m)
{
    if (m == NULL)
        return;
    mem_free(m->counted);
    mem_free(m);
}

static int place_of(const struct metrics *m, const struct route *r)
{
    int before = 0;
    for (int t = 0; r != NULL && route_tables[t] != NULL; t++) {
        const struct route *row = route_tables[t];
        while (row->path != NULL && row != r)
            row++;
        before += (int)(row - route_tables[t]);
        if (row == r)
            return before;
    }
    return m->routes;
}

static int kind_of(int status)
{
    int i = 0;
    while (i < STATUSES && statuses[i] != status)
        i++;
    return i;
}

void metrics_begin(struct metrics *m, struct exchange *x)
{
    x->is_counted = true;
    atomic_fetch_add_explicit(&m->under_way, 1, memory_order_relaxed);
}

static void add(_Atomic int64_t *to, int64_t n) { atomic_fetch_add_explicit(to, n, memory_order_relaxed); }
static int64_t got(const _Atomic int64_t *from) { return atomic_load_explicit(from, memory_order_relaxed); }

void metrics_end(struct metrics *m, struct exchange *x, const struct http_end *end)
{
    struct counted *c = &m->counted[place_of(m, x->route)];
    double took_s = when_monotonic_s() - x->request->begun_s;
    int slot = 0;
    while (slot < BOUNDS && took_s > bounds[slot])
        slot++;
    add(&c->by_time[slot], 1);
    add(&c->by_status[kind_of(end->status)], 1);
    add(&c->microseconds, (int64_t)(took_s * 1e6));
    add(&c->bytes, end->bytes);
    add(&m->broken_off, !end->is_whole);
    if (x->is_counted)
        add(&m->under_way, -1);
    x->is_counted = false;
}

// --- Writing ------------------------------------------------------------------------------------------------------------------------

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP gridpatrol_%s %s\n# TYPE gridpatrol_%s %s\n", name, help, name, type);
}

static void one(struct buf *out, const char *name, const char *type, const char *help, double value)
{
    head(out, name, type, help);
    buf_printf(out, "gridpatrol_%s %.15g\n", name, value);
}

enum part { BY_STATUS, BY_TIME, BY_BYTES };
struct writing { const struct metrics *m; struct buf *out; enum part part; int at; };

static void write_statuses(struct buf *out, const char *labels, const struct counted *c)
{
    for (int k = 0; k < KINDS; k++) {
        char code[8] = "other";
        if (k < STATUSES)
            snprintf(code, sizeof code, "%d", statuses[k]);
        if (got(&c->by_status[k]) > 0)
            buf_printf(out, "gridpatrol_http_requests_total{%s,status=\"%s\"} %" PRId64 "\n", labels, code, got(&c->by_status[k]));
    }
}

static void write_times(struct buf *out, const char *labels, const struct counted *c)
{
    int64_t so_far = 0;
    for (int i = 0; i <= BOUNDS; i++) {
        char le[24] = "+Inf";
        if (i < BOUNDS)
            snprintf(le, sizeof le, "%g", bounds[i]);
        so_far += got(&c->by_time[i]);
        buf_printf(out, "gridpatrol_http_request_duration_seconds_bucket{%s,le=\"%s\"} %" PRId64 "\n", labels, le, so_far);
    }
    buf_printf(out, "gridpatrol_http_request_duration_seconds_sum{%s} %.6f\n", labels, (double)got(&c->microseconds) / 1e6);
    buf_printf(out, "gridpatrol_http_request_duration_seconds_count{%s} %" PRId64 "\n", labels, so_far);
}

static void write_counted(struct writing *w, const char *path, const char *method, const struct counted *c)
{
    char labels[300];
    int64_t requests = 0;
    for (int i = 0; i <= BOUNDS; i++)
        requests += got(&c->by_time[i]);
    if (requests == 0)
        return;
    snprintf(labels, sizeof labels, "route=\"%s\",method=\"%s\"", path, method);
    if (w->part == BY_STATUS)
        write_statuses(w->out, labels, c);
    else if (w->part == BY_TIME)
        write_times(w->out, labels, c);
    else
        buf_printf(w->out, "gridpatrol_http_response_bytes_total{%s} %" PRId64 "\n", labels, got(&c->bytes));
}

static bool write_route(void *ctx, const struct route *r)
{
    struct writing *w = ctx;
    write_counted(w, r->path, http_method_word(r->method), &w->m->counted[w->at++]);
    return true;
}

static void write_requests(const struct metrics *m, struct buf *out)
{
    static const struct { enum part part; const char *name, *type, *help; } parts[] = {
        { BY_STATUS, "http_requests_total", "counter", "Requests by route, method and status." },
        { BY_TIME, "http_request_duration_seconds", "histogram", "From the request line to the last byte of the answer." },
        { BY_BYTES, "http_response_bytes_total", "counter", "Bytes of answers, without their heads." },
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct writing w = { .m = m, .out = out, .part = parts[i].part };
        head(out, parts[i].name, parts[i].type, parts[i].help);
        route_each(write_route, &w);
        write_counted(&w, "", "", &m->counted[m->routes]);
    }
    one(out, "http_requests_in_flight", "gauge", "Requests under way.", (double)got(&m->under_way));
    one(out, "http_requests_broken_off_total", "counter", "Answers whose last byte nobody took.", (double)got(&m->broken_off));
}

static void write_http(const struct http *h, struct buf *out)
{
    struct http_counts c;
    if (h == NULL)
        return;
    http_counts(h, &c);
    one(out, "http_connections", "gauge", "Connections that are open.", (double)c.connections);
    one(out, "http_slow_waiting", "gauge", "Slow requests that wait for a worker.", (double)c.slow_waiting);
    one(out, "http_slow_running", "gauge", "Slow requests a worker is at.", (double)c.slow_running);
    one(out, "http_set_apart_total", "counter", "Requests that took longer than a listener may wait, and were begun anew by a worker.", (double)c.set_apart);
    one(out, "http_refused_total", "counter", "Requests refused before they reached a route: malformed, too large, too many.", (double)c.refused);
}

static double file_bytes(const char *folder, const char *name)
{
    char path[1024];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return stat(path, &st) == 0 ? (double)st.st_size : 0;
}

static void write_store(const struct station *s, struct buf *out)
{
    struct store_tally t = store_tally(station_store(s));
    one(out, "store_commits_total", "counter", "Transactions that were committed, each with one sync.", (double)t.commits);
    one(out, "store_jobs_total", "counter", "Jobs in them: what came together shares a commit.", (double)t.jobs);
    one(out, "store_bytes", "gauge", "Of gridpatrol.sqlite.", file_bytes(station_folder(s), "gridpatrol.sqlite"));
    one(out, "store_wal_bytes", "gauge", "Of its write-ahead log.", file_bytes(station_folder(s), "gridpatrol.sqlite-wal"));
}

static void write_caches(struct server *s, struct buf *out)
{
    struct tile_cache_counts tiles;
    struct feature_cache_counts features;
    tile_cache_counts(s->tiles, &tiles);
    feature_cache_counts(s->features, &features);
    one(out, "tile_cache_bytes", "gauge", "Of tiles that are kept, with what each costs besides.", (double)tiles.bytes);
    one(out, "tile_cache_entries", "gauge", "Tiles that are kept.", (double)tiles.kept);
    one(out, "tile_cache_hits_total", "counter", "Tiles of a layer that were answered from memory.", (double)tiles.found);
    one(out, "tile_cache_misses_total", "counter", "Tiles of a layer that had to be made.", (double)tiles.made);
    one(out, "feature_cache_bytes", "gauge", "Of features that are kept.", (double)features.bytes);
    one(out, "feature_cache_views", "gauge", "Views of a register that are kept whole.", (double)features.views);
    one(out, "feature_cache_hits_total", "counter", "Boxes, single features and tiles that were made of what is in memory.", (double)features.told);
    one(out, "feature_cache_misses_total", "counter", "Boxes, single features and tiles the store had to be asked for.", (double)features.untold);
}

// Of resident pages some are those of files, most of them the station's, which each connection maps for itself: statm counts them apart.
static void read_memory(double *resident, double *own)
{
    long pages = 0, of_files = 0, page_bytes = sysconf(_SC_PAGESIZE);
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL || fscanf(f, "%*s %ld %ld", &pages, &of_files) != 2)
        pages = of_files = 0;
    if (f != NULL)
        fclose(f);
    *resident = (double)pages * (double)page_bytes;
    *own = (double)(pages - of_files) * (double)page_bytes;
}

static double open_files(void)
{
    enum { DOTS_AND_ITSELF = 3 };
    int count = -DOTS_AND_ITSELF;
    DIR *d = opendir("/proc/self/fd");
    if (d == NULL)
        return 0;
    while (readdir(d) != NULL)
        count++;
    closedir(d);
    return count;
}

static void write_process(const struct metrics *m, struct buf *out)
{
    struct rusage u;
    double resident, own;
    getrusage(RUSAGE_SELF, &u);
    read_memory(&resident, &own);
    one(out, "process_resident_bytes", "gauge", "Memory in use, with pages of files that are mapped.", resident);
    one(out, "process_own_bytes", "gauge", "Memory in use without those.", own);
    one(out, "process_open_files", "gauge", "File descriptors in use.", open_files());
    one(out, "process_cpu_seconds_total", "counter", "Of user and system.",
        (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6);
    one(out, "process_up_seconds", "gauge", "Since the service began.", when_monotonic_s() - m->since_s);
}

void metrics_write(struct server *s, struct buf *out)
{
    head(out, "build_info", "gauge", "Which program this is.");
    buf_printf(out, "gridpatrol_build_info{version=\"%s\"} 1\n", command_version());
    write_requests(s->metrics, out);
    write_http(s->http, out);
    write_store(s->station, out);
    write_caches(s, out);
    write_process(s->metrics, out);
    one(out, "log_lines_left_out_total", "counter", "Lines of the log nobody took in time.", (double)log_left_out(s->log));
}
