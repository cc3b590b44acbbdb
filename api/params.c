#include "api/params.h"

#include "api/routes.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TEXT_MOST = 256 * 1024, ITEMS_MOST = 1000 };

// --- Percent signs ------------------------------------------------------------------------------------------------------

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Bytes after which the text is no UTF-8 show as U+FFFD when it is written, so it is enough to look for NUL here.
enum status percent_decode(struct arena *a, const char *from, size_t len, const char **out, struct err *e)
{
    if (len > TEXT_MOST)
        return err_set(e, TOO_BIG, "a part of the address is %zu bytes long; at most %d are read", len, TEXT_MOST);
    char *to = arena_get(a, len + 1);
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (from[i] != '%') {
            to[n++] = from[i];
            continue;
        }
        bool whole = len - i > 2;
        int high = whole ? hex_of(from[i + 1]) : -1, low = whole ? hex_of(from[i + 2]) : -1;
        if (high < 0 || low < 0 || (high == 0 && low == 0))
            return err_set(e, INVALID, "\"%.60s\": a %% in an address is followed by two hexadecimal digits, and never by 00", from + i);
        to[n++] = (char)(high << 4 | low);
        i += 2;
    }
    *out = to;
    return OK;
}

// In a query "+" is a space: so do curl, Python and forms write it. Who means a plus sends %2B.
static enum status form_decode(struct arena *a, const char *from, size_t len, const char **out, struct err *e)
{
    char *copy = arena_get(a, len + 1);
    for (size_t i = 0; i < len; i++)
        copy[i] = from[i] == '+' ? ' ' : from[i];
    return percent_decode(a, copy, len, out, e);
}

void percent_encode(struct buf *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (const char *c = text; *c != '\0'; c++)
        if (strchr(plain, *c) != NULL)
            buf_add(out, c, 1);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*c);
}

// --- Times --------------------------------------------------------------------------------------------------------------

// A zone "+08:00" that was sent as it is: its plus came in as a space. The first space or T of a moment parts day and time.
static void mend_zones(const char *text, char *out, size_t cap)
{
    bool in_time = false;
    size_t n = 0;
    for (; text[n] != '\0' && n + 1 < cap; n++) {
        out[n] = in_time && text[n] == ' ' ? '+' : text[n];
        in_time = text[n] != '/' && (in_time || text[n] == ' ' || text[n] == 'T' || text[n] == 't');
    }
    out[n] = '\0';
}

static enum status read_times(struct param_value *v, struct err *e)
{
    char text[128];
    mend_zones(v->text, text, sizeof text);
    if (!when_read_interval(text, &v->from_s, &v->to_s))
        return err_set(e, INVALID, "datetime \"%.60s\": an RFC 3339 time (2026-03-01T08:00:00Z), a day (2026-03-01), or two of them with / between "
                                   "(.. for an open end) is expected", v->text);
    return v->from_s <= v->to_s ? OK : err_set(e, INVALID, "datetime \"%.60s\" ends before it begins", v->text);
}

// --- One value ------------------------------------------------------------------------------------------------------------

// All of the text is a number; no hexadecimal, no "nan".
static bool read_number(const char *text, size_t len, double *out)
{
    char copy[64], *end;
    if (len == 0 || len >= sizeof copy || strspn(text, "+-0123456789.eE") < len)
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    *out = strtod(copy, &end);
    return *end == '\0' && isfinite(*out);
}

static enum status read_scalar(const struct param *p, struct param_value *v, struct err *e)
{
    bool whole = p->kind == PARAM_INTEGER;
    if (!read_number(v->text, strlen(v->text), &v->number) || (whole && v->number != floor(v->number)))
        return err_set(e, INVALID, whole ? "%s is a whole number; \"%.60s\" was given" : "%s is a number; \"%.60s\" was given", p->name, v->text);
    if (v->number > p->most && p->clamps)
        v->number = p->most;
    if (v->number < p->least || v->number > p->most)
        return err_set(e, INVALID, "%s is from %g to %g; %.60s was given", p->name, p->least, p->most, v->text);
    return OK;
}

