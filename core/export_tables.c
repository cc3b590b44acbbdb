// export_tables.c - what is told of each record that leaves a station: a row a column.
#include "core/export.h"

#include "core/audit.h"
#include "core/base/mem.h"
#include "core/lifecycle.h"
#include "core/store/view_rows.h"
#include "core/visible.h"
#include <stdio.h>
#include <string.h>

static const char *label_change(const char *code, enum lang lang) { return lifecycle_state_title("change", code, lang); }
static const char *label_case(const char *code, enum lang lang) { return lifecycle_state_title("case", code, lang); }
static const char *label_finding(const char *code, enum lang lang) { return lifecycle_state_title("finding", code, lang); }
static const char *label_lead(const char *code, enum lang lang) { return lifecycle_state_title("lead", code, lang); }
static const char *label_word(const char *code, enum lang lang) { return text_in(lang, code); }

#define TEXT(name, zh, en, sql) { name, zh, en, EXPORT_TEXT, sql, NULL, NULL, NULL }
#define CODE(name, zh, en, sql, label) { name, zh, en, EXPORT_TEXT, sql, label, NULL, NULL }
#define WHOLE(name, zh, en, sql) { name, zh, en, EXPORT_WHOLE, sql, NULL, NULL, NULL }
#define REAL(name, zh, en, sql) { name, zh, en, EXPORT_REAL, sql, NULL, NULL, NULL }
#define TIME(name, zh, en, sql) { name, zh, en, EXPORT_TIME, sql, NULL, NULL, NULL }

// --- The ground -----------------------------------------------------------------------------------------------------------------------

static const struct export_column area_columns[] = {
    CODE("level", "级别", "level", "t.level", label_word), TEXT("code", "编码", "code", "t.code"), TEXT("parent_code", "上级编码", "parent code", "t.parent_code"),
    TEXT("name_zh", "名称", "name in Chinese", "t.name_zh"), TEXT("name_en", "英文名称", "name in English", "t.name_en"), TEXT("source", "来源", "source", "t.source"),
    TIME("valid_from", "启用时间", "valid since", "t.valid_from_s"), TEXT("id", "标识", "id", "t.id"),
};

static const struct export_column cell_columns[] = {
    TEXT("grid", "网格类型", "grid", "g.key"), WHOLE("version", "网格版本", "version of the grid", "g.version"), TEXT("code", "网格编码", "code", "t.code"),
    TEXT("name", "名称", "name", "t.name"), TEXT("community_code", "社区编码", "community", "t.community_code"), REAL("area_m2", "面积（平方米）", "area, m²", "t.area_m2"),
    TIME("valid_from", "启用时间", "valid since", "t.valid_from_s"), TEXT("id", "标识", "id", "t.id"),
};

static const struct export_column survey_columns[] = {
    TEXT("name", "期次", "survey", "t.name"), CODE("kind", "类型", "kind", "t.kind", label_word), TIME("taken_at", "普查时间", "taken at", "t.taken_at_s"),
    TEXT("source", "来源", "source", "t.source"), REAL("accuracy_m", "中误差（米）", "accuracy, m", "t.accuracy_m"),
    REAL("min_area_m2", "最小采集面积", "smallest area drawn, m²", "t.min_area_m2"), TEXT("outline", "轮廓类型", "outline", "t.outline"),
    TEXT("crs", "坐标系", "CRS", "t.crs"), WHOLE("features", "要素数", "features", "t.features"), TEXT("original_name", "原文件名", "original file", "t.original_name"),
    TEXT("original_sha256", "原文件摘要", "SHA-256 of the original", "t.original_sha256"),
    TEXT("archive_sha256", "归档文件摘要", "SHA-256 of the archived layer", "t.archive_sha256"), TIME("added_at", "入库时间", "added at", "t.added_at_s"),
    TEXT("id", "标识", "id", "t.id"),
};

// --- The work -------------------------------------------------------------------------------------------------------------------------

