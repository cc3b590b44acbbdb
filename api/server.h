// server.h - a station served over HTTP (服务): what lives as long as the service, and how a request finds its route.
//
// begin sees the head: route, person, limits, body. run sees the whole: parameters, format, then the route. Both leave an answer.
#pragma once
#include "api/exchange.h"
#include "api/log.h"
#include "api/metrics.h"
#include "core/scratch.h"
#include "core/station.h"
#include <stdatomic.h>

enum { ASKS_PER_S = 200 };
struct server_settings {
    const char *station;                       // folder
    struct http_settings http;
    const char *base_map;                      // "https://tiles.example.cn/{z}/{x}/{y}.png" under the map; NULL: a plain ground
    const char *public_url;                    // "https://grid.example.cn/patrol"; NULL: what was asked
    bool trusts_proxy;                         // believe Forwarded and X-Forwarded-* (only behind a proxy that sets them)
    double asks_per_s;                         // of one person or unknown address; 0: ASKS_PER_S
    size_t tile_bytes;                         // for tiles that are kept; 0: TILE_CACHE_BYTES
    size_t feature_bytes;                      // for features that are kept; 0: FEATURE_CACHE_BYTES
    enum log_level log_level;                  // NONE: nothing is said
    int log_fd;
    int64_t (*now_s)(void);                    // the clock; NULL: the machine's
};

struct server {
    struct server_settings settings;
    struct station *station;
    struct scratch *scratch;                   // files of the moment
    struct runner *runner;                     // jobs
    atomic_int downloads, files_made;          // under way
    struct http *http;                         // NULL in tests that call begin and run themselves
    struct arena *arena;                       // layers and what is made once
    struct layer_list layers;                  // all that are published
    struct visitors *visitors;
    struct desks *desks;                       // what moves of records need
    struct sign_ins *sign_ins;
    struct log *log;                           // NULL: nothing is said
    struct metrics *metrics;
    _Atomic uint64_t requests; uint32_t began; // for their numbers
    struct shapes *shapes;                     // what surveys drew of their changes
    struct places *places;                     // ways between coordinate reference systems
    struct register_editor *editor;            // for jobs that write
    struct tile_cache *tiles;
    struct feature_cache *features;
};
// INVALID, NOT_FOUND: the station; and as http_open.
enum status server_open(const struct server_settings *s, struct server **out, struct err *e);
void server_close(struct server *s);           // graceful

void server_allow(struct exchange *x, unsigned methods);       // header Allow: bits (1 << enum http_method)

// Without a connection, for tests and for the service: as struct http_service asks.
void server_begin(void *ctx, struct request *r, struct http_plan *plan, struct answer *a);
bool server_run(void *ctx, struct request *r, struct answer *a);
void server_refuse(void *ctx, struct request *r, int status, const char *sentence, struct answer *a);
void server_done(void *ctx, struct request *r, const struct http_end *end);
