#include "api/answer_file.h"

#include "api/answer.h"
#include "api/params.h"
#include "core/base/mem.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

// --- Names ----------------------------------------------------------------------------------------------------------------------

// For clients that know no UTF-8: letters, digits and a few marks stay, the rest becomes '_'.
static void put_plain(struct buf *b, const char *name)
{
    for (const unsigned char *c = (const unsigned char *)name; *c != '\0'; c++)
        if ((*c & 0xc0) != 0x80)
            buf_printf(b, "%c", isalnum(*c) || (*c != '"' && *c != '\\' && strchr("-_. ()", *c) != NULL) ? *c : '_');
}

void answer_name(struct exchange *x, const char *name)
{
    struct buf b;
    buf_init(&b, 1 << 14);
    buf_text(&b, "attachment; filename=\"");
    put_plain(&b, name);
    buf_text(&b, "\"; filename*=UTF-8''");
    percent_encode(&b, name);
    answer_header(x->answer, "Content-Disposition", arena_text(x->request->arena, b.data));
    buf_clear(&b);
}

// --- Ranges ---------------------------------------------------------------------------------------------------------------------

enum range_kind { RANGE_NONE, RANGE_ONE, RANGE_NOWHERE };
struct range { enum range_kind kind; int64_t from, len; };

static bool take_number(const char **c, int64_t *out)
{
    char *end;
    if (!isdigit((unsigned char)**c))
        return false;
    *out = strtoll(*c, &end, 10);          // what is too large becomes the largest there is: behind every file
    *c = end;
    return true;
}

// "bytes=0-99", "bytes=100-", "bytes=-100". What is not understood is as if it were not there.
static struct range range_of(const char *text, int64_t bytes)
{
    static const char unit[] = "bytes=";
    int64_t from = 0, to = INT64_MAX, most = 0;
    const char *c = text;
    if (c == NULL || strncasecmp(c, unit, sizeof unit - 1) != 0)
        return (struct range){ RANGE_NONE, 0, bytes };
    c += sizeof unit - 1;
    bool has_from = take_number(&c, &from);
    if (*c++ != '-')
        return (struct range){ RANGE_NONE, 0, bytes };
    bool has_to = take_number(&c, has_from ? &to : &most);
    if (*c != '\0' || (!has_from && !has_to) || (has_from && to < from))
        return (struct range){ RANGE_NONE, 0, bytes };
    if (!has_from)
        from = most < bytes ? bytes - most : 0;
    if (from >= bytes)
        return (struct range){ RANGE_NOWHERE, 0, 0 };
    return (struct range){ RANGE_ONE, from, (to < bytes - 1 ? to : bytes - 1) - from + 1 };
}

// If-Range with a tag that is no longer the file's asks for the whole; a date is no tag of ours.
static struct range range_asked(struct exchange *x, const struct file_answer *f)
{
    const char *same = request_header(x->request, "If-Range");
    bool is_asked = f->tag != NULL && x->request->method == HTTP_GET && (same == NULL || strcmp(same, f->tag) == 0);
    return is_asked ? range_of(request_header(x->request, "Range"), f->bytes) : (struct range){ RANGE_NONE, 0, f->bytes };
}

// --- Answering --------------------------------------------------------------------------------------------------------------------

static const char *print_range(struct exchange *x, struct range r, int64_t bytes)
{
    char text[80];
    if (r.kind == RANGE_NOWHERE)
        snprintf(text, sizeof text, "bytes */%lld", (long long)bytes);
    else
        snprintf(text, sizeof text, "bytes %lld-%lld/%lld", (long long)r.from, (long long)(r.from + r.len - 1), (long long)bytes);
    return arena_text(x->request->arena, text);
}

static void answer_nowhere(struct exchange *x, const struct file_answer *f)
{
    close(f->fd);
    err_set(&x->err, INVALID, "the range lies behind the end of the file, which has %lld bytes", (long long)f->bytes);
    answer_refusal(x, 416, x->err.text);
    answer_header(x->answer, "Content-Range", print_range(x, (struct range){ .kind = RANGE_NOWHERE }, f->bytes));
}

static bool is_known_already(struct exchange *x, const struct file_answer *f)
{
    const char *tags = request_header(x->request, "If-None-Match");
    return f->tag != NULL && tags != NULL && (strcmp(tags, "*") == 0 || strstr(tags, f->tag) != NULL);
}

void answer_file(struct exchange *x, const struct file_answer *f)
{
    struct answer *a = x->answer;
    struct range r = range_asked(x, f);
    if (r.kind == RANGE_NOWHERE && !is_known_already(x, f)) {
        answer_nowhere(x, f);
        return;
    }
    answer_header(a, "Content-Type", f->type);
    answer_header(a, "Cache-Control", "private, no-cache");
    answer_header(a, "Accept-Ranges", f->tag != NULL ? "bytes" : "none");
    answer_header(a, "ETag", f->tag);
    answer_header(a, "Vary", "Accept, Accept-Language, Authorization, Cookie");
    if (f->name != NULL)
        answer_name(x, f->name);
    if (is_known_already(x, f)) {
        close(f->fd);
        a->status = 304;
        a->kind = ANSWER_EMPTY;
        return;
    }
    a->status = r.kind == RANGE_ONE ? 206 : 200;
    if (r.kind == RANGE_ONE)
        answer_header(a, "Content-Range", print_range(x, r, f->bytes));
    a->kind = ANSWER_FILE;
    a->file = f->fd;
    a->file_from = r.from;
    a->file_len = r.len;
}