static const struct export_column change_columns[] = {
    WHOLE("number", "序号", "rank in its comparison", "t.number"), TEXT("id", "图斑标识", "id", "t.id"), TEXT("comparison", "比对标识", "comparison", "t.comparison_id"),
    TEXT("before", "前期", "before", "b.name"), TEXT("after", "后期", "after", "s.name"), TEXT("object_id", "对象标识", "object", "t.object_id"),
    CODE("class", "类别", "class", "t.class", label_word), CODE("relation", "对应关系", "relation", "t.relation", label_word),
    CODE("state", "状态", "state", "t.state", label_change), CODE("stock", "新增存量", "new or existing stock", "t.stock", label_word),
    REAL("suspicion", "疑似度", "suspicion", "t.suspicion"), REAL("confidence", "置信度", "confidence", "t.confidence"),
    REAL("p_no_cover", "无许可概率", "probability of no permit", "t.p_no_cover"), REAL("severity", "严重度", "severity", "t.severity"),
    TEXT("legal_codes", "合法性代码", "what the law says, codes", "t.legal_codes"), TEXT("permit_number", "许可证号", "permit", "t.permit_number"),
    TEXT("zone_kind", "管控区", "zone", "t.zone_kind"), REAL("zone_share", "管控区内占比", "share inside the zone", "t.zone_share"),
    REAL("zone_p", "在管控区内概率", "probability of being inside", "t.zone_p"), REAL("gained_m2", "增加面积", "gained, m²", "t.gained_m2"),
    REAL("gained_sd_m2", "增加面积中误差", "gained ±, m²", "t.gained_sd_m2"), REAL("lost_m2", "减少面积", "lost, m²", "t.lost_m2"),
    REAL("area_before_m2", "前期面积", "area before, m²", "t.area_before_m2"), REAL("area_after_m2", "后期面积", "area after, m²", "t.area_after_m2"),
    REAL("height_before_m", "前期高度", "height before, m", "t.height_before_m"), REAL("height_after_m", "后期高度", "height after, m", "t.height_after_m"),
    REAL("height_change_m", "高度变化", "change of height, m", "t.height_change_m"), REAL("z", "误差倍数", "standard deviations above noise", "t.z"),
    TEXT("before_ids", "前期编号", "ids before", "t.before_ids"), TEXT("after_ids", "后期编号", "ids after", "t.after_ids"),
    TEXT("reasons", "依据代码", "reasons", "t.reasons"), TEXT("counter_reasons", "存疑代码", "counter-reasons", "t.counter_reasons"),
    TEXT("reviewed_by", "核查人", "reviewed by", "a.name"), TIME("reviewed_at", "核查时间", "reviewed at", "t.reviewed_at_s"),
    TEXT("review_note", "核查说明", "note of the review", "t.review_note"), TEXT("inherited_from", "结论沿用自", "decision carried on from", "t.inherited_from"),
    TEXT("woken_by", "唤醒原因", "why it was woken", "t.woken_by"), WHOLE("audit_slot", "抽查", "drawn for the audit", "t.audit_slot"),
    TEXT("cell_code", "单元网格", "cell", "t.cell_code"), TEXT("community_code", "社区编码", "community", "t.community_code"),
};

