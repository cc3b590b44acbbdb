// What killed runs left beside a station and among its originals is removed by the next one that may write, and nothing else is.
#include "core/actor.h"
#include "core/backup.h"
#include "core/draft.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/core/temporary_station.h"

struct fixture { struct temporary at; struct station *station; struct err e; };

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

// --- Left by the dead ----------------------------------------------------------------------------------------------------------------

static const char *in(const struct fixture *f, const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", f->at.home, name);
    return path;
}

static bool is_there(const struct fixture *f, const char *name)
{
    struct stat st;
    return lstat(in(f, name), &st) == 0;
}

// name ends in "/": a folder.
static void leave(const struct fixture *f, const char *name)
{
    const char *path = in(f, name);
    if (path[strlen(path) - 1] == '/') {
        assert_int_equal(mkdir(path, 0700), 0);
        return;
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("half", file);
    fclose(file);
}

static void leave_all(const struct fixture *f, const char *const *name)
{
    for (int i = 0; name[i] != NULL; i++)
        leave(f, name[i]);
}

static enum status add_actor(struct work *w, void *ctx)
{
    struct actor a = { .role = "analyst" };
    snprintf(a.name, sizeof a.name, "%s", (const char *)ctx);
    return actor_record(w, &a);
}

static enum status look(struct work *w, void *ctx)
{
    struct actor out;
    (void)ctx;
    return actor_get(w, "admin", &out);
}

static void among_the_originals_the_next_writer_tidies_up(void **state)
{
    struct fixture *f = *state;
    struct station_call call = { 1770000001, "system" };
    static const char *const left[] = { "station/blobs/.draft-aaaaaa", "station/blobs/.draft-bbbbbb/", "station/blobs/.draft-bbbbbb/archive.fgb",
                                        "station/blobs/.draft-bbbbbb/archive_temp.fgb", NULL };
    static const char *const others[] = { "station/blobs/.draft-cccccc/", "station/blobs/.draft-cccccc/notes.txt", "station/blobs/note.draft", NULL };
    station_close(f->station);
    leave_all(f, left);
    leave_all(f, others);
    assert_ok(f, station_open(f->at.folder, &f->station, &f->e));
    assert_ok(f, station_read(f->station, &call, look, NULL, &f->e));
    for (int i = 0; left[i] != NULL; i++)
        assert_true(is_there(f, left[i]));                    // who only reads changes nothing
    assert_ok(f, station_write(f->station, &call, add_actor, (void *)"Wu", &f->e));
    for (int i = 0; left[i] != NULL; i++)
        if (is_there(f, left[i]))
            fail_msg("%s is still there", left[i]);
    for (int i = 0; others[i] != NULL; i++)
        if (!is_there(f, others[i]))
            fail_msg("%s was removed", others[i]);
}

static void beside_a_folder_only_half_folders_go(void **state)
{
    struct fixture *f = *state;
    static const char *const left[] = { "saved.draft-aaaaaa/", "saved.draft-aaaaaa/gridpatrol.sqlite", "saved.draft-aaaaaa/blobs/", "saved.draft-aaaaaa/blobs/0a/",
                                        "saved.draft-aaaaaa/blobs/0a/0a1b", "other.draft-bbbbbb/", NULL };
    static const char *const others[] = { "letter.draft-cccccc", "book.draft-dddddd/", "book.draft-dddddd/gridpatrol.sqlite", "book.draft-dddddd/chapter", NULL };
    char backup[256];
    leave_all(f, left);
    leave_all(f, others);
    snprintf(backup, sizeof backup, "%s/backup", f->at.home);
    assert_ok(f, backup_make(f->station, backup, 1770000100, NULL, &f->e));
    for (int i = 0; left[i] != NULL; i++)
        if (is_there(f, left[i]))
            fail_msg("%s is still there", left[i]);
    for (int i = 0; others[i] != NULL; i++)
        if (!is_there(f, others[i]))
            fail_msg("%s was removed", others[i]);
}

// --- Of the living ---------------------------------------------------------------------------------------------------------------------

struct message { char folder[DRAFT_ROOM], file[DRAFT_ROOM]; };

// Another process makes a draft of each kind, says so and waits to be killed.
static void draft_and_wait(const char *place, int said)
{
    struct err e = { .lang = LANG_EN };
    struct draft folder, file;
    static struct message m;
    if (draft_make_folder(place, &folder, &e) != OK || draft_make_file(place, &file, &e) != OK)
        _exit(1);
    strcpy(m.folder, folder.path);
    strcpy(m.file, file.path);
    if (write(said, &m, sizeof m) != (ssize_t)sizeof m)
        _exit(1);
    for (;;)
        pause();
}

static void of_another_that_lives_nothing_is_touched(void **state)
{
    struct fixture *f = *state;
    char place[256];
    int ends[2];
    static struct message m;
    snprintf(place, sizeof place, "%s/thing", f->at.home);
    assert_int_equal(pipe(ends), 0);
    pid_t other = fork();
    assert_true(other >= 0);
    if (other == 0)
        draft_and_wait(place, ends[1]);
    close(ends[1]);
    size_t have = 0;
    for (ssize_t more; have < sizeof m && (more = read(ends[0], (char *)&m + have, sizeof m - have)) > 0; )
        have += (size_t)more;
    close(ends[0]);
    draft_sweep(f->at.home);
    bool stay = have == sizeof m && access(m.folder, F_OK) == 0 && access(m.file, F_OK) == 0;
    kill(other, SIGKILL);
    assert_int_equal(waitpid(other, NULL, 0), other);
    assert_true(stay);
    draft_sweep(f->at.home);
    assert_int_not_equal(access(m.folder, F_OK), 0);
    assert_int_not_equal(access(m.file, F_OK), 0);
}

static void of_our_own_nothing_is_touched_either(void **state)
{
    struct fixture *f = *state;
    char place[256];
    struct draft mine;
    snprintf(place, sizeof place, "%s/thing", f->at.home);
    assert_ok(f, draft_make_file(place, &mine, &f->e));
    draft_sweep(f->at.home);
    assert_int_equal(access(mine.path, F_OK), 0);
    draft_let_go(&mine);
    draft_sweep(f->at.home);
    assert_int_not_equal(access(mine.path, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(among_the_originals_the_next_writer_tidies_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(beside_a_folder_only_half_folders_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_another_that_lives_nothing_is_touched, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_our_own_nothing_is_touched_either, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
