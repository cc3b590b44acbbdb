// Every sentence of the sources stands in data/text, with the same arguments in both languages, and nothing stands there
// that no source says any more.
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct sentence { const char *english, *chinese, *file; };

static const struct sentence table[] = {
#define T(english, chinese) { english, chinese, __FILE__ },
#include "data/text/all.def"
#undef T
};
enum { SENTENCES = sizeof table / sizeof table[0], LITERAL_BYTES = 1 << 16 };

static bool said[SENTENCES];    // some source has this literal
static int sentences_found;

static char *read_whole(const char *path)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    struct buf b;
    buf_init(&b, 16 << 20);
    char chunk[4096];
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, f)) > 0;)
        buf_add(&b, chunk, got);
    buf_add(&b, "", 0);
    fclose(f);
    return b.data;
}

static const char *skip_blank(const char *s)
{
    for (;;) {
        s += strspn(s, " \t\r\n");
        if (strncmp(s, "//", 2) == 0)
            s += strcspn(s, "\n");
        else if (strncmp(s, "/*", 2) == 0 && strstr(s, "*/") != NULL)
            s = strstr(s, "*/") + 2;
        else
            return s;
    }
}

static const struct { const char *macro, *letters; } widths[] = {
    { "PRId64", "ld" }, { "PRIu64", "lu" }, { "PRIx64", "lx" }, { "PRId32", "d" }, { "PRIu32", "u" },
};

static const char *skip_width(const char *s, struct buf *out)
{
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++)
        if (strncmp(s, widths[i].macro, strlen(widths[i].macro)) == 0) {
            buf_text(out, widths[i].letters);
            return s + strlen(widths[i].macro);
        }
    return NULL;
}

static char unescape(char c)
{
    static const char from[] = "ntr\\\"'", to[] = "\n\t\r\\\"'";
    const char *at = strchr(from, c);
    return at != NULL ? to[at - from] : c;
}

// One literal as the compiler joins it: "a" "b" PRId64 "c". s stands on the opening quote; returns what follows.
static const char *read_literal(const char *s, struct buf *out)
{
    while (*s == '"') {
        for (s++; *s != '"' && *s != '\0'; s++) {
            char c = *s == '\\' ? unescape(*++s) : *s;
            buf_add(out, &c, 1);
        }
        const char *next = skip_blank(s + 1);
        const char *after_width = skip_width(next, out);
        s = after_width != NULL ? skip_blank(after_width) : next;
    }
    return s;
}

// Behind the next comma that is not inside the brackets of an argument.
static const char *next_argument(const char *s)
{
    int depth = 0;
    for (; *s != '\0' && *s != ';' && (depth > 0 || *s != ','); s++)
        depth += (*s == '(') - (*s == ')');
    return *s == '\0' ? s : s + 1;
}

// Where the sentence of a call begins, when s begins such a call and its sentence is a literal; else NULL.
static const char *sentence_of_call(const char *s)
{
    static const struct { const char *call; int commas; } calls[] = { { "err_set(", 2 }, { "text_in(", 1 }, { "json_wrong(", 1 }, { "data_wrong(", 2 },
                                                                       { "data_choice(", 3 },
                                                                       { "page_say(", 1 }, { "page_sayf(", 1 }, { "page_heading(", 1 } };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (strncmp(s, calls[i].call, strlen(calls[i].call)) != 0)
            continue;
        const char *at = s + strlen(calls[i].call);
        for (int comma = 0; comma < calls[i].commas; comma++)
            at = next_argument(at);
        at = skip_blank(at);
        return *at == '"' ? at : NULL;
    }
    return NULL;
}

static void mark_said(const char *english)
{
    for (size_t i = 0; i < SENTENCES; i++)
        said[i] |= strcmp(table[i].english, english) == 0;
}

