#include "gis/sink_inside.h"
#include "core/base/mem.h"
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <stdio.h>
#include <string.h>

enum { SHORT_TEXT_MOST = 254 };
// Rows are made a block ahead of the one that is written: by parts, which threads share. Two blocks stay in a processor's cache.
enum { PART_ROWS = 32, BLOCK_PARTS = 8, BLOCK_ROWS = PART_ROWS * BLOCK_PARTS };

struct sink_maker {
    struct crs_road *road; // NULL: no geometry to move
    uint8_t *wkb;          // room for one row in the file's CRS
    size_t wkb_cap;
    struct xy_m *point;
    size_t point_cap;
};

static uint32_t read_u32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

// One ring of `count` points at p, moved to the file's CRS. False when a point has no place there.
static bool move_ring(struct sink_maker *m, uint8_t *p, uint32_t count)
{
    if (count > m->point_cap)
        m->point = mem_grow(m->point, &m->point_cap, count, sizeof *m->point);
    memcpy(m->point, p, count * sizeof *m->point);
    if (crs_road_go(m->road, m->point, count) != 0)
        return false;
    memcpy(p, m->point, count * sizeof *m->point);
    return true;
}

// The rings of one polygon (past its type); moves *at behind it.
static bool move_polygon(struct sink_maker *m, uint8_t *wkb, size_t len, size_t *at)
{
    if (len - *at < 4)
        return false;
    uint32_t rings = read_u32(wkb + *at);
    *at += 4;
    for (uint32_t r = 0; r < rings; r++) {
        if (len - *at < 4)
            return false;
        uint32_t points = read_u32(wkb + *at);
        *at += 4;
        if ((len - *at) / sizeof(struct xy_m) < points || !move_ring(m, wkb + *at, points))
            return false;
        *at += points * sizeof(struct xy_m);
    }
    return true;
}

// Walks little-endian POLYGON (3) or MULTIPOLYGON (6), the two that we write ourselves.
static bool move_geometry(struct sink_maker *m, uint8_t *wkb, size_t len)
{
    if (len < 9 || wkb[0] != 1)
        return false;
    uint32_t type = read_u32(wkb + 1);
    size_t at = 5;
    if (type == 3)
        return move_polygon(m, wkb, len, &at);
    uint32_t polygons = read_u32(wkb + at);
    at += 4;
    for (uint32_t i = 0; type == 6 && i < polygons; i++) {
        if (len - at < 5)
            return false;
        at += 5;
        if (!move_polygon(m, wkb, len, &at))
            return false;
    }
    return type == 6;
}

// The geometry in the file's CRS; NULL: it has no place there.
static const uint8_t *moved(struct sink_maker *m, const uint8_t *wkb, size_t len)
{
    if (crs_road_is_straight(m->road))
        return wkb;
    if (len > m->wkb_cap)
        m->wkb = mem_grow(m->wkb, &m->wkb_cap, len, 1);
    memcpy(m->wkb, wkb, len);
    return move_geometry(m, m->wkb, len) ? m->wkb : NULL;
}

// A row on its way into the file.
struct row { OGRFeatureH feature; struct box_m box; };
static const struct box_m NOWHERE = { .min_x = 1, .max_x = -1 };

static bool set_geometry(struct sink_maker *m, struct row *row, const uint8_t *wkb, size_t len)
{
    row->box = NOWHERE;
    if (wkb == NULL || m->road == NULL) {
        OGR_F_SetGeometryDirectly(row->feature, NULL); // the row before had one
        return true;
    }
    OGRGeometryH shape = NULL;
    if (OGR_G_CreateFromWkb(wkb, NULL, &shape, (int)len) != OGRERR_NONE)
        return false;
    if (OGR_G_GetGeometryType(shape) == wkbPolygon)
        shape = OGR_G_ForceToMultiPolygon(shape);
    if (!OGR_G_IsEmpty(shape)) {
        OGREnvelope e;
        OGR_G_GetEnvelope(shape, &e);
        row->box = (struct box_m){ e.MinX, e.MinY, e.MaxX, e.MaxY };
    }
    return OGR_F_SetGeometryDirectly(row->feature, shape) == OGRERR_NONE;
}

// dBase fields end at 254 bytes; what is cut ends with an ellipsis and never in the middle of a character.
static void set_short_text(OGRFeatureH feature, int i, const char *text)
{
    char cut[SHORT_TEXT_MOST + 1];
    size_t len = SHORT_TEXT_MOST - 3;
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    memcpy(cut, text, len);
    strcpy(cut + len, "…");
    OGR_F_SetFieldString(feature, i, cut);
}

static double round_to(double value, int decimals)
{
    static const double scales[] = { 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };
    double scale = scales[decimals], rounded = round(value * scale) / scale;
    return rounded == 0 ? 0 : rounded; // no -0
}

