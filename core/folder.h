// folder.h - the folder of a station or of a backup (站点目录), made so that it is there whole or not at all.
//
// It is filled as a draft beside its place (FOLDER.draft-XXXXXX) and renamed in; a killed run leaves the old state and a draft
// that nobody takes for a station.
#pragma once
#include "core/base/status.h"

enum { FOLDER_ROOM = 4096, FOLDER_MOST = 3800 };   // bytes of a path; of a folder's name, so that everything in it has room

void folder_join(char out[FOLDER_ROOM], const char *folder, const char *name); // name begins with what parts them
enum status folder_check(const char *folder, struct err *e);                   // INVALID: no name, or too long
// A draft with an empty blobs/. CONFLICT: the folder is there and not empty; an empty one is as good as none.
enum status folder_draft(const char *folder, char draft[FOLDER_ROOM], struct err *e);
enum status folder_settle(const char *draft, const char *folder, struct err *e);
void folder_remove(const char *draft);             // a draft and what a station or a backup keeps in one; nothing else
