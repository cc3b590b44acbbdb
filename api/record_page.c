// Pages of records people work on: where one stands, what can be done with it, all that belongs to it. A case is made to be printed.
#include "api/answer.h"
#include "api/collection.h"
#include "api/moves_page.h"
#include "api/params.h"
#include "api/server.h"
#include "api/web_shape.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS_MOST = 8, DECIMALS = 4 };

// --- Values ---------------------------------------------------------------------------------------------------------------------

static const struct { const char *key, *title; } titles[] = {
    { "at_s", "When" }, { "verb", "Step" }, { "to", "Then" }, { "actor", "By whom" }, { "note", "Note" }, { "part", "Shows" }, { "kind", "Kind" }, { "condition", "Condition" },
    { "dated_s", "Of" }, { "served_s", "Served" }, { "served_how", "How it was served" }, { "result", "Result" }, { "thing", "What" }, { "amount", "How much more time" },
    { "until_s", "Until" }, { "number", "Number" }, { "accuracy_m", "Accuracy, m" }, { "crs", "Given in" },
};

// "opened_at_s" is kept under that name and published as opened_at.
static const struct property *property_for(const struct layer *l, const char *key)
{
    char name[80];
    snprintf(name, sizeof name, "%.79s", key);
    const struct property *p = property_called(l, name);
    size_t len = strlen(name);
    if (p == NULL && len > 2 && strcmp(name + len - 2, "_s") == 0) {
        name[len - 2] = '\0';
        p = property_called(l, name);
    }
    return p;
}

static const char *title_for(struct web_page *p, const struct layer *l, const char *key)
{
    const struct property *property = property_for(l, key);
    if (property != NULL)
        return property_title(p->x, property);
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (strcmp(titles[i].key, key) == 0)
            return text_in(p->x->lang, titles[i].title);
    return key;
}

static bool is_moment(const char *key)
{
    size_t len = strlen(key);
    return len > 2 && strcmp(key + len - 2, "_s") == 0;
}

static void put_seconds(struct web_page *p, double at_s)
{
    char text[WHEN_TEXT];
    if (isfinite(at_s) && when_write((int64_t)at_s, text))
        page_moment(p, text);
}

static const char *word_for(struct web_page *p, const struct layer *l, const char *thing, const char *key, const char *word)
{
    const char *title = NULL;
    if (strcmp(key, "verb") == 0)
        title = lifecycle_verb_title(thing, word, p->x->lang);
    else if (strcmp(key, "to") == 0 || strcmp(key, "state") == 0)
        title = lifecycle_state_title(thing, word, p->x->lang);
    else if (strcmp(key, "thing") == 0)
        title = lifecycle_thing_title(word, p->x->lang);
    return title != NULL ? title : code_title(p->x, l, property_for(l, key), word);
}

static void put_value(struct web_page *p, const struct layer *l, const char *thing, struct json v, const char *key)
{
    const struct property *property = property_for(l, key);
    bool is_flag = property != NULL && property->type == PROPERTY_BOOLEAN;
    if (json_kind(v) == JSON_KIND_TEXT)
        page_text(p, word_for(p, l, thing, key, page_word(v)));
    else if (is_moment(key))
        put_seconds(p, page_number(v));
    else if (is_flag && json_kind(v) == JSON_KIND_INTEGER)
        page_say(p, page_number(v) != 0 ? "yes" : "no");
    else if (json_kind(v) == JSON_KIND_REAL)
        buf_json_number(p->out, page_number(v), DECIMALS);
    else
        page_value(p, v);
}

// --- What it says of itself -------------------------------------------------------------------------------------------------------

static bool is_told(const char *key, struct json v)
{
    static const char *const elsewhere[] = { "id", "number", "state", "lon", "lat", "given_x", "given_y", "due_at_s", NULL };
    for (int i = 0; elsewhere[i] != NULL; i++)
        if (strcmp(elsewhere[i], key) == 0)
            return false;
    bool is_empty = json_kind(v) == JSON_KIND_TEXT && page_word(v)[0] == '\0';
    return json_is_there(v) && !is_empty && json_kind(v) != JSON_KIND_LIST && json_kind(v) != JSON_KIND_OBJECT;
}