static const struct export_column case_columns[] = {
    TEXT("number", "案卷号", "number", "t.number"), TEXT("id", "标识", "id", "t.id"), TEXT("kind", "案卷类型", "kind", "t.kind"), TEXT("title", "名称", "title", "t.title"),
    TEXT("source", "来源", "source", "t.source"), TEXT("scheme", "编码体系", "code scheme", "t.scheme"), TEXT("code", "编码", "code", "t.code"),
    WHOLE("condition", "立案条件", "condition of filing", "t.condition"), CODE("track", "办理方式", "track", "t.track", label_word),
    CODE("stock", "新增存量", "new or existing stock", "t.stock", label_word), WHOLE("in_progress", "在建", "still being built", "t.in_progress"),
    CODE("state", "状态", "state", "t.state", label_case), TEXT("stage", "环节", "stage", "t.stage"), WHOLE("priority", "优先级", "priority", "t.priority"),
    TEXT("agency", "单位代码", "agency", "g.key"), TEXT("agency_zh", "单位", "agency in Chinese", "g.name_zh"), TEXT("agency_en", "单位英文名", "agency in English", "g.name_en"),
    TEXT("rule", "移交规则", "routing rule", "t.rule"), TEXT("party", "当事人", "party", "t.party"), REAL("area_m2", "违法面积", "illegal area, m²", "t.area_m2"),
    REAL("measured_area_m2", "拆除面积", "measured area removed, m²", "t.measured_area_m2"),
    TEXT("building_result", "建筑处置结果", "what became of the building", "t.building_result"), TEXT("fine_result", "处罚结果", "what became of the fine", "t.fine_result"),
    TIME("opened_at", "上报时间", "opened at", "t.opened_at_s"), TIME("registered_at", "立案时间", "registered at", "t.registered_at_s"),
    TIME("dispatched_at", "派遣时间", "dispatched at", "t.dispatched_at_s"), TIME("handled_at", "处置时间", "handled at", "t.handled_at_s"),
    TIME("checked_at", "核查时间", "checked at", "t.checked_at_s"), TIME("closed_at", "结案时间", "closed at", "t.closed_at_s"),
    TIME("due_at", "当前时限", "due at", "t.due_at_s"), WHOLE("is_due_provisional", "时限暂定", "deadline is provisional", "t.is_due_provisional"),
    WHOLE("is_exempt", "超期不计", "late, but not counted", "t.is_exempt"), WHOLE("extended", "延期次数", "times extended", "t.extended"),
    WHOLE("suspended", "挂账次数", "times suspended", "t.suspended"), TEXT("recurrence_of", "复发自", "repeats", "r.number"),
    TEXT("merged_into", "并入", "merged into", "m.number"), TEXT("cell_code", "单元网格", "cell", "t.cell_code"),
    TEXT("community_code", "社区编码", "community", "t.community_code"), REAL("lon", "经度", "longitude", "t.lon"), REAL("lat", "纬度", "latitude", "t.lat"),
};

static const struct export_column finding_columns[] = {
    TEXT("number", "上报号", "number", "t.number"), TEXT("id", "标识", "id", "t.id"), TEXT("source", "来源", "source", "t.source"),
    TEXT("scheme", "编码体系", "code scheme", "t.scheme"), TEXT("code", "编码", "code", "t.code"), TEXT("text", "描述", "what was seen", "t.text"),
    CODE("state", "状态", "state", "t.state", label_finding), TIME("seen_at", "发现时间", "seen at", "t.seen_at_s"),
    REAL("accuracy_m", "精度（米）", "accuracy, m", "t.accuracy_m"), TEXT("crs", "上报坐标系", "CRS as sent", "t.crs"),
    REAL("given_x", "上报横坐标", "x as sent", "t.given_x"), REAL("given_y", "上报纵坐标", "y as sent", "t.given_y"), TIME("due_at", "当前时限", "due at", "t.due_at_s"),
    TEXT("reported_by", "上报人", "reported by", "a.name"), TIME("made_at", "上报时间", "reported at", "t.made_at_s"),
    TEXT("cell_code", "单元网格", "cell", "t.cell_code"), TEXT("community_code", "社区编码", "community", "t.community_code"),
};

