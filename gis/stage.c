#include "gis/stage.h"
#include "core/base/mem.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct stage {
    char parent[PATH_MAX];   // folder of the target
    char name[NAME_MAX + 1]; // the target in it
    char folder[PATH_MAX];   // parent/.name.part
    int parent_fd, folder_fd;
    pthread_t syncing;       // on its way while sync_fd is a file
    int sync_fd;
    struct stage *next;      // of those that are open
};
static struct stage *opened;
static pthread_mutex_t opened_lock = PTHREAD_MUTEX_INITIALIZER;

// Folder and name of the target. A link is followed: its target is what gets replaced.
static enum status split(const char *target, char *parent, char *name, struct err *e)
{
    char real[PATH_MAX];
    const char *path = realpath(target, real) != NULL ? real : target;
    const char *slash = strrchr(path, '/');
    size_t head = slash == NULL ? 0 : (size_t)(slash - path);
    const char *tail = slash == NULL ? path : slash + 1;
    if (tail[0] == '\0' || strlen(tail) > NAME_MAX - 6 || head >= PATH_MAX - NAME_MAX - 2)
        return err_set(e, INVALID, "%s: this is not the name of a file that could be written", target);
    if (slash == NULL)
        strcpy(parent, ".");
    else
        snprintf(parent, PATH_MAX, "%.*s", head == 0 ? 1 : (int)head, path);
    strcpy(name, tail);
    return OK;
}

enum status stage_check(const char *target, struct err *e)
{
    char parent[PATH_MAX], name[NAME_MAX + 1];
    enum status s = split(target, parent, name, e);
    if (s != OK)
        return s;
    struct stat there;
    if (stat(parent, &there) != 0 || !S_ISDIR(there.st_mode))
        return err_set(e, NOT_FOUND, "%s: there is no folder %s to write it in", target, parent);
    if (stat(target, &there) == 0 && !S_ISREG(there.st_mode))
        return err_set(e, INVALID, "%s: a folder or device stands there; give the name of a file", target);
    if (access(parent, W_OK | X_OK) != 0)
        return err_set(e, DENIED, "%s: the folder %s is not writable (%s)", target, parent, strerror(errno));
    return OK;
}

