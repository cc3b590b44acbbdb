#include "core/blob.h"

#include "core/base/hash.h"
#include "core/draft.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1 << 18, PATH_ROOM = 4096 };

void blob_path(const char *folder, const char *sha256, char *out, size_t cap)
{
    snprintf(out, cap, "%s/blobs/%.2s/%s", folder, sha256, sha256);
}

bool blob_is_there(const char *folder, const char *sha256)
{
    char path[PATH_ROOM];
    blob_path(folder, sha256, path, sizeof path);
    return access(path, F_OK) == 0;
}

static enum status write_all(int to, const char *bytes, size_t len, const char *path, struct err *e)
{
    while (len > 0) {
        ssize_t n = write(to, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(e, FAILED, "%s: cannot be kept in the station: %s", path, strerror(errno));
        bytes += n;
        len -= (size_t)n;
    }
    return OK;
}

static enum status copy_to(int to, const char *path, int64_t *bytes, struct err *e)
{
    static _Thread_local char chunk[CHUNK];
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return err_set(e, errno == ENOENT ? NOT_FOUND : FAILED, "%s: cannot be read: %s", path, strerror(errno));
    enum status s = OK;
    *bytes = 0;
    for (ssize_t got; s == OK && (got = read(from, chunk, sizeof chunk)) != 0; ) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            s = err_set(e, FAILED, "%s: reading stopped after %lld bytes: %s", path, (long long)*bytes, strerror(errno));
        else
            s = write_all(to, chunk, (size_t)got, path, e);
        *bytes += got > 0 ? got : 0;
    }
    close(from);
    return s;
}

static void sync_folder(const char *path)
{
    int f = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f >= 0) {
        fsync(f);
        close(f);
    }
}

static enum status put_in_place(const char *folder, const char *from, const char *sha256, struct err *e)
{
    char shelf[PATH_ROOM], path[PATH_ROOM + 80];
    snprintf(shelf, sizeof shelf, "%s/blobs/%.2s", folder, sha256);
    blob_path(folder, sha256, path, sizeof path);
    if (mkdir(shelf, 0755) != 0 && errno != EEXIST)
        return err_set(e, FAILED, "%s: cannot be made: %s", shelf, strerror(errno));
    if (access(path, F_OK) == 0) {
        unlink(from);
        return OK;
    }
    chmod(from, 0444);
    if (rename(from, path) != 0)
        return err_set(e, FAILED, "%s: cannot be put in its place: %s", path, strerror(errno));
    sync_folder(shelf);
    return OK;
}

// The copy gets its name only now that its hash is known: hashing the source and copying it would be two looks at a file
// somebody may be writing.
static enum status settle(const char *folder, const char *draft, struct blob *out, struct err *e)
{
    enum status s = hash_file_sha256(draft, out->sha256, e);
    return s == OK ? put_in_place(folder, draft, out->sha256, e) : s;
}

enum status blob_take_file(const char *folder, const char *path, const struct blob *b, struct err *e)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool is_kept = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    if (!is_kept)
        return err_set(e, FAILED, "%s: cannot be kept in the station: %s", path, strerror(errno));
    return put_in_place(folder, path, b->sha256, e);
}

enum status blob_record_file(const char *folder, const char *path, struct blob *out, struct err *e)
{
    char place[PATH_ROOM];
    struct draft draft;
    snprintf(place, sizeof place, "%s/blobs/", folder);
    enum status s = draft_make_file(place, &draft, e);
    if (s != OK)
        return s;
    s = copy_to(draft.lock, path, &out->bytes, e);
    if (s == OK && fsync(draft.lock) != 0)
        s = err_set(e, FAILED, "%s: cannot be kept in the station: %s", path, strerror(errno));
    if (s == OK)
        s = settle(folder, draft.path, out, e);
    if (s != OK)
        unlink(draft.path);
    draft_let_go(&draft);
    return s;
}

enum status blob_verify(const char *folder, const char *sha256, struct err *e)
{
    char path[PATH_ROOM], found[65];
    blob_path(folder, sha256, path, sizeof path);
    enum status s = hash_file_sha256(path, found, e);
    if (s == OK && strcmp(found, sha256) != 0)
        return err_set(e, INVALID, "%s: its content is not what its name says (%.16s...): the file was changed; restore it from a backup",
                       path, found);
    return s;
}

static enum status visit_shelf(const char *shelf, blob_visit *fn, void *ctx, struct err *e)
{
    DIR *d = opendir(shelf);
    enum status s = OK;
    for (struct dirent *entry; d != NULL && s == OK && (entry = readdir(d)) != NULL; ) {
        struct stat st;
        if (entry->d_name[0] != '.' && fstatat(dirfd(d), entry->d_name, &st, 0) == 0)
            s = fn(ctx, entry->d_name, st.st_size, e);
    }
    if (d != NULL)
        closedir(d);
    return s;
}

enum status blob_each(const char *folder, blob_visit *fn, void *ctx, struct err *e)
{
    enum status s = OK;
    for (int i = 0; s == OK && i < 256; i++) {
        char shelf[PATH_ROOM];
        snprintf(shelf, sizeof shelf, "%s/blobs/%02x", folder, i);
        s = visit_shelf(shelf, fn, ctx, e);
    }
    return s;
}