static const struct export_column lead_columns[] = {
    TEXT("number", "线索号", "number", "t.number"), TEXT("id", "标识", "id", "t.id"), TEXT("case", "案卷号", "case", "c.number"),
    TEXT("agency", "单位代码", "agency", "g.key"), TEXT("agency_zh", "单位", "agency in Chinese", "g.name_zh"), TEXT("agency_en", "单位英文名", "agency in English", "g.name_en"),
    TEXT("kind", "案卷类型", "kind", "t.kind"), CODE("secrecy", "密级", "secrecy", "t.secrecy", label_word), CODE("state", "状态", "state", "t.state", label_lead),
    TEXT("stage", "环节", "stage", "t.stage"), WHOLE("priority", "优先级", "priority", "t.priority"), TEXT("rule", "移交规则", "routing rule", "t.rule"),
    TIME("made_at", "起草时间", "drafted at", "t.made_at_s"), TIME("sent_at", "移交时间", "sent at", "t.sent_at_s"),
    TIME("received_at", "签收时间", "received at", "t.received_at_s"), TIME("answered_at", "反馈时间", "answered at", "t.answered_at_s"),
    TIME("closed_at", "办结时间", "closed at", "t.closed_at_s"), TIME("due_at", "当前时限", "due at", "t.due_at_s"),
    WHOLE("is_due_provisional", "时限暂定", "deadline is provisional", "t.is_due_provisional"), TEXT("receipt_number", "回执号", "receipt", "t.receipt_number"),
    TEXT("received_by", "签收人", "received by", "t.received_by"), TEXT("answer", "反馈内容", "answer", "t.answer"),
    TEXT("return_reason", "退回原因", "reason of the return", "t.return_reason"), WHOLE("reminders", "催办次数", "reminders", "t.reminders"),
    TEXT("linked_from", "来自线索", "continues", "l.number"), TEXT("cell_code", "单元网格", "cell", "t.cell_code"),
    TEXT("community_code", "社区编码", "community", "t.community_code"),
};

static const struct export_column audit_columns[] = {
    WHOLE("seq", "序号", "row", "t.seq"), TIME("at", "时间", "at", "t.at_s"), TEXT("actor", "人员标识", "actor", "t.actor"), TEXT("actor_name", "人员", "who", "a.name"),
    TEXT("verb", "动作", "did what", "t.verb"), CODE("thing", "对象类别", "to a", "t.thing", audit_thing_title), TEXT("thing_id", "对象标识", "record", "t.thing_id"),
    TEXT("note", "说明", "note", "t.note"), TEXT("before_sha256", "之前摘要", "SHA-256 before", "t.before_sha256"),
    TEXT("after_sha256", "之后摘要", "SHA-256 after", "t.after_sha256"), TEXT("hash", "链摘要", "hash of the chain", "t.hash"),
};

// --- Where they lie -------------------------------------------------------------------------------------------------------------------

#define COLUMNS(list) (list), (int)(sizeof (list) / sizeof (list)[0])

static const struct export_table tables[] = {
    { "areas", SINK_AREAS, "area", NULL, "area t WHERE t.counts = 1 AND t.valid_to_s IS NULL", "t.geom", "t.fid", "idx_area_geom", "code", COLUMNS(area_columns) },
    { "cells", SINK_AREAS, "cell", NULL, "cell t JOIN grid g ON g.id = t.grid_id WHERE t.state = 'active'", "t.geom", "t.fid", "idx_cell_geom", "code", COLUMNS(cell_columns) },
    { "surveys", SINK_AREAS, "survey", NULL, "survey t WHERE 1 = 1", "t.geom", "t.fid", "idx_survey_geom", "taken_at", COLUMNS(survey_columns) },
    { "changes", SINK_AREAS, "change", NULL, "change t JOIN comparison m ON m.id = t.comparison_id JOIN survey b ON b.id = m.before_id JOIN survey s ON s.id = m.after_id "
      "LEFT JOIN actor a ON a.id = t.reviewed_by WHERE m.state = 'done'", "t.geom", "t.fid", "idx_change_geom", "id", COLUMNS(change_columns) },
    { "cases", SINK_AREAS, "case", NULL, "case_file t LEFT JOIN agency g ON g.id = t.agency_id LEFT JOIN case_file r ON r.id = t.recurrence_of "
      "LEFT JOIN case_file m ON m.id = t.merged_into WHERE 1 = 1", "t.geom", "t.fid", "idx_case_file_geom", "number", COLUMNS(case_columns) },
    { "findings", SINK_POINTS, "finding", NULL, "finding t LEFT JOIN actor a ON a.id = t.made_by WHERE 1 = 1", "t.geom", "t.fid", "idx_finding_geom", "number", COLUMNS(finding_columns) },
    { "leads", SINK_AREAS, "lead", NULL, "lead t JOIN case_file c ON c.id = t.case_id JOIN agency g ON g.id = t.agency_id LEFT JOIN lead l ON l.id = t.linked_from WHERE 1 = 1",
      "t.geom", "t.fid", NULL, "number", COLUMNS(lead_columns) },
    { "audit", SINK_SHAPELESS, NULL, NULL, "audit t LEFT JOIN actor a ON a.id = t.actor WHERE 1 = 1", NULL, NULL, NULL, "seq", COLUMNS(audit_columns) },
};
enum { TABLES = sizeof tables / sizeof tables[0] };
const char *const export_records[] = { "areas", "cells", "surveys", "changes", "cases", "findings", "leads", "audit", NULL };