static void put_rows(struct web_page *p, const struct layer *l, const char *thing, struct json record)
{
    page_raw(p, "<table class=\"record\">");
    for (struct json_each m = { 0 }; json_next(record, &m);) {
        if (!is_told(m.key, m.value))
            continue;
        page_row(p, title_for(p, l, m.key));
        put_value(p, l, thing, m.value, m.key);
        page_row_end(p);
    }
    page_raw(p, "</table>\n");
}

static void put_plan(struct web_page *p, struct json record)
{
    struct json geometry = json_get(record, "geometry");
    if (json_is_there(geometry))
        page_shape(p, geometry);
    else
        page_dot(p, page_number(json_get(record, "lon")), page_number(json_get(record, "lat")));
}

// --- What belongs to it -----------------------------------------------------------------------------------------------------------

// thing: what its rows are, for words of theirs; "": what the record is. way: where each row leads, by its first member there is.
struct belonging { const char *key, *heading, *thing, *way; const char *column[COLUMNS_MOST]; };
static const struct belonging belongings[] = {
    { "changes", "Changes", "change", "changes", { "class", "confidence", "suspicion", "gained_m2", "permit_number", "zone_kind", "stock" } },
    { "findings", "Findings", "finding", "findings", { "number", "seen_at_s", "text", "state" } },
    { "cases", "Cases", "case", "cases", { "number", "state" } },
    { "leads", "Leads", "lead", "leads", { "number", "agency", "state", "due_at_s" } },
    { "papers", "Papers", "", NULL, { "number", "kind", "dated_s", "served_s", "served_how", "until_s", "result" } },
    { "proceedings", "What runs beside it", "", NULL, { "number", "thing", "state", "amount", "made_at_s" } },
    { "steps", "Steps", "", NULL, { "at_s", "verb", "to", "actor", "note", "due_at_s" } },
};

static bool has_any(struct json list, const char *key)
{
    for (size_t i = 0; i < json_count(list); i++) {
        struct json v = json_get(json_at(list, i), key);
        if (json_is_there(v) && !(json_kind(v) == JSON_KIND_TEXT && page_word(v)[0] == '\0'))
            return true;
    }
    return false;
}

static void put_way(struct web_page *p, const struct belonging *b, struct json row)
{
    const char *number = page_word(json_get(row, "number")), *id = page_word(json_get(row, "id"));
    struct buf path;
    buf_init(&path, 1024);
    buf_printf(&path, "/%s/", b->way);
    percent_encode(&path, id[0] != '\0' ? id : number);
    page_raw(p, "<td>");
    page_link(p, path.data, "", text_in(p->x->lang, "Record"));
    page_raw(p, "</td>");
    buf_clear(&path);
}

static void put_belonging(struct web_page *p, const struct belonging *b, const char *record_thing, struct json list)
{
    const char *thing = b->thing[0] != '\0' ? b->thing : record_thing;
    const struct layer *l = layer_find(&p->x->server->layers, thing);
    page_heading(p, b->heading);
    page_raw(p, "<div class=\"wide\"><table><thead><tr>");
    for (int c = 0; c < COLUMNS_MOST && b->column[c] != NULL; c++)
        if (has_any(list, b->column[c]))
            page_column(p, title_for(p, l, b->column[c]));
    page_raw(p, b->way != NULL ? "<td></td></tr></thead><tbody>\n" : "</tr></thead><tbody>\n");
    for (size_t i = 0; i < json_count(list); i++) {
        struct json row = json_at(list, i);
        const char *own = strcmp(b->key, "proceedings") == 0 ? page_word(json_get(row, "thing")) : thing;
        page_raw(p, "<tr>");
        for (int c = 0; c < COLUMNS_MOST && b->column[c] != NULL; c++) {
            if (!has_any(list, b->column[c]))
                continue;
            page_raw(p, "<td>");
            put_value(p, l, own, json_get(row, b->column[c]), b->column[c]);
            page_raw(p, "</td>");
        }
        if (b->way != NULL)
            put_way(p, b, row);
        page_raw(p, "</tr>\n");
    }
    page_raw(p, "</tbody></table></div>\n");
}

