#include "core/filter_scan.h"
#include "core/base/buf.h"
#include "core/base/mem.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct range { uint32_t first, last; };

// Letters of a name beyond ASCII, and what may follow the first (the standard's grammar, after XML names).
static const struct range name_start[] = {
    { 0xc0, 0xd6 }, { 0xd8, 0xf6 }, { 0xf8, 0x2ff }, { 0x370, 0x37d }, { 0x37f, 0x1ffe }, { 0x200c, 0x200d }, { 0x2070, 0x218f },
    { 0x2c00, 0x2fef }, { 0x3001, 0xd7ff }, { 0xf900, 0xfdcf }, { 0xfdf0, 0xfffd }, { 0x10000, 0xeffff },
};
static const struct range name_part[] = { { 0x300, 0x36f }, { 0x203f, 0x2040 }, { 0xb7, 0xb7 } };
static const struct range blanks[] = {
    { 0x09, 0x0d }, { 0x20, 0x20 }, { 0x85, 0x85 }, { 0xa0, 0xa0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200a }, { 0x2028, 0x2029 },
    { 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x3000, 0x3000 },
};

static bool is_among(uint32_t c, const struct range *range, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (c >= range[i].first && c <= range[i].last)
            return true;
    return false;
}
#define AMONG(c, ranges) is_among(c, ranges, sizeof ranges / sizeof ranges[0])

// The character at s and its bytes; 0 bytes at the end or when it is no UTF-8.
static uint32_t character(const char *text, size_t *len)
{
    const unsigned char *s = (const unsigned char *)text;
    *len = s[0] == 0 ? 0 : 1;
    if (s[0] < 0x80)
        return s[0];
    size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint32_t c = s[0] & (0xffu >> (n + 1));
    *len = 0;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3f);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *len = n;
    return c;
}

static bool is_name_start(uint32_t c)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || c == ':' || c == '_' || AMONG(c, name_start);
}

static bool is_name_part(uint32_t c)
{
    return is_name_start(c) || c == '.' || (c >= '0' && c <= '9') || AMONG(c, name_part);
}

static size_t name_length(const char *s)
{
    size_t len, n = 0;
    uint32_t c = character(s, &len);
    if (len == 0 || !is_name_start(c))
        return 0;
    while (len > 0 && is_name_part(c)) {
        n += len;
        c = character(s + n, &len);
    }
    return n;
}

static size_t number_length(const char *s)
{
    static const char digits[] = "0123456789";
    size_t whole = strspn(s, digits), n = whole;
    if (s[n] == '.') {
        size_t part = strspn(s + n + 1, digits);
        if (whole == 0 && part == 0)
            return 0;
        n += 1 + part;
    }
    if (n > 0 && (s[n] == 'e' || s[n] == 'E')) {
        size_t sign = s[n + 1] == '+' || s[n + 1] == '-';
        size_t exponent = strspn(s + n + 1 + sign, digits);
        n += exponent > 0 ? 1 + sign + exponent : 0;
    }
    return n;
}

// Length with both quotes; 0: it never ends. A doubled quote stands for one; in '' a backslash protects what follows.
static size_t quoted_length(const char *s, char quote)
{
    for (size_t n = 1; s[n] != '\0'; n++) {
        if (s[n] == '\\' && quote == '\'' && s[n + 1] != '\0')
            n++;
        else if (s[n] == quote && s[n + 1] == quote)
            n++;
        else if (s[n] == quote)
            return n + 1;
    }
    return 0;
}

static size_t sign_length(const char *s)
{
    static const char *const signs[] = { "<>", "<=", ">=", "<", ">", "=", "(", ")", ",", "+", "-", "*", "/", "%", "^" };
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (strncmp(s, signs[i], strlen(signs[i])) == 0)
            return strlen(signs[i]);
    return 0;
}

static struct filter_token token_at(const char *text, size_t at)
{
    const char *s = text + at;
    size_t len;
    if (*s == '\0')
        return (struct filter_token){ TOKEN_END, at, 0 };
    if (*s == '\'' || *s == '"') {
        len = quoted_length(s, *s);
        return (struct filter_token){ len == 0 ? TOKEN_BAD : *s == '"' ? TOKEN_QUOTED : TOKEN_TEXT, at, len == 0 ? strlen(s) : len };
    }
    if ((len = number_length(s)) > 0)
        return (struct filter_token){ TOKEN_NUMBER, at, len };
    if ((len = name_length(s)) > 0)
        return (struct filter_token){ TOKEN_NAME, at, len };
    if ((len = sign_length(s)) > 0)
        return (struct filter_token){ TOKEN_SIGN, at, len };
    character(s, &len);
    return (struct filter_token){ TOKEN_BAD, at, len > 0 ? len : 1 };
}

