#include "api/changes_layer.h"
#include "api/reason.h"
#include "api/summary.h"
#include "core/base/ahead.h"
#include "core/base/mem.h"
#include "core/store/spatialite_guest.h"
#include "gis/sink.h"
#include <math.h>
#include <pthread.h>
#include <string.h>

enum { TEXT_CEILING = 1 << 20, METADATA_CEILING = 1 << 20 };
static const double BEGIN_SHARE = 0.9;

enum column {
    RANK, CLASS, CLASS_ZH, RELATION, BEFORE_IDS, AFTER_IDS, LINKS, AREA_BEFORE, AREA_AFTER, GAINED, GAINED_SD, LOST, LOST_SD, WIDTH,
    HEIGHT_BEFORE, HEIGHT_AFTER, HEIGHT_CHANGE, Z, CONFIDENCE, SHIFT_X, SHIFT_Y, REGISTRATION_SD, LON, LAT, REASONS_FOR,
    REASONS_AGAINST, WHY_ZH, WHY_EN, COLUMNS
};
static const struct sink_field columns[COLUMNS] = {
    [RANK] = { "rank", SINK_INTEGER, "rank", "序号", 0, NULL },
    [CLASS] = { "class", SINK_TEXT, "class", "类别代码", 0, NULL },
    [CLASS_ZH] = { "class_zh", SINK_TEXT, "class in Chinese", "类别", 0, NULL },
    [RELATION] = { "relation", SINK_TEXT, "relation", "对应关系", 0, NULL },
    [BEFORE_IDS] = { "before_ids", SINK_TEXT, "ids before", "前期编号", 0, NULL },
    [AFTER_IDS] = { "after_ids", SINK_TEXT, "ids after", "后期编号", 0, NULL },
    [LINKS] = { "links", SINK_TEXT, "pairs before:after with over 5 % of both in common", "重叠对应", 0, NULL },
    [AREA_BEFORE] = { "area_before_m2", SINK_REAL, "area before, m²", "前期面积", 2, "area_b_m2" },
    [AREA_AFTER] = { "area_after_m2", SINK_REAL, "area after, m²", "后期面积", 2, "area_a_m2" },
    [GAINED] = { "gained_m2", SINK_REAL, "gained, m²", "增加面积", 2, NULL },
    [GAINED_SD] = { "gained_sd_m2", SINK_REAL, "gained ±, m²", "增加面积中误差", 2, "gain_sd_m2" },
    [LOST] = { "lost_m2", SINK_REAL, "lost, m²", "减少面积", 2, NULL },
    [LOST_SD] = { "lost_sd_m2", SINK_REAL, "lost ±, m²", "减少面积中误差", 2, NULL },
    [WIDTH] = { "width_m", SINK_REAL, "mean width, m", "平均宽度", 2, NULL },
    [HEIGHT_BEFORE] = { "height_before_m", SINK_REAL, "height before, m", "前期高度", 2, "height_b_m" },
    [HEIGHT_AFTER] = { "height_after_m", SINK_REAL, "height after, m", "后期高度", 2, "height_a_m" },
    [HEIGHT_CHANGE] = { "height_change_m", SINK_REAL, "change of height, m", "高度变化", 2, "height_c_m" },
    [Z] = { "z", SINK_REAL, "standard deviations above noise", "误差倍数", 2, NULL },
    [CONFIDENCE] = { "confidence", SINK_REAL, "confidence", "置信度", 3, NULL },
    [SHIFT_X] = { "shift_x_m", SINK_REAL, "registration east, m", "配准东移", 3, NULL },
    [SHIFT_Y] = { "shift_y_m", SINK_REAL, "registration north, m", "配准北移", 3, NULL },
    [REGISTRATION_SD] = { "registration_sd_m", SINK_REAL, "registration ±, m", "配准中误差", 3, "reg_sd_m" },
    [LON] = { "lon", SINK_REAL, "longitude, EPSG:4326", "经度", 7, NULL },
    [LAT] = { "lat", SINK_REAL, "latitude, EPSG:4326", "纬度", 7, NULL },
    [REASONS_FOR] = { "reasons", SINK_TEXT, "reasons", "依据代码", 0, NULL },
    [REASONS_AGAINST] = { "counter_reasons", SINK_TEXT, "counter-reasons", "存疑代码", 0, "counter" },
    [WHY_ZH] = { "why_zh", SINK_TEXT, "why, in Chinese", "说明", 0, NULL },
    [WHY_EN] = { "why_en", SINK_TEXT, "why", "英文说明", 0, NULL },
};

