#include "core/register.h"

#include "core/register_inside.h"
#include "core/register_told.h"
#include "core/store/bulk.h"
#include "core/store/register_rows.h"
#include "core/store/register_told.h"
#include "core/store/tally_rows.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 16 << 20, FIRST_ROWS_LEAST = 20000 };

struct found_by { int64_t fid; const char *words; };
struct load {
    const struct register_spec *spec;
    const struct progress *progress;
    register_refusal *refuse;
    void *ctx;
    struct register_report *report;
    struct arena *arena;
    struct layer *layer;
    struct crs *metric;
    struct placing *placing;
    struct register_reading reading;
    struct register_shelf *shelf;
    int64_t last_fid;                  // of the table before the load
    struct tally_book *book;           // of a bulk load; NULL: triggers count
    struct found_by found_by[REGISTER_BATCH_ROWS]; int founds; // of the batch at hand, still to be written
    int kind_property, state_property; // those that rows are counted by; -1: none
    bool is_first;                     // many rows, and this source has delivered nothing of this layer yet
};

// --- One row ------------------------------------------------------------------------------------------------------------------

// In a bulk load the triggers that count rows are set aside.
static void count_row(struct load *l, const struct register_ready *r)
{
    if (l->book == NULL)
        return;
    const char *kind = l->kind_property >= 0 ? r->column[l->kind_property].bytes : strcmp(l->layer->table, "asset") == 0 ? l->layer->key : NULL;
    const char *state = l->state_property >= 0 ? r->column[l->state_property].bytes : NULL;
    tally_book_add(l->book, &(struct tally_row){ kind, r->at.community_code, r->at.cell_code, state });
}

static enum status insert(struct load *l, struct work *w, const struct register_ready *r, const char *id, int64_t version)
{
    l->report->without_cell += r->at.cells == 0 && placing_cells(l->placing) > 0;    // without a grid there is nothing to tell
    l->report->in_two_cells += r->at.cells > 1;
    enum status s = register_insert(w->db, l->shelf, &(struct register_row){
        .id = id, .source = l->reading.source_name, .source_id = r->source_id, .properties = r->properties, .crs = l->reading.crs,
        .cell_code = r->at.cell_code, .community_code = r->at.community_code, .digest = r->digest, .accuracy_m = l->reading.accuracy_m,
        .area_m2 = r->area_m2, .version = version, .now_s = w->now_s, .wkb = r->wkb, .wkb_len = r->wkb_len,
        .point_wkb = l->reading.is_pinned ? r->point : NULL, .point_len = sizeof r->point, .column = r->column }, w->e);
    if (s != OK)
        return s;
    count_row(l, r);
    if (r->words != NULL)
        l->found_by[l->founds++] = (struct found_by){ db_last_fid(w->db), r->words };
    return OK;
}

// What the store knows of it is superseded, or is the same.
static enum status keep_known(struct load *l, struct work *w, const struct register_ready *r, const struct register_now *now)
{
    if (register_is_said(now->digest, r->digest)) {
        l->report->same++;
        return OK;
    }
    enum status s = register_supersede(w->db, l->shelf, now->fid, w->now_s, w->e);
    if (s != OK)
        return s;
    l->report->changed++;
    return insert(l, w, r, now->id, now->version + 1);
}

static enum status keep(struct load *l, struct work *w, const struct register_ready *r)
{
    struct register_now now;
    enum status s = register_now_get(w->db, l->shelf, l->reading.source_name, r->source_id, &now, w->e);
    if (s == OK)
        return keep_known(l, w, r, &now);
    if (s != NOT_FOUND)
        return s;
    l->report->added++;
    return insert(l, w, r, r->id.text, 1);
}

