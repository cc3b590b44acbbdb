#include "core/actor.h"
#include "core/backup.h"
#include "core/blob.h"
#include "core/station.h"
#include "core/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/core/temporary_station.h"

struct fixture { struct temporary at; struct station *station; struct err e; char faults[4096]; };

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->station = temporary_open(&f->at, 1770000000);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    int gone = temporary_close(&f->at, f->station);
    free(f);
    return gone;
}

static void note_fault(void *ctx, const char *sentence)
{
    struct fixture *f = ctx;
    size_t used = strlen(f->faults);
    snprintf(f->faults + used, sizeof f->faults - used, "%s\n", sentence);
}

static int64_t faults(struct fixture *f)
{
    struct verify_report report;
    f->faults[0] = '\0';
    assert_ok(f, verify_station(f->station, NULL, note_fault, f, &report, &f->e));
    return report.faults;
}

static void tamper(struct fixture *f, const char *sql)
{
    char path[256];
    snprintf(path, sizeof path, "%s/gridpatrol.sqlite", f->at.folder);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    char *words = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
        fail_msg("%s: %s", sql, words);
    sqlite3_close(db);
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

// --- Making --------------------------------------------------------------------------------------------------------------------

static void a_station_remembers_its_district(void **state)
{
    struct fixture *f = *state;
    const struct district *d = station_district(f->station);
    assert_string_equal(d->code, "320612");
    assert_string_equal(d->name_zh, "通州区");
    assert_string_equal(d->metric_crs, "EPSG:4549");
    assert_int_equal(d->zone_offset_s, 28800);
    assert_false(d->has_baseline);
    assert_int_equal(faults(f), 0);
}

static void what_cannot_be_a_district_makes_no_folder(void **state)
{
    struct fixture *f = *state;
    char folder[128];
    snprintf(folder, sizeof folder, "%s/other", f->at.home);
    struct district d[5];
    for (int i = 0; i < 5; i++)
        d[i] = temporary_district(1770000000);
    strcpy(d[0].code, "32061x");
    d[1].metric_crs = (char *)"EPSG:3857";
    d[2].metric_crs = (char *)"EPSG:4326";
    d[3].metric_crs = (char *)"EPSG:999999";
    d[4].sequence_digits = 0;
    for (int i = 0; i < 5; i++) {
        if (station_make(folder, &d[i], "admin", &f->e) == OK)
            fail_msg("district %d was taken", i);
        assert_int_not_equal(access(folder, F_OK), 0);
    }
    struct district good = temporary_district(1770000000);
    assert_int_equal(station_make(f->at.folder, &good, "admin", &f->e), CONFLICT);
}

// --- Actors --------------------------------------------------------------------------------------------------------------------

static enum status record_actor(struct work *w, void *ctx) { return actor_record(w, ctx); }
static enum status first_administrator(struct work *w, void *ctx) { return actor_first_administrator(w, ctx); }

static void actors_have_a_role_and_a_name_of_their_own(void **state)
{
    struct fixture *f = *state;
    struct station_call call = { 1770000001, "system" };
    struct actor admin, a = { .name = "王巡查", .role = "inspector" }, same = a, odd = { .name = "x", .role = "king" };
    assert_ok(f, station_read(f->station, &call, first_administrator, &admin, &f->e));
    assert_string_equal(admin.name, "admin");
    assert_ok(f, station_write(f->station, &call, record_actor, &a, &f->e));
    assert_int_equal(station_write(f->station, &call, record_actor, &same, &f->e), CONFLICT);
    assert_int_equal(station_write(f->station, &call, record_actor, &odd, &f->e), INVALID);
    assert_int_equal(faults(f), 0);
}

// --- Originals and verifying --------------------------------------------------------------------------------------------------

static void keep(struct fixture *f, const char *text, struct blob *out)
{
    char path[256];
    snprintf(path, sizeof path, "%s/original.txt", f->at.home);
    write_file(path, text);
    assert_ok(f, blob_record_file(f->at.folder, path, out, &f->e));
}

static void an_original_is_kept_once_under_its_hash(void **state)
{
    struct fixture *f = *state;
    struct blob a, b;
    keep(f, "abc", &a);
    keep(f, "abc", &b);
    assert_string_equal(a.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(a.sha256, b.sha256);
    assert_int_equal(a.bytes, 3);
    assert_true(blob_is_there(f->at.folder, a.sha256));
    assert_int_equal(faults(f), 0);
    assert_int_equal(blob_record_file(f->at.folder, "/nowhere/at/all", &a, &f->e), NOT_FOUND);
}

static void a_changed_original_is_named(void **state)
{
    struct fixture *f = *state;
    struct blob a;
    char path[256];
    keep(f, "abc", &a);
    blob_path(f->at.folder, a.sha256, path, sizeof path);
    assert_int_equal(chmod(path, 0644), 0);
    write_file(path, "abd");
    assert_int_equal(faults(f), 1);
    assert_non_null(strstr(f->faults, a.sha256));
}

static void a_broken_index_reference_or_audit_row_is_named(void **state)
{
    struct fixture *f = *state;
    tamper(f, "DROP TRIGGER audit_no_update; UPDATE audit SET note = 'x' WHERE seq = 2");
    assert_int_equal(faults(f), 1);
    assert_non_null(strstr(f->faults, "audit row 2"));
    tamper(f, "INSERT INTO idx_cell_geom (pkid, xmin, xmax, ymin, ymax) VALUES (77, 1, 2, 1, 2)");
    assert_int_equal(faults(f), 2);
    assert_non_null(strstr(f->faults, "cell.geom"));
    tamper(f, "PRAGMA foreign_keys = OFF; INSERT INTO actor (id, name, role, agency_id, made_at_s) VALUES ('a', 'b', 'auditor', 'none', 0)");
    assert_int_equal(faults(f), 4);                           // nor does audit know of it
    assert_non_null(strstr(f->faults, "agency"));
    assert_non_null(strstr(f->faults, "person b (a): it stands in no row of audit"));
}

// --- Backup --------------------------------------------------------------------------------------------------------------------

static void a_backup_comes_back_whole(void **state)
{
    struct fixture *f = *state;
    struct blob a;
    keep(f, "original", &a);
    char backup[128], again[128], path[256];
    snprintf(backup, sizeof backup, "%s/backup", f->at.home);
    snprintf(again, sizeof again, "%s/again", f->at.home);
    assert_ok(f, backup_make(f->station, backup, 1770000100, NULL, &f->e));
    assert_int_equal(backup_make(f->station, backup, 1770000100, NULL, &f->e), CONFLICT);
    assert_ok(f, backup_restore(backup, again, NULL, &f->e));
    assert_int_equal(backup_restore(backup, f->at.folder, NULL, &f->e), CONFLICT);
    station_close(f->station);
    assert_ok(f, station_open(again, &f->station, &f->e));
    assert_true(blob_is_there(again, a.sha256));
    assert_int_equal(faults(f), 0);
    snprintf(path, sizeof path, "%s/gridpatrol.sqlite", backup);
    FILE *db = fopen(path, "r+");
    fseek(db, 5000, SEEK_SET);
    fputc(0x5a, db);
    fclose(db);
    snprintf(again, sizeof again, "%s/third", f->at.home);
    assert_int_equal(backup_restore(backup, again, NULL, &f->e), INVALID);
    assert_int_not_equal(access(again, F_OK), 0);
}

static void a_slash_at_the_end_is_the_same_folder_and_a_name_has_an_end(void **state)
{
    struct fixture *f = *state;
    char folder[160], backup[160], endless[5000];
    struct district d = temporary_district(1770000000);
    snprintf(folder, sizeof folder, "%s/slashed/", f->at.home);
    assert_ok(f, station_make(folder, &d, "admin", &f->e));
    snprintf(backup, sizeof backup, "%s/kept//", f->at.home);
    assert_ok(f, backup_make(f->station, backup, 1770000100, NULL, &f->e));
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_int_equal(station_make(endless, &d, "admin", &f->e), INVALID);
    assert_int_equal(backup_make(f->station, endless, 1770000100, NULL, &f->e), INVALID);
    assert_int_equal(backup_restore(endless, folder, NULL, &f->e), INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_station_remembers_its_district, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_a_district_makes_no_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(actors_have_a_role_and_a_name_of_their_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_original_is_kept_once_under_its_hash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_changed_original_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_broken_index_reference_or_audit_row_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_backup_comes_back_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_slash_at_the_end_is_the_same_folder_and_a_name_has_an_end, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