enum row_text { TEXT_BEFORE, TEXT_AFTER, TEXT_LINKS, TEXT_FOR, TEXT_AGAINST, TEXT_ZH, TEXT_EN, TEXTS };

// What one thread makes rows with; the row is good until its next.
struct maker {
    struct crs_road *to_lonlat;
    struct buf text[TEXTS];
    struct sink_value value[COLUMNS];
};
struct changes_layer {
    struct comparison *c;
    struct pool *pool;
    struct sink *sink;
    struct maker *maker;
    int makers;
    pthread_t opener;       // on its way until it is joined
    bool opening;
    enum status status;     // of the opening
    struct err err;
    const struct progress *progress;
};

static void list_ids(const struct footprints *f, const uint32_t *member, uint32_t count, struct buf *out)
{
    for (uint32_t i = 0; i < count; i++) {
        buf_text(out, i == 0 ? "" : ",");
        footprint_add_id(f, member[i], out);
    }
}

static void list_links(const struct comparison *c, const struct change *ch, struct buf *out)
{
    for (uint32_t i = 0; i < ch->link_count; i++) {
        struct diff_link l = c->pair.result.link[ch->link_first + i];
        buf_text(out, i == 0 ? "" : ",");
        footprint_add_id(&c->pair.survey[BEFORE].layer, l.before, out);
        buf_text(out, ":");
        footprint_add_id(&c->pair.survey[AFTER].layer, l.after, out);
    }
}

static void fill_texts(const struct comparison *c, struct maker *m, const struct change *ch)
{
    const struct diff_result *r = &c->pair.result;
    for (int i = 0; i < TEXTS; i++) {
        m->text[i].len = 0;
        m->text[i].full = false;
        buf_text(&m->text[i], "");
    }
    list_ids(&c->pair.survey[BEFORE].layer, r->before_member + ch->before_first, ch->before_count, &m->text[TEXT_BEFORE]);
    list_ids(&c->pair.survey[AFTER].layer, r->after_member + ch->after_first, ch->after_count, &m->text[TEXT_AFTER]);
    list_links(c, ch, &m->text[TEXT_LINKS]);
    reason_codes(ch, false, &m->text[TEXT_FOR]);
    reason_codes(ch, true, &m->text[TEXT_AGAINST]);
    reason_sentences(ch, LANG_ZH, &m->text[TEXT_ZH]);
    reason_sentences(ch, LANG_EN, &m->text[TEXT_EN]);
}

// Rows come by rank, what they are made of lies by place: it is asked for some rows ahead, and the ids of its members after that.
static void row_comes(const struct comparison *c, int64_t i)
{
    enum { ROWS_AHEAD = 12, IDS_AHEAD = 6, LINE = 64 };
    const struct diff_result *r = &c->pair.result;
    if (i + ROWS_AHEAD >= r->count)
        return;
    const struct change *far = &r->change[i + ROWS_AHEAD], *near = &r->change[i + IDS_AHEAD];
    ahead_read(&r->before_member[far->before_first]);
    ahead_read(&r->after_member[far->after_first]);
    ahead_read(&r->link[far->link_first]);
    for (size_t at = 0; at < 3 * LINE && at < far->wkb_len; at += LINE)
        ahead_read(r->wkb + far->wkb_first + at);
    if (near->before_count > 0)
        footprint_id_comes(&c->pair.survey[BEFORE].layer, r->before_member[near->before_first]);
    if (near->after_count > 0)
        footprint_id_comes(&c->pair.survey[AFTER].layer, r->after_member[near->after_first]);
}

