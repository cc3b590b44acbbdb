// stage.h - a folder beside the target where files are made whole before anybody sees them.
//
// The folder is ".NAME.part" in the target's own folder (a rename must not cross file systems). It is locked while a run uses
// it; what a killed run left in it is thrown away by the next run to the same target.
#pragma once
#include "core/base/status.h"
#include <stddef.h>

// Can a file be put at this place? NOT_FOUND: no such folder; DENIED: not writable; INVALID: a folder or device stands there.
enum status stage_check(const char *target, struct err *e);

struct stage;
enum status stage_open(const char *target, struct stage **out, struct err *e); // as stage_check; BUSY: another run is writing it
const char *stage_folder(const struct stage *s);
const char *stage_name(const struct stage *s);                                 // the target's own name: "changes.gpkg"

enum status stage_put(struct stage *s, const char *name, const void *data, size_t len, struct err *e); // one whole file
// Forgets a file beside the target that would be read together with the new one (an old journal, an old index).
void stage_drop_beside(struct stage *s, const char *name);

// The target's file is being written and grows no more, or little: the disk may begin, on a thread of its own. Advice only.
void stage_begin_sync(struct stage *s);
// Syncs every file in the folder and renames them beside each other, the target itself last. The stage is gone either way.
enum status stage_commit(struct stage *s, struct err *e);
void stage_abandon(struct stage *s);

// Whoever ends the program by SIGINT, SIGTERM or SIGHUP leaves no folder behind: what is open then is abandoned first. Once, before there are
// other threads; for programs that do nothing else about these signals. One that is ignored stays so.
void stage_abandon_when_ended(void);
