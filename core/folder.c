#include "core/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void folder_join(char out[FOLDER_ROOM], const char *folder, const char *name)
{
    int length = snprintf(out, FOLDER_ROOM, "%s%s", folder, name);
    must(length > 0 && length < FOLDER_ROOM);
}

enum status folder_check(const char *folder, struct err *e)
{
    size_t length = strlen(folder);
    if (length == 0 || length > FOLDER_MOST)
        return err_set(e, INVALID, "a station's folder has a name of 1 to %d bytes; %zu were given", FOLDER_MOST, length);
    return OK;
}

// "station/" is the folder station: its draft lies beside it, not in it.
static void without_slash(const char *folder, char out[FOLDER_ROOM])
{
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    snprintf(out, FOLDER_ROOM, "%.*s", (int)length, folder);
}

static void folder_above(const char *folder, char out[FOLDER_ROOM])
{
    without_slash(folder, out);
    char *slash = strrchr(out, '/');
    if (slash == NULL)
        strcpy(out, ".");
    else
        slash[slash == out ? 1 : 0] = '\0';
}

enum status folder_draft(const char *folder, struct draft *draft, struct err *e)
{
    char place[FOLDER_ROOM], blobs[FOLDER_ROOM];
    enum status s = folder_check(folder, e);
    if (s != OK)
        return s;
    if (rmdir(folder) != 0 && errno != ENOENT)
        return err_set(e, CONFLICT, "%s: is there already and not empty; name a folder that does not exist", folder);
    folder_above(folder, place);
    draft_sweep_folders(place);
    without_slash(folder, place);
    s = draft_make_folder(place, draft, e);
    if (s != OK)
        return s;
    folder_join(blobs, draft->path, "/blobs");
    if (mkdir(blobs, 0755) == 0)
        return OK;
    s = err_set(e, FAILED, "%s: cannot be made: %s", blobs, strerror(errno));
    folder_end(draft, s);
    return s;
}

static bool sync_folder(const char *path)
{
    int f = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f < 0 && errno == ENOENT)       // an archive without originals has no blobs/
        return true;
    bool fine = f >= 0 && fsync(f) == 0;
    if (f >= 0)
        close(f);
    return fine;
}

// What is in it has been synced by whoever wrote it; here its names are.
enum status folder_settle(const struct draft *draft, const char *folder, struct err *e)
{
    char blobs[FOLDER_ROOM], above[FOLDER_ROOM];
    folder_join(blobs, draft->path, "/blobs");
    folder_above(folder, above);
    if (chmod(draft->path, 0755) == 0 && sync_folder(blobs) && sync_folder(draft->path) && rename(draft->path, folder) == 0 && sync_folder(above))
        return OK;
    return err_set(e, FAILED, "%s: cannot be made: %s", folder, strerror(errno));
}

void folder_end(struct draft *draft, enum status how)
{
    if (how != OK)
        draft_remove_folder(draft->path);
    draft_let_go(draft);
}
