#include "core/base/text.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct sentence { const char *english, *chinese; };

static struct sentence sentences[] = {
#define T(english, chinese) { english, chinese },
#include "data/text/all.def"
#undef T
};
enum { SENTENCES = sizeof sentences / sizeof sentences[0] };

static pthread_once_t sorted = PTHREAD_ONCE_INIT;

static int by_english(const void *a, const void *b)
{
    return strcmp(((const struct sentence *)a)->english, ((const struct sentence *)b)->english);
}

static void sort_sentences(void)
{
    qsort(sentences, SENTENCES, sizeof sentences[0], by_english);
}

const char *text_in(enum lang lang, const char *english)
{
    if (lang == LANG_EN)
        return english;
    pthread_once(&sorted, sort_sentences);
    struct sentence key = { .english = english };
    const struct sentence *found = bsearch(&key, sentences, SENTENCES, sizeof sentences[0], by_english);
    return found != NULL ? found->chinese : english;
}

// Threads that ask at once find the same.
const char *text_again(enum lang lang, const char *english, text_memo *memo)
{
    if (lang == LANG_EN)
        return english;
    const char *chinese = atomic_load_explicit(memo, memory_order_relaxed);
    if (chinese != NULL)
        return chinese;
    chinese = text_in(lang, english);
    atomic_store_explicit(memo, chinese, memory_order_relaxed);
    return chinese;
}

enum lang text_lang_of_environment(void)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')      // an empty variable counts as not set (POSIX)
            return strncmp(value, "zh", 2) == 0 ? LANG_ZH : LANG_EN;
    }
    return LANG_EN;
}

int text_columns(const char *utf8)
{
    int n = 0;
    for (const unsigned char *p = (const unsigned char *)utf8; *p != '\0'; p++)
        n += *p < 0x80 ? 1 : *p >= 0xe0 ? 2 : *p >= 0xc0 ? 1 : 0; // three and four bytes are wide here, two are not
    return n;
}

bool text_is_digits(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}
