#include "api/change_text.h"
#include "api/listing.h"
#include "api/reason.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "api/step_settings.h"
#include "core/base/mem.h"
#include "core/data_reader.h"
#include "core/lifecycle.h"
#include "core/store/spatialite_guest.h"
#include "gis/change_reason.h"
#include "gis/sink.h"
#include <stdio.h>
#include <string.h>

enum { TEXT_MOST = 1 << 16, LIMIT_USUAL = 20 };
struct settings { struct station_use use; struct listing_options list; const char *comparison, *state, *class, *output; };

const struct option changes_options[] = {
    { .kind = OPTION_TEXT, .name = "comparison", .value = "ID", .at = offsetof(struct settings, comparison), .help = "of this comparison only (the newest; all: every one)" },
    { .kind = OPTION_TEXT, .name = "state", .value = "STATE", .at = offsetof(struct settings, state), .help = "open, referred, confirmed, dismissed, legal or capture_rule" },
    { .kind = OPTION_TEXT, .name = "class", .value = "CLASS", .at = offsetof(struct settings, class), .help = "new, enlarged, heightened, ..." },
    { .kind = OPTION_NUMBER, .name = "limit", .value = "N", .at = offsetof(struct settings, list.limit), .least = 1, .most = 1e9, .help = "as many at most (20; all into a file and with --json)" },
    { .kind = OPTION_TEXT, .name = "after", .value = "KEY", .at = offsetof(struct settings, list.after), .help = "go on after this change: its id, or its number in the newest comparison" },
    { .kind = OPTION_FLAG, .name = "json", .at = offsetof(struct settings, list.json), .help = "for programs: {\"rows\": [...], \"next\": KEY or null}" },
    { .kind = OPTION_TEXT, .name = "output", .letter = 'o', .value = "FILE", .at = offsetof(struct settings, output), .help = "into a layer: .gpkg .geojson .geojsonl .fgb .shp .shp.zip .csv .xlsx" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

// --- As words -------------------------------------------------------------------------------------------------------------------

struct words { enum lang lang; const struct property *zone_kinds; struct buf text; int64_t most, told; bool quiet; char last[24]; };

static void begin_text(struct buf *b)
{
    b->len = 0;
    b->full = false;
    buf_text(b, "");
}

static void print_text(const struct buf *text)
{
    if (text->len > 0)
        printf("   %s\n", text->data);
}

// The number in front is the one gridpatrol review takes.
static enum status print_change(void *ctx, const struct change_row *c, struct err *e)
{
    struct words *w = ctx;
    (void)e;
    if (w->told++ == w->most)
        return OK;                     // asked for to know that there are more
    snprintf(w->last, sizeof w->last, "%lld", (long long)c->number);
    printf("%lld. %s  %s  %s  %s\n", (long long)c->number, c->id.text, reason_class(change_class_of(c->class), w->lang),
           lifecycle_state_title("change", c->state, w->lang), c->cell_code != NULL ? c->cell_code : "-");
    begin_text(&w->text);
    change_text_found(c, w->lang, &w->text);
    printf("   %s\n", w->text.data);
    begin_text(&w->text);
    change_text_legal(c, w->zone_kinds, w->lang, &w->text);
    print_text(&w->text);
    begin_text(&w->text);
    change_text_memory(c, w->lang, &w->text);
    print_text(&w->text);
    return OK;
}

static enum status print_words(struct work *w, const struct settings *s, struct change_query *q, const struct property *zone_kinds)
{
    struct words words = { .lang = w->e->lang, .zone_kinds = zone_kinds, .most = s->list.limit > 0 ? (int64_t)s->list.limit : LIMIT_USUAL };
    buf_init(&words.text, TEXT_MOST);
    q->page.limit = words.most + 1;
    enum status status = change_each(w, q, print_change, &words);
    fflush(stdout);
    if (status == OK && words.told > words.most && !s->use.quiet)
        fprintf(stderr, text_in(w->e->lang, "There are more: --after %s\n"), words.last);
    buf_clear(&words.text);
    return status;
}

// --- For programs ---------------------------------------------------------------------------------------------------------------

static const struct list_column members[] = {
    { "id", LIST_TEXT, 0, false }, { "number", LIST_WHOLE, 0, false }, { "comparison", LIST_TEXT, 0, false }, { "object", LIST_TEXT, 0, false },
    { "class", LIST_TEXT, 0, false }, { "relation", LIST_TEXT, 0, false }, { "state", LIST_TEXT, 0, false }, { "stock", LIST_TEXT, 0, false },
    { "suspicion", LIST_REAL, 0, false }, { "confidence", LIST_REAL, 0, false }, { "p_no_cover", LIST_REAL, 0, false }, { "severity", LIST_REAL, 0, false },
    { "legal_codes", LIST_TEXT, 0, false }, { "permit_number", LIST_TEXT, 0, false }, { "zone_kind", LIST_TEXT, 0, false },
    { "zone_share", LIST_REAL, 0, false }, { "zone_p", LIST_REAL, 0, false }, { "gained_m2", LIST_REAL, 0, false }, { "lost_m2", LIST_REAL, 0, false },
    { "height_change_m", LIST_REAL, 0, false }, { "reasons", LIST_TEXT, 0, false }, { "counter_reasons", LIST_TEXT, 0, false },
    { "reviewed_at", LIST_TIME, 0, false }, { "review_note", LIST_TEXT, 0, false }, { "inherited_from", LIST_TEXT, 0, false },
    { "woken_by", LIST_TEXT, 0, false }, { "audit_slot", LIST_FLAG, 0, false }, { "cell_code", LIST_TEXT, 0, false }, { "community_code", LIST_TEXT, 0, false },
    { "why", LIST_TEXT, 0, false },
};
enum { MEMBERS = sizeof members / sizeof members[0] };

struct objects { struct listing listing; const struct property *zone_kinds; struct buf why; };

static enum status print_object(void *ctx, const struct change_row *c, struct err *e)
{
    struct objects *o = ctx;
    begin_text(&o->why);
    change_text_found(c, e->lang, &o->why);
    buf_text(&o->why, " ");
    change_text_legal(c, o->zone_kinds, e->lang, &o->why);
    const struct list_value v[MEMBERS] = {
        { .text = c->id.text }, { .whole = c->number }, { .text = c->comparison.text }, { .text = c->object.text }, { .text = c->class },
        { .text = c->relation }, { .text = c->state }, { .text = c->stock }, { .real = c->suspicion }, { .real = c->confidence },
        { .real = c->p_no_cover }, { .real = c->severity }, { .text = c->legal_codes }, { .text = c->permit_number }, { .text = c->zone_kind },
        { .real = c->zone_share }, { .real = c->zone_p }, { .real = c->gained_m2 }, { .real = c->lost_m2 }, { .real = c->height_change_m },
        { .text = c->reasons }, { .text = c->counter_reasons }, { .whole = c->reviewed_by != NULL ? c->reviewed_at_s : NO_TIME },
        { .text = c->review_note }, { .text = c->inherited_from }, { .text = c->woken_by }, { .whole = c->is_audit_slot }, { .text = c->cell_code },
        { .text = c->community_code }, { .text = o->why.data },
    };
    return listing_row(&o->listing, v);
}

static enum status print_objects(struct work *w, const struct settings *s, struct change_query *q, const struct property *zone_kinds)
{
    struct objects o = { .zone_kinds = zone_kinds };
    buf_init(&o.why, TEXT_MOST);
    listing_begin(&o.listing, &(struct listing_plan){ members, MEMBERS, &s->list, .query = NULL }, &s->use, w->e->lang);
    q->page = listing_page(&o.listing);
    enum status status = change_each(w, q, print_object, &o);
    listing_end(&o.listing, status);
    buf_clear(&o.why);
    return status;
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

struct writing { struct sink *sink; const struct property *zone_kinds; struct buf zh, en; };

static struct sink_value text_of(const char *text) { return (struct sink_value){ .text = text, .is_null = text == NULL || text[0] == '\0' }; }
static struct sink_value real_of(double value) { return (struct sink_value){ .real = value }; } // NaN is written as null

static void write_why(const struct change_row *c, const struct property *zone_kinds, enum lang lang, struct buf *out)
{
    begin_text(out);
    change_text_found(c, lang, out);
    buf_text(out, " ");
    change_text_legal(c, zone_kinds, lang, out);
}

static enum status write_change(void *ctx, const struct change_row *c, struct err *e)
{
    struct writing *w = ctx;
    write_why(c, w->zone_kinds, LANG_ZH, &w->zh);
    write_why(c, w->zone_kinds, LANG_EN, &w->en);
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

static enum status write_layer(struct work *work, const struct change_query *q, const struct property *zone_kinds, const char *path)
{
    struct crs *lonlat = NULL;
    struct writing w = { .zone_kinds = zone_kinds };
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

static enum status choose(struct work *w, const struct settings *s, struct id *newest, struct change_query *out)
{
    *out = (struct change_query){ .state = s->state, .class = s->class, .page = { s->list.after, (int64_t)s->list.limit } };
    if (s->comparison != NULL) {
        out->comparison = strcmp(s->comparison, "all") != 0 ? s->comparison : NULL;
        return OK;
    }
    out->comparison = newest->text;
    return change_newest_comparison(w, newest);
}

static enum status list(struct work *w, void *ctx)
{
    const struct settings *s = ctx;
    struct arena *a = arena_open(DATA_ARENA_BYTES);
    struct change_query q;
    struct id newest;
    struct layer zones;
    enum status status = choose(w, s, &newest, &q);
    if (status == OK)
        status = layer_get(w, a, "zone", &zones);
    const struct property *kinds = status == OK ? layer_property(&zones, "kind") : NULL;
    if (status == OK)
        status = s->output != NULL ? write_layer(w, &q, kinds, s->output) : s->list.json ? print_objects(w, s, &q, kinds) : print_words(w, s, &q, kinds);
    arena_close(a);
    return status;
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    struct settings *s = settings;
    (void)words;
    return station_use_read(&s->use, list, s, e);
}

static enum status check(void *settings, const struct operands *words, struct err *e)
{
    const struct settings *s = settings;
    (void)words;
    if (s->class != NULL && change_class_of(s->class) == CHANGE_CLASSES)
        return err_set(e, INVALID, "--class %s: a class as the changes have it is expected, such as new, gone, enlarged or heightened", s->class);
    enum status status = step_check_state("change", s->state, e);
    return status == OK && s->output != NULL ? sink_check(s->output, e) : status;
}

int cmd_changes(const struct call *call)
{
    return station_command(call, &(struct station_command){ .least = 1, .most = 1, .check = check, .run = run }, &(struct settings){ .state = NULL });
}
