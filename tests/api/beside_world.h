// beside_world.h - what visible_world.h does not plant: what walks beside a case or a lead, what is somebody's own for a while (jobs, uploads),
// and the bytes of surveys and photos. Who sees it is said once more in plain C. Include after served_world.h.
#pragma once
#include "core/blob.h"
#include "core/job.h"

#include <sys/stat.h>

enum { BESIDE_MOST = 96, PROCEEDINGS = 5 };
static const char *const proceedings[PROCEEDINGS] = { "extension", "appeal", "enforcement", "conference", "notice" };
static const char *const proceeding_states[PROCEEDINGS] = { "requested", "filed", "found", "called", "drafted" };

// thing: one of proceedings (about: a row of case or lead), "job", "failed", "echo" or "upload" (owner: a person), "file" (about: a row of survey).
struct beside { const char *thing; char id[ID_TEXT]; int about, owner; };
struct besides { const struct world *world; struct beside one[BESIDE_MOST]; int count; };

static inline bool is_own(const struct beside *b) { return b->owner != NOBODY; }
static inline bool is_proceeding(const struct beside *b) { return b->owner == NOBODY && strcmp(b->thing, "file") != 0; }

static inline void draw_beside(struct besides *b, const char *thing, int about, int owner)
{
    struct beside *o = &b->one[b->count];
    must(b->count < BESIDE_MOST);
    *o = (struct beside){ .thing = thing, .about = about, .owner = owner };
    id_of_test(o->id, is_own(o) ? "job" : "proceeding", b->count++);
}

// The n-th row of a layer as planted.
static inline int nth_row(const struct world *w, const char *layer, int n)
{
    for (int i = 0; i < w->rows; i++)
        if (strcmp(w->row[i].layer, layer) == 0 && n-- == 0)
            return i;
    fail_msg("so many rows of %s are not planted", layer);
    return -1;
}

static inline void draw_own(struct besides *b, int owner)
{
    static const char *const things[] = { "job", "failed", "echo", "upload" };
    for (int i = 0; i < 4; i++)
        draw_beside(b, things[i], NOBODY, owner);
}

// What every station has.
static inline void draw_besides(struct besides *b)
{
    enum { OF_EACH = 2, OWNERS_APART = 16 };
    for (int i = 0; i < PROCEEDINGS; i++)
        for (int k = 0; k < OF_EACH; k++) {
            draw_beside(b, proceedings[i], nth_row(b->world, "case", 2 * i + 11 * k), NOBODY);
            if (strcmp(proceedings[i], "enforcement") != 0)
                draw_beside(b, proceedings[i], nth_row(b->world, "lead", 3 * i + 7 * k), NOBODY);
        }
    for (int p = 0; p < b->world->people; p += OWNERS_APART)
        draw_own(b, p);
    draw_beside(b, "file", nth_row(b->world, "survey", 0), NOBODY);
}

static inline bool reference_sees_beside(const struct world *w, const struct person *p, const struct beside *b)
{
    if (is_own(b))
        return &w->person[b->owner] == p;
    return reference_sees(w, p, &w->row[b->about]) && (is_proceeding(b) || p->areas == 0);
}

// --- Planting ---------------------------------------------------------------------------------------------------------------------

static inline enum status insert_proceeding(struct work *work, const struct besides *all, const struct beside *b)
{
    const struct planted *about = &all->world->row[b->about];
    int kind = 0;
    char number[48];
    while (strcmp(proceedings[kind], b->thing) != 0)
        kind++;
    snprintf(number, sizeof number, "<%s-%d>", b->thing, (int)(b - all->one));
    return db_run(work->db, "INSERT INTO proceeding (id, number, thing, about, about_id, state, made_by, stage_at_s, made_at_s) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 1)",
                  VALUES(value_text(b->id), value_text(number), value_text(b->thing), value_text(about->layer), value_text(about->id),
                         value_text(proceeding_states[kind]), value_text(all->world->person[about->maker].id)), work->e);
}

