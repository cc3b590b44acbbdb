#include "api/station_options.h"
#include "api/station_use.h"
#include "core/base/buf.h"
#include "core/base/date.h"
#include "core/register_list.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LIMIT_USUAL = 20, DAY_SECONDS = 86400, TEXT_CEILING = 1 << 28 };
struct settings {
    struct station_use use;
    const char *cell, *community, *state, *words, *where, *window, *after, *by;
    double limit;
    bool by_end, count;
};

const struct option list_options[] = {
    { .kind = OPTION_TEXT, .name = "cell", .value = "CODE", .at = offsetof(struct settings, cell), .help = "what stands in this cell" },
    { .kind = OPTION_TEXT, .name = "community", .value = "CODE", .at = offsetof(struct settings, community), .help = "what stands in this community" },
    { .kind = OPTION_TEXT, .name = "state", .value = "STATE", .at = offsetof(struct settings, state), .help = "in this state; of buildings their standing" },
    { .kind = OPTION_TEXT, .name = "window", .value = "W,S,E,N", .at = offsetof(struct settings, window), .help = "what touches this window, degrees" },
    { .kind = OPTION_TEXT, .name = "words", .value = "WORDS", .at = offsetof(struct settings, words), .help = "with all these words in its name, address or number" },
    { .kind = OPTION_TEXT, .name = "where", .value = "CQL2", .at = offsetof(struct settings, where), .help = "for which this holds: state = 'damaged' AND width_m > 3" },
    { .kind = OPTION_FLAG, .name = "by-end", .at = offsetof(struct settings, by_end), .help = "in the order in which permits end; without: as they were taken" },
    { .kind = OPTION_NUMBER, .name = "limit", .value = "N", .at = offsetof(struct settings, limit), .least = 1, .most = REGISTER_LIMIT_MOST, .help = "as many at most (20)" },
    { .kind = OPTION_TEXT, .name = "after", .value = "MARK", .at = offsetof(struct settings, after), .help = "the page after this mark, which came with the page before" },
    { .kind = OPTION_FLAG, .name = "count", .at = offsetof(struct settings, count), .help = "only how many there are" },
    { .kind = OPTION_TEXT, .name = "by", .value = "WHAT", .at = offsetof(struct settings, by), .help = "how many by state, community or cell" },
    { .kind = OPTION_FLAG, .name = "json", .at = offsetof(struct settings, use.json), .help = "for programs: {\"rows\": [...], \"next\": KEY or null}" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

// --- One line ---------------------------------------------------------------------------------------------------------------------

struct listing { struct settings *settings; const char *layer; struct buf json; int64_t zone_offset_s; int lines; char next[REGISTER_TOKEN]; };

static void write_day(int64_t at_s, int64_t zone_offset_s, char out[11])
{
    int64_t local_s = at_s + zone_offset_s;
    date_write(date_of_day((int32_t)((local_s >= 0 ? local_s : local_s - DAY_SECONDS + 1) / DAY_SECONDS)), out);
}

static void add_value(struct listing *l, const struct property *p, const struct value *v)
{
    char day[11];
    if (p->type == PROPERTY_DATE && v->kind == VALUE_INTEGER) {
        write_day(v->integer, l->zone_offset_s, day);
        buf_json_text(&l->json, day);
    } else if (v->kind == VALUE_INTEGER) {
        buf_printf(&l->json, "%" PRId64, v->integer);
    } else if (v->kind == VALUE_REAL) {
        buf_json_number(&l->json, v->real, 9);
    } else {
        buf_json_text(&l->json, v->bytes);                      // NULL is null
    }
}

static void add_json(struct listing *l, const struct register_line *line)
{
    buf_printf(&l->json, "%s\n    { \"id\": \"%s\", \"source\": ", l->lines > 0 ? "," : "", line->id);
    buf_json_text(&l->json, line->source);
    buf_text(&l->json, ", \"source_id\": ");
    buf_json_text(&l->json, line->source_id);
    buf_text(&l->json, ", \"cell_code\": ");
    buf_json_text(&l->json, line->cell_code);
    buf_text(&l->json, ", \"community_code\": ");
    buf_json_text(&l->json, line->community_code);
    for (int i = 0; i < line->layer->properties; i++) {
        const struct property *p = &line->layer->property[i];
        if (p->is_personal)
            continue;
        buf_printf(&l->json, ", \"%s\": ", p->name);
        add_value(l, p, &line->value[i]);
    }
    buf_text(&l->json, " }");
}

// What people know it by: its id at the source, what it is called, its state, its cell.
static void print_line(const struct register_line *line)
{
    const char *name = "", *state = "";
    for (int i = 0; i < line->layer->properties; i++) {
        const struct property *p = &line->layer->property[i];
        const char *text = line->value[i].kind == VALUE_TEXT ? line->value[i].bytes : "";
        if (p->is_searched && name[0] == '\0')
            name = text;
        if (strcmp(p->name, "state") == 0 || strcmp(p->name, "standing") == 0)
            state = text;
    }
    printf("%s  %s  %s  %s  %s\n", line->id, text_or_empty(line->source_id), name, state, line->cell_code != NULL ? line->cell_code : "-");
}

static enum status take_line(void *ctx, const struct register_line *line, struct err *e)
{
    struct listing *l = ctx;
    if (l->settings->use.json)
        add_json(l, line);
    else
        print_line(line);
    l->lines++;
    return l->json.full ? err_set(e, TOO_BIG, "a page fills more than %d MB", TEXT_CEILING >> 20) : OK;
}

static enum status print_group(void *ctx, const char *key, int64_t count, struct err *e)
{
    struct listing *l = ctx;
    (void)e;
    if (!l->settings->use.json) {
        printf("%s\t%" PRId64 "\n", key[0] != '\0' ? key : "-", count);
        return OK;
    }
    buf_text(&l->json, l->lines++ > 0 ? ", " : "");
    buf_json_text(&l->json, key);
    buf_printf(&l->json, ": %" PRId64, count);
    return OK;
}

// --- The question -------------------------------------------------------------------------------------------------------------------

static enum status list_page(struct work *w, const struct register_question *q, struct listing *l)
{
    buf_text(&l->json, "{\n  \"rows\": [");
    enum status s = register_list(w, q, take_line, l, l->next);
    if (s != OK)
        return s;
    buf_text(&l->json, l->lines > 0 ? "\n  ],\n  \"next\": " : "],\n  \"next\": ");
    buf_json_text(&l->json, l->next[0] != '\0' ? l->next : NULL);
    buf_text(&l->json, "\n}\n");
    if (l->settings->use.json)
        printf("%s", l->json.data);
    else if (l->next[0] != '\0' && !l->settings->use.quiet)
        fprintf(stderr, text_in(w->e->lang, "there are more: --after %s\n"), l->next);
    return OK;
}

static enum status count(struct work *w, const struct register_question *q, const struct listing *l)
{
    struct register_number n;
    enum status s = register_count(w, q, 0, &n);
    if (s == OK)
        printf(l->settings->use.json ? "{ \"count\": %" PRId64 " }\n" : "%" PRId64 "\n", n.count);
    return s;
}

static enum status read_by(const char *word, enum register_by *out, struct err *e)
{
    static const char *const words[] = { [REGISTER_BY_STATE] = "state", [REGISTER_BY_COMMUNITY] = "community", [REGISTER_BY_CELL] = "cell" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], word) == 0) {
            *out = (enum register_by)i;
            return OK;
        }
    return err_set(e, INVALID, "--by %s: state, community or cell is expected", word);
}