static enum status read_flag(const struct param *p, struct param_value *v, struct err *e)
{
    v->number = strcmp(v->text, "true") == 0;
    if (v->number == 0 && strcmp(v->text, "false") != 0)
        return err_set(e, INVALID, "%s is true or false; \"%.60s\" was given", p->name, v->text);
    return OK;
}

static enum status read_word(const struct param *p, struct param_value *v, struct err *e)
{
    char list[400] = "";
    size_t n = 0;
    for (int i = 0; p->word[i] != NULL; i++) {
        if (strcmp(p->word[i], v->text) == 0)
            return OK;
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i > 0 ? ", " : "", p->word[i]);
        if (n >= sizeof list)
            break;
    }
    return err_set(e, INVALID, "%s is one of %s; \"%.60s\" was given", p->name, list, v->text);
}

static enum status read_list(struct arena *a, const struct param *p, struct param_value *v, struct err *e)
{
    int count = 1;
    for (const char *c = v->text; *c != '\0'; c++)
        count += *c == ',';
    if (count > ITEMS_MOST)
        return err_set(e, TOO_BIG, "%s has %d values; at most %d are read", p->name, count, ITEMS_MOST);
    const char **item = arena_get(a, (size_t)count * sizeof *item);
    char *rest = arena_text(a, v->text);
    for (int i = 0; i < count; i++) {
        item[i] = rest;
        char *comma = strchr(rest, ',');
        if (comma != NULL) {
            *comma = '\0';
            rest = comma + 1;
        }
    }
    v->item = item;
    v->items = v->text[0] == '\0' ? 0 : count;
    return OK;
}

static enum status read_box(const struct param *p, struct param_value *v, struct err *e)
{
    double number[6];
    int count = 0;
    const char *c = v->text;
    for (; count < 6; count++) {
        size_t len = strcspn(c, ",");
        if (!read_number(c, len, &number[count]))
            break;
        c += len;
        if (*c++ == '\0') {
            count++;
            c = NULL;
            break;
        }
    }
    if (c != NULL || (count != 4 && count != 6))
        return err_set(e, INVALID, "%s is four numbers with commas between (min x, min y, max x, max y) or six; \"%.60s\" was given", p->name, v->text);
    int third = count / 2;
    memcpy(v->box, (double[4]){ number[0], number[1], number[third], number[third + 1] }, sizeof v->box);
    if (v->box[1] > v->box[3])
        return err_set(e, INVALID, "%s: the lower edge %g lies above the upper one %g", p->name, v->box[1], v->box[3]);
    return OK;
}

static enum status read_value(struct arena *a, const struct param *p, struct param_value *v, struct err *e)
{
    switch (p->kind) {
    case PARAM_INTEGER: case PARAM_NUMBER: return read_scalar(p, v, e);
    case PARAM_FLAG: return read_flag(p, v, e);
    case PARAM_LIST: return read_list(a, p, v, e);
    case PARAM_BBOX: return read_box(p, v, e);
    case PARAM_DATETIME: return read_times(v, e);
    case PARAM_WORD: return read_word(p, v, e);
    default: return OK;
    }
}

// --- The query ------------------------------------------------------------------------------------------------------------

// What every route takes.
static const char *const languages[] = { "zh", "en", NULL };
static const struct param common[] = {
    { .kind = PARAM_TEXT, .name = "f", .about = "The format of the answer, over the Accept header" },
    { .kind = PARAM_WORD, .name = "lang", .word = languages, .about = "The language of titles and sentences, over Accept-Language" },
    { .kind = PARAM_END },
};

