#include "core/archive.h"

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/blob.h"
#include "core/data_reader.h"
#include "core/export.h"
#include "core/folder.h"
#include "core/visible.h"
#include "core/store/archive_rows.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STATION_CEILING = 1 << 30, PARTS = 16, ARENA_BYTES = 1 << 16 };

struct archiving {
    const struct archive_spec *spec;
    const struct progress *progress;
    struct draft draft;
    struct buf files, originals;       // members of station.json, as they come
    struct arena *arena;
    int done;
};

static enum status may_archive(struct work *w)
{
    struct arena *a = arena_open(ARENA_BYTES);
    struct viewer v;
    enum status s = viewer_of(w, w->actor, a, &v);
    if (s == OK && !visible_everything(&v))
        s = err_set(w->e, DENIED, "everything is taken out of a station by those who see everything: chiefs whose view no area limits");
    arena_close(a);
    return s;
}

static void part_done(struct archiving *a, const char *what)
{
    progress_tell(a->progress, what, (double)++a->done / PARTS < 0.9 ? (double)a->done / PARTS : 0.9);
}

static enum status note_file(struct archiving *a, const char *name, int64_t rows, struct err *e)
{
    char path[FOLDER_ROOM + 300], sha[65];
    snprintf(path, sizeof path, "%s/%s", a->draft.path, name);
    enum status s = hash_file_sha256(path, sha, e);
    buf_printf(&a->files, "%s\n{\"name\":\"%s\",\"rows\":%" PRId64 ",\"sha256\":\"%s\"}", a->files.len > 0 ? "," : "", name, rows, sha);
    part_done(a, name);
    return s;
}

// --- Layers -----------------------------------------------------------------------------------------------------------------------------

static enum status write_layer(struct work *w, struct archiving *a, const char *what)
{
    struct export_table t;
    char path[FOLDER_ROOM + 300], name[256];
    int64_t rows = 0;
    snprintf(name, sizeof name, "%s.gpkg", what);
    snprintf(path, sizeof path, "%s/%s", a->draft.path, name);
    enum status s = export_table_of(w, a->arena, what, true, &t);
    if (s == OK)
        s = export_write(w, &t, &(struct export_spec){ .path = path }, &rows);
    return s == OK ? note_file(a, name, rows, w->e) : s;
}

static enum status write_layers(struct work *w, struct archiving *a)
{
    struct layer_list *layers = arena_get(a->arena, sizeof *layers);
    enum status s = layer_read_all(w->db, a->arena, layers, w->e);
    for (int i = 0; s == OK && export_records[i] != NULL; i++)
        if (strcmp(export_records[i], "audit") != 0)
            s = write_layer(w, a, export_records[i]);
    for (int i = 0; s == OK && i < layers->count; i++)
        if (layers->layer[i].is_register)
            s = write_layer(w, a, layers->layer[i].key);
    return s;
}

// --- Records, one a line ------------------------------------------------------------------------------------------------------------------

struct lines { FILE *file; int64_t rows; const char *path; };

static enum status write_line(void *ctx, const struct buf *object, struct err *e)
{
    struct lines *l = ctx;
    l->rows++;
    bool fine = fwrite(object->data, 1, object->len, l->file) == object->len && fputc('\n', l->file) != EOF;
    return fine ? OK : err_set(e, FAILED, "%s: cannot be written: %s", l->path, strerror(errno));
}

typedef enum status each_fn(struct work *w, archive_visit *fn, void *ctx);

static enum status write_lines(struct work *w, struct archiving *a, const char *name, each_fn *each)
{
    char path[FOLDER_ROOM + 300];
    snprintf(path, sizeof path, "%s/%s", a->draft.path, name);
    struct lines l = { .file = fopen(path, "we"), .path = path };
    if (l.file == NULL)
        return err_set(w->e, FAILED, "%s: cannot be written: %s", path, strerror(errno));
    enum status s = each(w, write_line, &l);
    bool fine = fflush(l.file) == 0 && fsync(fileno(l.file)) == 0;
    fine = fclose(l.file) == 0 && fine;
    if (s == OK && !fine)
        s = err_set(w->e, FAILED, "%s: cannot be written: %s", path, strerror(errno));
    return s == OK ? note_file(a, name, l.rows, w->e) : s;
}

