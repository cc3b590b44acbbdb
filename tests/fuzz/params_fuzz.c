// params_fuzz.c - a stranger's address: finds its route or not, its parameters are read within their limits or refused with a sentence, and
// what was decoded and is written again is the same. First line: path and query; second: Accept; the rest is read as a form.
#include "api/answer.h"
#include "api/params.h"
#include "api/routes.h"
#include "core/base/mem.h"
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA = 32 << 20, WRITTEN_MOST = 1 << 20 };

static void expect_same_again(struct exchange *x, const char *text)
{
    struct buf b;
    const char *again = NULL;
    buf_init(&b, WRITTEN_MOST);
    buf_text(&b, "");
    percent_encode(&b, text);
    must(b.full || (percent_decode(x->request->arena, b.data, b.len, &again, &x->err) == OK && strcmp(again, text) == 0));
    buf_clear(&b);
}

static void expect_fits(const struct param_value *v)
{
    const struct param *p = v->param;
    if (p == NULL)
        return;
    if (p->kind == PARAM_INTEGER || p->kind == PARAM_NUMBER)
        must(v->number >= p->least && v->number <= p->most);
    if (p->kind == PARAM_INTEGER)
        must(v->number == floor(v->number));
    if (p->kind == PARAM_BBOX)
        must(isfinite(v->box[0]) && isfinite(v->box[2]) && v->box[1] <= v->box[3]);
    if (p->kind == PARAM_DATETIME)
        must(v->from_s <= v->to_s);
}

static void ask(struct exchange *x)
{
    if (route_find(x) != OK) {
        must(x->err.text[0] != '\0');
        (void)route_methods(x->request->path);
        return;
    }
    for (int i = 0; i < SEGMENTS_MOST && x->segment[i] != NULL; i++)
        expect_same_again(x, x->segment[i]);
    if (params_read(x) != OK) {
        must(x->err.text[0] != '\0');
        return;
    }
    for (int i = 0; i < x->params; i++) {
        expect_fits(&x->param[i]);
        expect_same_again(x, x->param[i].text);
    }
    if (format_negotiate(x) == OK)
        must(x->format == 0 || (x->route->formats & x->format) != 0);
}

// A line of the text, ended here; returns what follows.
static char *end_line(char *text)
{
    char *end = text + strcspn(text, "\n");
    char *rest = *end != '\0' ? end + 1 : end;
    *end = '\0';
    return rest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_open(ARENA);
    char *path = arena_get(arena, size + 1);
    memcpy(path, size > 0 ? (const char *)data : "", size);
    char *accept = end_line(path), *form = end_line(accept), *query = path + strcspn(path, "?");
    if (*query != '\0')
        *query++ = '\0';
    struct http_header header[] = { { "Accept", accept }, { "Accept-Language", accept }, { "Content-Type", "application/x-www-form-urlencoded" } };
    struct request r = { .path = path, .query = query, .header = header, .headers = 3, .peer = "", .arena = arena, .body = form, .body_len = strlen(form) };
    struct exchange x = { .request = &r };
    x.lang = lang_negotiate(&r);
    ask(&x);
    const char *typed = form_text(&x, "name");
    if (typed != NULL)
        expect_same_again(&x, typed);
    arena_close(arena);
    return 0;
}
