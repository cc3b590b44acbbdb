#include "api/change_text.h"
#include "api/reason.h"
#include "api/station_options.h"
#include "api/station_use.h"
#include "core/lifecycle.h"
#include "core/store/spatialite_guest.h"
#include "gis/change_reason.h"
#include "gis/sink.h"
#include <stdio.h>
#include <string.h>

enum { TEXT_MOST = 1 << 16, LIMIT_USUAL = 20 };
struct settings { struct station_use use; const char *comparison, *state, *class, *output; double limit; };

const struct option changes_options[] = {
    { .kind = OPTION_TEXT, .name = "comparison", .value = "ID", .at = offsetof(struct settings, comparison), .help = "of this comparison only (the newest; all: every one)" },
    { .kind = OPTION_TEXT, .name = "state", .value = "STATE", .at = offsetof(struct settings, state), .help = "open, referred, confirmed, dismissed, legal or capture_rule" },
    { .kind = OPTION_TEXT, .name = "class", .value = "CLASS", .at = offsetof(struct settings, class), .help = "new, enlarged, heightened, ..." },
    { .kind = OPTION_NUMBER, .name = "limit", .value = "N", .at = offsetof(struct settings, limit), .least = 1, .most = 1e9, .help = "as many at most (20; all into a file)" },
    { .kind = OPTION_TEXT, .name = "output", .letter = 'o', .value = "FILE", .at = offsetof(struct settings, output), .help = "into a layer: .gpkg .geojson .geojsonl .fgb .shp .csv .xlsx" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

// --- As words -------------------------------------------------------------------------------------------------------------------

struct listing { enum lang lang; struct buf text; };

static void begin_text(struct buf *b)
{
    b->len = 0;
    b->full = false;
    buf_text(b, "");
}

// The number in front is the one gridpatrol review takes.
static enum status print_change(void *ctx, const struct change_row *c, struct err *e)
{
    struct listing *l = ctx;
    (void)e;
    printf("%lld. %s  %s  %s  %s\n", (long long)c->number, c->id.text, reason_class(change_class_of(c->class), l->lang),
           lifecycle_state_title("change", c->state, l->lang), c->cell_code != NULL ? c->cell_code : "-");
    begin_text(&l->text);
    change_text_found(c, l->lang, &l->text);
    printf("   %s\n", l->text.data);
    begin_text(&l->text);
    change_text_legal(c, l->lang, &l->text);
    if (l->text.len > 0)
        printf("   %s\n", l->text.data);
    begin_text(&l->text);
    change_text_memory(c, l->lang, &l->text);
    if (l->text.len > 0)
        printf("   %s\n", l->text.data);
    return OK;
}

// --- As a layer -----------------------------------------------------------------------------------------------------------------

enum column { NUMBER, ID, OBJECT, CLASS, CLASS_ZH, STATE, SUSPICION, CONFIDENCE, NO_COVER, SEVERITY, LEGAL, PERMIT, ZONE, ZONE_SHARE, ZONE_P, STOCK,
              GAINED, GAINED_SD, LOST, AREA_BEFORE, AREA_AFTER, HEIGHT_CHANGE, Z, BEFORE_IDS, AFTER_IDS, REASONS_FOR, REASONS_AGAINST, INHERITED, WOKEN,
              SLOT, CELL, COMMUNITY, NOTE, WHY_ZH, WHY_EN, COLUMNS };
static const struct sink_field columns[COLUMNS] = {
    [NUMBER] = { "number", SINK_INTEGER, "rank in its comparison", "序号", 0, NULL },
    [ID] = { "id", SINK_TEXT, "id", "图斑标识", 0, NULL },
    [OBJECT] = { "object_id", SINK_TEXT, "object", "对象标识", 0, NULL },
    [CLASS] = { "class", SINK_TEXT, "class", "类别代码", 0, NULL },
    [CLASS_ZH] = { "class_zh", SINK_TEXT, "class in Chinese", "类别", 0, NULL },
    [STATE] = { "state", SINK_TEXT, "state of its review", "核查状态", 0, NULL },
    [SUSPICION] = { "suspicion", SINK_REAL, "suspicion", "疑似度", 4, NULL },
    [CONFIDENCE] = { "confidence", SINK_REAL, "confidence", "置信度", 3, NULL },
    [NO_COVER] = { "p_no_cover", SINK_REAL, "probability of no permit", "无许可概率", 3, NULL },
    [SEVERITY] = { "severity", SINK_REAL, "severity", "严重度", 3, NULL },
    [LEGAL] = { "legal_codes", SINK_TEXT, "what the law says, codes", "合法性代码", 0, "legal" },
    [PERMIT] = { "permit_number", SINK_TEXT, "permit", "许可证号", 0, "permit" },
    [ZONE] = { "zone_kind", SINK_TEXT, "zone", "管控区", 0, NULL },
    [ZONE_SHARE] = { "zone_share", SINK_REAL, "share inside the zone", "管控区内占比", 3, NULL },
    [ZONE_P] = { "zone_p", SINK_REAL, "probability of being inside", "在管控区内概率", 3, NULL },
    [STOCK] = { "stock", SINK_TEXT, "new or existing stock", "新增存量", 0, NULL },
    [GAINED] = { "gained_m2", SINK_REAL, "gained, m²", "增加面积", 2, NULL },
    [GAINED_SD] = { "gained_sd_m2", SINK_REAL, "gained ±, m²", "增加面积中误差", 2, "gain_sd_m2" },
    [LOST] = { "lost_m2", SINK_REAL, "lost, m²", "减少面积", 2, NULL },
    [AREA_BEFORE] = { "area_before_m2", SINK_REAL, "area before, m²", "前期面积", 2, "area_b_m2" },
    [AREA_AFTER] = { "area_after_m2", SINK_REAL, "area after, m²", "后期面积", 2, "area_a_m2" },
    [HEIGHT_CHANGE] = { "height_change_m", SINK_REAL, "change of height, m", "高度变化", 2, "height_c_m" },
    [Z] = { "z", SINK_REAL, "standard deviations above noise", "误差倍数", 2, NULL },
    [BEFORE_IDS] = { "before_ids", SINK_TEXT, "ids before", "前期编号", 0, NULL },
    [AFTER_IDS] = { "after_ids", SINK_TEXT, "ids after", "后期编号", 0, NULL },
    [REASONS_FOR] = { "reasons", SINK_TEXT, "reasons", "依据代码", 0, NULL },
    [REASONS_AGAINST] = { "counter_reasons", SINK_TEXT, "counter-reasons", "存疑代码", 0, "counter" },
    [INHERITED] = { "inherited_from", SINK_TEXT, "decision carried on from", "结论沿用自", 0, "inherited" },
    [WOKEN] = { "woken_by", SINK_TEXT, "why it was woken", "唤醒原因", 0, NULL },
    [SLOT] = { "audit_slot", SINK_INTEGER, "drawn for the audit", "抽查", 0, NULL },
    [CELL] = { "cell_code", SINK_TEXT, "cell", "单元网格", 0, NULL },
    [COMMUNITY] = { "community_code", SINK_TEXT, "community", "社区", 0, "community" },
    [NOTE] = { "review_note", SINK_TEXT, "note of the review", "核查说明", 0, NULL },
    [WHY_ZH] = { "why_zh", SINK_TEXT, "why, in Chinese", "说明", 0, NULL },
    [WHY_EN] = { "why_en", SINK_TEXT, "why", "英文说明", 0, NULL },
};

struct writing { struct sink *sink; struct buf zh, en; int64_t rows; };

static struct sink_value text_of(const char *text) { return (struct sink_value){ .text = text, .is_null = text == NULL || text[0] == '\0' }; }
static struct sink_value real_of(double value) { return (struct sink_value){ .real = value }; } // NaN is written as null

static void write_why(const struct change_row *c, enum lang lang, struct buf *out)
{
    begin_text(out);
    change_text_found(c, lang, out);
    buf_text(out, " ");
    change_text_legal(c, lang, out);
}

static enum status write_change(void *ctx, const struct change_row *c, struct err *e)
{
    struct writing *w = ctx;
    write_why(c, LANG_ZH, &w->zh);
    write_why(c, LANG_EN, &w->en);
    w->rows++;
    const struct sink_value value[COLUMNS] = {
        [NUMBER] = { .integer = c->number }, [ID] = text_of(c->id.text), [OBJECT] = text_of(c->object.text), [CLASS] = text_of(c->class),
        [CLASS_ZH] = text_of(reason_class(change_class_of(c->class), LANG_ZH)), [STATE] = text_of(c->state), [SUSPICION] = real_of(c->suspicion),
        [CONFIDENCE] = real_of(c->confidence), [NO_COVER] = real_of(c->p_no_cover), [SEVERITY] = real_of(c->severity),
        [LEGAL] = text_of(c->legal_codes), [PERMIT] = text_of(c->permit_number), [ZONE] = text_of(c->zone_kind),
        [ZONE_SHARE] = real_of(c->zone_share), [ZONE_P] = real_of(c->zone_p), [STOCK] = text_of(c->stock), [GAINED] = real_of(c->gained_m2),
        [GAINED_SD] = real_of(c->gained_sd_m2), [LOST] = real_of(c->lost_m2), [AREA_BEFORE] = real_of(c->area_before_m2),
        [AREA_AFTER] = real_of(c->area_after_m2), [HEIGHT_CHANGE] = real_of(c->height_change_m), [Z] = real_of(c->z),
        [BEFORE_IDS] = text_of(c->before_ids), [AFTER_IDS] = text_of(c->after_ids), [REASONS_FOR] = text_of(c->reasons),
        [REASONS_AGAINST] = text_of(c->counter_reasons), [INHERITED] = text_of(c->inherited_from), [WOKEN] = text_of(c->woken_by),
        [SLOT] = { .integer = c->is_audit_slot }, [CELL] = text_of(c->cell_code), [COMMUNITY] = text_of(c->community_code),
        [NOTE] = text_of(c->review_note), [WHY_ZH] = text_of(w->zh.data), [WHY_EN] = text_of(w->en.data),
    };
    return sink_write(w->sink, c->wkb, c->wkb_len, value, e);
}

static enum status write_layer(struct work *work, const struct change_query *q, const char *path)
{
    struct crs *lonlat = NULL;
    struct writing w = { .sink = NULL };
    buf_init(&w.zh, TEXT_MOST);
    buf_init(&w.en, TEXT_MOST);
    enum status s = crs_open("EPSG:4326", &lonlat, work->e);
    if (s == OK)
        s = sink_open(&(struct sink_spec){ .path = path, .layer = "changes", .crs = lonlat, .target = lonlat, .field = columns,
                                           .fields = COLUMNS, .sql = &spatialite_guest }, &w.sink, work->e);
    if (s == OK) {
        s = change_each(work, q, write_change, &w);
        if (s == OK)
            s = sink_commit(w.sink, work->e);
        else
            sink_abandon(w.sink);
    }
    if (lonlat != NULL)
        crs_close(lonlat);
    buf_clear(&w.zh);
    buf_clear(&w.en);
    return s;
}

// --- The command ----------------------------------------------------------------------------------------------------------------

static enum status list(struct work *w, void *ctx)
{
    const struct settings *s = ctx;
    struct change_query q = { .state = s->state, .class = s->class, .limit = s->limit > 0 ? (int64_t)s->limit : s->output != NULL ? 0 : LIMIT_USUAL };
    struct id newest;
    enum status status = OK;
    if (s->comparison == NULL) {
        status = change_newest_comparison(w, &newest);
        q.comparison = newest.text;
    } else if (strcmp(s->comparison, "all") != 0) {
        q.comparison = s->comparison;
    }
    if (status != OK)
        return status;
    if (s->output != NULL)
        return write_layer(w, &q, s->output);
    struct listing l = { .lang = w->e->lang };
    buf_init(&l.text, TEXT_MOST);
    status = change_each(w, &q, print_change, &l);
    buf_clear(&l.text);
    return status;
}

static enum status check_words(const struct operands *words, const struct settings *s, struct err *e)
{
    if (words->count != 1)
        return err_set(e, INVALID, "the station's folder is missing");
    if (s->state != NULL && lifecycle_state_title("change", s->state, e->lang) == NULL)
        return err_set(e, INVALID, "--state %s: open, referred, confirmed, dismissed, legal or capture_rule is expected", s->state);
    if (s->class != NULL && change_class_of(s->class) == CHANGE_CLASSES)
        return err_set(e, INVALID, "--class %s: a class as the changes have it is expected, such as new, gone, enlarged or heightened", s->class);
    return s->output != NULL ? sink_check(s->output, e) : OK;
}

int cmd_changes(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { .limit = 0 };
    struct operands words;
    enum status status = options_read(changes_options, call->argc, call->argv, 1, &s, &words, &e);
    if (status == OK)
        status = check_words(&words, &s, &e);
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = station_use_open(&s.use, words.item[0], &e);
    struct station_call who = station_use_call(&s.use);
    if (status == OK)
        status = station_read(s.use.station, &who, list, &s, &e);
    station_use_close(&s.use);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}
