// The district's files: areas and permits as GeoPackage in EPSG:4549, points and lines as GeoJSON, one delivery of them in
// GCJ-02, a calendar for each year, and the truth about what is lawful.
#include "core/base/buf.h"
#include "core/store/spatialite_guest.h"
#include "gis/china_crs.h"
#include "gis/crs.h"
#include "gis/sink.h"
#include "gis/wkb.h"
#include "tests/bench/district.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATH_LEN = 4096, TEXT_MOST = 64 << 20, SIGN_BYTES = 600, WKB_MOST = 16 << 20, FIELDS_MOST = 10, VALUE_LEN = 96 };

struct writing { const struct made *m; const char *folder; struct crs_road *to_lonlat; struct buf wkb, text; };

static struct xy_m in_crs(const struct writing *w, struct xy_m p)
{
    return (struct xy_m){ p.x + (double)w->m->city->origin.x * 1e-3, p.y + (double)w->m->city->origin.y * 1e-3 };
}

static struct xy_m in_lonlat(const struct writing *w, struct xy_m p)
{
    struct xy_m q = in_crs(w, p);
    crs_road_go(w->to_lonlat, &q, 1);
    return q;
}

static void path_of(const struct writing *w, const char *name, char out[PATH_LEN])
{
    snprintf(out, PATH_LEN, "%s/%s", w->folder, name);
}

static enum status open_areas(const struct writing *w, const char *file, const char *layer, const struct sink_field *field, int fields,
                              struct sink **out, struct err *e)
{
    char path[PATH_LEN];
    path_of(w, file, path);
    return sink_open(&(struct sink_spec){ .path = path, .layer = layer, .crs = w->m->city->crs, .target = w->m->city->crs, .field = field,
                                          .fields = fields, .sql = &spatialite_guest }, out, e);
}

static enum status write_area(struct writing *w, struct sink *s, const struct rings *ground, const struct sink_value *v, struct err *e)
{
    w->wkb.len = 0;
    wkb_write_multipolygon(&w->wkb, ground, in_crs(w, (struct xy_m){ 0, 0 }));
    return sink_write(s, (const uint8_t *)w->wkb.data, w->wkb.len, v, e);
}

static enum status finish(struct sink *s, enum status status, struct err *e)
{
    if (status == OK)
        return sink_commit(s, e);
    sink_abandon(s);
    return status;
}

static enum status write_text(struct writing *w, const char *file, struct err *e)
{
    char path[PATH_LEN];
    path_of(w, file, path);
    return sink_text_file(path, w->text.data, w->text.len, e);
}

// --- Areas, zones, permits -----------------------------------------------------------------------------------------------------

static enum status write_areas(struct writing *w, const char *file, uint32_t first, uint32_t end, struct err *e)
{
    static const struct sink_field FIELD[] = { { .name = "code", .type = SINK_TEXT }, { .name = "name", .type = SINK_TEXT },
                                               { .name = "parent", .type = SINK_TEXT } };
    struct sink *s;
    enum status status = open_areas(w, file, "areas", FIELD, 3, &s, e);
    if (status != OK)
        return status;
    for (uint32_t i = first; i < end && status == OK; i++) {
        const struct made_area *a = &w->m->area[i];
        status = write_area(w, s, &a->ground, (struct sink_value[]){ { .text = a->code }, { .text = a->name }, { .text = a->parent } }, e);
    }
    return finish(s, status, e);
}

static enum status write_zones(struct writing *w, struct err *e)
{
    static const struct sink_field FIELD[] = { { .name = "类别", .type = SINK_TEXT }, { .name = "名称", .type = SINK_TEXT },
                                               { .name = "权重", .type = SINK_REAL, .decimals = 2 }, { .name = "依据", .type = SINK_TEXT } };
    struct sink *s;
    enum status status = open_areas(w, "zones.gpkg", "zones", FIELD, 4, &s, e);
    if (status != OK)
        return status;
    for (uint32_t i = 0; i < w->m->zones && status == OK; i++) {
        const struct made_zone *z = &w->m->zone[i];
        struct sink_value v[] = { { .text = z->kind }, { .text = z->name }, { .real = z->weight }, { .text = z->law } };
        status = write_area(w, s, &z->ground, v, e);
    }
    return finish(s, status, e);
}

