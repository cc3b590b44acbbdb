#include "core/cell_load.h"

#include "core/told.h"
#include "gis/source_records.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct load {
    const struct cell_load_spec *spec;
    const struct progress *progress;
    register_refusal *fn;
    void *ctx;
    struct cell_load_report *report;
    struct record_source *source;
    int code, community, name;         // fields; -1: none
    struct grid grid;
};

static enum status find_field(const struct load *l, const char *name, int *out, struct err *e)
{
    *out = name != NULL ? record_source_find(l->source, name) : -1;
    if (name != NULL && *out < 0)
        return err_set(e, INVALID, "%s has no field \"%s\"", l->spec->path, name);
    return OK;
}

static const char *value_of(const struct record *rec, int field)
{
    return field >= 0 && rec->value[field] != NULL ? rec->value[field] : "";
}

static enum status fill(const struct load *l, const struct work *w, const struct record *rec, struct cell *c, struct err *why)
{
    const char *code = value_of(rec, l->code), *community = value_of(rec, l->community);
    size_t prefix = strlen(w->district->code) + (size_t)(w->district->street_digits + w->district->community_digits);
    if (rec->fault != NULL)
        return err_set(why, INVALID, "%s", text_in(why->lang, rec->fault));
    if (rec->shape != RECORD_AREA)
        return err_set(why, INVALID, "a cell is an area");
    if (l->code >= 0 && (code[0] == '\0' || strlen(code) >= CELL_CODE))
        return err_set(why, INVALID, "a cell needs a code of at most %d bytes", CELL_CODE - 1);
    *c = (struct cell){ .name = value_of(rec, l->name), .area_m2 = rec->area_m2, .wkb = rec->wkb, .wkb_len = rec->wkb_len };
    if (l->code >= 0)
        snprintf(c->code, sizeof c->code, "%s", code);
    else
        snprintf(c->code, sizeof c->code, "%" PRId64, rec->row);
    if (l->community >= 0)
        snprintf(c->community_code, sizeof c->community_code, "%.32s", community);
    else
        snprintf(c->community_code, sizeof c->community_code, "%.*s", (int)(prefix < CELL_CODE ? prefix : CELL_CODE - 1), c->code);
    return OK;
}

static void refuse(struct load *l, const struct record *rec, const char *sentence)
{
    l->report->refused++;
    l->fn(l->ctx, rec->row, rec->fid, sentence);
}

static enum status take_row(struct load *l, struct work *w, const struct record *rec)
{
    struct err why = { .lang = w->e->lang };
    struct cell cell;
    if (fill(l, w, rec, &cell, &why) != OK) {
        refuse(l, rec, why.text);
        return OK;
    }
    l->report->repaired += rec->repaired;
    enum status s = cell_record(w, &l->grid, &cell);
    if (s != CONFLICT)
        return s;
    err_set(&why, CONFLICT, "the code %s is given twice", cell.code);
    refuse(l, rec, why.text);
    return OK;
}

static enum status take_rows(struct load *l, struct work *w)
{
    struct record rec;
    int64_t all = record_source_count(l->source);
    enum status s = OK;
    for (bool more = true; s == OK && (s = record_source_next(l->source, &rec, &more, w->e)) == OK && more; ) {
        if (l->report->read++ % 256 == 0 && all > 0)
            progress_tell(l->progress, "loading", (double)l->report->read / (double)all);
        s = take_row(l, w, &rec);
    }
    if (s == OK && l->report->refused > 0)
        s = err_set(w->e, INVALID, "%s: %lld of %lld rows cannot be taken, so none was; they are named above", l->spec->path,
                    (long long)l->report->refused, (long long)l->report->read);
    return s;
}

static enum status open_source(struct load *l, struct work *w, const struct crs *metric)
{
    enum status s = record_source_open(&(struct record_spec){ .path = l->spec->path, .layer = l->spec->source_layer, .crs = l->spec->crs,
                                                              .metric = metric }, &l->source, w->e);
    if (s == OK)
        s = find_field(l, l->spec->code_field, &l->code, w->e);
    if (s == OK)
        s = find_field(l, l->spec->community_field, &l->community, w->e);
    return s == OK ? find_field(l, l->spec->name_field, &l->name, w->e) : s;
}

static enum status load_job(struct work *w, void *ctx)
{
    struct load *l = ctx;
    struct crs *metric = NULL;
    struct as_told empty;                 // the grid before its cells
    enum status s = crs_open(w->district->metric_crs, &metric, w->e);
    if (s == OK)
        s = open_source(l, w, metric);
    l->grid = l->spec->grid;
    if (s == OK)
        s = cell_retire_all(w, &l->grid, &l->report->retired);
    if (s == OK)
        s = grid_record(w, &l->grid);
    if (s == OK)
        s = told_of(w, "grid", l->grid.id.text, &empty);
    if (s == OK)
        s = take_rows(l, w);
    if (s == OK && l->grid.is_default)
        s = rehome(w, &l->report->rehomed);
    l->report->version = l->grid.version;
    record_source_close(l->source);
    crs_close(metric);
    return s == OK ? told_note(w, &(struct deed){ .verb = "load", .thing = "grid", .thing_id = l->grid.id.text, .note = l->spec->path }, &empty) : s;
}

enum status cell_load(struct station *s, const struct station_call *call, const struct cell_load_spec *spec, const struct progress *progress,
                      register_refusal *fn, void *ctx, struct cell_load_report *out, struct err *e)
{
    *out = (struct cell_load_report){ 0 };
    struct load l = { .spec = spec, .progress = progress, .fn = fn, .ctx = ctx, .report = out };
    return station_write(s, call, load_job, &l, e);
}
