#include "core/survey.h"

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/blob.h"
#include "core/draft.h"
#include "core/store/survey_rows.h"
#include "core/told.h"
#include "gis/footprint.h"
#include "gis/overlay.h"
#include "gis/polygons.h"
#include "gis/source_archive.h"
#include "gis/source_records.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COVERAGE_MOST = 10000, COVERAGE_BYTES = 64 << 20, FILES_MOST = 16, PATH_ROOM = 4200 };

struct original { char name[256]; struct blob blob; };
struct adding {
    struct station *station;
    const struct survey_spec *spec;
    struct survey survey;
    struct original file[FILES_MOST];
    int files;
    struct buf coverage;               // WKB
    bool same;
};

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

// --- Coverage -------------------------------------------------------------------------------------------------------------

static enum status read_polygons(struct record_source *source, struct polygons *out, struct err *e)
{
    struct record rec;
    enum status s = OK;
    for (bool more = true; s == OK && (s = record_source_next(source, &rec, &more, e)) == OK && more; ) {
        if (rec.shape != RECORD_AREA || rec.fault != NULL)
            return err_set(e, INVALID, "the coverage's feature %lld is no area", (long long)rec.fid);
        if (out->count == COVERAGE_MOST)
            return err_set(e, TOO_BIG, "a coverage has at most %d polygons", COVERAGE_MOST);
        polygons_add_wkb(out, rec.wkb, rec.wkb_len);
    }
    return s == OK && out->count == 0 ? err_set(e, INVALID, "the coverage holds no polygon: nothing would be covered") : s;
}

static enum status unite(const struct polygons *p, struct buf *out, struct err *e)
{
    struct rings *part = mem_get((size_t)p->count, sizeof *part), united = { 0 };
    const struct rings **list = mem_get((size_t)p->count, sizeof *list);
    for (int64_t i = 0; i < p->count; i++) {
        polygons_get(p, i, &part[i]);
        list[i] = &part[i];
    }
    struct overlay *overlay = overlay_open();
    enum status s = overlay_union(overlay, list, (int)p->count, 0, &united, e);
    overlay_close(overlay);
    if (s == OK)
        wkb_write_multipolygon(out, &united, p->origin);
    for (int64_t i = 0; i < p->count; i++)
        rings_clear(&part[i]);
    rings_clear(&united);
    mem_free(list);
    mem_free(part);
    return s;
}

static enum status read_coverage(struct adding *a, struct err *e)
{
    struct crs *metric = NULL;
    struct record_source *source = NULL;
    struct polygons polygons;
    buf_init(&a->coverage, COVERAGE_BYTES);
    if (a->spec->coverage == NULL)
        return OK;
    polygons_init(&polygons, (struct xy_m){ 0, 0 });
    enum status s = crs_open(station_district(a->station)->metric_crs, &metric, e);
    if (s == OK)
        s = record_source_open(&(struct record_spec){ .path = a->spec->coverage, .metric = metric }, &source, e);
    if (s == OK)
        s = read_polygons(source, &polygons, e);
    if (s == OK)
        s = unite(&polygons, &a->coverage, e);
    polygons_clear(&polygons);
    record_source_close(source);
    crs_close(metric);
    return s;
}

// --- Archive ----------------------------------------------------------------------------------------------------------------

static enum status keep_file(void *ctx, const char *path, struct err *e)
{
    struct adding *a = ctx;
    if (a->files == FILES_MOST)
        return err_set(e, TOO_BIG, "%s consists of more than %d files", a->spec->path, FILES_MOST);
    struct original *o = &a->file[a->files++];
    snprintf(o->name, sizeof o->name, "%.255s", name_of(path));
    return blob_record_file(station_folder(a->station), path, &o->blob, e);
}

// The named fields must be there now, not when somebody wants to compare.
static enum status check_fields(const struct survey *v, const char *archive, struct err *e)
{
    if (strcmp(v->kind, "footprints") != 0)
        return OK;
    struct source *source = NULL;
    struct source_spec spec = { .role = "", .path = archive, .id_field = v->id_field[0] != '\0' ? v->id_field : NULL,
                                .height_field = v->height_field[0] != '\0' ? v->height_field : NULL,
                                .floors_field = v->floors_field[0] != '\0' ? v->floors_field : NULL,
                                .dissolve_by = v->dissolve_by[0] != '\0' ? v->dissolve_by : NULL };
    enum status s = source_open(&spec, &source, e);
    source_close(source);
    return s;
}

