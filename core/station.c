#include "core/station.h"

#include "core/actor.h"
#include "core/base/mem.h"
#include "core/compartment.h"
#include "core/folder.h"
#include "core/layer.h"
#include "core/told.h"
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static const char FILE_NAME[] = "/gridpatrol.sqlite";

struct station { char *folder; struct store *store; struct district district; atomic_bool is_tidy; };

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
    return s == OK ? told_note(w, &(struct deed){ .verb = "make", .thing = "district", .thing_id = d->code, .note = d->name_zh }, NULL) : s;
}

static enum status fill(const char *folder, const struct district *d, const char *administrator, struct err *e)
{
    char path[FOLDER_ROOM];
    folder_join(path, folder, FILE_NAME);
    struct station draft = { .folder = (char *)folder, .district = *d };
    enum status s = store_open(path, STORE_CREATE, &draft.store, e);
    if (s == OK)
        s = station_write(&draft, &(struct station_call){ d->made_at_s, "system" }, first_rows,
                          &(struct birth){ d, administrator }, e);
    store_close(draft.store);
    return s;
}

enum status station_make(const char *folder, const struct district *d, const char *administrator, struct err *e)
{
    struct draft draft;
    enum status s = district_check(d, e);
    if (s == OK)
        s = folder_draft(folder, &draft, e);
    if (s != OK)
        return s;
    s = fill(draft.path, d, administrator, e);
    if (s == OK)
        s = folder_settle(&draft, folder, e);
    folder_end(&draft, s);
    return s;
}

// --- Opening ------------------------------------------------------------------------------------------------------------

static enum status read_district(struct db *db, void *ctx, struct err *e)
{
    return district_get(db, ctx, e);
}

enum status station_open(const char *folder, struct station **out, struct err *e)
{
    char path[FOLDER_ROOM];
    enum status status = folder_check(folder, e);
    if (status != OK)
        return status;
    folder_join(path, folder, FILE_NAME);
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

struct errand { const struct station *station; const struct station_keyed *by; station_job *fn; void *ctx; bool looks; };

static enum status run_errand(struct db *db, void *ctx, struct err *e)
{
    const struct errand *errand = ctx;
    struct work w = { .db = db, .district = &errand->station->district, .folder = errand->station->folder,
                      .now_s = errand->by->call.now_s, .actor = errand->by->call.actor, .e = e, .key = errand->by->key };
    enum status s = errand->looks ? compartment_look(&w) : OK;
    if (s == OK)
        s = errand->fn(&w, errand->ctx);
    if (errand->looks)
        compartment_look_away(&w);
    must(s != OK || w.compartment == NULL);
    compartment_forget(&w);
    return s;
}

// Once for each time a station is opened, and only by who writes: what killed runs left among the originals.
static void tidy(struct station *s)
{
    char blobs[FOLDER_ROOM];
    if (atomic_exchange(&s->is_tidy, true) || s->folder == NULL)
        return;
    folder_join(blobs, s->folder, "/blobs");
    draft_sweep(blobs);
}

enum status station_write_keyed(struct station *s, const struct station_keyed *by, station_job *fn, void *ctx, struct err *e)
{
    tidy(s);
    return store_write(s->store, run_errand, &(struct errand){ s, by, fn, ctx, false }, e);
}

enum status station_read_keyed(struct station *s, const struct station_keyed *by, station_job *fn, void *ctx, struct err *e)
{
    return store_read(s->store, run_errand, &(struct errand){ s, by, fn, ctx, by->key != NULL }, e);
}

enum status station_write(struct station *s, const struct station_call *call, station_job *fn, void *ctx, struct err *e)
{
    return station_write_keyed(s, &(struct station_keyed){ *call, NULL }, fn, ctx, e);
}

enum status station_write_repeatable(struct station *s, const struct station_call *call, station_job *fn, void *ctx, struct err *e)
{
    tidy(s);
    return store_write_repeatable(s->store, run_errand, &(struct errand){ s, &(struct station_keyed){ *call, NULL }, fn, ctx, false }, e);
}

enum status station_read(struct station *s, const struct station_call *call, station_job *fn, void *ctx, struct err *e)
{
    return station_read_keyed(s, &(struct station_keyed){ *call, NULL }, fn, ctx, e);
}
