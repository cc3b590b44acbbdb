#include "core/station.h"

#include "core/actor.h"
#include "core/base/mem.h"
#include "core/layer.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };
enum { FOLDER_MOST = 3800 };
static const char FILE_NAME[] = "/gridpatrol.sqlite";

static void join(char out[PATH_ROOM], const char *folder, const char *name)
{
    int length = snprintf(out, PATH_ROOM, "%s%s", folder, name);
    must(length > 0 && length < PATH_ROOM);
}

struct station { char *folder; struct store *store; struct district district; };

// --- Making -------------------------------------------------------------------------------------------------------------

struct birth { const struct district *district; const char *administrator; };

// The district, and the administrator in whose name it begins.
static enum status first_rows(struct work *w, void *ctx)
{
    const struct birth *b = ctx;
    const struct district *d = b->district;
    struct actor first = { .role = "administrator" };
    snprintf(first.name, sizeof first.name, "%s", b->administrator);
    enum status s = actor_record(w, &first);
    if (s == OK)
        s = district_record(w->db, d, w->e);
    if (s == OK)
        s = layer_record_all(w);
    return s == OK ? work_note(w, &(struct deed){ "make", "district", d->code, d->name_zh, NULL, d->metric_crs }) : s;
}

static enum status fill(const char *folder, const struct district *d, const char *administrator, struct err *e)
{
    char path[PATH_ROOM];
    join(path, folder, "/blobs");
    if (mkdir(path, 0755) != 0)
        return err_set(e, FAILED, "%s: cannot be made: %s", path, strerror(errno));
    join(path, folder, FILE_NAME);
    struct station draft = { .folder = (char *)folder, .district = *d };
    enum status s = store_open(path, STORE_CREATE, &draft.store, e);
    if (s == OK)
        s = station_write(&draft, &(struct station_call){ d->made_at_s, "system" }, first_rows,
                          &(struct birth){ d, administrator }, e);
    store_close(draft.store);
    return s;
}

// Only what fill made: names are known, nothing else is touched.
static void remove_draft(const char *folder)
{
    static const char *const names[] = { "/gridpatrol.sqlite", "/gridpatrol.sqlite-wal", "/gridpatrol.sqlite-shm", "/gridpatrol.sqlite-journal" };
    char path[PATH_ROOM];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        join(path, folder, names[i]);
        unlink(path);
    }
    join(path, folder, "/blobs");
    rmdir(path);
    rmdir(folder);
}

static enum status check_folder(const char *folder, struct err *e)
{
    size_t length = strlen(folder);
    if (length == 0 || length > FOLDER_MOST)
        return err_set(e, INVALID, "a station's folder has a name of 1 to %d bytes; %zu were given", FOLDER_MOST, length);
    return OK;
}

enum status station_make(const char *folder, const struct district *d, const char *administrator, struct err *e)
{
    enum status s = check_folder(folder, e);
    if (s == OK)
        s = district_check(d, e);
    if (s != OK)
        return s;
    if (rmdir(folder) != 0 && errno != ENOENT)         // an empty folder is as good as none
        return err_set(e, CONFLICT, "%s: is there already and not empty; name a folder that does not exist", folder);
    char draft[PATH_ROOM];
    join(draft, folder, ".draft-XXXXXX");
    if (mkdtemp(draft) == NULL)
        return err_set(e, FAILED, "%s: cannot be made: %s", folder, strerror(errno));
    s = fill(draft, d, administrator, e);
    if (s == OK && (chmod(draft, 0755) != 0 || rename(draft, folder) != 0))
        s = err_set(e, FAILED, "%s: cannot be made: %s", folder, strerror(errno));
    if (s != OK)
        remove_draft(draft);
    return s;
}

// --- Opening ------------------------------------------------------------------------------------------------------------

static enum status read_district(struct db *db, void *ctx, struct err *e)
{
    return district_get(db, ctx, e);
}

enum status station_open(const char *folder, struct station **out, struct err *e)
{
    char path[PATH_ROOM];
    enum status status = check_folder(folder, e);
    if (status != OK)
        return status;
    join(path, folder, FILE_NAME);
    struct station *s = mem_get(1, sizeof *s);
    status = store_open(path, STORE_OPEN, &s->store, e);
    if (status == OK)
        status = store_read(s->store, read_district, &s->district, e);
    if (status != OK) {
        station_close(s);
        return status;
    }
    s->folder = mem_get(strlen(folder) + 1, 1);
    strcpy(s->folder, folder);
    *out = s;
    return OK;
}

void station_close(struct station *s)
{
    if (s == NULL)
        return;
    store_close(s->store);
    district_clear(&s->district);
    mem_free(s->folder);
    mem_free(s);
}

struct store *station_store(const struct station *s) { return s->store; }
const char *station_folder(const struct station *s) { return s->folder; }
const struct district *station_district(const struct station *s) { return &s->district; }

// --- Working ------------------------------------------------------------------------------------------------------------

struct errand { const struct station *station; const struct station_call *call; station_job *fn; void *ctx; };

static enum status run_errand(struct db *db, void *ctx, struct err *e)
{
    const struct errand *errand = ctx;
    struct work w = { .db = db, .district = &errand->station->district, .folder = errand->station->folder,
                      .now_s = errand->call->now_s, .actor = errand->call->actor, .e = e };
    return errand->fn(&w, errand->ctx);
}

enum status station_write(struct station *s, const struct station_call *call, station_job *fn, void *ctx, struct err *e)
{
    return store_write(s->store, run_errand, &(struct errand){ s, call, fn, ctx }, e);
}

enum status station_read(struct station *s, const struct station_call *call, station_job *fn, void *ctx, struct err *e)
{
    return store_read(s->store, run_errand, &(struct errand){ s, call, fn, ctx }, e);
}