static inline enum status insert_job(struct work *work, const struct besides *all, const struct beside *b)
{
    static const char *const request[] = { "{}", "{\"inputs\":{\"stringInput\":\"Value1\"}}" };
    bool is_echo = strcmp(b->thing, "echo") == 0, has_failed = strcmp(b->thing, "failed") == 0;
    return db_run(work->db, "INSERT INTO job (id, process, actor_id, state, runner, request, result, message, fault, made_at_s, begun_at_s, ended_at_s, expires_at_s) "
                            "VALUES ($1, $2, $3, $4, 'gone', $5, $6, $7, $8, 1, 2, 3, 4000000000)",
                  VALUES(value_text(b->id), value_text(is_echo ? "echo" : "diff"), value_text(all->world->person[b->owner].id), value_text(has_failed ? "failed" : "successful"),
                         value_text(request[is_echo]), value_text(is_echo ? "{\"stringOutput\":\"Value1\"}" : "{}"), value_text(has_failed ? "it was interrupted" : NULL),
                         has_failed ? value_integer(503) : value_null()), work->e);
}

static inline enum status insert_beside(struct work *work, const struct besides *all, const struct beside *b)
{
    if (is_proceeding(b))
        return insert_proceeding(work, all, b);
    if (strcmp(b->thing, "upload") == 0)
        return db_run(work->db, "INSERT INTO upload (id, actor_id, name, bytes, sha256, made_at_s, expires_at_s) VALUES ($1, $2, 'secret.gpkg', 3, 'x', 1, 4000000000)",
                      VALUES(value_text(b->id), value_text(all->world->person[b->owner].id)), work->e);
    if (is_own(b))
        return insert_job(work, all, b);
    return db_run(work->db, "INSERT INTO survey_file (survey_id, name, sha256, bytes) VALUES ($1, $2, $2, 3)",
                  VALUES(value_text(all->world->row[b->about].id), value_text(b->id)), work->e);
}

static inline enum status plant_besides(struct work *work, void *ctx)
{
    const struct besides *all = ctx;
    enum status s = OK;
    for (int i = 0; s == OK && i < all->count; i++)
        s = insert_beside(work, all, &all->one[i]);
    return s;
}

static inline void plant_bytes(const char *path, const char *bytes)
{
    char folder[FOLDER_ROOM + 32];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = folder; (slash = strchr(slash + 1, '/')) != NULL; *slash = '/') {
        *slash = '\0';
        (void)mkdir(folder, 0700);
    }
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(bytes, f);
    assert_int_equal(fclose(f), 0);
}

// Archives of planted surveys are called x and a, planted photos x, the original of a survey as its id.
static inline void plant_files(const struct besides *all)
{
    char path[FOLDER_ROOM + 32], folder[FOLDER_ROOM];
    const char *station = station_folder(all->world->station);
    static const char *const archives[] = { "x", "a" };
    for (int i = 0; i < 2; i++) {
        blob_path(station, archives[i], path, sizeof path);
        plant_bytes(path, archives[i]);
    }
    for (int i = 0; i < all->count; i++) {
        const struct beside *b = &all->one[i];
        if (strcmp(b->thing, "file") == 0) {
            blob_path(station, b->id, path, sizeof path);
            plant_bytes(path, b->id);
        }
        if (strcmp(b->thing, "job") == 0) {
            job_folder(station, b->id, folder);
            snprintf(path, sizeof path, "%s/changes.geojson", folder);
            plant_bytes(path, b->id);
        }
    }
}

// draw: what this station has besides; NULL: nothing.
static inline void plant_beside(struct world *w, struct besides *b, void (*draw)(struct besides *b))
{
    *b = (struct besides){ .world = w };
    draw_besides(b);
    if (draw != NULL)
        draw(b);
    assert_ok(w, station_write(w->station, &(struct station_call){ 1770000001, "system" }, plant_besides, b, &w->e));
    plant_files(b);
}