// Where nothing was delivered before, nobody is known but who comes twice: the rule of the table finds him, and looking everybody
// up is spared.
static enum status keep_first(struct load *l, struct work *w, const struct register_ready *r)
{
    struct register_report before = *l->report;
    struct err why = { .lang = w->e->lang };
    struct work quiet = *w;
    quiet.e = &why;
    l->report->added++;
    enum status s = insert(l, &quiet, r, r->id.text, 1);
    if (s == OK)
        return OK;
    *l->report = before;
    struct register_now now;
    enum status known = s == CONFLICT ? register_now_get(w->db, l->shelf, l->reading.source_name, r->source_id, &now, w->e) : NOT_FOUND;
    if (known == OK)
        return keep_known(l, w, r, &now);
    if (known == NOT_FOUND)
        *w->e = why;
    return known == NOT_FOUND ? s : known;
}

// Refused rows are told and counted; the load goes on looking at the rest, so that all of them are named at once.
static enum status take_row(struct load *l, struct work *w, const struct register_ready *r)
{
    l->report->read++;
    if (r->refusal != NULL) {
        l->report->refused++;
        l->refuse(l->ctx, r->row, r->fid, r->refusal);
        return OK;
    }
    l->report->repaired += r->is_repaired;
    if (l->report->refused > 0)
        return OK;
    return l->is_first ? keep_first(l, w, r) : keep(l, w, r);
}

static void tell(const struct load *l, int64_t all)
{
    if (all > 0)
        progress_tell(l->progress, "loading", (double)l->report->read / (double)all);
}

static enum status take_batch(struct load *l, struct work *w, const struct register_batch *batch)
{
    enum status s = OK;
    l->founds = 0;
    for (int i = 0; s == OK && i < batch->rows; i++)
        s = take_row(l, w, &batch->row[i]);
    for (int i = 0; s == OK && i < l->founds; i++)
        s = register_insert_words(w->db, l->shelf, l->found_by[i].fid, l->found_by[i].words, w->e);
    return s;
}

static enum status take_rows(struct load *l, struct work *w)
{
    int64_t all = record_source_count(l->reading.source);
    struct register_feed *feed = register_feed_open(&l->reading, w->e->lang);
    struct register_batch batch = { .rows = 1 };
    enum status s = OK;
    while (s == OK && (s = register_feed_next(feed, &batch, w->e)) == OK && batch.rows > 0) {
        s = take_batch(l, w, &batch);
        tell(l, all);
    }
    register_feed_close(feed);
    if (s == OK && l->report->refused > 0)
        s = err_set(w->e, INVALID, "%s: %lld of %lld rows cannot be taken, so none was; they are named above", l->spec->path,
                    (long long)l->report->refused, (long long)l->report->read);
    return s;
}

static enum status take_rows_in_bulk(struct load *l, struct work *w)
{
    int64_t all = record_source_count(l->reading.source);
    struct bulk bulk;
    if (all >= 0 && all < BULK_ROWS_LEAST)
        return take_rows(l, w);
    l->book = tally_book_open(tallied_find(l->layer->table));
    enum status s = bulk_begin(w->db, l->layer->table, all, &bulk, w->e);
    if (s == OK)
        s = take_rows(l, w);
    if (s == OK)
        s = tally_book_write(l->book, w->db, w->e);
    if (s == OK)
        s = bulk_end(w->db, &bulk, w->e);
    bulk_clear(&bulk);
    tally_book_close(l->book);
    return s;
}

// --- The load ------------------------------------------------------------------------------------------------------------------

static enum status find_layer(struct load *l, struct work *w)
{
    l->layer = arena_get(l->arena, sizeof *l->layer);
    enum status s = layer_get(w, l->arena, l->spec->layer, l->layer);
    if (s == OK && !l->layer->is_register)
        return err_set(w->e, INVALID, "%s is not loaded from a file; its records come about by: %s", l->layer->key, l->layer->instead);
    return s;
}

