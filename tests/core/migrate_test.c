// A station of an earlier schema is brought up to date when it is opened: what it was told is all there, and what is new is filled.
#include "core/base/hash.h"
#include "core/base/resource.h"
#include "core/store/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct err e;
#define assert_fine(call) do { if ((call) != OK) fail_msg("%s", e.text); } while (0)

// As migrate_new made it when only this file was there.
static void make_old(const char *path, const char *schema)
{
    struct db *d = NULL;
    size_t bytes = 0;
    char sha[65];
    const char *text = resource_text(schema, &bytes);
    assert_non_null(text);
    hash_sha256(text, bytes, sha);
    assert_fine(db_open(&driver_spatialite, path, true, true, &d, &e));
    assert_fine(db_run(d, "SELECT InitSpatialMetaData(1, 'WGS84')", NO_VALUES, &e));
    assert_fine(db_script(d, "PRAGMA application_id=1735550064; CREATE TABLE schema_version (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
                             "sha256 TEXT NOT NULL, applied_at_s INTEGER NOT NULL);", &e));
    assert_fine(db_script(d, text, &e));
    assert_fine(db_run(d, "INSERT INTO schema_version (number, name, sha256, applied_at_s) VALUES (1, $1, $2, 1)",
                       VALUES(value_text(schema), value_text(sha)), &e));
    assert_fine(db_script(d,
        "INSERT INTO agency (id, key, name_zh, name_en, made_at_s) VALUES ('g', 'planning', 'x', 'x', 1);"
        "INSERT INTO case_file (id, number, kind, title, source, state, made_by, stage_at_s, opened_at_s, lon, lat) VALUES "
        "('c', 'WJ-1', 'k', 'what it is called now', 'patrol', 'reported', 'p', 1, 1, 121.5, 31.5);"
        "INSERT INTO lead (id, number, case_id, kind, state, agency_id, made_by, stage_at_s, snapshot, made_at_s) VALUES "
        "('d', 'XS-1', 'c', 'k', 'sent', 'g', 'p', 1, '{\"title\":\"what it was called\"}', 1)", &e));
    db_close(d);
}

static enum status ask(struct db *d, void *ctx, struct err *why)
{
    return db_text(d, "SELECT d.title || ' ' || d.lon || ' ' || d.lat || ' ' || (SELECT count(*) FROM schema_version) FROM lead d", NO_VALUES, ctx, 256, why);
}

static void an_old_station_is_brought_up_to_date(void **state)
{
    (void)state;
    char folder[] = "/tmp/gridpatrol-test-XXXXXX", path[64], got[256], expected[256];
    int schemas = 0;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/old.sqlite", folder);
    make_old(path, "schema/0001-station.sql");
    for (const struct resource *r = resource_next("schema/", NULL); r != NULL; r = resource_next("schema/", r))
        schemas++;
    assert_true(schemas > 1);
    snprintf(expected, sizeof expected, "what it was called 121.5 31.5 %d", schemas);
    for (int time = 0; time < 2; time++) {          // the second opening finds nothing to do
        struct store *s = NULL;
        assert_fine(store_open(path, STORE_OPEN, &s, &e));
        assert_fine(store_read(s, ask, got, &e));
        assert_string_equal(got, expected);
        store_close(s);
    }
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(an_old_station_is_brought_up_to_date) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
