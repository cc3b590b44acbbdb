// temporary_store.h - an empty store in a folder of its own under /tmp, gone after the test. Include after cmocka.h.
#pragma once
#include "core/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// For a fixture with a struct err e: the call's own sentence when it fails.
#define assert_ok(f, call) do { if ((call) != OK) fail_msg("%s", (f)->e.text); } while (0)

struct fixture { char folder[64], path[96]; struct store *store; struct err e; uint64_t seed; };

static inline int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/gridpatrol-store-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/station.sqlite", f->folder);
    assert_ok(f, store_open(f->path, STORE_CREATE, &f->store, &f->e));
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", f->folder);
    int gone = system(command);
    free(f);
    return gone;
}
