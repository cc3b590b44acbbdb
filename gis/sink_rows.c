#include "gis/sink_inside.h"
#include "core/base/mem.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

// Rows are made a block ahead of the one that is written: by parts, which threads share. Two blocks stay in a processor's cache.
enum { BLOCK_PARTS = 8, BLOCK_ROWS = PART_ROWS * BLOCK_PARTS };

// Rows on their way into the file: features, or cells of a table.
struct sink_part {
    int count;
    bool failed;
    struct complaint complaint;
    void *feature[PART_ROWS];
    struct table_rows table;
};

// --- One row ------------------------------------------------------------------------------------------------------------------

static double round_to(double value, int decimals)
{
    static const double scales[] = { 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };
    double scale = scales[decimals], rounded = round(value * scale) / scale;
    return rounded == 0 ? 0 : rounded; // no -0
}

static struct sink_cell cell_of(const struct sink_field *f, const struct sink_value *v)
{
    bool missing = v->is_null || (f->type == SINK_TEXT && v->text == NULL) || (f->type == SINK_REAL && !isfinite(v->real));
    if (missing)
        return (struct sink_cell){ .kind = CELL_NULL };
    if (f->type == SINK_INTEGER)
        return cell_integer(v->integer);
    if (f->type == SINK_REAL)
        return cell_real(round_to(v->real, f->decimals));
    return (struct sink_cell){ .kind = CELL_TEXT, .len = strlen(v->text), .bytes = v->text };
}

// Into the part, behind the rows it has. number: of the row in the file, from 0.
static bool make_row(const struct sink *s, struct sink_maker *m, int64_t number, const struct sink_row *given, struct sink_part *p)
{
    struct sink_cell *cell = s->table != NULL ? sink_table_cells(s->table, &p->table, p->count) : m->cell;
    for (int i = 0; i < s->fields; i++)
        cell[i] = cell_of(&s->field[i], &given->value[i]);
    bool fine = s->table != NULL ? sink_table_make(s->table, m, given->wkb, given->wkb_len, &p->table, p->count)
                                 : sink_feature_make(s, m, given->wkb, given->wkb_len, &p->feature[p->count]);
    p->count += fine;
    if (!fine && p->complaint.text[0] == '\0')
        snprintf(p->complaint.text, sizeof p->complaint.text, "row %lld has no place in the CRS of the file", (long long)number + 1);
    return fine;
}

static bool write_part(struct sink *s, const struct sink_part *p)
{
    bool fine = s->table == NULL || sink_table_write(s->table, &p->table, p->count);
    for (int i = 0; s->table == NULL && fine && i < p->count; i++)
        fine = sink_feature_write(s, p->feature[i]);
    s->rows += p->count;
    return fine;
}

static void init_part(const struct sink *s, struct sink_part *p)
{
    *p = (struct sink_part){ 0 };
    if (s->table != NULL)
        sink_table_rows_init(s->table, &p->table);
}

static void clear_part(struct sink_part *p)
{
    for (int i = 0; i < PART_ROWS; i++)
        sink_feature_free(p->feature[i]);
    sink_table_rows_clear(&p->table);
}

// --- Rows one by one ------------------------------------------------------------------------------------------------------------

bool sink_rows_flush(struct sink *s)
{
    if (s->part == NULL || s->part->count == 0)
        return true;
    bool fine = write_part(s, s->part);
    s->part->count = 0;
    return fine;
}

static bool add_row(struct sink *s, const struct sink_row *given)
{
    if (s->part == NULL) {
        s->part = mem_get(1, sizeof *s->part);
        init_part(s, s->part);
    }
    if (!make_row(s, &s->maker[0], s->rows + s->part->count, given, s->part)) {
        s->complaint = s->part->complaint;
        return false;
    }
    return s->part->count < PART_ROWS || sink_rows_flush(s);
}

enum status sink_write(struct sink *s, const uint8_t *wkb, size_t wkb_len, const struct sink_value *value, struct err *e)
{
    sink_begin(&s->complaint);
    bool fine = add_row(s, &(struct sink_row){ wkb, wkb_len, value });
    sink_end();
    return fine ? OK : sink_failed(s, e);
}

