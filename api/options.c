#include "api/options.h"
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MOST = 48, NEAR_ENOUGH = 3, HELP_COLUMN = 34 };

static int least_of(int a, int b) { return a < b ? a : b; }

int options_distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > WORD_MOST || m > WORD_MOST)
        return WORD_MOST;
    int row[3][WORD_MOST + 1];
    for (size_t j = 0; j <= m; j++)
        row[0][j] = (int)j;
    int *two_up = row[2], *up = row[0], *now = row[1];
    for (size_t i = 1; i <= n; i++) {
        now[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int change = up[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = least_of(change, least_of(up[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least_of(now[j], two_up[j - 2] + 1);
        }
        int *old = two_up;
        two_up = up;
        up = now;
        now = old;
    }
    return up[m];
}

static const struct option *find(const struct option *table, const char *name, size_t len)
{
    for (const struct option *o = table; o->kind != OPTION_END; o++)
        if (o->kind != OPTION_HEADING && strlen(o->name) == len && memcmp(o->name, name, len) == 0)
            return o;
    return NULL;
}

const struct option *option_named(const struct option *table, const char *name) { return find(table, name, strlen(name)); }

static const struct option *find_letter(const struct option *table, char letter)
{
    for (const struct option *o = table; o->kind != OPTION_END; o++)
        if (o->letter != 0 && o->letter == letter)
            return o;
    return NULL;
}

// The nearest name; a name that begins like the word is near too ("--min" means one of --min-area, --min-width ...).
static const char *nearest(const struct option *table, const char *word)
{
    const char *best = NULL;
    int best_distance = NEAR_ENOUGH;
    for (const struct option *o = table; o->kind != OPTION_END; o++) {
        if (o->kind == OPTION_HEADING)
            continue;
        bool begins = strlen(word) >= 3 && strncmp(o->name, word, strlen(word)) == 0;
        int distance = begins ? 1 : options_distance(o->name, word);
        if (distance < best_distance) {
            best = o->name;
            best_distance = distance;
        }
    }
    return best;
}

static enum status unknown(const struct option *table, const char *given, struct err *e)
{
    char word[WORD_MOST + 1];
    const char *bare = given + strspn(given, "-");
    size_t len = strcspn(bare, "=");
    if (len > WORD_MOST)
        return err_set(e, INVALID, "there is no such option: %.60s...", given);
    memcpy(word, bare, len);
    word[len] = '\0';
    const char *near = nearest(table, word);
    if (near != NULL)
        return err_set(e, INVALID, "there is no option %s; did you mean --%s?", given, near);
    return err_set(e, INVALID, "there is no option %s", given);
}

static enum status keep_number(const struct option *o, const char *text, void *settings, struct err *e)
{
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || errno != 0 || !isfinite(value))
        return err_set(e, INVALID, "--%s needs a number, not \"%s\"", o->name, text);
    if (value < o->least || value > o->most)
        return err_set(e, INVALID, "--%s is %s; it must lie between %g and %g", o->name, text, o->least, o->most);
    memcpy((char *)settings + o->at, &value, sizeof value);
    return OK;
}

enum status option_keep(const struct option *o, const char *text, void *settings, struct err *e)
{
    if (o->kind == OPTION_NUMBER)
        return keep_number(o, text, settings, e);
    if (o->kind == OPTION_FLAG) {
        bool value = strcmp(text, "true") == 0;
        if (!value && strcmp(text, "false") != 0)
            return err_set(e, INVALID, "--%s is true or false; \"%s\" was given", o->name, text);
        *((bool *)((char *)settings + o->at)) = value;
        return OK;
    }
    if (text[0] == '\0')
        return err_set(e, INVALID, "--%s was given an empty value", o->name);
    memcpy((char *)settings + o->at, &text, sizeof text);
    return OK;
}

// One option, given as --name, --name=value, -o or -oVALUE; its value may be the next word. next moves past what was used.
static enum status read_option(const struct option *table, int argc, char **argv, int *next, void *settings, struct err *e)
{
    const char *word = argv[(*next)++];
    bool is_long = word[1] == '-';
    const char *name = word + 2, *value = NULL;
    size_t len = strcspn(name, "=");
    const struct option *o = is_long ? find(table, name, len) : find_letter(table, word[1]);
    if (o == NULL)
        return unknown(table, word, e);
    if (is_long && name[len] == '=')
        value = name + len + 1;
    if (!is_long && word[2] != '\0')
        value = word + 2;
    if (o->kind == OPTION_FLAG) {
        if (value != NULL)
            return err_set(e, INVALID, "--%s takes no value", o->name);
        *((bool *)((char *)settings + o->at)) = true;
        return OK;
    }
    if (value != NULL)
        return option_keep(o, value, settings, e);
    bool next_is_option = *next < argc && strncmp(argv[*next], "--", 2) == 0;
    if (*next >= argc || next_is_option)
        return err_set(e, INVALID, "--%s needs a value: --%s %s", o->name, o->name, o->value);
    return option_keep(o, argv[(*next)++], settings, e);
}

static enum status keep_operand(const char *word, int most, struct operands *out, struct err *e)
{
    if (out->count >= most)
        return err_set(e, INVALID, "\"%s\" is one too many: %d names are expected", word, most);
    out->item[out->count++] = word;
    return OK;
}

enum status options_read(const struct option *table, int argc, char **argv, int most_operands, void *settings,
                         struct operands *out, struct err *e)
{
    must(most_operands <= (int)(sizeof out->item / sizeof out->item[0]));
    struct operands found = { .count = 0 };
    bool only_operands = false;
    for (int next = 0; next < argc;) {
        const char *word = argv[next];
        enum status s = OK;
        if (!only_operands && strcmp(word, "--") == 0) {
            only_operands = true;
            next++;
        } else if (!only_operands && word[0] == '-' && word[1] != '\0') {
            s = read_option(table, argc, argv, &next, settings, e);
        } else {
            s = keep_operand(word, most_operands, &found, e);
            next++;
        }
        if (s != OK)
            return s;
    }
    *out = found;
    return OK;
}

void options_help(const struct option *table, enum lang lang, struct buf *out)
{
    for (const struct option *o = table; o->kind != OPTION_END; o++) {
        if (o->kind == OPTION_HEADING) {
            buf_printf(out, "\n%s\n", text_in(lang, o->help));
            continue;
        }
        if (o->help == NULL)
            continue;
        char left[80];
        int width = snprintf(left, sizeof left, "  %s%c%s--%s%s%s", o->letter ? "-" : " ", o->letter ? o->letter : ' ',
                             o->letter ? ", " : "  ", o->name, o->value ? " " : "", o->value ? o->value : "");
        buf_printf(out, "%s%*s%s\n", left, width < HELP_COLUMN ? HELP_COLUMN - width : 1, "", text_in(lang, o->help));
    }
}
