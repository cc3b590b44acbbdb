// served_world.h - the world of tests/core/visible_world.h served, and a token for everybody in it. Include after cmocka.h.
#pragma once
#include "tests/core/visible_world.h"

#include "core/token.h"
#include "tests/api/asking.h"

static const int64_t NOW_S = 1770000002;
static inline int64_t clock_stands(void) { return NOW_S; }

struct world_keys { const struct world *world; enum token_scope scope; char (*token)[TOKEN_TEXT]; };

static inline enum status world_keys_make(struct work *work, void *ctx)
{
    struct world_keys *k = ctx;
    enum status s = OK;
    for (int i = 0; s == OK && i < k->world->people; i++) {
        struct token token;
        s = token_make(work, &(struct token_spec){ .actor = k->world->person[i].id, .name = "test", .scope = k->scope }, k->token[i], &token);
    }
    return s;
}

static inline enum status world_serve(struct world *w, enum token_scope scope, char (*token)[TOKEN_TEXT], struct server **out)
{
    struct world_keys keys = { w, scope, token };
    struct server_settings settings = { .station = station_folder(w->station), .now_s = clock_stands, .asks_per_s = 1e9 };
    enum status s = station_write(w->station, &(struct station_call){ NOW_S, "system" }, world_keys_make, &keys, &w->e);
    return s == OK ? server_open(&settings, out, &w->e) : s;
}

// --- For tests of one server ------------------------------------------------------------------------------------------------------

static struct server *server;
static char token_of[PEOPLE_MOST][TOKEN_TEXT];
static inline const char *token_at(int i) { return i < 0 ? NULL : token_of[i]; }       // -1: nobody

static inline int served_world_open(void **state)
{
    if (world_open(state) != 0)
        return 1;
    struct world *w = *state;
    enum status s = world_serve(w, TOKEN_READ, token_of, &server);
    if (s != OK)
        print_error("%s\n", w->e.text);
    return s == OK ? 0 : 1;
}

static inline int served_world_close(void **state)
{
    server_close(server);
    return world_close(state);
}