// --- Layers ---------------------------------------------------------------------------------------------------------------------------

static const struct export_column OURS[] = {
    TEXT("id", "标识", "id", "t.id"), TEXT("source", "数据来源", "delivered by", "t.source"), TEXT("source_id", "来源编号", "id of the source", "t.source_id"),
    TEXT("cell_code", "单元网格", "cell", "t.cell_code"), TEXT("community_code", "社区编码", "community", "t.community_code"),
    REAL("position_accuracy_m", "点位精度（米）", "accuracy of its place, m", "t.accuracy_m"), WHOLE("row_version", "记录版本", "version of the record", "t.version"),
    TIME("recorded_at", "入库时间", "recorded at", "t.valid_from_s"),
};
static const struct export_column AREA = REAL("measured_area_m2", "图形面积（平方米）", "measured area, m²", "t.area_m2");
static const struct export_column ENDED = TIME("superseded_at", "失效时间", "superseded at", "t.valid_to_s");

static enum export_type type_of(enum property_type t)
{
    static const enum export_type types[] = { [PROPERTY_TEXT] = EXPORT_TEXT, [PROPERTY_NUMBER] = EXPORT_REAL, [PROPERTY_INTEGER] = EXPORT_WHOLE,
                                              [PROPERTY_DATE] = EXPORT_DAY };
    return types[t];
}

static char *words(struct arena *a, const char *format, const char *one, const char *two)
{
    char text[512];
    int n = snprintf(text, sizeof text, format, one, two);
    must(n > 0 && n < (int)sizeof text);
    return arena_text(a, text);
}

// As map_KEY has them: columns of the table, or columns made of its JSON and of days (core/store/view_rows.c).
static struct export_column column_of(struct arena *a, const struct property *p)
{
    char column[VIEW_COLUMN];
    view_column(p, column);
    return (struct export_column){ .name = p->name, .title_zh = p->title_zh, .title_en = p->title_en, .type = type_of(p->type), .property = p,
                                   .sql = words(a, "t.%s%s", column, "") };
}

static bool is_told(const struct export_column *c, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(c[i].name, name) == 0)
            return true;
    return false;
}

static void table_of_layer(struct arena *a, const struct layer *l, const struct viewer *v, bool all_versions, struct export_table *out)
{
    bool is_asset = strcmp(l->table, "asset") == 0;
    const char *shape = is_asset && l->geometry == LAYER_AREA ? "outline" : "geom", *which = all_versions ? "1 = 1" : "t.valid_to_s IS NULL";
    struct export_column *c = arena_get(a, ((size_t)l->properties + sizeof OURS / sizeof OURS[0] + 2) * sizeof *c);
    int n = 0;
    for (int i = 0; i < l->properties; i++)
        if (visible_property(v, l, &l->property[i]))
            c[n++] = column_of(a, &l->property[i]);
    int told = n;
    for (size_t i = 0; i < sizeof OURS / sizeof OURS[0]; i++)
        if (!is_told(c, told, OURS[i].name))
            c[n++] = OURS[i];
    if (!is_asset && !is_told(c, told, AREA.name))
        c[n++] = AREA;
    if (all_versions)
        c[n++] = ENDED;
    char from[256];
    snprintf(from, sizeof from, is_asset ? "%s t WHERE %s AND t.kind = '%s'" : "%s t WHERE %s", l->table, which, l->key);
    *out = (struct export_table){ .name = l->key, .key = l->key, .layer = l, .shape = l->geometry == LAYER_AREA ? SINK_AREAS : SINK_POINTS, .from = arena_text(a, from),
                                  .geometry = words(a, "t.%s%s", shape, ""), .row = "t.fid", .window = words(a, "idx_%s_%s", l->table, shape),
                                  .order = "id", .column = c, .columns = n };
}

