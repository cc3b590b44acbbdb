#include "api/cells_findings.h"

#include "core/base/text.h"
#include "core/store/spatialite_guest.h"
#include "gis/sink.h"
#include <inttypes.h>
#include <stddef.h>

static const char *code_of(const struct cell_check *c, int64_t cell) { return cell >= 0 ? c->cells.code[cell] : ""; }
static const char *community_of(const struct cell_check *c, int64_t i) { return i >= 0 ? c->ground.code[i] : ""; }

// --- Words ------------------------------------------------------------------------------------------------------------------

static void one_in_words(const struct cell_check *c, const struct cells_finding *f, enum lang lang, struct buf *out)
{
    bool is_error = f->severity == CELLS_ERROR;
    buf_printf(out, "%s  %s", text_in(lang, is_error ? "error" : "warning"), text_in(lang, cells_kind_title(f->kind)));
    if (f->cell >= 0)
        buf_printf(out, "  %s", code_of(c, f->cell));
    if (f->other >= 0)
        buf_printf(out, " / %s", code_of(c, f->other));
    if (f->cell < 0 && f->community >= 0)
        buf_printf(out, "  %s", community_of(c, f->community));
    if (f->area_m2 > 0)
        buf_printf(out, f->area_m2 < 0.1 ? "  %.7f m2" : "  %.2f m2", f->area_m2);
    buf_printf(out, "  @ %.3f %.3f\n", f->where.x, f->where.y);
}

void cells_findings_words(const struct cell_check *c, enum lang lang, struct buf *out)
{
    int64_t shown[CELLS_KINDS] = { 0 };
    for (int64_t i = 0; i < c->found.count; i++)
        if (shown[c->found.at[i].kind]++ < FINDINGS_SHOWN)
            one_in_words(c, &c->found.at[i], lang, out);
    for (int k = 0; k < CELLS_KINDS; k++)
        if (c->found.per_kind[k] > FINDINGS_SHOWN)
            buf_printf(out, text_in(lang, "%s: %lld more; -o FILE or --json names all\n"), text_in(lang, cells_kind_title((enum cells_kind)k)),
                       (long long)(c->found.per_kind[k] - FINDINGS_SHOWN));
    buf_printf(out, text_in(lang, "grid %s, version %lld: %lld cells, %lld errors, %lld warnings; gaps %.6f m2, overlaps %.6f m2\n"), c->grid.key,
               (long long)c->grid.version, (long long)c->cells.shape.count, (long long)c->errors, (long long)c->warnings, c->found.gap_m2,
               c->found.overlap_m2);
    if (c->ground.community.count == 0)
        buf_text(out, text_in(lang, "no community has a shape: gaps and cells leaving their community were not looked for\n"));
    if (c->ground.building.count == 0)
        buf_text(out, text_in(lang, "there are no buildings: cuts through them were not looked for\n"));
}

// --- JSON --------------------------------------------------------------------------------------------------------------------

static void json_pair(struct buf *b, const char *name, const char *text)
{
    buf_printf(b, ",\"%s\":", name);
    buf_json_text(b, text);
}

static void one_in_json(const struct cell_check *c, const struct cells_finding *f, struct buf *out)
{
    buf_text(out, "{\"kind\":");
    buf_json_text(out, cells_kind_name(f->kind));
    json_pair(out, "severity", f->severity == CELLS_ERROR ? "error" : "warning");
    if (f->cell >= 0)
        json_pair(out, "cell", code_of(c, f->cell));
    if (f->other >= 0)
        json_pair(out, "other", code_of(c, f->other));
    if (f->community >= 0)
        json_pair(out, "community", community_of(c, f->community));
    buf_text(out, ",\"area_m2\":");
    buf_json_number(out, f->area_m2, 9);
    buf_text(out, ",\"width_m\":");
    buf_json_number(out, f->width_m, 6);
    buf_printf(out, ",\"sliver\":%s,\"x\":", f->sliver ? "true" : "false");
    buf_json_number(out, f->where.x, 4);
    buf_text(out, ",\"y\":");
    buf_json_number(out, f->where.y, 4);
    buf_text(out, "}");
}

