#include "api/listing.h"

#include "core/base/date.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_CEILING = 1 << 24, REAL_DECIMALS = 9, KEY_BYTES = sizeof((struct listing){ 0 }.last) };

void listing_begin(struct listing *l, const struct listing_plan *p, const struct station_use *use, enum lang lang)
{
    *l = (struct listing){ .column = p->column, .columns = p->columns, .options = *p->options, .query = p->query, .lang = lang, .quiet = use->quiet,
                           .waits = p->passes_over && p->options->after != NULL,
                           .zone_offset_s = station_district(use->station)->zone_offset_s,
                           .most = p->options->limit > 0 ? (int64_t)p->options->limit : p->usual };
    buf_init(&l->line, LINE_CEILING);
}

enum status listing_read(struct station_use *use, const struct listing_plan *p, station_job *fn, struct err *e)
{
    struct listing l;
    listing_begin(&l, p, use, e->lang);
    enum status s = station_use_read(use, fn, &l, e);
    if (s == OK && l.waits)
        s = err_set(e, NOT_FOUND, "there is no \"%s\" in this list to go on after", p->options->after);
    listing_end(&l, s);
    return s;
}

struct page listing_page(const struct listing *l)
{
    return (struct page){ l->options.after, l->most > 0 ? l->most + 1 : 0 };
}

// "2026-03-01 09:30", "2026-03-01", or for programs "2026-03-01T09:30:00+08:00".
static void write_time(const struct listing *l, enum list_kind kind, int64_t at_s, char out[40])
{
    int64_t local = at_s + l->zone_offset_s, day = local / 86400 - (local % 86400 < 0), second = local - day * 86400;
    int zone_min = (int)(l->zone_offset_s / 60);
    char date[11];
    date_write(date_of_day((int32_t)day), date);
    if (kind == LIST_DAY)
        snprintf(out, 40, "%s", date);
    else if (l->options.json)
        snprintf(out, 40, "%sT%02d:%02d:%02d%c%02d:%02d", date, (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60),
                 zone_min < 0 ? '-' : '+', abs(zone_min) / 60, abs(zone_min) % 60);
    else
        snprintf(out, 40, "%s %02d:%02d", date, (int)(second / 3600), (int)(second / 60 % 60));
}

static bool is_nothing(const struct list_column *c, const struct list_value *v)
{
    return (c->kind == LIST_TEXT && (v->text == NULL || v->text[0] == '\0')) || (c->kind == LIST_REAL && isnan(v->real)) ||
           ((c->kind == LIST_TIME || c->kind == LIST_DAY) && v->whole == NO_TIME);
}

// --- For programs -------------------------------------------------------------------------------------------------------------

static void add_member(struct listing *l, const struct list_column *c, const struct list_value *v)
{
    struct buf *b = &l->line;
    char time[40];
    buf_json_text(b, c->key);
    buf_text(b, ":");
    if (c->kind == LIST_FLAG)
        buf_text(b, v->whole != 0 ? "true" : "false");
    else if (is_nothing(c, v))
        buf_text(b, "null");
    else if (c->kind == LIST_WHOLE)
        buf_printf(b, "%" PRId64, v->whole);
    else if (c->kind == LIST_REAL)
        buf_json_number(b, v->real, REAL_DECIMALS);
    else if (c->kind == LIST_TEXT)
        buf_json_text(b, v->text);
    else {
        write_time(l, c->kind, v->whole, time);
        buf_json_text(b, time);
    }
}

static void add_object(struct listing *l, const struct list_value *value)
{
    buf_text(&l->line, l->rows > 0 ? ",\n{" : "{\"rows\":[\n{");
    for (int i = 0; i < l->columns; i++) {
        buf_text(&l->line, i > 0 ? "," : "");
        add_member(l, &l->column[i], &value[i]);
    }
    buf_text(&l->line, "}");
}

// --- For people ---------------------------------------------------------------------------------------------------------------

