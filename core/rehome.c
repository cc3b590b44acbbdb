#include "core/rehome.h"

#include "core/base/mem.h"
#include "core/ground.h"
#include "core/placing.h"
#include "core/store/rehome_rows.h"
#include "core/store/tally_rows.h"
#include "gis/source_records.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { COUNTED_ANEW_LEAST = 1000 };
struct move { int64_t fid; struct place_in_grid to; };
struct round {
    struct placing *placing;
    struct metric_road *road;
    struct move *move; size_t moves, cap;
    struct rehome_report *report;
};

static bool is_same(const char *a, const char *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

// Rows are only looked at here: what moves is written down and moved when the question is done.
static enum status look(void *ctx, const struct rehome_row *row, struct err *e)
{
    struct round *r = ctx;
    struct lonlat place;
    struct place_in_grid at = { 0 };
    (void)e;
    if (record_place(row->wkb, row->wkb_len, &place)) {
        struct xy_m p = { place.lon, place.lat };
        if (metric_road_go(r->road, &p))
            at = placing_find(r->placing, p);
    }
    r->report->things++;
    r->report->without_cell += at.cells == 0;
    r->report->in_two_cells += at.cells > 1;
    if (is_same(at.cell_code, row->cell_code) && is_same(at.community_code, row->community_code))
        return OK;
    r->move = mem_grow(r->move, &r->cap, r->moves + 1, sizeof *r->move);
    r->move[r->moves++] = (struct move){ row->fid, at };
    return OK;
}

static enum status rehome_table(struct work *w, struct round *r, const struct rehome_shelf *shelf)
{
    struct tally_paused paused;
    r->moves = 0;
    enum status s = rehome_each(w->db, shelf, look, r, w->e);
    bool are_many = r->moves >= COUNTED_ANEW_LEAST && tallied_find(shelf->table) != NULL;
    if (s == OK && are_many)
        s = tally_pause(w->db, tallied_find(shelf->table), &paused, w->e);
    for (size_t i = 0; s == OK && i < r->moves; i++)
        s = rehome_update(w->db, shelf, r->move[i].fid, r->move[i].to.cell_code, r->move[i].to.community_code, w->e);
    if (s == OK && are_many)
        s = tally_resume(w->db, &paused, w->e);
    r->report->moved += (int64_t)r->moves;
    return s;
}

static enum status note(struct work *w, const struct rehome_report *report)
{
    char words[128];
    snprintf(words, sizeof words, "%" PRId64 " things, %" PRId64 " moved, %" PRId64 " without a cell", report->things, report->moved,
             report->without_cell);
    return work_note(w, &(struct deed){ .verb = "rehome", .thing = "grid", .thing_id = "default", .note = words });
}

enum status rehome(struct work *w, struct rehome_report *out)
{
    *out = (struct rehome_report){ 0 };
    struct round r = { .report = out };
    enum status s = placing_open(w, &r.placing);
    if (s == OK)
        s = metric_road_open(w, &r.road);
    for (int i = 0; s == OK && i < rehome_shelf_count; i++)
        s = rehome_table(w, &r, &rehome_shelf_list[i]);
    metric_road_close(r.road);
    placing_close(r.placing);
    mem_free(r.move);
    return s == OK ? note(w, out) : s;
}
