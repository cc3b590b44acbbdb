// filter_scan.h - the words of CQL2 text, one after another, for filter_text.c and filter_wkt.c only.
#pragma once
#include "core/filter_tree.h"

enum filter_token_kind { TOKEN_END, TOKEN_NAME, TOKEN_QUOTED, TOKEN_TEXT, TOKEN_NUMBER, TOKEN_SIGN, TOKEN_BAD };
struct filter_token { enum filter_token_kind kind; size_t at, len; };   // bytes of the text

struct filter_scan {
    const char *text;
    struct filter_token token;      // the one in hand
    size_t after;                   // where the next begins
    struct filter_tree tree;
    int nesting;
};

enum status filter_scan_start(struct filter_scan *s); // text and tree are set; takes the first token in hand. INVALID: no UTF-8
void filter_scan_next(struct filter_scan *s);
bool filter_scan_is(const struct filter_scan *s, const char *sign_or_keyword);
bool filter_scan_take(struct filter_scan *s, const char *sign_or_keyword);  // is it? then goes on
// INVALID: position, what was expected, what stands there. what: a text of data/text.
enum status filter_scan_expected(struct filter_scan *s, const char *what);
enum status filter_scan_need(struct filter_scan *s, const char *sign_or_keyword);
struct filter_token filter_scan_peek(const struct filter_scan *s);          // the token after the one in hand
size_t filter_scan_character(const struct filter_scan *s, size_t byte);     // 1 the first
char *filter_scan_value(struct filter_scan *s);     // the token in hand, unquoted and unescaped, into the arena
enum status filter_scan_deeper(struct filter_scan *s);                      // TOO_BIG beyond the depth; s->nesting-- later
bool filter_is_plain_name(const char *name);        // may stand without quotes

// filter_wkt.c: the geometry whose name is in hand; NULL once the error is set.
struct filter_shape *filter_scan_shape(struct filter_scan *s);
