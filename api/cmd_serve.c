// gridpatrol serve: the station over HTTP, until it is told to stop.
#include "api/command.h"
#include "api/options.h"
#include "api/server.h"
#include "api/station_options.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct serve_settings {
    const char *listen, *public_url, *certificate, *key;
    double workers, listeners, connections, rate;
    const char *log_level;
    bool trusts_proxy, quiet;
};

const struct option serve_options[] = {
    { .kind = OPTION_TEXT, .name = "listen", .value = "ADDRESS", .at = offsetof(struct serve_settings, listen),
      .help = "where to listen: 127.0.0.1:8080 (the default), :8080 for all addresses, [::1]:8080" },
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
    { .kind = OPTION_FLAG, .name = "quiet", .letter = 'q', .at = offsetof(struct serve_settings, quiet), .help = "no words" },
    { .kind = OPTION_END },
};

// Signals that end the service are waited for; nothing is ever interrupted by one. Before any thread begins, so that all inherit it.
static sigset_t hold_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return set;
}

static void tell(const struct call *call, const struct serve_settings *s, const struct server *server)
{
    char listen[200];
    const char *colon = strrchr(s->listen, ':');
    bool all = s->listen == colon;
    snprintf(listen, sizeof listen, "%s://%.*s:%d/", s->certificate != NULL ? "https" : "http", all ? 9 : (int)(colon - s->listen),
             all ? "127.0.0.1" : s->listen, http_port(server->http));
    if (!s->quiet)
        fprintf(stderr, text_in(call->lang, "Serving at %s (stop with Ctrl-C)\n"), s->public_url != NULL ? s->public_url : listen);
}

int cmd_serve(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct serve_settings own = { .listen = "127.0.0.1:8080", .log_level = "info" };
    enum log_level log_level = LOG_NONE;
    struct operands words;
    enum status s = options_read(serve_options, call->argc, call->argv, 1, &own, &words, &e);
    if (s == OK && words.count != 1)
        s = err_set(&e, INVALID, "the station's folder is missing");
    if (s == OK && !log_level_read(own.log_level, &log_level))
        s = err_set(&e, INVALID, "--log-level is none, error, warn or info; \"%.40s\" was given", own.log_level);
    if (s != OK)
        return command_used_wrongly(call, &e);
    sigset_t ends = hold_signals();
    struct server_settings settings = { .station = words.item[0], .public_url = own.public_url, .trusts_proxy = own.trusts_proxy, .asks_per_s = own.rate,
        .log_level = log_level, .log_fd = STDERR_FILENO,
        .http = { .address = own.listen, .certificate = own.certificate, .key = own.key, .listeners = (int)own.listeners,
                  .limits = { .workers = (int)own.workers, .connections = (int)own.connections } } };
    struct server *server = NULL;
    s = server_open(&settings, &server, &e);
    if (s != OK)
        return command_failed(call, &e);
    tell(call, &own, server);
    int signal_got;
    sigwait(&ends, &signal_got);
    server_close(server);
    return EXIT_DONE;
}
