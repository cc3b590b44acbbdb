#include "core/words.h"

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/fold.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum sort { BETWEEN, LETTER, IDEOGRAPH };
struct range { uint32_t first, last; enum sort sort; };

// What is in none of them is a letter from U+00C0 on.
static const struct range ranges[] = {
    { 0x00, 0x2f, BETWEEN },       { '0', '9', LETTER },         { ':', '@', BETWEEN },     { 'A', 'Z', LETTER },      { '[', '`', BETWEEN },
    { 'a', 'z', LETTER },          { '{', 0xbf, BETWEEN },       { 0xd7, 0xd7, BETWEEN },   { 0xf7, 0xf7, BETWEEN },   { 0x2000, 0x2bff, BETWEEN },
    { 0x2e00, 0x2e7f, BETWEEN },   { 0x2e80, 0x2fdf, IDEOGRAPH }, { 0x2fe0, 0x3004, BETWEEN }, { 0x3005, 0x3007, IDEOGRAPH },
    { 0x3008, 0x303f, BETWEEN },   { 0x3040, 0xa4cf, IDEOGRAPH }, { 0xac00, 0xd7ff, IDEOGRAPH }, { 0xf900, 0xfaff, IDEOGRAPH },
    { 0xff00, 0xff0f, BETWEEN },   { 0xff1a, 0xff20, BETWEEN },  { 0xff3b, 0xff40, BETWEEN }, { 0xff5b, 0xff65, BETWEEN },
    { 0xff66, 0xffdc, IDEOGRAPH }, { 0xffe0, 0xffff, BETWEEN },  { 0x1f000, 0x1faff, BETWEEN }, { 0x20000, 0x3ffff, IDEOGRAPH },
};

static enum sort sort_of(uint32_t c)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return ranges[i].sort;
    return LETTER;
}

// Of folded text, which is UTF-8 throughout.
static size_t read_character(const char *s, uint32_t *out)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t len = u[0] < 0x80 ? 1 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
    *out = len == 1 ? u[0] : u[0] & (0x7f >> len);
    for (size_t i = 1; i < len; i++)
        *out = *out << 6 | (u[i] & 0x3f);
    return len;
}

// One word after the other: a run of letters, or a pair of ideographs. is_last: the ideograph at the end of its run, alone.
struct reader { const char *at; char *folded; };
struct word { const char *text; size_t len; bool is_last, is_alone; };

static void open_reader(struct reader *r, const char *utf8)
{
    char *cased = fold_case(utf8);
    r->folded = cased != NULL ? fold_accents(cased) : NULL;
    r->at = r->folded != NULL ? r->folded : "";
    mem_free(cased);
}

static bool read_letters(struct reader *r, struct word *out)
{
    uint32_t c;
    *out = (struct word){ .text = r->at };
    for (size_t len; *r->at != '\0' && (len = read_character(r->at, &c)) > 0 && sort_of(c) == LETTER; r->at += len)
        out->len += len;
    return true;
}

static bool follows_ideograph(const struct reader *r, const char *at)
{
    uint32_t c;
    const char *before = at;
    if (at == r->folded)
        return false;
    do
        before--;
    while (((unsigned char)*before & 0xc0) == 0x80 && before > r->folded);
    read_character(before, &c);
    return sort_of(c) == IDEOGRAPH;
}

static bool read_pair(struct reader *r, struct word *out)
{
    uint32_t c;
    size_t first = read_character(r->at, &c), second = 0;
    if (r->at[first] != '\0')
        second = read_character(r->at + first, &c);
    bool is_pair = second > 0 && sort_of(c) == IDEOGRAPH;
    *out = (struct word){ r->at, first + (is_pair ? second : 0), !is_pair, !is_pair && !follows_ideograph(r, r->at) };
    r->at += first;
    return true;
}

static bool next_word(struct reader *r, struct word *out)
{
    for (uint32_t c; *r->at != '\0'; ) {
        size_t len = read_character(r->at, &c);
        enum sort sort = sort_of(c);
        if (sort != BETWEEN)
            return sort == LETTER ? read_letters(r, out) : read_pair(r, out);
        r->at += len;
    }
    return false;
}

void words_add(const char *utf8, struct buf *out)
{
    struct reader r;
    struct word w;
    open_reader(&r, utf8);
    while (next_word(&r, &w)) {
        buf_text(out, out->len > 0 ? " " : "");
        buf_add(out, w.text, w.len);
    }
    mem_free(r.folded);
}

// A word is asked for by its beginning. The last ideograph of a run stands in the pair before it already.
static void ask_for(const struct word *w, struct buf *out)
{
    uint32_t c;
    read_character(w->text, &c);
    bool by_beginning = sort_of(c) == LETTER || w->is_alone;
    buf_text(out, out->len > 0 ? " \"" : "\"");
    buf_add(out, w->text, w->len);
    buf_text(out, by_beginning ? "\"*" : "\"");
}

enum status words_question(const char *utf8, struct buf *out, struct err *e)
{
    struct reader r;
    struct word w;
    int words = 0;
    if (strlen(utf8) > WORDS_QUESTION_BYTES_MOST)
        return err_set(e, TOO_BIG, "words to search for may have %d bytes", WORDS_QUESTION_BYTES_MOST);
    open_reader(&r, utf8);
    while (next_word(&r, &w)) {
        if (w.is_last && !w.is_alone)
            continue;
        ask_for(&w, out);
        words++;
    }
    mem_free(r.folded);
    if (words == 0)
        return err_set(e, INVALID, "\"%.80s\": there is no word to search for", utf8);
    return words <= WORDS_QUESTION_MOST ? OK : err_set(e, TOO_BIG, "at most %d words are searched for at a time", WORDS_QUESTION_MOST);
}