// --- Originals ----------------------------------------------------------------------------------------------------------------------------

struct taking { struct archiving *a; struct work *w; };

static enum status take_original(void *ctx, const char *sha256, const char *name, struct err *e)
{
    const struct taking *t = ctx;
    struct archiving *a = t->a;
    struct blob copy = { .bytes = 0 };
    char path[FOLDER_ROOM];
    buf_printf(&a->originals, "%s\n{\"sha256\":\"%s\",\"name\":", a->originals.len > 0 ? "," : "", sha256);
    buf_json_text(&a->originals, name);
    buf_text(&a->originals, "}");
    if (!a->spec->originals)
        return OK;
    blob_path(t->w->folder, sha256, path, sizeof path);
    enum status s = blob_record_file(a->draft.path, path, &copy, e);
    if (s == OK && strcmp(copy.sha256, sha256) != 0)
        s = err_set(e, INVALID, "%s: its content is not what its name says (%.16s...): the file was changed; restore it from a backup", path, copy.sha256);
    return s;
}

static void drop_empty_shelf(const struct archiving *a)
{
    char path[FOLDER_ROOM];
    folder_join(path, a->draft.path, "/blobs");
    if (!a->spec->originals)
        rmdir(path);
}

// --- The whole ----------------------------------------------------------------------------------------------------------------------------

static enum status write_station(struct work *w, struct archiving *a)
{
    char path[FOLDER_ROOM];
    struct buf b;
    buf_init(&b, STATION_CEILING);
    folder_join(path, a->draft.path, "/station.json");
    buf_printf(&b, "{\"format\":\"gridpatrol-archive\",\"version\":1,\"program_version\":\"%s\",\"made_at_s\":%" PRId64 ",\"has_originals\":%s,\n",
               a->spec->program_version, w->now_s, a->spec->originals ? "true" : "false");
    enum status s = archive_tell(w->db, &b, w->e);
    buf_printf(&b, ",\n\"files\":[%s],\n\"originals\":[%s]}\n", a->files.len > 0 ? a->files.data : "", a->originals.len > 0 ? a->originals.data : "");
    if (s == OK && b.full)
        s = err_set(w->e, TOO_BIG, "what a station says of itself is longer than %d bytes", STATION_CEILING);
    if (s == OK)
        s = sink_text_file(path, b.data, b.len, w->e);
    buf_clear(&b);
    return s;
}

static enum status fill(struct work *w, void *ctx)
{
    struct archiving *a = ctx;
    enum status s = may_archive(w);
    if (s == OK)
        s = write_layers(w, a);
    if (s == OK)
        s = write_lines(w, a, "cases.jsonl", archive_each_case);
    if (s == OK)
        s = write_lines(w, a, "leads.jsonl", archive_each_lead);
    if (s == OK)
        s = write_lines(w, a, "audit.jsonl", archive_each_audit);
    if (s == OK)
        s = archive_each_original(w, take_original, &(struct taking){ a, w });
    return s == OK ? write_station(w, a) : s;
}

enum status archive_make(struct station *s, const struct station_keyed *by, const struct archive_spec *spec, const struct progress *progress, struct err *e)
{
    struct archiving a = { .spec = spec, .progress = progress, .arena = arena_open(DATA_ARENA_BYTES) };
    buf_init(&a.files, STATION_CEILING);
    buf_init(&a.originals, STATION_CEILING);
    enum status status = folder_draft(spec->folder, &a.draft, e);
    bool drafted = status == OK;
    if (status == OK)
        status = station_read_keyed(s, by, fill, &a, e);
    if (status == OK) {
        drop_empty_shelf(&a);
        status = folder_settle(&a.draft, spec->folder, e);
    }
    if (drafted)
        folder_end(&a.draft, status);
    buf_clear(&a.files);
    buf_clear(&a.originals);
    arena_close(a.arena);
    return status;
}
