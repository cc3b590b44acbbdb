#include "api/serve_settings.h"

const struct serve_settings SERVE_USUAL = { .listen = "127.0.0.1:8080", .log_level = "info" };

const struct option serve_options[] = {
    { .kind = OPTION_TEXT, .name = "listen", .value = "ADDRESS", .at = offsetof(struct serve_settings, listen),
      .help = "where to listen: 127.0.0.1:8080 (the default), :8080 for all addresses, [::1]:8080" },
    { .kind = OPTION_TEXT, .name = "base-map", .value = "URL", .at = offsetof(struct serve_settings, base_map),
      .help = "pictures under the map: https://HOST/{z}/{x}/{y}.png in Web Mercator, asked of that host by browsers (default: none, a plain ground)" },
    { .kind = OPTION_TEXT, .name = "public-url", .value = "URL", .at = offsetof(struct serve_settings, public_url),
      .help = "how the service is reached from outside; all links begin with it" },
    { .kind = OPTION_FLAG, .name = "trust-proxy", .at = offsetof(struct serve_settings, trusts_proxy),
      .help = "believe X-Forwarded-Host, -Proto, -Prefix and -For: only behind a proxy that sets them" },
    { .kind = OPTION_TEXT, .name = "tls-cert", .value = "FILE", .at = offsetof(struct serve_settings, certificate), .help = "serve HTTPS: certificate (PEM)" },
    { .kind = OPTION_TEXT, .name = "tls-key", .value = "FILE", .at = offsetof(struct serve_settings, key), .help = "and its private key (PEM)" },
    { .kind = OPTION_NUMBER, .name = "listeners", .value = "N", .at = offsetof(struct serve_settings, listeners), .least = 0, .most = 64,
      .help = "threads that listen (0: as many as processors)" },
    { .kind = OPTION_NUMBER, .name = "workers", .value = "N", .at = offsetof(struct serve_settings, workers), .least = 0, .most = 256,
      .help = "threads for slow work (0: as many as processors)" },
    { .kind = OPTION_NUMBER, .name = "connections", .value = "N", .at = offsetof(struct serve_settings, connections), .least = 0, .most = 65536,
      .help = "at once (0: 1024)" },
    { .kind = OPTION_NUMBER, .name = "rate", .value = "N", .at = offsetof(struct serve_settings, rate), .least = 0, .most = 1e6,
      .help = "requests a second of one person, or of one address that does not say who it is (0: 200)" },
    { .kind = OPTION_TEXT, .name = "log-level", .value = "LEVEL", .at = offsetof(struct serve_settings, log_level),
      .help = "which requests get a line on stderr: info (the default) all, warn those refused or slow, error those that failed here, none" },
    { .kind = OPTION_NUMBER, .name = "tile-cache", .value = "MB", .at = offsetof(struct serve_settings, tile_mb), .least = 0, .most = 1e5,
      .help = "memory for tiles that are kept (0: 64)" },
    { .kind = OPTION_NUMBER, .name = "feature-cache", .value = "MB", .at = offsetof(struct serve_settings, feature_mb), .least = 0, .most = 1e5,
      .help = "memory for features of registers that are kept (0: 320)" },
    { .kind = OPTION_FLAG, .name = "quiet", .letter = 'q', .at = offsetof(struct serve_settings, quiet), .help = "no words" },
    { .kind = OPTION_END },
};
