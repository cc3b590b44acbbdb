// folder.h - the folder of a station or of a backup (站点目录), made so that it is there whole or not at all.
//
// It is filled as a draft beside its place (core/draft.h) and renamed in; a killed run leaves the old state and a draft that nobody takes
// for a station, and that the next one to make a folder there removes.
#pragma once
#include "core/draft.h"

enum { FOLDER_ROOM = DRAFT_ROOM, FOLDER_MOST = 3800 };   // bytes of a path; of a folder's name, so that everything in it has room

void folder_join(char out[FOLDER_ROOM], const char *folder, const char *name); // name begins with what parts them
enum status folder_check(const char *folder, struct err *e);                   // INVALID: no name, or too long
// A draft with an empty blobs/. CONFLICT: the folder is there and not empty; an empty one is as good as none.
enum status folder_draft(const char *folder, struct draft *draft, struct err *e);
enum status folder_settle(const struct draft *draft, const char *folder, struct err *e);   // durably
// The draft is settled, or it is removed.
void folder_end(struct draft *draft, enum status how);
