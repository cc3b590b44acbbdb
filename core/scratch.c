#include "core/scratch.h"

#include "core/base/mem.h"
#include "core/folder.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDERS_OPEN = 16 };

struct scratch { char path[FOLDER_ROOM]; int lock; };

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    (void)remove(path);
    return 0;
}

void scratch_remove(const char *path) { nftw(path, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS | FTW_MOUNT); }

static void remove_if_dead(int shelf_fd, const char *shelf, const char *name)
{
    char path[FOLDER_ROOM + 300];
    int fd = openat(shelf_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    snprintf(path, sizeof path, "%s/%s", shelf, name);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        scratch_remove(path);
    close(fd);
}

static void sweep(const char *shelf)
{
    DIR *d = opendir(shelf);
    for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL; )
        if (entry->d_name[0] != '.')
            remove_if_dead(dirfd(d), shelf, entry->d_name);
    if (d != NULL)
        closedir(d);
}

// Between its making and its locking another one that opens may have taken it for a dead one's.
static bool make_locked(struct scratch *s, const char *shelf)
{
    struct stat mine, there;
    folder_join(s->path, shelf, "/XXXXXX");
    if (mkdtemp(s->path) == NULL)
        return false;
    s->lock = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return s->lock >= 0 && flock(s->lock, LOCK_EX | LOCK_NB) == 0 && fstat(s->lock, &mine) == 0 && stat(s->path, &there) == 0 && mine.st_ino == there.st_ino;
}

enum status scratch_open(const char *station, struct scratch **out, struct err *e)
{
    char shelf[FOLDER_ROOM];
    folder_join(shelf, station, "/scratch");
    if (mkdir(shelf, 0700) != 0 && errno != EEXIST)
        return err_set(e, FAILED, "%s: cannot be made: %s", shelf, strerror(errno));
    sweep(shelf);
    struct scratch *s = mem_get(1, sizeof *s);
    s->lock = -1;
    if (!make_locked(s, shelf)) {
        enum status status = err_set(e, FAILED, "%s: cannot be made: %s", s->path, strerror(errno));
        scratch_close(s);
        return status;
    }
    *out = s;
    return OK;
}

const char *scratch_folder(const struct scratch *s) { return s->path; }

void scratch_close(struct scratch *s)
{
    if (s == NULL)
        return;
    if (s->lock >= 0) {
        scratch_remove(s->path);
        close(s->lock);
    }
    mem_free(s);
}
