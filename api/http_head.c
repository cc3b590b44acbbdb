#include "api/http_head.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const words[HTTP_METHODS] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" };

const char *http_method_word(enum http_method m) { return words[m]; }

const char *request_header(const struct request *r, const char *name)
{
    for (int i = 0; i < r->headers; i++)
        if (strcasecmp(r->header[i].name, name) == 0)
            return r->header[i].value;
    return NULL;
}

// --- Looking things up --------------------------------------------------------------------------------------------------

static const struct { const char *name; size_t len; } singles[HEAD_SINGLES] = {
#define S(name) { name, sizeof name - 1 }
    [HEAD_HOST] = S("Host"), [HEAD_LENGTH] = S("Content-Length"), [HEAD_CODING] = S("Transfer-Encoding"), [HEAD_EXPECT] = S("Expect"),
    S("Content-Type"), S("Content-Encoding"), S("Authorization"), S("Range"), S("If-Range"), S("If-Modified-Since"), S("If-Unmodified-Since"),
    S("Origin"), S("Content-Crs"), S("Idempotency-Key"),
#undef S
};

static void find_singles(struct head *h)
{
    for (int i = 0; i < h->lines; i++)
        for (int k = 0; k < HEAD_SINGLES; k++) {
            if (h->line[i].name_len != singles[k].len || strcasecmp(h->line[i].name, singles[k].name) != 0)
                continue;
            h->is_twice |= h->single[k] != NULL;
            h->single[k] = h->single[k] != NULL ? h->single[k] : &h->line[i];
            break;
        }
}

static bool is_old(const struct head *h) { return strcmp(h->version, "HTTP/1.0") == 0; }

static int method_of(const struct head *h)
{
    for (int m = 0; m < HTTP_METHODS; m++)
        if (strcmp(h->method, words[m]) == 0)
            return m;
    return -1;
}

// Behind "http://" of a target in absolute form (RFC 9112, 3.2.2); NULL: it is in another.
static const char *authority_of(const char *target)
{
    static const char *const schemes[] = { "http://", "https://" };
    for (size_t i = 0; target[0] != '/' && i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncasecmp(target, schemes[i], strlen(schemes[i])) == 0)
            return target + strlen(schemes[i]);
    return NULL;
}

// Path and query; NULL: there is no path in it.
static const char *path_of(const char *target)
{
    const char *authority = authority_of(target);
    const char *path = authority != NULL ? authority + strcspn(authority, "/?") : target;
    return path[0] == '/' ? path : NULL;
}

// --- Bytes --------------------------------------------------------------------------------------------------------------

