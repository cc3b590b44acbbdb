// temporary_station.h - a district's station in a folder of its own under /tmp, gone after the test. Include after cmocka.h.
#pragma once
#include "core/station.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// For a fixture with a struct err e: the call's own sentence when it fails.
#define assert_ok(f, call) do { if ((call) != OK) fail_msg("%s", (f)->e.text); } while (0)

struct temporary { char home[64], folder[128]; };

static inline struct district temporary_district(int64_t made_at_s)
{
    return (struct district){ .code = "320612", .name_zh = "通州区", .name_en = "Tongzhou", .zone_offset_s = 28800, .metric_crs = (char *)"EPSG:4549",
                              .street_digits = 3, .community_digits = 3, .sequence_digits = 3, .made_at_s = made_at_s };
}

static inline struct station *temporary_open(struct temporary *t, int64_t made_at_s)
{
    struct err e = { .lang = LANG_EN };
    struct district d = temporary_district(made_at_s);
    struct station *station = NULL;
    strcpy(t->home, "/tmp/gridpatrol-test-XXXXXX");
    assert_non_null(mkdtemp(t->home));
    snprintf(t->folder, sizeof t->folder, "%s/station", t->home);
    if (station_make(t->folder, &d, "admin", &e) != OK || station_open(t->folder, &station, &e) != OK)
        fail_msg("%s", e.text);
    return station;
}

static inline int temporary_close(const struct temporary *t, struct station *station)
{
    station_close(station);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", t->home);
    return system(command);
}
