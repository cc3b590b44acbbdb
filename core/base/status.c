#include "core/base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A cut sentence must still be UTF-8: step back over a character that did not fit whole.
static void cut_at_character(char *text, size_t len)
{
    size_t start = len;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (len - (start - 1) < want)
        text[start - 1] = '\0';
}

// Names out of strangers' files may hold line breaks and terminal commands; a sentence is one plain line.
static void make_one_line(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c != '\0'; c++)
        if (*c < 0x20 || *c == 0x7f)
            *c = ' ';
}

enum status err_set(struct err *e, enum status s, const char *english, ...)
{
    if (e == NULL)
        return s;
    char text[sizeof e->text];      // an argument may be the sentence that was there before
    va_list args;
    va_start(args, english);
    int len = vsnprintf(text, sizeof text, text_in(e->lang, english), args);
    va_end(args);
    if (len < 0)
        text[0] = '\0';
    if (len >= (int)sizeof text)
        cut_at_character(text, sizeof text - 1);
    make_one_line(text);
    e->status = s;
    memcpy(e->text, text, sizeof text);
    return s;
}

void must_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "gridpatrol: a bug: %s:%d: must hold: %s\n", file, line, condition);
    fflush(stderr);
    abort();
}