// RFC 9110, 5.6.2: what names of methods and headers are made of.
static bool is_token(const char *text, size_t len)
{
    static const bool is_mark[256] = {
        ['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true, ['*'] = true, ['+'] = true, ['-'] = true,
        ['.'] = true, ['^'] = true, ['_'] = true, ['`'] = true, ['|'] = true, ['~'] = true,
        ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
    };
    for (size_t i = 0; i < len; i++)
        if (!is_mark[(unsigned char)text[i]])
            return false;
    return len > 0;
}

static bool is_control(char c) { return (unsigned char)c < 0x20 || c == 0x7f; }

static bool holds_control(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (is_control(text[i]) && text[i] != '\t')
            return true;
    return false;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static size_t length_without_blanks(const char *text, size_t len)
{
    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    return len;
}

// --- What is held against a head ----------------------------------------------------------------------------------------

// "METHOD target version" with one space between, and CR LF.
static bool is_line_bent(const struct head *h)
{
    return h->uri != h->method + strlen(h->method) + 1 || h->version != h->uri + h->target_len + 1 || strlen(h->version) != 8;
}

// Nothing but blanks between the colon and the value: whatever else stood there would be in the value.
static bool is_header_bent(const struct head_line *l)
{
    const char *c = l->name + l->name_len + 1;
    while (c < l->value && (*c == ' ' || *c == '\t'))
        c++;
    return c != l->value || !is_token(l->name, l->name_len) || holds_control(l->value, l->value_len);
}

// Two bytes, CR LF, end each line; the empty line is two more. A bare LF leaves one, a NUL in a value more, a folded line lies elsewhere.
static bool is_bent(const struct head *h)
{
    if (is_line_bent(h) || !is_token(h->method, strlen(h->method)))
        return true;
    const char *next = h->version + strlen(h->version) + 2;
    for (int i = 0; i < h->lines; i++) {
        const struct head_line *l = &h->line[i];
        if (l->name != next || is_header_bent(l))
            return true;
        next = l->value + l->value_len + 2;
    }
    return !h->is_too_many && h->end != next + 2;
}

static bool is_target_long(const struct head *h, const struct http_limits *limits) { return h->target_len > limits->target_bytes; }

static bool is_head_long(const struct head *h, const struct http_limits *limits)
{
    return h->is_too_many || (size_t)(h->end - h->method) > limits->head_bytes;
}

static bool is_version_unknown(const struct head *h) { return !is_old(h) && strcmp(h->version, "HTTP/1.1") != 0; }

static bool is_method_unknown(const struct head *h) { return method_of(h) < 0; }

static bool is_target_dirty(const struct head *h)
{
    for (size_t i = 0; i < h->target_len; i++)
        if (is_control(h->target[i]) || h->target[i] == ' ' || h->target[i] == '#')
            return true;
    return false;
}

static bool is_badly_escaped(const struct head *h)
{
    for (const char *c = strchr(h->target, '%'); c != NULL; c = strchr(c + 1, '%')) {
        int high = hex_value(c[1]), low = high < 0 ? -1 : hex_value(c[2]);
        if (low < 0 || high + low == 0)
            return true;
    }
    return false;
}

static bool is_path_missing(const struct head *h) { return path_of(h->target) == NULL; }

static bool is_sent_twice(const struct head *h) { return h->is_twice; }

// RFC 9112, 3.2: HTTP/1.1 has a Host, and nothing in it that a proxy might split at.
static bool is_host_wrong(const struct head *h)
{
    const struct head_line *host = h->single[HEAD_HOST];
    if (host == NULL)
        return !is_old(h);
    size_t len = length_without_blanks(host->value, host->value_len);
    return strcspn(host->value, " \t/\\?#@,;\"<>") < len;
}

// A target in absolute form names a host of its own: it must be the one that Host names.
static bool is_for_another(const struct head *h)
{
    const char *authority = authority_of(h->target);
    const struct head_line *host = h->single[HEAD_HOST];
    if (authority == NULL)
        return false;
    size_t len = strcspn(authority, "/?");
    return host == NULL || length_without_blanks(host->value, host->value_len) != len || strncasecmp(authority, host->value, len) != 0;
}

static bool is_length_doubtful(const struct head *h)
{
    return h->single[HEAD_CODING] != NULL && (h->single[HEAD_LENGTH] != NULL || is_old(h));
}

static bool is_coding_unknown(const struct head *h)
{
    return h->single[HEAD_CODING] != NULL && strcasecmp(h->single[HEAD_CODING]->value, "chunked") != 0;
}

static bool is_expectation_unknown(const struct head *h)
{
    return h->single[HEAD_EXPECT] != NULL && strcasecmp(h->single[HEAD_EXPECT]->value, "100-continue") != 0;
}

// In this order: what a later rule looks at, an earlier one has found to be there.
static const struct {
    bool (*is_so)(const struct head *h);
    bool (*is_over)(const struct head *h, const struct http_limits *limits);
    struct http_fault fault;
} rules[] = {
    { NULL, is_head_long, { 431, "the head of the request is too long" } },
    { NULL, is_target_long, { 414, "path and query of the request are too long" } },
    { is_bent, NULL, { 400, "the head of the request is broken: METHOD TARGET HTTP/1.1, then lines NAME: VALUE, each with CR LF at its end" } },
    { is_version_unknown, NULL, { 505, "HTTP/1.1 is spoken here, and HTTP/1.0" } },
    { is_method_unknown, NULL, { 501, "this method is not known here" } },
    { is_target_dirty, NULL, { 400, "path and query hold no blank, no control character and no #: send them percent-encoded" } },
    { is_badly_escaped, NULL, { 400, "in path and query two hexadecimal digits follow each percent sign, and they are not 00" } },
    { is_path_missing, NULL, { 400, "the path of a request begins with /" } },
    { is_sent_twice, NULL, { 400, "a header that must stand once was sent twice" } },
    { is_host_wrong, NULL, { 400, "one header Host is needed, with a name and perhaps a port" } },
    { is_for_another, NULL, { 400, "the request names one host in its target and another in its header Host" } },
    { is_length_doubtful, NULL, { 400, "the length of the body is told in two ways: Content-Length and Transfer-Encoding exclude each other" } },
    { is_coding_unknown, NULL, { 400, "the only Transfer-Encoding of a request that is known here is chunked" } },
    { is_expectation_unknown, NULL, { 417, "the only Expect that is known here is 100-continue" } },
};
enum { RULES = sizeof rules / sizeof rules[0] };

const struct http_fault *head_fault(struct head *h, const struct http_limits *limits)
{
    find_singles(h);
    for (int i = 0; i < RULES; i++)
        if (rules[i].is_so != NULL ? rules[i].is_so(h) : rules[i].is_over(h, limits))
            return &rules[i].fault;
    return NULL;
}

const struct http_fault *head_fault_listed(int i) { return i < RULES ? &rules[i].fault : NULL; }

int64_t head_body_bytes(const struct head *h)
{
    if (h->single[HEAD_CODING] != NULL)
        return -1;
    const struct head_line *length = h->single[HEAD_LENGTH];
    return length == NULL ? 0 : strtoll(length->value, NULL, 10);      // digits only, libmicrohttpd saw to it; too many become INT64_MAX
}

// --- What others see ----------------------------------------------------------------------------------------------------

static const char *value_of(const struct head_line *l, struct arena *arena)
{
    size_t len = length_without_blanks(l->value, l->value_len);
    if (len == l->value_len)
        return l->value;
    char *cut = arena_get(arena, len + 1);
    memcpy(cut, l->value, len);
    return cut;
}

void head_take(const struct head *h, struct request *r)
{
    char *path = arena_text(r->arena, path_of(h->target));
    char *mark = strchr(path, '?');
    if (mark != NULL)
        *mark = '\0';
    r->method = (enum http_method)method_of(h);
    r->path = path;
    r->query = mark != NULL ? mark + 1 : "";
    struct http_header *header = arena_get(r->arena, (size_t)h->lines * sizeof *header);
    for (int i = 0; i < h->lines; i++)
        header[i] = (struct http_header){ .name = h->line[i].name, .value = value_of(&h->line[i], r->arena) };
    r->header = header;
    r->headers = h->lines;
}
