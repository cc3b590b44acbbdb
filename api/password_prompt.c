#include "api/password_prompt.h"

#include "core/base/mem.h"
#include "core/secret.h"
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

// A line without its end, byte by byte: nothing of it stays in a buffer of the library.
static bool read_line(int from, char *out, size_t room)
{
    size_t len = 0;
    char c = '\0';
    while (len + 1 < room && read(from, &c, 1) == 1 && c != '\n')
        out[len++] = c;
    out[len] = '\0';
    if (len > 0 && out[len - 1] == '\r')
        out[--len] = '\0';
    return c == '\n' || len + 1 < room;
}

static enum status ask(const char *prompt, char *out, size_t room, struct err *e)
{
    fprintf(stderr, "%s", prompt);
    fflush(stderr);
    bool whole = read_line(STDIN_FILENO, out, room);
    fprintf(stderr, "\n");
    return whole ? OK : err_set(e, INVALID, "a password has at most %zu bytes", room - 2);
}

static enum status ask_twice(char *out, size_t room, struct err *e)
{
    char again[4096];
    enum status s = ask(text_in(e->lang, "Password: "), out, room, e);
    if (s == OK)
        s = ask(text_in(e->lang, "The same again: "), again, room < sizeof again ? room : sizeof again, e);
    if (s == OK && strcmp(out, again) != 0)
        s = err_set(e, INVALID, "the two are not the same: nothing was changed");
    mem_wipe(again, sizeof again);
    return s;
}

enum status password_prompt(char *out, size_t room, struct err *e)
{
    struct termios shown, hidden;
    enum status s;
    if (tcgetattr(STDIN_FILENO, &shown) != 0) {            // no terminal
        s = read_line(STDIN_FILENO, out, room) ? OK : err_set(e, INVALID, "a password has at most %zu bytes", room - 2);
    } else {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
        s = ask_twice(out, room, e);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    }
    return s == OK && out[0] == '\0' ? err_set(e, INVALID, "no password was typed") : s;
}
