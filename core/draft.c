#include "core/draft.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char MARK[] = ".draft-";
enum { LETTERS = 6, TRIES = 16 };

// --- Making ----------------------------------------------------------------------------------------------------------------------

// Locked, and still where it was: between its making and its locking somebody may have taken it for a dead one's.
static bool lock(struct draft *d)
{
    struct stat mine, there;
    return d->lock >= 0 && flock(d->lock, LOCK_EX | LOCK_NB) == 0 && fstat(d->lock, &mine) == 0 && stat(d->path, &there) == 0 && mine.st_ino == there.st_ino;
}

static bool make_folder(struct draft *d)
{
    if (mkdtemp(d->path) == NULL)
        return false;
    d->lock = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return true;
}

static bool make_file(struct draft *d)
{
    d->lock = mkostemp(d->path, O_CLOEXEC);
    return d->lock >= 0;
}

static enum status make(const char *place, bool (*how)(struct draft *d), struct draft *out, struct err *e)
{
    for (int i = 0; i < TRIES; i++) {
        struct draft d = { .lock = -1 };
        int length = snprintf(d.path, sizeof d.path, "%s%sXXXXXX", place, MARK);
        must(length > 0 && length < DRAFT_ROOM);
        if (!how(&d))
            return err_set(e, FAILED, "%s: cannot be made: %s", place, strerror(errno));
        if (lock(&d)) {
            *out = d;
            return OK;
        }
        draft_let_go(&d);
    }
    return err_set(e, FAILED, "%s: cannot be locked: %s", place, strerror(errno));
}

enum status draft_make_folder(const char *place, struct draft *out, struct err *e) { return make(place, make_folder, out, e); }
enum status draft_make_file(const char *place, struct draft *out, struct err *e) { return make(place, make_file, out, e); }

void draft_let_go(struct draft *d)
{
    if (d->lock >= 0)
        close(d->lock);
    d->lock = -1;
}

// --- Removing --------------------------------------------------------------------------------------------------------------------

static bool is_itself_or_above(const char *name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

static void remove_files(const char *folder)
{
    DIR *d = opendir(folder);
    for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL; )
        if (!is_itself_or_above(entry->d_name))
            unlinkat(dirfd(d), entry->d_name, 0);
    if (d != NULL)
        closedir(d);
    rmdir(folder);
}

void draft_remove_folder(const char *path)
{
    char shelf[DRAFT_ROOM + 16];
    for (int i = 0; i < 256; i++) {
        snprintf(shelf, sizeof shelf, "%s/blobs/%02x", path, i);
        remove_files(shelf);
    }
    snprintf(shelf, sizeof shelf, "%s/blobs", path);
    remove_files(shelf);
    remove_files(path);
}

// --- Sweeping --------------------------------------------------------------------------------------------------------------------

static bool is_draft(const char *name)
{
    size_t len = strlen(name), tail = sizeof MARK - 1 + LETTERS;
    return len >= tail && strncmp(name + len - tail, MARK, sizeof MARK - 1) == 0;
}

// What a station, a backup or an archive has in it while it is made.
static bool is_ours(const char *name)
{
    static const char *const files[] = { "gridpatrol.sqlite", "gridpatrol.sqlite-wal", "gridpatrol.sqlite-shm", "gridpatrol.sqlite-journal", "manifest.json",
                                         "blobs", "comparison.lock", "archive.fgb", "archive_temp.fgb", NULL };
    for (int i = 0; files[i] != NULL; i++)
        if (strcmp(files[i], name) == 0)
            return true;
    return false;
}

static bool holds_only_ours(const char *folder)
{
    bool ours = true;
    DIR *d = opendir(folder);
    for (struct dirent *entry; d != NULL && ours && (entry = readdir(d)) != NULL; )
        ours = is_itself_or_above(entry->d_name) || is_ours(entry->d_name);
    if (d != NULL)
        closedir(d);
    return d != NULL && ours;
}

struct sweeping { const char *path; int folder; bool files; };

static void sweep_one(const struct sweeping *at, const char *name)
{
    char whole[DRAFT_ROOM + 300];
    struct stat st;
    int fd = openat(at->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return;
    snprintf(whole, sizeof whole, "%s/%s", at->path, name);
    bool is_dead = fstat(fd, &st) == 0 && st.st_uid == geteuid() && flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (is_dead && at->files && S_ISREG(st.st_mode))
        unlinkat(at->folder, name, 0);
    else if (is_dead && S_ISDIR(st.st_mode) && strlen(whole) < DRAFT_ROOM && holds_only_ours(whole))
        draft_remove_folder(whole);
    close(fd);
}

static void sweep(const char *folder, bool files)
{
    DIR *d = opendir(folder);
    for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL; )
        if (is_draft(entry->d_name))
            sweep_one(&(struct sweeping){ folder, dirfd(d), files }, entry->d_name);
    if (d != NULL)
        closedir(d);
}

void draft_sweep(const char *folder) { sweep(folder, true); }
void draft_sweep_folders(const char *folder) { sweep(folder, false); }