void cells_findings_json(const struct cell_check *c, struct buf *out)
{
    buf_text(out, "{\"grid\":");
    buf_json_text(out, c->grid.key);
    buf_printf(out, ",\"version\":%" PRId64 ",\"cells\":%" PRId64 ",\"communities\":%" PRId64 ",\"buildings\":%" PRId64 ",\"errors\":%" PRId64
               ",\"warnings\":%" PRId64 ",\"gap_m2\":", c->grid.version, c->cells.shape.count, c->ground.community.count, c->ground.building.count,
               c->errors, c->warnings);
    buf_json_number(out, c->found.gap_m2, 9);
    buf_text(out, ",\"overlap_m2\":");
    buf_json_number(out, c->found.overlap_m2, 9);
    buf_text(out, ",\"counts\":{");
    for (int k = 0; k < CELLS_KINDS; k++) {
        buf_text(out, k > 0 ? "," : "");
        buf_json_text(out, cells_kind_name((enum cells_kind)k));
        buf_printf(out, ":%" PRId64, c->found.per_kind[k]);
    }
    buf_text(out, "},\"findings\":[");
    for (int64_t i = 0; i < c->found.count; i++) {
        buf_text(out, i > 0 ? ",\n" : "\n");
        one_in_json(c, &c->found.at[i], out);
    }
    buf_text(out, "]}\n");
}

// --- A layer -----------------------------------------------------------------------------------------------------------------

static const struct sink_field FIELDS[] = {
    { "kind", SINK_TEXT, "kind", "类别", 0, NULL }, { "severity", SINK_TEXT, "severity", "程度", 0, NULL },
    { "cell", SINK_TEXT, "cell", "单元网格", 0, NULL }, { "other", SINK_TEXT, "other cell", "另一网格", 0, NULL },
    { "community", SINK_TEXT, "community", "社区", 0, NULL }, { "area_m2", SINK_REAL, "area, m2", "面积（平方米）", 7, NULL },
    { "width_m", SINK_REAL, "mean width, m", "平均宽度（米）", 6, NULL }, { "x", SINK_REAL, "east, m", "东坐标（米）", 4, NULL },
    { "y", SINK_REAL, "north, m", "北坐标（米）", 4, NULL },
};
enum { FIELDS_COUNT = sizeof FIELDS / sizeof FIELDS[0] };

static enum status write_finding(struct sink *sink, const struct cell_check *c, const struct cells_finding *f, struct err *e)
{
    const struct sink_value value[FIELDS_COUNT] = {
        { .text = cells_kind_name(f->kind) }, { .text = f->severity == CELLS_ERROR ? "error" : "warning" }, { .text = code_of(c, f->cell) },
        { .text = code_of(c, f->other) }, { .text = community_of(c, f->community) }, { .real = f->area_m2 }, { .real = f->width_m },
        { .real = f->where.x }, { .real = f->where.y },
    };
    return sink_write(sink, f->wkb_len > 0 ? c->found.wkb + f->wkb_first : NULL, f->wkb_len, value, e);
}

enum status cells_findings_layer(const struct cell_check *c, const char *crs, const char *path, struct err *e)
{
    struct crs *metric = NULL;
    struct sink *sink = NULL;
    enum status s = crs_open(crs, &metric, e);
    if (s == OK)
        s = sink_open(&(struct sink_spec){ .path = path, .layer = "findings", .crs = metric, .target = metric, .field = FIELDS,
                                           .fields = FIELDS_COUNT, .sql = &spatialite_guest }, &sink, e);
    for (int64_t i = 0; s == OK && i < c->found.count; i++)
        s = write_finding(sink, c, &c->found.at[i], e);
    if (s == OK)
        s = sink_commit(sink, e);
    else if (sink != NULL)
        sink_abandon(sink);
    crs_close(metric);
    return s;
}
