// metrics.h - how the service is doing, for Prometheus (运行指标): counted as requests end, written when somebody asks.
//
// A request is counted by its route, never by its path: what strangers ask for makes no new rows.
#pragma once
#include "api/exchange.h"

struct metrics;
struct metrics *metrics_open(void);
void metrics_close(struct metrics *m);                         // NULL is fine
void metrics_begin(struct metrics *m, struct exchange *x);     // it is under way
void metrics_end(struct metrics *m, struct exchange *x, const struct http_end *end);
struct server;
void metrics_write(struct server *s, struct buf *out);         // text format 0.0.4
