// head_fuzz.c - the head of a request out of a stranger's bytes, taken apart as libmicrohttpd does it, leniently and in place. What is not
// refused then is held against the bytes as they came by a reader of its own: it must be exactly one request line, lines "name: value" and
// an empty line, each with CR LF, so that whoever stood before us has seen the same request.
#include "api/http_head.h"
#include "core/base/mem.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA = 4 << 20 };
static const struct http_limits LIMITS = { .target_bytes = 4096, .head_bytes = 8192 };

// --- As libmicrohttpd does it ---------------------------------------------------------------------------------------------------------------

// The end of a line in place: LF, and a CR before it, become NUL. NULL: there is none.
static char *take_line(char **next, const char *end)
{
    char *line = *next, *lf = memchr(line, '\n', (size_t)(end - line));
    if (lf == NULL)
        return NULL;
    *next = lf + 1;
    *lf = '\0';
    if (lf > line && lf[-1] == '\r')
        lf[-1] = '\0';
    return line;
}

static char *skip(char *c, const char *which) { return c + strspn(c, which); }

static bool take_first(struct head *h, char *line)
{
    char *uri = strchr(line, ' '), *version;
    if (uri == NULL)
        return false;
    *uri++ = '\0';
    uri = skip(uri, " ");
    version = strrchr(uri, ' ');
    if (version == NULL)
        return false;
    *version++ = '\0';
    h->method = line;
    h->uri = uri;
    h->version = version;
    return true;
}

static bool take_header(struct head_line *l, char *line)
{
    char *colon = strchr(line, ':');
    if (colon == NULL)
        return false;
    *colon = '\0';
    char *value = skip(colon + 1, " \t");
    *l = (struct head_line){ .name = line, .value = value, .name_len = strlen(line), .value_len = strlen(value) };
    return true;
}

static bool take_apart(char *text, size_t size, struct head *h, struct head_line *lines)
{
    char *next = text, *line = take_line(&next, text + size);
    if (line == NULL || !take_first(h, line))
        return false;
    while ((line = take_line(&next, text + size)) != NULL && line[0] != '\0') {
        h->is_too_many = h->lines == HTTP_HEADERS;
        if (h->is_too_many)
            break;
        if (!take_header(&lines[h->lines++], line))
            return false;
    }
    h->line = lines;
    h->end = next;
    return line != NULL;
}

// --- As it should be ------------------------------------------------------------------------------------------------------------------------

static bool is_word(const char *from, const char *to)
{
    for (const char *c = from; c < to; c++)
        if (strchr("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", *c) == NULL || *c == '\0')
            return false;
    return from < to;
}

static bool is_plain(const char *from, const char *to, char least)
{
    for (const char *c = from; c < to; c++)
        if (((unsigned char)*c < (unsigned char)least && *c != '\t') || *c == 0x7f)
            return false;
    return true;
}

static const char *crlf_of(const char *from, const char *end)
{
    for (const char *c = from; c + 1 < end; c++)
        if (c[0] == '\r' && c[1] == '\n')
            return c;
    return NULL;
}

static bool is_request_line(const char *from, const char *to)
{
    const char *one = memchr(from, ' ', (size_t)(to - from)), *two = one != NULL ? memchr(one + 1, ' ', (size_t)(to - one - 1)) : NULL;
    return two != NULL && is_word(from, one) && is_plain(one + 1, two, '!') && to - two == 9 && memcmp(two + 1, "HTTP/1.", 7) == 0;
}

static bool is_strict(const char *text, size_t size)
{
    const char *end = text + size, *line = text, *stop = crlf_of(line, end);
    if (stop == NULL || !is_request_line(line, stop))
        return false;
    for (line = stop + 2; (stop = crlf_of(line, end)) != NULL && stop > line; line = stop + 2) {
        const char *colon = memchr(line, ':', (size_t)(stop - line));
        if (colon == NULL || !is_word(line, colon) || !is_plain(colon + 1, stop, ' '))
            return false;
    }
    return stop != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_open(ARENA);
    struct head_line *lines = arena_get(arena, HTTP_HEADERS * sizeof *lines);
    char *text = arena_get(arena, size + 1), *as_sent = arena_get(arena, size + 1), *target;
    struct head h = { .lines = 0 };
    memcpy(text, size > 0 ? (const char *)data : "", size);
    memcpy(as_sent, text, size);
    bool has_nul = memchr(as_sent, '\0', size) != NULL;        // NUL LF in the place of CR LF cannot be told (http_head.h)
    if (take_apart(text, size, &h, lines)) {
        target = arena_text(arena, h.uri);
        h.target = target;
        h.target_len = strlen(target);
        const struct http_fault *fault = head_fault(&h, &LIMITS);
        struct request r = { .arena = arena };
        if (fault == NULL) {
            must(has_nul || is_strict(as_sent, (size_t)(h.end - text)));
            head_take(&h, &r);
            must(r.path[0] == '/' && strchr(r.path, '?') == NULL && r.headers == h.lines);
            (void)head_body_bytes(&h);
        } else
            must(fault->status >= 400 && fault->sentence[0] != '\0');
    }
    arena_close(arena);
    return 0;
}