static size_t skip_blanks(const char *text, size_t at)
{
    for (size_t len;; at += len) {
        uint32_t c = character(text + at, &len);
        if (len == 0 || !AMONG(c, blanks))
            return at;
    }
}

struct filter_token filter_scan_peek(const struct filter_scan *s)
{
    return token_at(s->text, skip_blanks(s->text, s->after));
}

void filter_scan_next(struct filter_scan *s)
{
    s->token = filter_scan_peek(s);
    s->after = s->token.at + s->token.len;
}

enum status filter_scan_start(struct filter_scan *s)
{
    for (size_t at = 0, len; s->text[at] != '\0'; at += len) {
        character(s->text + at, &len);
        if (len == 0)
            return filter_fail(&s->tree, err_set(s->tree.e, INVALID, "the filter is not UTF-8 from character %zu on", filter_scan_character(s, at)));
    }
    s->after = 0;
    filter_scan_next(s);
    return OK;
}

bool filter_scan_is(const struct filter_scan *s, const char *word)
{
    bool kind = s->token.kind == TOKEN_SIGN || s->token.kind == TOKEN_NAME;
    return kind && s->token.len == strlen(word) && strncasecmp(s->text + s->token.at, word, s->token.len) == 0;
}

bool filter_scan_take(struct filter_scan *s, const char *word)
{
    if (!filter_scan_is(s, word))
        return false;
    filter_scan_next(s);
    return true;
}

size_t filter_scan_character(const struct filter_scan *s, size_t byte)
{
    size_t n = 1;
    for (size_t i = 0; i < byte; i++)
        n += ((unsigned char)s->text[i] & 0xc0) != 0x80;
    return n;
}

enum { SHOWN_BYTES = 40 };

// As much of the token as a sentence bears, cut at a character.
static const char *shown(const struct filter_scan *s, char out[SHOWN_BYTES + 1])
{
    size_t len = s->token.len < SHOWN_BYTES ? s->token.len : SHOWN_BYTES;
    while (len > 0 && len < s->token.len && ((unsigned char)s->text[s->token.at + len] & 0xc0) == 0x80)
        len--;
    memcpy(out, s->text + s->token.at, len);
    out[len] = '\0';
    return out;
}

enum status filter_scan_expected(struct filter_scan *s, const char *what)
{
    if (s->tree.status != OK)
        return s->tree.status;
    struct err *e = s->tree.e;
    size_t at = filter_scan_character(s, s->token.at);
    const char *wanted = text_in(e->lang, what), *found = s->text + s->token.at;
    if (s->token.kind == TOKEN_END)
        return filter_fail(&s->tree, err_set(e, INVALID, "the filter ends at character %zu where %s is expected", at, wanted));
    if (s->token.kind == TOKEN_BAD && (*found == '\'' || *found == '"'))
        return filter_fail(&s->tree, err_set(e, INVALID, "the quote %c at character %zu of the filter is never closed", *found, at));
    char given[SHOWN_BYTES + 1];
    return filter_fail(&s->tree, err_set(e, INVALID, "at character %zu of the filter %s is expected, but there is: %s", at, wanted,
                                         shown(s, given)));
}

enum status filter_scan_need(struct filter_scan *s, const char *word)
{
    return filter_scan_take(s, word) ? OK : filter_scan_expected(s, word);
}

static const char escapes[] = "abtnvfr'\\", meanings[] = "\a\b\t\n\v\f\r'\\";

char *filter_scan_value(struct filter_scan *s)
{
    const char *from = s->text + s->token.at, *end = from + s->token.len;
    char *value = arena_get(s->tree.arena, s->token.len + 1), *to = value, quote = *from;
    if (s->token.kind == TOKEN_NAME)
        return memcpy(value, from, s->token.len);
    for (from++, end--; from < end; from++) {
        const char *escape = *from == '\\' && quote == '\'' ? strchr(escapes, from[1]) : NULL;
        if (escape != NULL)
            from++, *to++ = meanings[escape - escapes];
        else
            from += *from == quote, *to++ = *from;
    }
    return value;
}

enum status filter_scan_deeper(struct filter_scan *s)
{
    if (++s->nesting <= 2 * FILTER_DEPTH_MOST)  // brackets may stand where no tree grows
        return OK;
    return filter_fail(&s->tree, err_set(s->tree.e, TOO_BIG, "the filter is nested more than %d deep", FILTER_DEPTH_MOST));
}

bool filter_is_plain_name(const char *name)
{
    static const char *const reserved[] = { "AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "TRUE", "FALSE", "DIV" };
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcasecmp(name, reserved[i]) == 0)
            return false;
    return name[0] != '\0' && name_length(name) == strlen(name);
}
