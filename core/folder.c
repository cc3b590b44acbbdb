#include "core/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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
static void beside(const char *folder, char draft[FOLDER_ROOM])
{
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    snprintf(draft, FOLDER_ROOM, "%.*s.draft-XXXXXX", (int)length, folder);
}

enum status folder_draft(const char *folder, char draft[FOLDER_ROOM], struct err *e)
{
    enum status s = folder_check(folder, e);
    if (s != OK)
        return s;
    if (rmdir(folder) != 0 && errno != ENOENT)
        return err_set(e, CONFLICT, "%s: is there already and not empty; name a folder that does not exist", folder);
    beside(folder, draft);
    if (mkdtemp(draft) == NULL)
        return err_set(e, FAILED, "%s: cannot be made: %s", folder, strerror(errno));
    char blobs[FOLDER_ROOM];
    folder_join(blobs, draft, "/blobs");
    if (mkdir(blobs, 0755) == 0)
        return OK;
    s = err_set(e, FAILED, "%s: cannot be made: %s", blobs, strerror(errno));
    rmdir(draft);
    return s;
}

enum status folder_settle(const char *draft, const char *folder, struct err *e)
{
    if (chmod(draft, 0755) == 0 && rename(draft, folder) == 0)
        return OK;
    return err_set(e, FAILED, "%s: cannot be made: %s", folder, strerror(errno));
}

static void remove_files(const char *folder)
{
    DIR *d = opendir(folder);
    for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL; )
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(d), entry->d_name, 0);
    if (d != NULL)
        closedir(d);
    rmdir(folder);
}

void folder_remove(const char *draft)
{
    char shelf[FOLDER_ROOM], name[16];
    for (int i = 0; i < 256; i++) {
        snprintf(name, sizeof name, "/blobs/%02x", i);
        folder_join(shelf, draft, name);
        remove_files(shelf);
    }
    folder_join(shelf, draft, "/blobs");
    remove_files(shelf);
    remove_files(draft);
}