static const struct param *row_named(const struct param *row, const char *name)
{
    for (; row != NULL && row->kind != PARAM_END; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

const struct param *params_common(void) { return common; }

static enum status say_unknown(const struct exchange *x, const char *name, struct err *e)
{
    char list[600] = "";
    size_t n = 0;
    for (const struct param *row = x->route->param; row != NULL && row->kind != PARAM_END && n < sizeof list; row++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s, ", row->name);
    return err_set(e, INVALID, "there is no parameter \"%.60s\" here; there are: %sf, lang", name, list);
}

// Forms of pages send their empty fields too, and say f=html: there what is empty was not given.
static bool is_of_form(const struct exchange *x) { return strncmp(x->request->query, "f=html&", 7) == 0; }

static enum status take(struct exchange *x, const char *name, const char *text)
{
    if (text[0] == '\0' && is_of_form(x))
        return OK;
    for (int i = 0; i < x->params; i++)
        if (strcmp(x->param[i].name, name) == 0)
            return strcmp(x->param[i].text, text) == 0 ? OK : err_set(&x->err, INVALID, "%.60s is given twice, with different values", name);
    if (x->params == PARAMS_MOST)
        return err_set(&x->err, TOO_BIG, "at most %d parameters are read", PARAMS_MOST);
    const struct param *row = row_named(x->route->param, name);
    if (row == NULL)
        row = row_named(common, name);
    if (row == NULL && !(x->route->flags & ROUTE_PROPERTIES))
        return say_unknown(x, name, &x->err);
    struct param_value *v = &x->param[x->params];
    *v = (struct param_value){ .param = row, .name = name, .text = text };
    enum status s = row != NULL ? read_value(x->request->arena, row, v, &x->err) : OK;
    x->params += s == OK;
    return s;
}

enum status params_read(struct exchange *x)
{
    struct arena *a = x->request->arena;
    x->param = arena_get(a, PARAMS_MOST * sizeof *x->param);
    enum status s = OK;
    for (const char *c = x->request->query; s == OK && *c != '\0';) {
        size_t len = strcspn(c, "&"), name_len = strcspn(c, "=&");
        const char *name = "", *text = "";
        s = form_decode(a, c, name_len, &name, &x->err);
        if (s == OK && name_len < len)
            s = form_decode(a, c + name_len + 1, len - name_len - 1, &text, &x->err);
        if (s == OK && len > 0)
            s = take(x, name, text);
        c += len;
        c += *c == '&';
    }
    return s;
}

bool is_form(const struct request *r)
{
    static const char type[] = "application/x-www-form-urlencoded";
    const char *given = request_header(r, "Content-Type");
    return given != NULL && strncasecmp(given, type, sizeof type - 1) == 0 && strchr("; ", given[sizeof type - 1]) != NULL;
}

const char *form_text(struct exchange *x, const char *name)
{
    const struct request *r = x->request;
    struct arena *a = r->arena;
    char *body = arena_get(a, r->body_len + 1);
    memcpy(body, r->body_len > 0 ? r->body : "", r->body_len);
    for (const char *c = body; *c != '\0'; c += strcspn(c, "&"), c += *c == '&') {
        size_t len = strcspn(c, "&"), name_len = strcspn(c, "=&");
        const char *key, *text = "";
        if (form_decode(a, c, name_len, &key, &x->err) != OK || strcmp(key, name) != 0)
            continue;
        bool is_whole = name_len == len || form_decode(a, c + name_len + 1, len - name_len - 1, &text, &x->err) == OK;
        return is_whole ? text : NULL;
    }
    return NULL;
}

const struct param_value *param_get(const struct exchange *x, const char *name)
{
    for (int i = 0; i < x->params; i++)
        if (strcmp(x->param[i].name, name) == 0)
            return &x->param[i];
    return NULL;
}

const char *param_text(const struct exchange *x, const char *name)
{
    const struct param_value *v = param_get(x, name);
    return v != NULL ? v->text : NULL;
}

int64_t param_integer(const struct exchange *x, const char *name)
{
    const struct param_value *v = param_get(x, name);
    const struct param *row = v != NULL ? v->param : row_named(x->route->param, name);
    must(row != NULL);
    return (int64_t)(v != NULL ? v->number : row->fallback);
}