// --- Many rows ----------------------------------------------------------------------------------------------------------------

struct block { struct sink_part part[BLOCK_PARTS]; };

struct writing {
    struct sink *sink;
    const struct sink_rows *rows;
    int64_t first;                // row of the block that is made
    struct block *made, *written;
    bool failed;
};

static void make_part(struct writing *w, struct sink_part *p, int64_t first, int thread)
{
    p->failed = false;
    p->count = 0;
    int64_t left = w->rows->count - first, wanted = left < PART_ROWS ? left : PART_ROWS;
    if (wanted <= 0)
        return;
    sink_begin(&p->complaint);
    while (p->count < wanted && !p->failed) {
        struct sink_row given;
        w->rows->fill(w->rows->ctx, first + p->count, thread, &given);
        p->failed = !make_row(w->sink, &w->sink->maker[thread], first + p->count, &given, p);
    }
    sink_end();
}

static void write_block(struct writing *w)
{
    sink_begin(&w->sink->complaint);
    for (int k = 0; k < BLOCK_PARTS && !w->failed; k++)
        w->failed = !write_part(w->sink, &w->written->part[k]);
    sink_end();
}

static void write_or_make(void *ctx, int64_t job, int thread)
{
    struct writing *w = ctx;
    if (job == 0)
        write_block(w);
    else
        make_part(w, &w->made->part[job - 1], w->first + (job - 1) * PART_ROWS, thread);
}

static void swap_blocks(struct writing *w)
{
    struct block *made = w->made;
    w->made = w->written;
    w->written = made;
    for (int k = 0; k < BLOCK_PARTS && !w->failed; k++)
        if (made->part[k].failed || made->part[k].complaint.text[0] != '\0') {
            w->failed = true;
            w->sink->complaint = made->part[k].complaint;
        }
}

static struct block *new_block(const struct sink *s)
{
    struct block *b = mem_get(1, sizeof *b);
    for (int k = 0; k < BLOCK_PARTS; k++)
        init_part(s, &b->part[k]);
    return b;
}

static void forget(struct block *b)
{
    for (int k = 0; k < BLOCK_PARTS; k++)
        clear_part(&b->part[k]);
    mem_free(b);
}

enum status sink_write_rows(struct sink *s, struct pool *pool, const struct sink_rows *rows, struct err *e)
{
    while (s->makers < pool_threads(pool)) {
        enum status status = sink_hire(s, e);
        if (status != OK)
            return status;
    }
    struct writing w = { .sink = s, .rows = rows, .made = new_block(s), .written = new_block(s), .failed = !sink_rows_flush(s) };
    for (; w.first < rows->count + BLOCK_ROWS && !w.failed; w.first += BLOCK_ROWS) { // the last time only writes
        pool_run(pool, 1 + BLOCK_PARTS, write_or_make, &w);
        swap_blocks(&w);
        if (rows->tell != NULL)
            rows->tell(rows->ctx, s->rows);
    }
    forget(w.made);
    forget(w.written);
    return w.failed ? sink_failed(s, e) : OK;
}

enum status sink_hire(struct sink *s, struct err *e)
{
    struct sink_maker m = { 0 };
    if (s->crs != NULL) {
        enum status status = s->makers > 0 ? crs_road_copy(s->maker[0].road, &m.road, e) : crs_road_open(s->crs, s->target, &m.road, e);
        if (status != OK)
            return status;
    }
    m.cell = mem_get((size_t)s->fields, sizeof *m.cell);
    size_t cap = (size_t)s->makers;
    s->maker = mem_grow(s->maker, &cap, cap + 1, sizeof *s->maker);
    s->maker[s->makers++] = m;
    return OK;
}

void sink_rows_clear(struct sink *s)
{
    for (int i = 0; i < s->makers; i++) {
        if (s->maker[i].road != NULL)
            crs_road_close(s->maker[i].road);
        mem_free(s->maker[i].wkb);
        mem_free(s->maker[i].point);
        mem_free(s->maker[i].cell);
    }
    mem_free(s->maker);
    if (s->part != NULL)
        clear_part(s->part);
    mem_free(s->part);
}
