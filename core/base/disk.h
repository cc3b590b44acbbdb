// disk.h - the room that is left where a file is to be written.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// path: a file or folder on the file system that is meant. True too where the system does not tell.
bool disk_has_room(const char *path, int64_t bytes);