static const char *words_of(const struct listing *l, const struct list_column *c, const struct list_value *v, char room[40])
{
    if (is_nothing(c, v))
        return "-";
    if (c->kind == LIST_TEXT)
        return v->label != NULL ? v->label : v->text;
    if (c->kind == LIST_WHOLE)
        snprintf(room, 40, "%" PRId64, v->whole);
    else if (c->kind == LIST_REAL)
        snprintf(room, 40, "%.6g", v->real);
    else
        write_time(l, c->kind, v->whole, room);
    return room;
}

// One line whatever stands in it.
static void add_words(struct buf *b, const char *words)
{
    for (size_t part; *words != '\0'; words += part) {
        part = strcspn(words, "\r\n\t");
        buf_add(b, words, part);
        if (words[part] != '\0') {
            buf_text(b, " ");
            part++;
        }
    }
}

static void add_line(struct listing *l, const struct list_value *value)
{
    int blanks = 0;                    // between this column and the next; none behind the last
    for (int i = 0; i < l->columns; i++) {
        const struct list_column *c = &l->column[i];
        char room[40];
        if (c->is_silent || (c->kind == LIST_FLAG && value[i].whole == 0))
            continue;
        if (c->kind == LIST_FLAG) {    // belongs to the value before it
            buf_printf(&l->line, " %s", value[i].label);
            blanks = blanks > 2 ? 2 : blanks;
            continue;
        }
        const char *words = words_of(l, c, &value[i], room);
        buf_printf(&l->line, "%*s", blanks, "");
        add_words(&l->line, words);
        int width = text_columns(words);
        blanks = 2 + (width < c->width ? c->width - width : 0);
    }
    buf_text(&l->line, "\n");
}

// --- The list -----------------------------------------------------------------------------------------------------------------

static void write_key(const struct listing *l, const struct list_value *key, char out[KEY_BYTES])
{
    if (l->column[0].kind == LIST_WHOLE)
        snprintf(out, KEY_BYTES, "%" PRId64, key->whole);
    else
        snprintf(out, KEY_BYTES, "%s", text_or_empty(key->text));
}

static void pass_over(struct listing *l, const struct list_value *key)
{
    char text[KEY_BYTES];
    write_key(l, key, text);
    l->waits = strcmp(text, l->options.after) != 0;
}

enum status listing_row(struct listing *l, const struct list_value *value)
{
    if (l->waits) {
        pass_over(l, value);
        return OK;
    }
    if (l->most > 0 && l->rows == l->most) {
        l->more = true;
        return OK;
    }
    l->line.len = 0;
    l->line.full = false;
    buf_text(&l->line, "");
    if (l->options.json)
        add_object(l, value);
    else
        add_line(l, value);
    fputs(l->line.data, stdout);
    write_key(l, &value[0], l->last);
    l->rows++;
    return OK;
}

static void end_json(struct listing *l)
{
    l->line.len = 0;
    buf_text(&l->line, l->rows == 0 ? "{\"rows\":[" : "\n");
    buf_text(&l->line, "],\"next\":");
    buf_json_text(&l->line, l->more ? l->last : NULL);
    printf("%s}\n", l->line.data);
}

void listing_more(struct listing *l, const char *after)
{
    l->more = true;
    snprintf(l->last, sizeof l->last, "%s", after);
}

void listing_end(struct listing *l, enum status s)
{
    if (s == OK && l->options.json)
        end_json(l);
    fflush(stdout);                    // what is said on stderr comes after it, on a terminal too
    if (s == OK && l->rows == 0 && !l->options.json && !l->quiet)
        fprintf(stderr, "%s", text_in(l->lang, "There is nothing in this list\n"));
    if (s == OK && l->more && !l->options.json && !l->quiet)
        fprintf(stderr, text_in(l->lang, "There are more: --after %s\n"), l->last);
    buf_clear(&l->line);
}