static const double STOREY_M = 3;        // as building_height_m makes them

static enum status write_permits(struct writing *w, struct err *e)
{
    static const struct sink_field FIELD[] = {
        { .name = "许可证号", .type = SINK_TEXT }, { .name = "建设单位", .type = SINK_TEXT }, { .name = "用途", .type = SINK_TEXT },
        { .name = "许可占地面积", .type = SINK_REAL, .decimals = 2 }, { .name = "许可建筑面积", .type = SINK_REAL, .decimals = 2 },
        { .name = "许可高度", .type = SINK_REAL, .decimals = 2 },
        { .name = "生效日期", .type = SINK_TEXT }, { .name = "失效日期", .type = SINK_TEXT }, { .name = "state", .type = SINK_TEXT },
    };
    struct sink *s;
    enum status status = open_areas(w, "permits.gpkg", "permits", FIELD, 9, &s, e);
    if (status != OK)
        return status;
    for (uint32_t i = 0; i < w->m->permits && status == OK; i++) {
        const struct made_permit *p = &w->m->permit[i];
        double floors = fmax(1, floor(p->height_m / STOREY_M));
        struct sink_value v[] = { { .text = p->number }, { .text = p->holder }, { .text = p->purpose }, { .real = round(p->area_m2 * 100) / 100 },
                                  { .real = round(p->area_m2 * floors * 100) / 100 }, { .real = round(p->height_m * 100) / 100 },
                                  { .text = p->from }, { .text = p->until }, { .text = p->state } };
        if (!p->is_withdrawn)
            status = write_area(w, s, &p->ground, v, e);
    }
    return finish(s, status, e);
}

// --- Things: one table of files, one of columns ----------------------------------------------------------------------------

static double draw(const struct writing *w, const struct made_thing *t, int column)
{
    return random_unit(w->m->seed, 141 + (uint64_t)column, (uint64_t)t->number * 64 + (uint64_t)t->id[0] + (uint64_t)t->id[1] * 3);
}

struct told { char text[VALUE_LEN]; double number; };
typedef void tell(const struct writing *w, const struct made_thing *t, struct told *out);

static void say_one(struct told *out, double u, const char *const *word, int words)
{
    snprintf(out->text, sizeof out->text, "%s", word[(int)(u * words)]);
}

static void tell_id(const struct writing *w, const struct made_thing *t, struct told *out)
{
    (void)w;
    snprintf(out->text, sizeof out->text, "%s", t->id);
}

static void tell_name(const struct writing *w, const struct made_thing *t, struct told *out)
{
    static const struct { const char *layer, *ending; } ENDING[] = {
        { "billboard", "广告牌" }, { "shop_sign", "店招" }, { "collection_point", "清运点" }, { "recycling_point", "回收点" },
        { "public_toilet", "公厕" }, { "transfer_station", "转运站" }, { "construction_site", "工地" }, { "waste_dump", "临时堆放点" },
    };
    struct xy_m at = t->ground.count > 0 ? rings_centroid(&t->ground) : t->at;
    const struct made_area *c = made_community(w->m, at);
    for (size_t i = 0; i < sizeof ENDING / sizeof *ENDING; i++)
        if (strcmp(ENDING[i].layer, t->layer) == 0)
            snprintf(out->text, sizeof out->text, "%s%s%s", c != NULL ? c->name : "", t->id + 2, ENDING[i].ending);
}

static void tell_owner(const struct writing *w, const struct made_thing *t, struct told *out)
{
    char name[MADE_NAME];
    name_company(w->m->seed, 5000 + (uint32_t)(draw(w, t, 1) * 400), "有限公司", name);
    snprintf(out->text, sizeof out->text, "%s", name);
}

static void tell_state(const struct writing *w, const struct made_thing *t, struct told *out)
{
    snprintf(out->text, sizeof out->text, "%s", draw(w, t, 2) < 0.95 ? "present" : "damaged");
}

// One in six has run out, one in eight was never granted.
static void tell_permit_until(const struct writing *w, const struct made_thing *t, struct told *out)
{
    char date[MADE_DATE] = "";
    double u = draw(w, t, 3);
    if (u < 0.875)
        made_date(MADE_AFTER, (int)(u < 0.166 ? -u * 2000 : u * 800), date);
    snprintf(out->text, sizeof out->text, "%s", date);
}