static enum status open_reading(struct load *l, struct work *w)
{
    struct register_reading *r = &l->reading;
    const struct record_spec spec = { .path = l->spec->path, .layer = l->spec->source_layer, .crs = l->spec->crs, .where = l->spec->where,
                                      .metric = l->metric };
    r->spec = l->spec;
    r->layer = l->layer;
    r->placing = l->placing;
    r->zone_offset_s = w->district->zone_offset_s;
    r->now_s = w->now_s;
    r->is_pinned = l->layer->geometry == LAYER_AREA && strcmp(l->layer->table, "asset") == 0;
    enum status s = record_source_open(&spec, &r->source, w->e);
    return s == OK ? register_map_fields(r, w->e) : s;
}

int register_property_held_in(const struct layer *l, const char *column)
{
    for (int i = 0; column != NULL && i < l->properties; i++)
        if (strcmp(l->property[i].held_in, column) == 0)
            return i;
    return -1;
}

static enum status open_parts(struct load *l, struct work *w)
{
    enum status s = find_layer(l, w);
    if (s == OK)
        s = crs_open(w->district->metric_crs, &l->metric, w->e);
    if (s == OK)
        s = placing_open(w, &l->placing);
    if (s == OK)
        s = open_reading(l, w);
    if (s != OK)
        return s;
    register_note_unused(&l->reading, l->report);
    const struct tallied *tallied = tallied_find(l->layer->table);
    l->kind_property = register_property_held_in(l->layer, tallied->kind_column);
    l->state_property = register_property_held_in(l->layer, tallied->state_column);
    l->shelf = register_shelf_open(l->layer);
    l->reading.crs = record_source_crs(l->reading.source);
    l->reading.source_name = l->spec->source != NULL ? l->spec->source : l->layer->key;
    l->reading.accuracy_m = (l->spec->accuracy_m > 0 ? l->spec->accuracy_m : l->layer->accuracy_m) + record_source_added_m(l->reading.source);
    // Whether a source is new is a search through all its kind's rows: for a few it is quicker to look each of them up.
    bool are_many = record_source_count(l->reading.source) >= FIRST_ROWS_LEAST;
    return are_many ? register_is_first(w->db, l->shelf, l->reading.source_name, &l->is_first, w->e) : OK;
}

static void close_parts(struct load *l)
{
    register_shelf_close(l->shelf);
    record_source_close(l->reading.source);
    placing_close(l->placing);
    crs_close(l->metric);
    buf_clear(&l->reading.properties);
    buf_clear(&l->reading.digest);
    buf_clear(&l->reading.words);
    arena_close(l->arena);
}

static enum status note_load(struct load *l, struct work *w)
{
    char note[512];
    snprintf(note, sizeof note, "%.200s: %" PRId64 " added, %" PRId64 " changed, %" PRId64 " same", l->spec->path, l->report->added,
             l->report->changed, l->report->same);
    return register_told_note(w, l->layer, l->last_fid, "load", note);
}

static enum status load_job(struct work *w, void *ctx)
{
    struct load *l = ctx;
    l->arena = arena_open(ARENA_BYTES);
    buf_init(&l->reading.properties, REGISTER_ROW_BYTES_MOST);
    buf_init(&l->reading.digest, REGISTER_ROW_BYTES_MOST);
    buf_init(&l->reading.words, REGISTER_ROW_BYTES_MOST);
    enum status s = open_parts(l, w);
    if (s == OK)
        s = layer_record(w, l->layer); // assets name its row
    if (s == OK)
        s = register_last_fid(w->db, l->layer, &l->last_fid, w->e);
    if (s == OK)
        s = take_rows_in_bulk(l, w);
    if (s == OK)
        s = note_load(l, w);
    close_parts(l);
    return s;
}

enum status register_load(struct station *s, const struct station_call *call, const struct register_spec *spec,
                          const struct progress *progress, register_refusal *fn, void *ctx, struct register_report *out, struct err *e)
{
    *out = (struct register_report){ 0 };
    struct load l = { .spec = spec, .progress = progress, .refuse = fn, .ctx = ctx, .report = out };
    return station_write(s, call, load_job, &l, e);
}
