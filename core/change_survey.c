#include "core/change_survey.h"

#include "core/blob.h"
#include "core/folder.h"
#include "core/store/change_rows.h"
#include "gis/source_records.h"
#include "gis/wkb.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const double AROUND_DEG = 0.0005;               // surveys lie metres beside each other, and a house is larger than what it gained

enum status change_surveys_get(struct work *w, const struct change_row *c, struct change_surveys *out)
{
    char id[CHANGE_SIDES][ID_TEXT];
    enum status s = change_surveys(w->db, c->comparison.text, id[CHANGE_BEFORE], id[CHANGE_AFTER], w->e);
    for (int side = 0; s == OK && side < CHANGE_SIDES; side++)
        s = survey_get(w, id[side], &out->survey[side]);
    return s;
}

// Is it one of "12,13,14"?
static bool is_named(const char *ids, const char *id)
{
    size_t len = strlen(id);
    for (const char *c = ids; len > 0 && (c = strstr(c, id)) != NULL; c++)
        if ((c == ids || c[-1] == ',') && (c[len] == ',' || c[len] == '\0'))
            return true;
    return false;
}

struct looking_for { const struct survey *of; const char *ids; struct record_source *source; int id_field, piece_field; };

// A footprint is called by the field its survey was compared by, pieces of one building by what joins them, else by its number.
static const char *name_of(const struct looking_for *l, const struct record *r, char number[24])
{
    const char *id = l->id_field >= 0 ? r->value[l->id_field] : NULL, *joined = l->piece_field >= 0 ? r->value[l->piece_field] : NULL;
    snprintf(number, 24, "%" PRId64, r->fid);
    if (id != NULL && is_named(l->ids, id))
        return id;
    if (joined != NULL && is_named(l->ids, joined))
        return joined;
    return l->id_field < 0 && is_named(l->ids, number) ? number : NULL;
}

static enum status read_named(struct looking_for *l, change_footprint_visit *fn, void *ctx, struct err *e)
{
    struct record r;
    bool more = true;
    enum status s = OK;
    for (int count = 0; count < CHANGE_FOOTPRINTS_MOST && s == OK && (s = record_source_next(l->source, &r, &more, e)) == OK && more; ) {
        char number[24];
        const char *id = r.shape == RECORD_AREA ? name_of(l, &r, number) : NULL;
        if (id == NULL)
            continue;
        s = fn(ctx, &(struct change_footprint){ id, r.wkb, r.wkb_len }, e);
        count++;
    }
    return s;
}

static bool look_around(const struct change_row *c, struct box_m *out)
{
    struct wkb_shape shape = { 0 };
    struct wkb_facts ignored = { 0 };
    bool is_one = wkb_read(c->wkb, c->wkb_len, &shape, &ignored) <= WKB_MULTIPOLYGON && shape.rings.count > 0;
    struct box_m b = is_one ? rings_box(&shape.rings) : (struct box_m){ 0, 0, 0, 0 };
    wkb_shape_clear(&shape);
    *out = (struct box_m){ b.min_x - AROUND_DEG, b.min_y - AROUND_DEG, b.max_x + AROUND_DEG, b.max_y + AROUND_DEG };
    return is_one;
}

static int field_of(const struct record_source *s, const char *name) { return name[0] != '\0' ? record_source_find(s, name) : -1; }

enum status change_each_footprint(struct work *w, const struct change_row *c, const struct survey *of, enum change_side side,
                                  change_footprint_visit *fn, void *ctx)
{
    char path[FOLDER_ROOM];
    struct crs *metric = NULL;
    struct box_m box;
    struct looking_for l = { .of = of, .ids = side == CHANGE_BEFORE ? c->before_ids : c->after_ids };
    if (l.ids == NULL || l.ids[0] == '\0' || !look_around(c, &box))
        return OK;
    blob_path(w->folder, of->archive_sha256, path, sizeof path);
    enum status s = crs_open(w->district->metric_crs, &metric, w->e);
    if (s == OK)
        s = record_source_open(&(struct record_spec){ .path = path, .metric = metric, .lonlat = &box }, &l.source, w->e);
    if (s == OK) {
        l.id_field = field_of(l.source, of->id_field);
        l.piece_field = field_of(l.source, of->dissolve_by);
        s = read_named(&l, fn, ctx, w->e);
    }
    record_source_close(l.source);
    crs_close(metric);
    return s;
}
