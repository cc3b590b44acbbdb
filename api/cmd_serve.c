// gridpatrol serve: the station over HTTP, until it is told to stop.
#include "api/command.h"
#include "api/config.h"
#include "api/options.h"
#include "api/serve_settings.h"
#include "api/server.h"
#include "api/station_options.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

// Options go before what files and the environment say; which station's file that is, only they tell.
static enum status read_options(const struct call *call, struct serve_settings *own, struct operands *words, struct err *e)
{
    enum status s = options_read(serve_options, call->argc, call->argv, 1, own, words, e);
    return s == OK && words->count != 1 ? err_set(e, INVALID, "the station's folder is missing") : s;
}

static int serve(const struct call *call, const char *station, const struct serve_settings *own, struct err *e)
{
    struct server *server = NULL;
    enum log_level log_level = LOG_NONE;
    int signal_got;
    if (!log_level_read(own->log_level, &log_level)) {
        err_set(e, INVALID, "--log-level is none, error, warn or info; \"%.40s\" was given", own->log_level);
        return command_used_wrongly(call, e);
    }
    sigset_t ends = hold_signals();
    struct server_settings settings = { .station = station, .public_url = own->public_url, .base_map = own->base_map, .trusts_proxy = own->trusts_proxy, .asks_per_s = own->rate,
        .log_level = log_level, .log_fd = STDERR_FILENO, .tile_bytes = (size_t)(own->tile_mb * (1 << 20)),
        .feature_bytes = (size_t)(own->feature_mb * (1 << 20)),
        .http = { .address = own->listen, .certificate = own->certificate, .key = own->key, .listeners = (int)own->listeners,
                  .limits = { .workers = (int)own->workers, .connections = (int)own->connections } } };
    if (server_open(&settings, &server, e) != OK)
        return command_failed(call, e);
    tell(call, own, server);
    sigwait(&ends, &signal_got);
    server_close(server);
    return EXIT_DONE;
}

int cmd_serve(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct serve_settings own = SERVE_USUAL;
    struct operands words;
    struct config *config = NULL;
    if (read_options(call, &own, &words, &e) != OK)
        return command_used_wrongly(call, &e);
    own = SERVE_USUAL;
    if (config_open(serve_options, words.item[0], &own, &config, &e) != OK)
        return command_failed(call, &e);
    must(read_options(call, &own, &words, &e) == OK);
    int ended = serve(call, words.item[0], &own, &e);
    config_close(config);
    return ended;
}