// Calls back for every file of a folder. False when the folder cannot be listed or a call says so.
static bool each_file(int folder_fd, bool (*fn)(void *ctx, int folder_fd, const char *name), void *ctx)
{
    int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = fd >= 0 ? fdopendir(fd) : NULL;
    if (listing == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool fine = true;
    for (struct dirent *d; fine && (d = readdir(listing)) != NULL;)
        if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
            fine = fn(ctx, folder_fd, d->d_name);
    closedir(listing);
    return fine;
}

static bool remove_one(void *ctx, int folder_fd, const char *name)
{
    (void)ctx;
    return unlinkat(folder_fd, name, 0) == 0;
}

static void await_sync(struct stage *s)
{
    if (s->sync_fd < 0)
        return;
    pthread_join(s->syncing, NULL);
    close(s->sync_fd);
    s->sync_fd = -1;
}

static void enlist(struct stage *s)
{
    pthread_mutex_lock(&opened_lock);
    s->next = opened;
    opened = s;
    pthread_mutex_unlock(&opened_lock);
}

static void strike_off(const struct stage *s)
{
    pthread_mutex_lock(&opened_lock);
    for (struct stage **at = &opened; *at != NULL; at = &(*at)->next)
        if (*at == s) {
            *at = s->next;
            break;
        }
    pthread_mutex_unlock(&opened_lock);
}

static void close_all(struct stage *s)
{
    strike_off(s);
    await_sync(s);
    if (s->folder_fd >= 0)
        close(s->folder_fd); // gives the lock back
    if (s->parent_fd >= 0)
        close(s->parent_fd);
    mem_free(s);
}

// Makes the folder, or takes over the one a killed run left behind.
static enum status take_folder(struct stage *s, const char *target, struct err *e)
{
    if (mkdir(s->folder, 0700) != 0 && errno != EEXIST)
        return err_set(e, FAILED, "%s: a folder for the work in progress cannot be made (%s)", target, strerror(errno));
    s->folder_fd = open(s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (s->folder_fd < 0)
        return err_set(e, FAILED, "%s: a folder for the work in progress cannot be made (%s)", target, strerror(errno));
    if (flock(s->folder_fd, LOCK_EX | LOCK_NB) != 0)
        return err_set(e, BUSY, "%s: another run is writing this file", target);
    struct stat locked, named;
    bool still_there = fstat(s->folder_fd, &locked) == 0 && stat(s->folder, &named) == 0 && locked.st_ino == named.st_ino;
    if (!still_there)
        return err_set(e, BUSY, "%s: another run is writing this file", target);
    if (!each_file(s->folder_fd, remove_one, NULL))
        return err_set(e, FAILED, "%s: %s cannot be emptied (%s)", target, s->folder, strerror(errno));
    return OK;
}

enum status stage_open(const char *target, struct stage **out, struct err *e)
{
    enum status status = stage_check(target, e);
    if (status != OK)
        return status;
    struct stage *s = mem_get(1, sizeof *s);
    s->folder_fd = s->parent_fd = s->sync_fd = -1;
    status = split(target, s->parent, s->name, e);
    if (status == OK) {
        snprintf(s->folder, sizeof s->folder, "%.*s/.%s.part", PATH_MAX - NAME_MAX - 8, s->parent, s->name);
        s->parent_fd = open(s->parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        status = take_folder(s, target, e);
    }
    if (status != OK) {
        close_all(s);
        return status;
    }
    enlist(s);
    *out = s;
    return OK;
}

const char *stage_folder(const struct stage *s) { return s->folder; }
const char *stage_name(const struct stage *s) { return s->name; }

static bool write_all(int fd, const char *data, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = write(fd, data + done, len - done);
        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

enum status stage_put(struct stage *s, const char *name, const void *data, size_t len, struct err *e)
{
    int fd = openat(s->folder_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool fine = fd >= 0 && write_all(fd, data, len);
    int why = errno;
    if (fd >= 0 && close(fd) != 0 && fine) {
        fine = false;
        why = errno;
    }
    if (!fine)
        return err_set(e, FAILED, "%s/%s: writing failed (%s); nothing was left behind", s->parent, s->name, strerror(why));
    return OK;
}

void stage_drop_beside(struct stage *s, const char *name) { unlinkat(s->parent_fd, name, 0); }

static void *begin_sync(void *ctx)
{
    const struct stage *s = ctx;
    sync_file_range(s->sync_fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return NULL;
}

void stage_begin_sync(struct stage *s)
{
    await_sync(s);
    s->sync_fd = openat(s->folder_fd, s->name, O_RDONLY | O_CLOEXEC);
    if (s->sync_fd < 0 || pthread_create(&s->syncing, NULL, begin_sync, s) == 0)
        return;
    close(s->sync_fd);
    s->sync_fd = -1;
}

static bool sync_one(void *ctx, int folder_fd, const char *name)
{
    int *files = ctx;
    int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool fine = fsync(fd) == 0;
    close(fd);
    ++*files;
    return fine;
}

static bool move_side_file(void *ctx, int folder_fd, const char *name)
{
    const struct stage *s = ctx;
    return strcmp(name, s->name) == 0 || renameat(folder_fd, name, s->parent_fd, name) == 0;
}

// A set of several files cannot be exchanged in one step: the old target goes first, so that a run killed in between leaves
// no target rather than a new one with old companions.
static bool move_all(struct stage *s)
{
    int files = 0;
    if (!each_file(s->folder_fd, sync_one, &files))
        return false;
    if (files > 1)
        unlinkat(s->parent_fd, s->name, 0);
    return each_file(s->folder_fd, move_side_file, s) && renameat(s->folder_fd, s->name, s->parent_fd, s->name) == 0 &&
           fsync(s->parent_fd) == 0;
}

enum status stage_commit(struct stage *s, struct err *e)
{
    enum status status = OK;
    if (!move_all(s))
        status = err_set(e, FAILED, "%s/%s: writing failed (%s); nothing was left behind", s->parent, s->name, strerror(errno));
    stage_abandon(s);
    return status;
}

static void remove_folder(const struct stage *s)
{
    each_file(s->folder_fd, remove_one, NULL);
    rmdir(s->folder);
}

void stage_abandon(struct stage *s)
{
    if (s == NULL)
        return;
    remove_folder(s);
    close_all(s);
}

// --- the end of the program ----------------------------------------------------------------------------------------------

static sigset_t ends; // that are waited for

// Others go on writing until the end: what they put into the folder once it was emptied is the next run's to take away.
static void *await_end(void *ctx)
{
    (void)ctx;
    int got;
    if (sigwait(&ends, &got) != 0)
        return NULL;
    pthread_mutex_lock(&opened_lock); // for good: nobody makes or moves anything in them from here on who did not begin before
    for (const struct stage *s = opened; s != NULL; s = s->next)
        remove_folder(s);
    signal(got, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &ends, NULL);
    raise(got);
    return NULL;
}

static bool is_ignored(int signal_number)
{
    struct sigaction now;
    return sigaction(signal_number, NULL, &now) != 0 || now.sa_handler == SIG_IGN;
}

void stage_abandon_when_ended(void)
{
    static const int all[] = { SIGINT, SIGTERM, SIGHUP };
    pthread_t thread;
    sigemptyset(&ends);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!is_ignored(all[i]))
            sigaddset(&ends, all[i]);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    if (pthread_create(&thread, NULL, await_end, NULL) == 0)
        pthread_detach(thread);
    else
        pthread_sigmask(SIG_UNBLOCK, &ends, NULL);
}
