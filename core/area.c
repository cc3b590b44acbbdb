#include "core/area.h"

#include "core/store/area_rows.h"
#include "core/told.h"
#include "gis/source_records.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct load {
    const struct area_spec *spec;
    register_refusal *fn;
    void *ctx;
    struct area_report *report;
    struct record_source *source;
    int code, name;                    // fields
};

// --- Codes ----------------------------------------------------------------------------------------------------------------

const char *area_level(const struct district *d, const char *code)
{
    size_t own = strlen(d->code), street = own + (size_t)d->street_digits, community = street + (size_t)d->community_digits;
    size_t n = strlen(code);
    if (!text_is_digits(code))
        return NULL;
    return n == own ? "district" : n == street ? "street" : n == community ? "community" : NULL;
}

static void parent_of(const struct district *d, const char *code, char out[AREA_CODE])
{
    size_t own = strlen(d->code), street = own + (size_t)d->street_digits, n = strlen(code);
    size_t keep = n > street ? street : n > own ? own : 0;
    snprintf(out, AREA_CODE, "%.*s", (int)keep, code);
}

static enum status check_code(struct load *l, struct work *w, const char *code, struct err *why)
{
    char parent[AREA_CODE];
    bool known = true;
    if (code == NULL || area_level(w->district, code) == NULL)
        return err_set(why, INVALID, "\"%.40s\" is no code of an area here: %zu digits (district), %zu (street) or %zu (community) are expected",
                       code != NULL ? code : "", strlen(w->district->code), strlen(w->district->code) + (size_t)w->district->street_digits,
                       strlen(w->district->code) + (size_t)(w->district->street_digits + w->district->community_digits));
    if (strncmp(code, w->district->code, strlen(w->district->code)) != 0)
        return err_set(why, INVALID, "%s is not in the district %s", code, w->district->code);
    parent_of(w->district, code, parent);
    enum status s = strlen(parent) > strlen(w->district->code) ? area_is_known(w->db, parent, &known, w->e) : OK;
    if (s == OK && !known)
        return err_set(why, INVALID, "%s: its street %s is not known; load the streets first", code, parent);
    (void)l;
    return s;
}

// --- Rows -----------------------------------------------------------------------------------------------------------------------

static void tell_disagreement(struct load *l, const struct area_row *mine, const struct area_row *other, enum lang lang)
{
    char sentence[512];
    snprintf(sentence, sizeof sentence, text_in(lang, "%s is %s here and %s in %s"), mine->code, mine->name, other->name, other->source);
    l->report->disagreements++;
    l->fn(l->ctx, 0, 0, sentence);
}

static enum status keep(struct load *l, struct work *w, const struct area_row *row)
{
    struct area_row counting, own;
    enum status s = area_get(w->db, row->code, NULL, &counting, w->e);
    bool is_first = s == NOT_FOUND;
    if (s == OK && strcmp(counting.source, row->source) != 0 && strcmp(counting.name, row->name) != 0)
        tell_disagreement(l, row, &counting, w->e->lang);
    if (s == OK || is_first)
        s = area_get(w->db, row->code, row->source, &own, w->e);
    if (s == NOT_FOUND) {
        struct id id = work_id(w);
        l->report->added++;
        return area_insert(w->db, &id, row, is_first, w->now_s, w->e);
    }
    bool same_shape = true;
    if (s == OK && row->wkb != NULL)
        s = area_has_shape(w->db, row, &same_shape, w->e);
    if (s == OK && same_shape && strcmp(own.name, row->name) == 0) {
        l->report->same++;
        return OK;
    }
    l->report->changed++;
    return s == OK ? area_update(w->db, row, w->e) : s;
}

