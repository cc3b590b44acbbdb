// draft.h - files and folders in the making (草稿): beside their place, until they are whole and renamed into it.
//
// A draft is locked as long as its process lives, and the system lets go of the lock however that ends. So whoever finds one that is not
// locked may remove it: it is what a killed run left. Another run's is never touched.
#pragma once
#include "core/base/status.h"

enum { DRAFT_ROOM = 4096 };
struct draft { char path[DRAFT_ROOM]; int lock; };       // lock: open on the draft itself; -1: there is none

// PLACE.draft-XXXXXX. FAILED.
enum status draft_make_folder(const char *place, struct draft *out, struct err *e);
enum status draft_make_file(const char *place, struct draft *out, struct err *e);     // lock is open for writing
void draft_let_go(struct draft *d);                      // renamed by now, or removed

// Drafts of dead processes, in a folder of our own: files, and folders that hold nothing but what a station, a backup or an archive in the
// making holds. In a folder that people keep other things in, only such folders. What looks otherwise stays.
void draft_sweep(const char *folder);
void draft_sweep_folders(const char *folder);
void draft_remove_folder(const char *path);              // a draft, and what a station or a backup keeps in one; nothing else