static struct sink_value text_of(const char *text) { return (struct sink_value){ .text = text, .is_null = text[0] == '\0' }; }
static struct sink_value real_of(double value) { return (struct sink_value){ .real = value }; } // NaN is written as null

static void make_row(void *ctx, int64_t i, int thread, struct sink_row *out)
{
    const struct changes_layer *w = ctx;
    struct maker *m = &w->maker[thread];
    const struct change *ch = &w->c->pair.result.change[i];
    row_comes(w->c, i);
    struct xy_m place = { ch->where.x / 1000.0, ch->where.y / 1000.0 };
    crs_road_go(m->to_lonlat, &place, 1);
    fill_texts(w->c, m, ch);
    const struct sink_value value[COLUMNS] = {
        [RANK] = { .integer = i + 1 },
        [CLASS] = text_of(change_class_name(ch->class)),
        [CLASS_ZH] = text_of(reason_class(ch->class, LANG_ZH)),
        [RELATION] = text_of(relation_name(ch->relation)),
        [BEFORE_IDS] = text_of(m->text[TEXT_BEFORE].data),
        [AFTER_IDS] = text_of(m->text[TEXT_AFTER].data),
        [LINKS] = text_of(m->text[TEXT_LINKS].data),
        [AREA_BEFORE] = real_of(ch->area_before_m2),
        [AREA_AFTER] = real_of(ch->area_after_m2),
        [GAINED] = real_of(ch->gained_m2),
        [GAINED_SD] = real_of(ch->gained_sd_m2),
        [LOST] = real_of(ch->lost_m2),
        [LOST_SD] = real_of(ch->lost_sd_m2),
        [WIDTH] = real_of(ch->width_m),
        [HEIGHT_BEFORE] = real_of(ch->height_before_m),
        [HEIGHT_AFTER] = real_of(ch->height_after_m),
        [HEIGHT_CHANGE] = real_of(ch->height_change_m),
        [Z] = real_of(ch->z),
        [CONFIDENCE] = real_of(ch->confidence),
        [SHIFT_X] = real_of(ch->shift.x),
        [SHIFT_Y] = real_of(ch->shift.y),
        [REGISTRATION_SD] = real_of(ch->registration_sd_m),
        [LON] = real_of(place.x),
        [LAT] = real_of(place.y),
        [REASONS_FOR] = text_of(m->text[TEXT_FOR].data),
        [REASONS_AGAINST] = text_of(m->text[TEXT_AGAINST].data),
        [WHY_ZH] = text_of(m->text[TEXT_ZH].data),
        [WHY_EN] = text_of(m->text[TEXT_EN].data),
    };
    memcpy(m->value, value, sizeof value);
    *out = (struct sink_row){ ch->wkb_len > 0 ? w->c->pair.result.wkb + ch->wkb_first : NULL, ch->wkb_len, m->value };
}

static void tell_rows(void *ctx, int64_t written)
{
    const struct changes_layer *w = ctx;
    progress_tell(w->progress, "writing", BEGIN_SHARE + (1 - BEGIN_SHARE) * (double)written / fmax(1, (double)w->c->pair.result.count));
}

// --- opening -------------------------------------------------------------------------------------------------------------------

static enum status open_sink(struct changes_layer *w)
{
    const struct comparison *c = w->c;
    struct sink_spec spec = { .path = c->settings->output, .layer = "changes", .crs = c->pair.metric, .target = comparison_output_crs(c),
                              .field = columns, .fields = COLUMNS, .sql = &spatialite_guest };
    return sink_open(&spec, &w->sink, &w->err);
}

static enum status find_way(struct changes_layer *w, struct crs_road **out)
{
    struct crs *lonlat;
    enum status status = crs_open("EPSG:4326", &lonlat, &w->err);
    if (status != OK)
        return status;
    status = crs_road_open(w->c->pair.metric, lonlat, out, &w->err);
    crs_close(lonlat);
    return status;
}