static enum status archive(struct adding *a, const char *draft, const struct progress *progress, struct err *e)
{
    struct archive_facts facts;
    struct blob blob;
    struct survey *v = &a->survey;
    enum status s = archive_write(a->spec->path, a->spec->layer, a->spec->crs, draft, progress, &facts, e);
    if (s == OK && facts.features == 0)
        s = err_set(e, INVALID, "%s holds no feature with a geometry: that is no survey", a->spec->path);
    if (s == OK)
        s = check_fields(v, draft, e);
    if (s == OK)
        s = blob_record_file(station_folder(a->station), draft, &blob, e);
    if (s == OK)
        s = archive_each_file(a->spec->path, keep_file, a, e);
    if (s != OK)
        return s;
    memcpy(v->archive_sha256, blob.sha256, sizeof v->archive_sha256);
    memcpy(v->original_sha256, a->files > 0 ? a->file[0].blob.sha256 : blob.sha256, sizeof v->original_sha256);
    memcpy(v->crs, facts.crs, sizeof v->crs);
    v->features = facts.features;
    v->without_geometry = facts.without_geometry;
    return OK;
}

static enum status archive_beside(struct adding *a, const struct progress *progress, struct err *e)
{
    char place[PATH_ROOM], file[DRAFT_ROOM + 16];
    struct draft draft;
    snprintf(place, sizeof place, "%s/blobs/", station_folder(a->station));
    enum status s = draft_make_folder(place, &draft, e);
    if (s != OK)
        return s;
    snprintf(file, sizeof file, "%s/archive.fgb", draft.path);
    s = archive(a, file, progress, e);
    draft_remove_folder(draft.path);
    draft_let_go(&draft);
    return s;
}

// --- Recording ------------------------------------------------------------------------------------------------------------------

static enum status check(const struct survey_spec *spec, struct err *e)
{
    const struct survey *v = &spec->survey;
    if (v->name[0] == '\0')
        return err_set(e, INVALID, "a survey needs a name");
    if (strcmp(v->kind, "footprints") != 0)
        return err_set(e, INVALID, "\"%s\" is no kind of survey that is kept yet: footprints is expected", v->kind);
    if (strcmp(v->outline, "roof") != 0 && strcmp(v->outline, "wall") != 0 && strcmp(v->outline, "unknown") != 0)
        return err_set(e, INVALID, "outlines follow the roof or the wall, or it is unknown; \"%s\" was given", v->outline);
    return OK;
}

static enum status find_same(struct work *w, void *ctx)
{
    struct adding *a = ctx;
    struct survey found;
    enum status s = survey_select_original(w->db, a->survey.original_sha256, &found, w->e);
    a->same = s == OK;
    if (s == OK)
        a->survey = found;
    return s == NOT_FOUND ? OK : s;
}

static enum status insert(struct work *w, void *ctx)
{
    struct adding *a = ctx;
    struct survey *v = &a->survey;
    enum status s = find_same(w, a);   // somebody may have been quicker
    if (s != OK || a->same)
        return s;
    v->id = work_id(w);
    v->added_at_s = w->now_s;
    s = survey_insert(w->db, v, a->coverage.len > 0 ? a->coverage.data : NULL, a->coverage.len, w->e);
    for (int i = 0; s == OK && i < a->files; i++)
        s = survey_file_insert(w->db, v->id.text, a->file[i].name, a->file[i].blob.sha256, a->file[i].blob.bytes, w->e);
    return s == OK ? told_note(w, &(struct deed){ .verb = "record", .thing = "survey", .thing_id = v->id.text, .note = v->name }, NULL) : s;
}

// A plain file's hash tells at once whether it is here already; nothing is archived twice.
static enum status look_for_same(struct adding *a, const struct station_call *call, struct err *e)
{
    struct stat st;
    if (stat(a->spec->path, &st) != 0 || !S_ISREG(st.st_mode))
        return OK;
    enum status s = hash_file_sha256(a->spec->path, a->survey.original_sha256, e);
    return s == OK ? station_read(a->station, call, find_same, a, e) : s;
}

enum status survey_record(struct station *s, const struct station_call *call, const struct survey_spec *spec,
                          const struct progress *progress, struct survey *out, bool *same, struct err *e)
{
    struct adding a = { .station = s, .spec = spec, .survey = spec->survey };
    snprintf(a.survey.original_name, sizeof a.survey.original_name, "%.255s", name_of(spec->path));
    enum status status = check(spec, e);
    if (status == OK)
        status = look_for_same(&a, call, e);
    if (status == OK && !a.same) {
        status = read_coverage(&a, e);
        if (status == OK)
            status = archive_beside(&a, progress, e);
        if (status == OK)
            status = station_write(s, call, insert, &a, e);
        buf_clear(&a.coverage);
    }
    if (status == OK) {
        *out = a.survey;
        *same = a.same;
    }
    return status;
}

enum status survey_each_file(struct work *w, const struct survey *v, survey_file_visit *fn, void *ctx)
{
    return survey_file_each(w->db, v->id.text, fn, ctx, w->e);
}