static void tell_permit_number(const struct writing *w, const struct made_thing *t, struct told *out)
{
    if (draw(w, t, 3) < 0.875)
        snprintf(out->text, sizeof out->text, "城管许%s-%s", MADE_DISTRICT, t->id);
}

static void tell_site_permit(const struct writing *w, const struct made_thing *t, struct told *out)
{
    snprintf(out->text, sizeof out->text, "%s", w->m->permit[t->number].number);
}

static void tell_site_until(const struct writing *w, const struct made_thing *t, struct told *out)
{
    snprintf(out->text, sizeof out->text, "%s", w->m->permit[t->number].until);
}

static void tell_width(const struct writing *w, const struct made_thing *t, struct told *out)
{
    out->number = round((2 + 10 * draw(w, t, 4)) * 10) / 10;
}

static void tell_height(const struct writing *w, const struct made_thing *t, struct told *out)
{
    out->number = round((0.8 + 4 * draw(w, t, 5)) * 10) / 10;
}

static void tell_yes_or_no(const struct writing *w, const struct made_thing *t, struct told *out)
{
    static const char *const WORD[] = { "yes", "no", "no" };
    say_one(out, draw(w, t, 6), WORD, 3);
}

static void tell_fractions(const struct writing *w, const struct made_thing *t, struct told *out)
{
    static const char *const WORD[] = { "可回收物", "可回收物,厨余垃圾,有害垃圾,其他垃圾", "厨余垃圾,其他垃圾" };
    say_one(out, draw(w, t, 7), WORD, 3);
}

static void tell_containers(const struct writing *w, const struct made_thing *t, struct told *out)
{
    out->number = floor(2 + 7 * draw(w, t, 8));
}

static void tell_tons(const struct writing *w, const struct made_thing *t, struct told *out)
{
    out->number = floor(40 + 160 * draw(w, t, 9));
}

static void tell_volume(const struct writing *w, const struct made_thing *t, struct told *out)
{
    (void)w;
    out->number = round(rings_area_m2(&t->ground) * 1.4);
}

struct column { const char *name; enum sink_type type; tell *tell; };
#define COMMON { "id", SINK_TEXT, tell_id }, { "名称", SINK_TEXT, tell_name }, { "权属单位", SINK_TEXT, tell_owner }, { "状态", SINK_TEXT, tell_state }
#define PERMIT { "许可证号", SINK_TEXT, tell_permit_number }, { "许可到期", SINK_TEXT, tell_permit_until }
enum form { POINTS, POINTS_GCJ02, AREAS };
static const struct thing_file { const char *layer, *file; enum form form; struct column column[FIELDS_MOST]; } FILES[] = {
    { "billboard", "billboards.geojson", POINTS,
      { COMMON, PERMIT, { "width_m", SINK_REAL, tell_width }, { "height_m", SINK_REAL, tell_height }, { "on_roof", SINK_TEXT, tell_yes_or_no } } },
    { "shop_sign", "shop_signs.geojson", POINTS, { COMMON, PERMIT, { "width_m", SINK_REAL, tell_width } } },
    { "collection_point", "collection_points_gcj02.geojson", POINTS_GCJ02,
      { COMMON, { "fractions", SINK_TEXT, tell_fractions }, { "containers", SINK_INTEGER, tell_containers } } },
    { "recycling_point", "recycling_points.geojson", POINTS, { COMMON, PERMIT, { "fractions", SINK_TEXT, tell_fractions } } },
    { "public_toilet", "public_toilets.geojson", POINTS, { COMMON } },
    { "transfer_station", "transfer_stations.geojson", POINTS, { COMMON, { "tons_per_day", SINK_REAL, tell_tons } } },
    { "construction_site", "construction_sites.gpkg", AREAS,
      { COMMON, { "许可证号", SINK_TEXT, tell_site_permit }, { "许可到期", SINK_TEXT, tell_site_until }, { "dust_monitor", SINK_TEXT, tell_yes_or_no } } },
    { "waste_dump", "waste_dumps.gpkg", AREAS, { COMMON, PERMIT, { "volume_m3", SINK_REAL, tell_volume } } },
};
enum { FILES_COUNT = sizeof FILES / sizeof *FILES };

static int columns_of(const struct thing_file *f)
{
    int n = 0;
    while (n < FIELDS_MOST && f->column[n].name != NULL)
        n++;
    return n;
}