// --- The door -------------------------------------------------------------------------------------------------------------------------

static bool is_there(const struct viewer *v, struct layer_list *layers, const struct export_table *t)
{
    return t->key == NULL ? visible_audit(v) != AUDIT_NOTHING : visible_layer(v, layer_find(layers, t->key));
}

static void add_name(const char *name, char *names, size_t cap)
{
    size_t used = strlen(names);
    snprintf(names + used, cap - used, "%s%s", used > 0 ? ", " : "", name);
}

static enum status not_there(struct work *w, const struct viewer *v, struct layer_list *layers, const char *what)
{
    char names[1024] = "";
    for (int i = 0; i < TABLES; i++)
        if (is_there(v, layers, &tables[i]))
            add_name(tables[i].name, names, sizeof names);
    if (visible_records(v, "case"))
        add_name("indicators", names, sizeof names);
    if (visible_everything(v))
        add_name("everything", names, sizeof names);
    for (int i = 0; i < layers->count; i++)
        if (layers->layer[i].is_register && visible_layer(v, &layers->layer[i]))
            add_name(layers->layer[i].key, names, sizeof names);
    return err_set(w->e, NOT_FOUND, "there is no \"%s\" to export; there are: %s", what, names);
}

// A column says what the layer's property of that name says; who may not see the one gets neither.
static void keep_visible(struct arena *a, const struct viewer *v, struct export_table *t)
{
    struct export_column *c = arena_get(a, (size_t)t->columns * sizeof *c);
    int n = 0;
    for (int i = 0; i < t->columns; i++) {
        const struct property *p = t->layer != NULL ? layer_property(t->layer, t->column[i].name) : NULL;
        if (p == NULL || visible_property(v, t->layer, p))
            c[n++] = t->column[i];
    }
    t->column = c;
    t->columns = n;
}

// The kinds of zones have titles in their layer, which may be the station's own.
static enum status name_zones(struct work *w, struct arena *a, struct export_table *t)
{
    struct layer *zones = arena_get(a, sizeof *zones);
    struct export_column *c = arena_get(a, (size_t)t->columns * sizeof *c);
    enum status s = layer_get(w, a, "zone", zones);
    memcpy(c, t->column, (size_t)t->columns * sizeof *c);
    for (int i = 0; s == OK && i < t->columns; i++)
        if (strcmp(c[i].name, "zone_kind") == 0)
            c[i].property = layer_property(zones, "kind");
    t->column = c;
    return s;
}

static const struct export_table *record_of(const char *what)
{
    for (int i = 0; i < TABLES; i++)
        if (strcmp(tables[i].name, what) == 0)
            return &tables[i];
    return NULL;
}

enum status export_table_of(struct work *w, struct arena *a, const char *what, bool all_versions, struct export_table *out)
{
    struct layer_list *layers = arena_get(a, sizeof *layers);
    const struct export_table *record = record_of(what);
    struct viewer v;
    enum status s = viewer_of(w, w->actor, a, &v);
    if (s == OK)
        s = layer_read_all(w->db, a, layers, w->e);
    if (s != OK)
        return s;
    const struct layer *l = record == NULL ? layer_find(layers, what) : NULL;
    if (record != NULL ? !is_there(&v, layers, record) : l == NULL || !l->is_register || !visible_layer(&v, l))
        return not_there(w, &v, layers, what);
    if (record == NULL) {
        table_of_layer(a, l, &v, all_versions, out);
        return OK;
    }
    *out = *record;
    out->layer = record->key != NULL ? layer_find(layers, record->key) : NULL;
    keep_visible(a, &v, out);
    return name_zones(w, a, out);
}
