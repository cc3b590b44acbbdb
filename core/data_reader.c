#include "core/data_reader.h"
#include "core/base/date.h"
#include "core/base/mem.h"

#include <string.h>

void data_wrong(struct data_reader *r, const char *key, const char *expected)
{
    if (r->s == OK)
        r->s = json_wrong(json_get(r->object, key), expected, r->e);
}

void data_known_keys(struct data_reader *r, const char *const *known)
{
    if (r->s == OK)
        r->s = json_known_keys(r->object, known, r->e);
}

const char *data_text_or_none(struct data_reader *r, const char *key)
{
    const char *text = "";
    if (r->s == OK)
        r->s = json_read_text_or(json_get(r->object, key), "", &text, r->e);
    if (r->s == OK && strlen(text) > DATA_TEXT_BYTES_MOST)
        data_wrong(r, key, "a text of at most 2000 bytes");
    return r->s == OK ? arena_text(r->arena, text) : "";
}

const char *data_text(struct data_reader *r, const char *key)
{
    const char *text = data_text_or_none(r, key);
    if (text[0] == '\0')
        data_wrong(r, key, "a text that is not empty");
    return text;
}

static bool is_word(const char *text)
{
    size_t len = strlen(text);
    return len > 0 && len <= DATA_WORD_BYTES_MOST && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-*") == len;
}

const char *data_word(struct data_reader *r, const char *key)
{
    const char *text = data_text_or_none(r, key);
    if (!is_word(text))
        data_wrong(r, key, "a word of a-z, 0-9, '.', '_' and '-'");
    return text;
}

// One after the other: the first fault of the file speaks.
struct data_heading data_heading(struct data_reader *r)
{
    struct data_heading h;
    h.scheme = data_word(r, "scheme");
    h.version = data_text(r, "version");
    h.title_zh = data_text(r, "title_zh");
    h.title_en = data_text(r, "title_en");
    h.source = data_text_or_none(r, "source");
    return h;
}

const char *data_day_or_none(struct data_reader *r, const char *key)
{
    const char *text = data_text_or_none(r, key);
    struct date d;
    if (text[0] != '\0' && !date_read(text, &d))
        data_wrong(r, key, "a date like 2026-10-01");
    return text;
}

int64_t data_int(struct data_reader *r, const char *key, int64_t least, int64_t most)
{
    int64_t value = 0;
    if (r->s == OK)
        r->s = json_read_int(json_get(r->object, key), &value, r->e);
    if (r->s == OK && (value < least || value > most))
        data_wrong(r, key, "a number within its bounds");
    return r->s == OK ? value : 0;
}

bool data_bool_or(struct data_reader *r, const char *key, bool missing)
{
    bool value = missing;
    if (r->s == OK)
        r->s = json_read_bool_or(json_get(r->object, key), missing, &value, r->e);
    return r->s == OK ? value : missing;
}

int data_choice(struct data_reader *r, const char *key, const char *const *words, const char *expected)
{
    const char *text = data_text_or_none(r, key);
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    data_wrong(r, key, expected);
    return 0;
}

size_t data_list(struct data_reader *r, const char *key, size_t most, struct json *list)
{
    size_t count = 0;
    *list = json_get(r->object, key);
    if (r->s == OK)
        r->s = json_read_list(*list, &count, r->e);
    if (r->s == OK && (count == 0 || count > most))
        data_wrong(r, key, "a list that is neither empty nor beyond its limit");
    return r->s == OK ? count : 0;
}
