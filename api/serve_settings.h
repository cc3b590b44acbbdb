// serve_settings.h - how a station is served (服务设置): one table for the options of serve, its configuration and what config prints.
#pragma once
#include "api/station_options.h"
#include <stdbool.h>

struct serve_settings {
    const char *listen, *public_url, *base_map, *certificate, *key;
    double workers, listeners, connections, rate, tile_mb, feature_mb;
    const char *log_level;
    bool trusts_proxy, quiet;
};
extern const struct serve_settings SERVE_USUAL;        // where nothing is said