static void add_coordinate(struct buf *b, struct xy_m p)
{
    buf_printf(b, "[%.15g,%.15g]", p.x, p.y);
}

static void add_properties(struct writing *w, const struct thing_file *f, const struct made_thing *t)
{
    for (int i = 0; i < columns_of(f); i++) {
        struct told told = { .text = "" };
        f->column[i].tell(w, t, &told);
        buf_text(&w->text, i > 0 ? "," : "");
        buf_json_text(&w->text, f->column[i].name);
        buf_text(&w->text, ":");
        if (f->column[i].type != SINK_TEXT)
            buf_json_number(&w->text, told.number, 2);
        else if (told.text[0] == '\0')
            buf_text(&w->text, "null");
        else
            buf_json_text(&w->text, told.text);
    }
}

static void add_point(struct writing *w, const struct thing_file *f, const struct made_thing *t)
{
    struct xy_m p = in_lonlat(w, t->at);
    if (f->form == POINTS_GCJ02)
        china_crs_from_lonlat(CHINA_GCJ02, &p, 1);
    buf_text(&w->text, "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":");
    add_coordinate(&w->text, p);
    buf_text(&w->text, "},\"properties\":{");
    add_properties(w, f, t);
    buf_text(&w->text, "}}");
}

static enum status write_points(struct writing *w, const struct thing_file *f, struct err *e)
{
    const char *comma = "\n";
    w->text.len = 0;
    buf_text(&w->text, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (uint32_t i = 0; i < w->m->things; i++) {
        const struct made_thing *t = &w->m->thing[i];
        if (strcmp(t->layer, f->layer) != 0)
            continue;
        buf_text(&w->text, comma);
        add_point(w, f, t);
        comma = ",\n";
    }
    buf_text(&w->text, "\n]}\n");
    return write_text(w, f->file, e);
}

static enum status write_thing_areas(struct writing *w, const struct thing_file *f, struct err *e)
{
    struct sink_field field[FIELDS_MOST];
    struct sink_value value[FIELDS_MOST];
    struct told told[FIELDS_MOST];
    struct sink *s;
    int n = columns_of(f);
    for (int i = 0; i < n; i++)
        field[i] = (struct sink_field){ .name = f->column[i].name, .type = f->column[i].type, .decimals = 2 };
    enum status status = open_areas(w, f->file, f->layer, field, n, &s, e);
    if (status != OK)
        return status;
    for (uint32_t k = 0; k < w->m->things && status == OK; k++) {
        const struct made_thing *t = &w->m->thing[k];
        if (strcmp(t->layer, f->layer) != 0)
            continue;
        for (int i = 0; i < n; i++) {
            told[i] = (struct told){ .text = "" };
            f->column[i].tell(w, t, &told[i]);
            value[i] = (struct sink_value){ .text = told[i].text, .integer = (int64_t)told[i].number, .real = told[i].number,
                                            .is_null = f->column[i].type == SINK_TEXT && told[i].text[0] == '\0' };
        }
        status = write_area(w, s, &t->ground, value, e);
    }
    return finish(s, status, e);
}

static enum status write_things(struct writing *w, struct err *e)
{
    enum status status = OK;
    for (int i = 0; i < FILES_COUNT && status == OK; i++)
        status = FILES[i].form == AREAS ? write_thing_areas(w, &FILES[i], e) : write_points(w, &FILES[i], e);
    return status;
}

// --- Lines and calendars ---------------------------------------------------------------------------------------------------------

static enum status write_lines(struct writing *w, struct err *e)
{
    w->text.len = 0;
    buf_text(&w->text, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (uint32_t i = 0; i < w->m->lines; i++) {
        const struct made_line *l = &w->m->line[i];
        buf_printf(&w->text, "%s\n{\"type\":\"Feature\",\"geometry\":{\"type\":\"LineString\",\"coordinates\":[", i > 0 ? "," : "");
        for (uint32_t k = 0; k < l->points.first[1]; k++) {
            buf_text(&w->text, k > 0 ? "," : "");
            add_coordinate(&w->text, in_lonlat(w, l->points.vertex[k]));
        }
        buf_printf(&w->text, "]},\"properties\":{\"kind\":\"%s\",\"name\":", l->kind);
        buf_json_text(&w->text, l->name);
        buf_text(&w->text, "}}");
    }
    buf_text(&w->text, "\n]}\n");
    return write_text(w, "lines.geojson", e);
}

// Only what the law fixes to a date of the sun's calendar: no spring festival, no make-up days. Enough for a demonstration.
static enum status write_calendar(struct writing *w, int year, struct err *e)
{
    static const struct { const char *name, *day; } FIXED[] = { { "元旦", "01-01" },   { "劳动节", "05-01" }, { "劳动节", "05-02" },
                                                                { "国庆节", "10-01" }, { "国庆节", "10-02" }, { "国庆节", "10-03" } };
    char file[32];
    w->text.len = 0;
    buf_printf(&w->text, "{\n  \"year\": %d,\n  \"papers\": [],\n  \"note\": \"made for a demonstration: holidays of a fixed date only\",\n  \"days\": [",
               year);
    for (size_t i = 0; i < sizeof FIXED / sizeof *FIXED; i++)
        buf_printf(&w->text, "%s\n    { \"name\": \"%s\", \"date\": \"%d-%s\", \"isOffDay\": true }", i > 0 ? "," : "", FIXED[i].name, year, FIXED[i].day);
    buf_text(&w->text, "\n  ]\n}\n");
    snprintf(file, sizeof file, "calendar-%d.json", year);
    return write_text(w, file, e);
}

// --- The truth -----------------------------------------------------------------------------------------------------------------

static const char *or_empty(const char *text) { return text != NULL ? text : ""; }

static enum status write_legal_layer(struct writing *w, struct err *e)
{
    static const struct sink_field FIELD[] = { { .name = "number", .type = SINK_INTEGER }, { .name = "class", .type = SINK_TEXT },
                                               { .name = "legal", .type = SINK_TEXT },     { .name = "zone", .type = SINK_TEXT },
                                               { .name = "permit", .type = SINK_TEXT },    { .name = "community", .type = SINK_TEXT } };
    struct rings ground = { 0 };
    struct sink *s;
    enum status status = open_areas(w, "legal.gpkg", "truth", FIELD, 6, &s, e);
    if (status != OK)
        return status;
    for (uint32_t n = 0; n < w->m->city->truths && status == OK; n++) {
        const struct made_truth *t = &w->m->truth[n];
        if (t->legal == NULL)
            continue;
        struct sink_value v[] = { { .integer = n + 1 }, { .text = w->m->city->truth[n].class }, { .text = t->legal },
                                  { .text = t->zone != NULL ? t->zone->kind : "" }, { .text = t->permit != FOR_NOBODY ? w->m->permit[t->permit].number : "" },
                                  { .text = t->community != NULL ? t->community->code : "" } };
        made_increment(w->m, n, &ground);
        status = write_area(w, s, &ground, v, e);
    }
    rings_clear(&ground);
    return finish(s, status, e);
}

static void add_truth(struct writing *w, uint32_t n, struct rings *ground)
{
    const struct made_truth *t = &w->m->truth[n];
    made_increment(w->m, n, ground);
    struct xy_m at = in_crs(w, rings_centroid(ground));
    buf_printf(&w->text, "%s\n    { \"number\": %u, \"class\": \"%s\", \"op\": \"%s\", \"legal\": ", n > 0 ? "," : "", n + 1,
               w->m->city->truth[n].class, w->m->city->truth[n].op);
    buf_printf(&w->text, t->legal != NULL ? "\"%s\"" : "null", or_empty(t->legal));
    buf_printf(&w->text, t->zone != NULL ? ", \"zone\": \"%s\"" : ", \"zone\": null", t->zone != NULL ? t->zone->kind : "");
    buf_text(&w->text, ", \"permit\": ");
    if (t->permit != FOR_NOBODY)
        buf_json_text(&w->text, w->m->permit[t->permit].number);
    else
        buf_text(&w->text, "null");
    buf_printf(&w->text, ", \"community\": \"%s\", \"x\": %.2f, \"y\": %.2f, \"area_m2\": %.2f }", t->community != NULL ? t->community->code : "", at.x, at.y,
               rings_area_m2(ground));
}

static uint32_t count_legal(const struct made *m, const char *legal)
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < m->city->truths; n++)
        count += m->truth[n].legal != NULL && strcmp(m->truth[n].legal, legal) == 0;
    return count;
}

static enum status write_district(struct writing *w, struct err *e)
{
    static const char *const LEGAL[] = { "NO_PERMIT", "EXCEEDS_AREA", "EXCEEDS_HEIGHT", "OFF_SITE", "EXPIRED", "COVERED" };
    struct rings ground = { 0 };
    uint32_t permits = 0, unused = 0;
    for (uint32_t i = 0; i < w->m->permits; i++) {
        permits += !w->m->permit[i].is_withdrawn;
        unused += !w->m->permit[i].is_withdrawn && w->m->permit[i].is_unused;
    }
    w->text.len = 0;
    buf_printf(&w->text, "{\n  \"district\": \"%s\",\n  \"seed\": %.0f,\n  \"surveys\": { \"before\": \"%s\", \"after\": \"%s\" },\n", MADE_DISTRICT,
               w->m->city->options->seed, MADE_BEFORE, MADE_AFTER);
    buf_printf(&w->text, "  \"streets\": %u,\n  \"communities\": %u,\n  \"things\": %u,\n  \"permits\": %u,\n  \"approved_unused\": %u,\n  \"legal\": {",
               w->m->streets, w->m->areas - w->m->streets, w->m->things, permits, unused);
    for (size_t i = 0; i < sizeof LEGAL / sizeof *LEGAL; i++)
        buf_printf(&w->text, "%s \"%s\": %u", i > 0 ? "," : "", LEGAL[i], count_legal(w->m, LEGAL[i]));
    buf_text(&w->text, " },\n  \"truth\": [");
    for (uint32_t n = 0; n < w->m->city->truths; n++)
        add_truth(w, n, &ground);
    buf_text(&w->text, "\n  ]\n}\n");
    rings_clear(&ground);
    return write_text(w, "district.json", e);
}

static enum status write_all(struct writing *w, struct err *e)
{
    enum status status = write_areas(w, "streets.gpkg", 0, w->m->streets, e);
    status = status == OK ? write_areas(w, "communities.gpkg", w->m->streets, w->m->areas, e) : status;
    status = status == OK ? write_zones(w, e) : status;
    status = status == OK ? write_permits(w, e) : status;
    status = status == OK ? write_things(w, e) : status;
    status = status == OK ? write_lines(w, e) : status;
    for (int year = 2025; year <= 2027 && status == OK; year++)
        status = write_calendar(w, year, e);
    status = status == OK ? write_legal_layer(w, e) : status;
    return status == OK ? write_district(w, e) : status;
}

static enum status open_writing(struct writing *w, size_t text_most, struct err *e)
{
    struct crs *lonlat = NULL;
    buf_init(&w->wkb, WKB_MOST);
    buf_init(&w->text, text_most);
    enum status status = crs_open("EPSG:4326", &lonlat, e);
    if (status == OK)
        status = crs_road_open(w->m->city->crs, lonlat, &w->to_lonlat, e);
    crs_close(lonlat);
    return status;
}

static void close_writing(struct writing *w)
{
    crs_road_close(w->to_lonlat);
    buf_clear(&w->wkb);
    buf_clear(&w->text);
}

enum status made_write(const struct made *m, const char *folder, struct err *e)
{
    struct writing w = { .m = m, .folder = folder };
    enum status status = open_writing(&w, TEXT_MOST, e);
    if (status == OK)
        status = write_all(&w, e);
    close_writing(&w);
    return status;
}

static const struct thing_file *file_of(const char *layer)
{
    int i = 0;
    while (strcmp(FILES[i].layer, layer) != 0)
        i++;
    return &FILES[i];
}

enum status made_write_signs(const struct made *m, const char *folder, uint32_t count, struct err *e)
{
    struct writing w = { .m = m, .folder = folder };
    struct rng rng = rng_start(m->seed, 151);
    enum status status = open_writing(&w, (size_t)count * SIGN_BYTES, e);
    for (uint32_t n = 0; n < count && status == OK; n++) {
        struct made_thing t;
        made_sign(m, &rng, n, &t);
        add_point(&w, file_of("shop_sign"), &t);
        buf_text(&w.text, "\n");
    }
    if (status == OK)
        status = write_text(&w, "signs.geojsonl", e);
    close_writing(&w);
    return status;
}