static enum status take_row(struct load *l, struct work *w, const struct record *rec)
{
    struct err why = { .lang = w->e->lang };
    const char *code = rec->value[l->code], *name = rec->value[l->name];
    enum status s = rec->fault != NULL ? err_set(&why, INVALID, "%s", text_in(w->e->lang, rec->fault)) : check_code(l, w, code, &why);
    if (s == OK && (name == NULL || strlen(name) >= AREA_NAME || name[0] == '\0'))
        s = err_set(&why, INVALID, "%s needs a name of at most %d bytes", code, AREA_NAME - 1);
    if (s != OK) {
        l->report->refused++;
        l->fn(l->ctx, rec->row, rec->fid, why.text);
        return OK;
    }
    struct area_row row = { .level = area_level(w->district, code) };
    if (rec->shape == RECORD_AREA) {   // a point says where its office is, no more
        row.wkb = rec->wkb;
        row.wkb_len = rec->wkb_len;
    }
    snprintf(row.code, sizeof row.code, "%s", code);
    snprintf(row.name, sizeof row.name, "%s", name);
    snprintf(row.source, sizeof row.source, "%.100s", l->spec->source);
    parent_of(w->district, code, row.parent);
    return keep(l, w, &row);
}

static enum status missing_here(void *ctx, const struct area_row *other, struct err *e)
{
    struct load *l = ctx;
    char sentence[512];
    snprintf(sentence, sizeof sentence, text_in(e->lang, "%s %s of %s is missing here"), other->code, other->name, other->source);
    l->report->disagreements++;
    l->fn(l->ctx, 0, 0, sentence);
    return OK;
}

static enum status extra_here(void *ctx, const struct area_row *own, struct err *e)
{
    struct load *l = ctx;
    char sentence[512];
    snprintf(sentence, sizeof sentence, text_in(e->lang, "%s %s is in no other source"), own->code, own->name);
    l->report->disagreements++;
    l->fn(l->ctx, 0, 0, sentence);
    return OK;
}

// --- The load ------------------------------------------------------------------------------------------------------------------

static enum status find_field(struct load *l, const char *name, int *out, struct err *e)
{
    *out = record_source_find(l->source, name);
    return *out >= 0 ? OK : err_set(e, INVALID, "%s has no field \"%s\"; say with --map which fields are code and name", l->spec->path, name);
}

static enum status take_rows(struct load *l, struct work *w)
{
    struct record rec;
    enum status s = find_field(l, l->spec->code_field, &l->code, w->e);
    if (s == OK)
        s = find_field(l, l->spec->name_field, &l->name, w->e);
    for (bool more = true; s == OK && (s = record_source_next(l->source, &rec, &more, w->e)) == OK && more; l->report->read++)
        s = take_row(l, w, &rec);
    if (s == OK && l->report->refused > 0)
        s = err_set(w->e, INVALID, "%s: %lld of %lld rows cannot be taken, so none was; they are named above", l->spec->path,
                    (long long)l->report->refused, (long long)l->report->read);
    return s;
}

static enum status load_job(struct work *w, void *ctx)
{
    struct load *l = ctx;
    struct crs *metric = NULL;
    struct as_told before;                // all that this source said so far
    char source[101];                  // as rows have it
    snprintf(source, sizeof source, "%s", l->spec->source);
    enum status s = crs_open(w->district->metric_crs, &metric, w->e);
    if (s == OK)
        s = told_of(w, "area", source, &before);
    if (s == OK)
        s = record_source_open(&(struct record_spec){ .path = l->spec->path, .layer = l->spec->source_layer, .crs = l->spec->crs,
                                                      .metric = metric, .shapeless = true }, &l->source, w->e);
    if (s == OK)
        s = take_rows(l, w);
    if (s == OK)
        s = area_each_missing(w->db, l->spec->source, missing_here, l, w->e);
    if (s == OK)
        s = area_each_extra(w->db, l->spec->source, extra_here, l, w->e);
    record_source_close(l->source);
    crs_close(metric);
    return s == OK ? told_note(w, &(struct deed){ .verb = "load", .thing = "area", .thing_id = source, .note = l->spec->path }, &before) : s;
}

enum status area_load(struct station *s, const struct station_call *call, const struct area_spec *spec, register_refusal *fn, void *ctx,
                      struct area_report *out, struct err *e)
{
    *out = (struct area_report){ 0 };
    struct load l = { .spec = spec, .fn = fn, .ctx = ctx, .report = out };
    return station_write(s, call, load_job, &l, e);
}
