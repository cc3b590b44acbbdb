// scratch.h - files of the moment (临时文件): STATION/scratch/, a folder in it for each process that needs one.
//
// A folder is locked as long as its process lives. What is not locked is a dead one's: whoever opens the next removes it, whatever it
// holds. Nothing that must be kept is ever put here.
#pragma once
#include "core/base/status.h"

struct scratch;
// station: its folder. FAILED.
enum status scratch_open(const char *station, struct scratch **out, struct err *e);
const char *scratch_folder(const struct scratch *s);
void scratch_close(struct scratch *s);           // and all that is in it; NULL is fine
void scratch_remove(const char *path);           // a folder of our own making, with all that is in it