static void put_photo(struct web_page *p, struct json one)
{
    const char *id = page_word(json_get(one, "id")), *name = page_word(json_get(one, "name")), *part = page_word(json_get(one, "part"));
    bool is_picture = strncmp(page_word(json_get(one, "media_type")), "image/", 6) == 0;
    page_raw(p, "<figure><a href=\"");
    page_text(p, base_url(p->x));
    page_raw(p, "/evidence/");
    page_text(p, id);
    page_raw(p, "\">");
    if (is_picture) {
        page_raw(p, "<img loading=\"lazy\" src=\"");
        page_text(p, base_url(p->x));
        page_raw(p, "/evidence/");
        page_text(p, id);
        page_raw(p, "\" alt=\"");
        page_text(p, name);
        page_raw(p, "\">");
    } else
        page_text(p, name);
    page_raw(p, "</a><figcaption>");
    page_text(p, text_in(p->x->lang, part));
    page_raw(p, " · ");
    put_seconds(p, page_number(json_get(one, "captured_at_s")));
    page_raw(p, "</figcaption></figure>\n");
}

static void put_photos(struct web_page *p, struct json list)
{
    if (json_count(list) == 0)
        return;
    page_heading(p, "Photos");
    page_raw(p, "<div class=\"photos\">");
    for (size_t i = 0; i < json_count(list); i++)
        put_photo(p, json_at(list, i));
    page_raw(p, "</div>\n");
}

static void put_belongings(struct web_page *p, const char *thing, struct json record)
{
    for (size_t i = 0; i < sizeof belongings / sizeof *belongings; i++) {
        struct json list = json_get(record, belongings[i].key);
        if (json_count(list) > 0)
            put_belonging(p, &belongings[i], thing, list);
        if (strcmp(belongings[i].key, "papers") == 0)
            put_photos(p, json_get(record, "evidence"));
    }
}

// --- Pages ------------------------------------------------------------------------------------------------------------------------

static void put_standing(struct web_page *p, const char *thing)
{
    const char *due = page_word(json_get(p->doc, "due_at")), *state = page_word(json_get(p->doc, "state"));
    const char *title = lifecycle_thing_title(thing, p->x->lang);
    page_raw(p, "<p class=\"standing\">");
    page_text(p, title != NULL ? title : thing);
    page_raw(p, " <span class=\"state\" data-state=\"");
    page_text(p, state);
    page_raw(p, "\">");
    page_text(p, page_word(json_get(p->doc, "state_title")));
    page_raw(p, "</span>");
    if (due[0] != '\0') {
        page_raw(p, " ");
        page_say(p, "due at");
        page_raw(p, " ");
        page_moment(p, due);
    }
    page_raw(p, "</p>\n");
}

static void begin(struct web_page *p, const char *title)
{
    page_begin(p, title[0] != '\0' ? title : page_word(json_get(p->doc, "id")));
    put_standing(p, page_word(json_get(p->doc, "thing")));
}

// A change has its rank for a name.
static const char *change_title(struct web_page *p, struct json properties)
{
    char text[120];
    const char *title = lifecycle_thing_title("change", p->x->lang);
    snprintf(text, sizeof text, "%.80s %.0f", text_or_empty(title), page_number(json_get(properties, "number")));
    return arena_text(p->x->request->arena, text);
}

static void put_moves(struct web_page *p)
{
    char things[40];
    snprintf(things, sizeof things, "%.30ss", page_word(json_get(p->doc, "thing")));
    page_moves_of(p, things, page_word(json_get(p->doc, "id")), json_get(p->doc, "moves"));
}

// A lead carries the case as it was when the lead was drafted.
static void put_snapshot(struct web_page *p, struct json snapshot)
{
    if (!json_is_there(snapshot))
        return;
    page_heading(p, "The case as it was when this was drafted");
    page_raw(p, "<div class=\"beside\">");
    put_rows(p, layer_find(&p->x->server->layers, "case"), "case", snapshot);
    put_plan(p, snapshot);
    page_raw(p, "</div>");
    put_belongings(p, "case", snapshot);
}