// PROJ takes its time to find a way; who has it hands it on.
static enum status open_makers(struct changes_layer *w)
{
    enum status status = find_way(w, &w->maker[0].to_lonlat);
    for (int i = 1; i < w->makers && status == OK; i++)
        status = crs_road_copy(w->maker[0].to_lonlat, &w->maker[i].to_lonlat, &w->err);
    return status;
}

static void *open_all(void *ctx)
{
    struct changes_layer *w = ctx;
    w->status = open_sink(w);
    if (w->status == OK)
        w->status = open_makers(w);
    return NULL;
}

struct changes_layer *changes_layer_begin(struct comparison *c)
{
    if (c->settings->output == NULL)
        return NULL;
    struct changes_layer *w = mem_get(1, sizeof *w);
    *w = (struct changes_layer){ .c = c, .pool = pool_open((int)c->settings->pair.threads), .err = { .lang = c->lang } };
    w->makers = pool_threads(w->pool);
    w->maker = mem_get((size_t)w->makers, sizeof *w->maker);
    for (int i = 0; i < w->makers; i++)
        for (int k = 0; k < TEXTS; k++)
            buf_init(&w->maker[i].text[k], TEXT_CEILING);
    w->opening = pthread_create(&w->opener, NULL, open_all, w) == 0;
    if (!w->opening)
        open_all(w);
    return w;
}

static void await_opening(struct changes_layer *w)
{
    if (w->opening)
        pthread_join(w->opener, NULL);
    w->opening = false;
}

void changes_layer_abandon(struct changes_layer *w)
{
    if (w == NULL)
        return;
    await_opening(w);
    sink_abandon(w->sink);
    for (int i = 0; i < w->makers; i++) {
        for (int k = 0; k < TEXTS; k++)
            buf_clear(&w->maker[i].text[k]);
        crs_road_close(w->maker[i].to_lonlat);
    }
    mem_free(w->maker);
    pool_close(w->pool);
    mem_free(w);
}

// --- writing -------------------------------------------------------------------------------------------------------------------

// The file tells what it was made of, with the hashes of both surveys, which may be done only now.
static enum status describe(const struct changes_layer *w, struct err *e)
{
    enum status status = pair_diff_hashes(&w->c->pair, e);
    if (status != OK)
        return status;
    struct buf json;
    buf_init(&json, METADATA_CEILING);
    summary_json(w->c, SUMMARY_REPEATABLE, &json);
    sink_describe(w->sink, json.data);
    buf_clear(&json);
    return OK;
}

static enum status write_rows(struct changes_layer *w, struct err *e)
{
    struct sink_rows rows = { .count = w->c->pair.result.count, .fill = make_row, .tell = tell_rows, .ctx = w };
    enum status status = sink_write_rows(w->sink, w->pool, &rows, e);
    return status == OK ? describe(w, e) : status;
}

// One thread finishes the file, a tenth of a second for a million buildings; meanwhile another gives back what rows were made of.
struct finishing { struct changes_layer *layer; bool let_go; enum status status; struct err *e; };
enum { COMMIT, LET_GO, FINISHERS };

static void finish_one(void *ctx, int64_t job, int thread)
{
    (void)thread;
    struct finishing *f = ctx;
    if (job == COMMIT)
        f->status = sink_commit(f->layer->sink, f->e);
    else if (f->let_go)
        pair_diff_let_go(&f->layer->c->pair);
}

enum status changes_layer_end(struct changes_layer *w, const struct progress *progress, bool let_go, struct err *e)
{
    if (w == NULL)
        return OK;
    await_opening(w);
    w->progress = progress;
    enum status status = w->status;
    if (status != OK)
        *e = w->err;
    else
        status = write_rows(w, e);
    if (status == OK) {
        struct finishing f = { w, let_go, OK, e };
        pool_run(w->pool, FINISHERS, finish_one, &f);
        w->sink = NULL;
        status = f.status;
    }
    changes_layer_abandon(w);
    return status;
}

enum status changes_layer_write(struct comparison *c, const struct progress *progress, struct err *e)
{
    return changes_layer_end(changes_layer_begin(c), progress, false, e);
}