static void set_value(const struct sink *s, OGRFeatureH feature, int i, const struct sink_value *v)
{
    const struct sink_field *f = &s->field[i];
    bool missing = v->is_null || (f->type == SINK_TEXT && v->text == NULL) || (f->type == SINK_REAL && !isfinite(v->real));
    if (missing)
        OGR_F_SetFieldNull(feature, i);
    else if (f->type == SINK_INTEGER)
        OGR_F_SetFieldInteger64(feature, i, v->integer);
    else if (f->type == SINK_REAL)
        OGR_F_SetFieldDouble(feature, i, round_to(v->real, f->decimals));
    else if ((s->traits & SINK_SHORT_NAMES) != 0 && strlen(v->text) > SHORT_TEXT_MOST)
        set_short_text(feature, i, v->text);
    else
        OGR_F_SetFieldString(feature, i, v->text);
}

static bool make_row(const struct sink *s, struct sink_maker *m, int64_t number, const struct sink_row *given, struct row *row,
                     struct complaint *c)
{
    for (int i = 0; i < s->fields; i++)
        set_value(s, row->feature, i, &given->value[i]);
    const uint8_t *wkb = given->wkb;
    if (wkb != NULL && m->road != NULL && (wkb = moved(m, wkb, given->wkb_len)) == NULL) {
        snprintf(c->text, sizeof c->text, "row %lld has no place in the CRS of the file", (long long)number + 1);
        return false;
    }
    return set_geometry(m, row, wkb, given->wkb_len);
}

// FIDs count the rows from 1: the layer was empty.
static bool write_row(struct sink *s, struct row *row)
{
    OGR_F_SetFID(row->feature, OGRNullFID);
    if (OGR_L_CreateFeature(s->layer, row->feature) != OGRERR_NONE)
        return false;
    if (s->index != NULL)
        sink_index_add(s->index, row->box);
    s->rows++;
    return true;
}

enum status sink_write(struct sink *s, const uint8_t *wkb, size_t wkb_len, const struct sink_value *value, struct err *e)
{
    sink_begin(&s->complaint);
    if (s->feature == NULL)
        s->feature = OGR_F_Create(s->definition);
    struct row row = { .feature = s->feature };
    bool fine = make_row(s, &s->maker[0], s->rows, &(struct sink_row){ wkb, wkb_len, value }, &row, &s->complaint) && write_row(s, &row);
    sink_end();
    return fine ? OK : sink_failed(s, e);
}

struct part { struct row row[PART_ROWS]; int count; bool failed; struct complaint complaint; };
struct block { struct part part[BLOCK_PARTS]; };

struct writing {
    struct sink *sink;
    const struct sink_rows *rows;
    int64_t first;                // row of the block that is made
    struct block *made, *written;
    bool failed;
};

static void make_part(struct writing *w, struct part *p, int64_t first, int thread)
{
    p->failed = false;
    int64_t left = w->rows->count - first;
    p->count = (int)(left <= 0 ? 0 : left < PART_ROWS ? left : PART_ROWS);
    if (p->count == 0)
        return;
    sink_begin(&p->complaint);
    for (int i = 0; i < p->count && !p->failed; i++) {
        struct sink_row given;
        w->rows->fill(w->rows->ctx, first + i, thread, &given);
        if (p->row[i].feature == NULL)
            p->row[i].feature = OGR_F_Create(w->sink->definition);
        p->failed = !make_row(w->sink, &w->sink->maker[thread], first + i, &given, &p->row[i], &p->complaint);
    }
    sink_end();
}

static void write_block(struct writing *w)
{
    sink_begin(&w->sink->complaint);
    for (int k = 0; k < BLOCK_PARTS && !w->failed; k++) {
        struct part *p = &w->written->part[k];
        for (int i = 0; i < p->count && !w->failed; i++)
            w->failed = !write_row(w->sink, &p->row[i]);
    }
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

static void forget(struct block *b)
{
    for (int k = 0; k < BLOCK_PARTS; k++)
        for (int i = 0; i < PART_ROWS; i++)
            if (b->part[k].row[i].feature != NULL)
                OGR_F_Destroy(b->part[k].row[i].feature);
    mem_free(b);
}

enum status sink_write_rows(struct sink *s, struct pool *pool, const struct sink_rows *rows, struct err *e)
{
    while (s->makers < pool_threads(pool)) {
        enum status status = sink_hire(s, e);
        if (status != OK)
            return status;
    }
    struct writing w = { .sink = s, .rows = rows };
    w.made = mem_get(1, sizeof *w.made);
    w.written = mem_get(1, sizeof *w.written);
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
        enum status status = crs_road_open(s->crs, s->target, &m.road, e);
        if (status != OK)
            return status;
    }
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
    }
    mem_free(s->maker);
    if (s->feature != NULL)
        OGR_F_Destroy(s->feature);
}
