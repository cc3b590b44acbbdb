// json_fuzz.c - a stranger's JSON: read within its limits or refused with a line; every value answers every question, and what is
// written again is read again the same.
#include "core/base/buf.h"
#include "core/base/json.h"
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ASKED_MOST = 200, WRITTEN_MOST = 64 << 20 };     // a wrong answer looks for its place from the beginning of the text

static int lines_of(const char *text, size_t len)
{
    int lines = 1;
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    return lines;
}

// "x.json:3: ..." with a line that the text has.
static void expect_place(const struct err *e, int lines)
{
    int line = 0;
    must(strncmp(e->text, "x.json:", 7) == 0);
    for (const char *c = e->text + 7; *c >= '0' && *c <= '9'; c++)
        line = line * 10 + (*c - '0');
    must(line >= 1 && line <= lines);
}

static void expect_wrong(enum status s, bool fits, const struct err *e, int lines)
{
    must((s == OK) == fits);
    if (s != OK)
        expect_place(e, lines);
}

// One question for each kind, also of members that are not there.
static void ask_all(struct json v, int lines)
{
    enum json_kind kind = json_kind(v);
    struct err e = { .lang = LANG_ZH };
    const char *text;
    int64_t whole;
    double number;
    bool yes;
    size_t count;
    expect_wrong(json_read_text(v, &text, &e), kind == JSON_KIND_TEXT, &e, lines);
    expect_wrong(json_read_number(v, &number, &e), kind == JSON_KIND_INTEGER || kind == JSON_KIND_REAL, &e, lines);
    expect_wrong(json_read_bool(v, &yes, &e), kind == JSON_KIND_BOOL, &e, lines);
    expect_wrong(json_read_list(v, &count, &e), kind == JSON_KIND_LIST, &e, lines);
    expect_wrong(json_read_object(v, &count, &e), kind == JSON_KIND_OBJECT, &e, lines);
    if (json_read_int(v, &whole, &e) != OK)
        expect_place(&e, lines);
    must(json_read_int(json_get(json_at(v, SIZE_MAX), "no such member"), &whole, &e) == INVALID);
    expect_place(&e, lines);
}

struct walk { int lines, asked; struct buf out; };

static void write_value(struct walk *w, struct json v)
{
    const char *text = NULL, *between = "";
    int64_t whole = 0;
    double number = 0;
    bool yes = false;
    if (w->asked++ < ASKED_MOST)
        ask_all(v, w->lines);
    switch (json_kind(v)) {
    case JSON_KIND_TEXT: must(json_read_text(v, &text, NULL) == OK); buf_json_text(&w->out, text); return;
    case JSON_KIND_INTEGER: must(json_read_int(v, &whole, NULL) == OK); buf_printf(&w->out, "%lld", (long long)whole); return;
    case JSON_KIND_REAL: must(json_read_number(v, &number, NULL) == OK && isfinite(number)); buf_printf(&w->out, "%.17e", number); return;
    case JSON_KIND_BOOL: must(json_read_bool(v, &yes, NULL) == OK); buf_text(&w->out, yes ? "true" : "false"); return;
    case JSON_KIND_NULL: buf_text(&w->out, "null"); return;
    case JSON_KIND_LIST:
        buf_text(&w->out, "[");
        for (size_t i = 0; i < json_count(v); i++, between = ",") {
            buf_text(&w->out, between);
            write_value(w, json_at(v, i));
        }
        buf_text(&w->out, "]");
        return;
    default:
        must(json_kind(v) == JSON_KIND_OBJECT);
        buf_text(&w->out, "{");
        for (struct json_each m = { 0 }; json_next(v, &m); between = ",") {
            buf_text(&w->out, between);
            buf_json_text(&w->out, m.key);
            buf_text(&w->out, ":");
            write_value(w, m.value);
        }
        buf_text(&w->out, "}");
    }
}

static void write_document(const struct json_doc *d, int lines, struct walk *w)
{
    *w = (struct walk){ .lines = lines };
    buf_init(&w->out, WRITTEN_MOST);
    write_value(w, json_root(d));
    must(!w->out.full);
}

static void expect_same_again(const struct json_doc *d, int lines)
{
    struct walk once, again;
    struct json_doc *copy = NULL;
    struct err e = { .lang = LANG_EN };
    write_document(d, lines, &once);
    must(json_parse(once.out.data, once.out.len, "x.json", NULL, &copy, &e) == OK);
    write_document(copy, 1, &again);
    must(strcmp(once.out.data, again.out.data) == 0);
    json_close(copy);
    buf_clear(&once.out);
    buf_clear(&again.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct json_limits narrow = { .bytes = 4096, .depth = 4, .values = 32 };
    const char *text = (const char *)data;
    struct json_doc *d = NULL;
    struct err e = { .lang = LANG_EN };
    enum status s = json_parse(text, size, "x.json", NULL, &d, &e), within;
    if (s == OK)
        expect_same_again(d, lines_of(text, size));
    else
        must((s == INVALID || s == TOO_BIG) && strncmp(e.text, "x.json:", 7) == 0);
    json_close(d);
    d = NULL;
    within = json_parse(text, size, "x.json", &narrow, &d, &e);
    must(within == s || within == TOO_BIG);     // a limit refuses more, and never lets anything else through
    json_close(d);
    return 0;
}