static int scan_source(const char *path)
{
    char *source = read_whole(path);
    const char *sentence = NULL;
    int missing = 0;
    for (const char *s = source; *s != '\0';) {
        const char *found = sentence_of_call(s);
        sentence = found != NULL ? found : sentence;
        if (strncmp(s, "//", 2) == 0 || strncmp(s, "/*", 2) == 0) {
            s = skip_blank(s);
            continue;
        }
        if (*s == '\'') {       // '"' opens nothing
            s += s[1] == '\\' ? 3 : 2;
            s += strcspn(s, "'") + 1;
            continue;
        }
        if (*s != '"') {
            s++;
            continue;
        }
        struct buf literal;
        buf_init(&literal, LITERAL_BYTES);
        buf_add(&literal, "", 0);
        bool is_sentence = s == sentence;
        s = read_literal(s, &literal);
        mark_said(literal.data);
        bool has_words = strcmp(literal.data, "%s") != 0;
        if (is_sentence && has_words && text_in(LANG_ZH, literal.data) == literal.data) {
            print_error("%s: no Chinese in data/text for: %s\n", path, literal.data);
            missing++;
        }
        sentences_found += is_sentence;
        buf_clear(&literal);
    }
    mem_free(source);
    return missing;
}

static int scan_folder(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", GP_SOURCE_DIR, folder);
    DIR *d = opendir(path);
    int missing = 0;
    for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL;) {
        size_t len = strlen(entry->d_name);
        bool is_source = len > 2 && (strcmp(entry->d_name + len - 2, ".c") == 0 || strcmp(entry->d_name + len - 2, ".h") == 0);
        if (!is_source)
            continue;
        snprintf(path, sizeof path, "%s/%s/%s", GP_SOURCE_DIR, folder, entry->d_name);
        missing += scan_source(path);
    }
    if (d != NULL)
        closedir(d);
    return missing;
}

static void every_sentence_has_its_chinese(void **state)
{
    (void)state;
    int missing = 0;
    static const char *const folders[] = { "core/base", "core", "core/store", "gis", "api", "tests/bench" };
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        missing += scan_folder(folders[i]);
    assert_true(sentences_found >= 3);      // the scan itself works: hash.c alone has three
    assert_int_equal(missing, 0);
}

static void nothing_is_translated_that_nobody_says(void **state)
{
    (void)state;
    int stale = 0;
    for (size_t i = 0; i < SENTENCES; i++)
        if (!said[i]) {
            print_error("%s: no source says: %s\n", table[i].file, table[i].english);
            stale++;
        }
    assert_int_equal(stale, 0);
}

enum { ARGUMENTS_MOST = 16 };

// What a format takes, by place: type letters with their length ("s", "lld", "f"). Returns how many; -1: not a format.
static int arguments_of(const char *format, char types[ARGUMENTS_MOST][8])
{
    int count = 0;
    memset(types, 0, ARGUMENTS_MOST * 8);
    for (const char *s = format; (s = strchr(s, '%')) != NULL;) {
        if (*++s == '%') {
            s++;
            continue;
        }
        char *end;
        long place = strtol(s, &end, 10);
        bool placed = end > s && *end == '$';
        s = placed ? end + 1 : s;
        s += strspn(s, "-+ #0123456789.'");
        size_t len = strspn(s, "hlzjt") + 1;
        int at = placed ? (int)place - 1 : count;
        if (*s == '*' || at < 0 || at >= ARGUMENTS_MOST || len >= 8)
            return -1;
        memcpy(types[at], s, len);
        types[at][len] = '\0';
        count = at + 1 > count ? at + 1 : count;
    }
    return count;
}

static void both_languages_take_the_same_arguments(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < SENTENCES; i++) {
        char en[ARGUMENTS_MOST][8], zh[ARGUMENTS_MOST][8];
        int count = arguments_of(table[i].english, en);
        bool same = count >= 0 && count == arguments_of(table[i].chinese, zh) && memcmp(en, zh, sizeof en) == 0;
        if (same)
            continue;
        print_error("%s: arguments differ: %s | %s\n", table[i].file, table[i].english, table[i].chinese);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void one_sentence_has_one_chinese(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < SENTENCES; i++)
        if (strcmp(text_in(LANG_ZH, table[i].english), table[i].chinese) != 0) {
            print_error("%s: translated differently elsewhere: %s\n", table[i].file, table[i].english);
            wrong++;
        }
    assert_int_equal(wrong, 0);
}

static void english_and_strangers_pass_through(void **state)
{
    (void)state;
    static const char unknown[] = "a sentence nobody wrote";
    assert_ptr_equal(text_in(LANG_ZH, unknown), unknown);
    assert_ptr_equal(text_in(LANG_EN, unknown), unknown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_has_its_chinese),
        cmocka_unit_test(nothing_is_translated_that_nobody_says),
        cmocka_unit_test(both_languages_take_the_same_arguments),
        cmocka_unit_test(one_sentence_has_one_chinese),
        cmocka_unit_test(english_and_strangers_pass_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