static enum status list_groups(struct work *w, const struct register_question *q, struct listing *l)
{
    enum register_by by = REGISTER_BY_STATE;
    enum status s = read_by(l->settings->by, &by, w->e);
    buf_text(&l->json, "{ ");
    if (s == OK)
        s = register_groups(w, q, by, print_group, l);
    if (s == OK && l->settings->use.json)
        printf("%s }\n", l->json.data);
    return s;
}

static enum status read_window(const char *text, struct filter_window *out, struct err *e)
{
    int used = 0;
    if (sscanf(text, "%lf,%lf,%lf,%lf%n", &out->west, &out->south, &out->east, &out->north, &used) == 4 && text[used] == '\0')
        return OK;
    return err_set(e, INVALID, "--window %s: west, south, east and north in degrees are expected, like 121.05,32.06,121.07,32.08", text);
}

static enum status ask(struct work *w, void *ctx)
{
    struct listing *l = ctx;
    struct settings *s = l->settings;
    struct filter_window window;
    struct register_question q = { .layer = l->layer, .cell = s->cell, .community = s->community, .state = s->state, .words = s->words, .where = s->where,
                                   .order = s->by_end ? REGISTER_BY_END : REGISTER_AS_TAKEN, .after = s->after,
                                   .limit = s->limit > 0 ? (int)s->limit : LIMIT_USUAL };
    enum status status = s->window != NULL ? read_window(s->window, &window, w->e) : OK;
    if (status != OK)
        return status;
    if (s->window != NULL)
        q.window = &window;
    l->zone_offset_s = w->district->zone_offset_s;
    return s->count ? count(w, &q, l) : s->by != NULL ? list_groups(w, &q, l) : list_page(w, &q, l);
}

int cmd_list(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { .limit = 0 };
    struct listing l = { .settings = &s };
    struct operands words;
    buf_init(&l.json, TEXT_CEILING);
    enum status status = options_read(list_options, call->argc, call->argv, 2, &s, &words, &e);
    if (status == OK && words.count != 2)
        status = err_set(&e, INVALID, "a station and a layer are expected");
    if (status != OK)
        return command_used_wrongly(call, &e);
    l.layer = words.item[1];
    status = station_use_open(&s.use, words.item[0], &e);
    struct station_call who = station_use_call(&s.use);
    if (status == OK)
        status = station_read(s.use.station, &who, ask, &l, &e);
    station_use_close(&s.use);
    buf_clear(&l.json);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}
