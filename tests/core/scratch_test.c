// Files of the moment: what a dead process left goes, what a living one has stays.
#include "core/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char station[64];

static void put(const char *format, const char *folder)
{
    char path[5000];
    snprintf(path, sizeof path, format, folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("x", f);
    fclose(f);
}

static bool is_there(const char *path) { return access(path, F_OK) == 0; }

static void what_the_dead_left_goes_whole(void **state)
{
    (void)state;
    struct err e = { .lang = LANG_EN };
    struct scratch *first = NULL, *second = NULL;
    char dead[100], deep[120], one[5000];
    snprintf(dead, sizeof dead, "%s/scratch/abcdef", station);
    snprintf(deep, sizeof deep, "%s/.x.part", dead);
    assert_int_equal(scratch_open(station, &first, &e), OK);
    put("%s/mine", scratch_folder(first));
    assert_int_equal(mkdir(dead, 0700), 0);
    assert_int_equal(mkdir(deep, 0700), 0);
    put("%s/file", deep);
    assert_int_equal(scratch_open(station, &second, &e), OK);
    assert_false(is_there(dead));
    snprintf(one, sizeof one, "%s/mine", scratch_folder(first));
    assert_true(is_there(one));
    assert_string_not_equal(scratch_folder(first), scratch_folder(second));
    scratch_close(second);
    assert_true(is_there(one));
    scratch_close(first);
    assert_false(is_there(one));
}

static void where_nothing_can_be_written_it_says_so(void **state)
{
    (void)state;
    struct err e = { .lang = LANG_EN };
    struct scratch *s = NULL;
    assert_int_equal(scratch_open("/proc/nothing", &s, &e), FAILED);
    assert_non_null(strstr(e.text, "/proc/nothing/scratch"));
}

static int open_station(void **state)
{
    (void)state;
    strcpy(station, "/tmp/gridpatrol-scratch-XXXXXX");
    return mkdtemp(station) != NULL ? 0 : 1;
}

static int close_station(void **state)
{
    (void)state;
    char shelf[100];
    snprintf(shelf, sizeof shelf, "%s/scratch", station);
    return rmdir(shelf) == 0 && rmdir(station) == 0 ? 0 : 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_dead_left_goes_whole),
        cmocka_unit_test(where_nothing_can_be_written_it_says_so),
    };
    return cmocka_run_group_tests(tests, open_station, close_station);
}
