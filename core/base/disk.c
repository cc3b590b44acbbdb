#include "core/base/disk.h"

#include <sys/statvfs.h>

bool disk_has_room(const char *path, int64_t bytes)
{
    struct statvfs room;
    return bytes <= 0 || statvfs(path, &room) != 0 || (uint64_t)bytes <= (uint64_t)room.f_bavail * room.f_frsize;
}