static void put_signatures(struct web_page *p)
{
    static const char *const who[] = { "Inspector", "Checked by", "Person in charge", "Party" };
    page_raw(p, "<div class=\"signatures\">");
    for (size_t i = 0; i < sizeof who / sizeof *who; i++) {
        page_raw(p, "<p>");
        page_say(p, who[i]);
        page_raw(p, "<span>");
        page_say(p, "Signature and date");
        page_raw(p, "</span></p>");
    }
    page_raw(p, "</div>");
}

void page_record(struct web_page *p)
{
    const char *thing = page_word(json_get(p->doc, "thing"));
    struct json record = json_get(p->doc, "record");
    begin(p, page_word(json_get(p->doc, "number")));
    put_moves(p);
    page_raw(p, "<div class=\"beside\">");
    put_rows(p, layer_find(&p->x->server->layers, thing), thing, record);
    put_plan(p, record);
    page_raw(p, "</div>");
    put_belongings(p, thing, record);
    put_snapshot(p, json_get(record, "snapshot"));
    if (strcmp(thing, "case") == 0)
        put_signatures(p);
}

static void put_pair(struct web_page *p, struct json record)
{
    struct json before = json_get(record, "before"), after = json_get(record, "after");
    struct plan_shape was = { json_get(before, "footprints"), "area" }, is = { json_get(after, "footprints"), "area" };
    struct plan_shape was_frame = { was.shape, NULL }, is_frame = { is.shape, NULL }, was_faint = { was.shape, "was" };
    page_heading(p, "Before and after");
    page_raw(p, "<div class=\"plans\">");
    page_plan(p, (struct plan_shape[PLAN_SHAPES]){ was, is_frame }, page_word(json_get(before, "survey")));
    page_plan(p, (struct plan_shape[PLAN_SHAPES]){ was_frame, is }, page_word(json_get(after, "survey")));
    page_plan(p, (struct plan_shape[PLAN_SHAPES]){ is, was_faint }, text_in(p->x->lang, "Both: dashed before"));
    page_raw(p, "</div>\n");
}

void page_change(struct web_page *p)
{
    struct json record = json_get(p->doc, "record"), feature = json_get(record, "feature"), properties = json_get(feature, "properties");
    const struct layer *l = layer_find(&p->x->server->layers, "change");
    begin(p, change_title(p, properties));
    put_pair(p, record);
    put_moves(p);
    page_raw(p, "<table class=\"record\">");
    for (struct json_each m = { 0 }; json_next(properties, &m);) {
        const struct property *property = property_called(l, m.key);
        if (property == NULL || !json_is_there(m.value))
            continue;
        page_row(p, property_title(p->x, property));
        page_property(p, l, property, m.value);
        page_row_end(p);
    }
    page_raw(p, "</table>");
}

// --- A queue ----------------------------------------------------------------------------------------------------------------------

static void put_queue_line(struct web_page *p, struct json feature)
{
    struct json of = json_get(feature, "properties");
    char path[200];
    snprintf(path, sizeof path, "/%.30ss/%.60s", page_word(json_get(of, "thing")), page_word(json_get(feature, "id")));
    struct err aside = { .lang = LANG_EN };
    bool is_overdue = false;
    (void)json_read_bool_or(json_get(of, "is_overdue"), false, &is_overdue, &aside);
    page_raw(p, "<tr><td>");
    page_link(p, path, "", page_word(json_get(of, "number")));
    page_raw(p, "</td><td>");
    page_text(p, page_word(json_get(of, "title")));
    page_raw(p, "</td><td>");
    page_text(p, page_word(json_get(of, "state_title")));
    page_raw(p, "</td><td>");
    if (page_word(json_get(of, "due_at"))[0] != '\0')
        page_moment(p, page_word(json_get(of, "due_at")));
    page_raw(p, is_overdue ? " <b class=\"late\">" : "");
    if (is_overdue) {
        page_say(p, "overdue");
        page_raw(p, "</b>");
    }
    page_raw(p, "</td></tr>\n");
}

void page_queue(struct web_page *p)
{
    static const char *const heads[] = { "Number", "Title", "state", "due at", NULL };
    struct json features = json_get(p->doc, "features");
    page_begin(p, p->x->segment[0]);
    page_table(p, heads);
    for (size_t i = 0; i < json_count(features); i++)
        put_queue_line(p, json_at(features, i));
    page_raw(p, "</tbody></table></div>\n");
    page_next(p);
}
