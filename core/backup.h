// backup.h - a station kept a second time (备份), and brought back (恢复).
//
// A backup is a folder like a station, taken while others go on working: first the database as of one moment, then the
// originals it names (they are only ever added, so none can be missing). manifest.json says when, the database's SHA-256 and
// where the audit chain ended: kept elsewhere, it convicts whoever rewrites the chain later. Nothing that exists is overwritten;
// a backup or a restored station is there whole or not at all.
#pragma once
#include "core/base/progress.h"
#include "core/station.h"

// CONFLICT: folder exists. FAILED: full disk and the like; nothing is left then.
enum status backup_make(struct station *s, const char *folder, int64_t now_s, const struct progress *progress, struct err *e);
// Checks the backup against its manifest and its hashes, then copies. INVALID: the backup is damaged. CONFLICT: station exists.
enum status backup_restore(const char *backup, const char *station, const struct progress *progress, struct err *e);
