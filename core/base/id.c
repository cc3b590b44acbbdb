#include "core/base/id.h"

#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void fill_with_chance(unsigned char *bytes, size_t count)
{
    size_t got = 0;
    while (got < count) {
        ssize_t n = getrandom(bytes + got, count - got, 0);
        must(n > 0);
        got += (size_t)n;
    }
}

// Two ids of one millisecond differ in a 12-bit counter that starts low at random (RFC 9562, 6.2 method 1); when it runs
// over, the clock is borrowed forward.
static void take_turn(int64_t now_ms, int64_t *ms, unsigned *turn)
{
    static int64_t last_ms;
    static unsigned count;
    pthread_mutex_lock(&lock);
    if (now_ms > last_ms) {
        unsigned char chance[2];
        fill_with_chance(chance, sizeof chance);
        last_ms = now_ms;
        count = (unsigned)(chance[0] << 8 | chance[1]) & 0x3ff;
    } else if (++count > 0xfff) {
        last_ms++;
        count = 0;
    }
    *ms = last_ms;
    *turn = count;
    pthread_mutex_unlock(&lock);
}

struct id id_make(int64_t now_ms)
{
    int64_t ms;
    unsigned turn;
    unsigned char tail[8];
    take_turn(now_ms, &ms, &turn);
    fill_with_chance(tail, sizeof tail);
    struct id id;
    snprintf(id.text, sizeof id.text, "%08llx-%04llx-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x", (unsigned long long)(ms >> 16) & 0xffffffff,
             (unsigned long long)ms & 0xffff, turn, (tail[0] & 0x3f) | 0x80, tail[1], tail[2], tail[3], tail[4], tail[5], tail[6], tail[7]);
    return id;
}

bool id_is_set(const struct id *id)
{
    return id->text[0] != '\0';
}

static bool is_uuid(const char *text)
{
    static const char FORM[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (text == NULL || strlen(text) != sizeof FORM - 1)
        return false;
    for (size_t i = 0; i < sizeof FORM - 1; i++)
        if (FORM[i] == 'x' ? !isxdigit((unsigned char)text[i]) : text[i] != FORM[i])
            return false;
    return true;
}

enum status id_parse(const char *text, struct id *out, struct err *e)
{
    if (!is_uuid(text))
        return err_set(e, INVALID, "\"%.60s\" is not an id: a UUID is expected, like 01938f3a-7c1e-7b5a-9d3e-2f4c6a8b0d1e",
                       text != NULL ? text : "");
    for (size_t i = 0; i < ID_TEXT; i++)
        out->text[i] = (char)tolower((unsigned char)text[i]);
    return OK;
}

// --- As a number ----------------------------------------------------------------------------------------------------------------

static int digit_of(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }
static bool is_dash(int at) { return at == 8 || at == 13 || at == 18 || at == 23; }

bool id_number_of(const char *text, struct id_number *out)
{
    uint64_t half[2] = { 0, 0 };
    for (int i = 0, n = 0; i < ID_TEXT - 1; i++) {
        if (is_dash(i) && text[i] == '-')
            continue;
        int digit = is_dash(i) ? -1 : digit_of(text[i]);
        if (digit < 0)
            return false;
        half[n / 16] = half[n / 16] << 4 | (uint64_t)digit;
        n++;
    }
    *out = (struct id_number){ half[0], half[1] };
    return text[ID_TEXT - 1] == '\0';
}

static char *print_byte(uint64_t n, int shift, char *to)
{
    static const char digits[] = "0123456789abcdef";
    *to++ = digits[n >> (shift + 4) & 15];
    *to++ = digits[n >> shift & 15];
    return to;
}

static char *print_bytes(uint64_t n, int from, int to, char *at)
{
    for (int shift = from - 8; shift >= to; shift -= 8)
        at = print_byte(n, shift, at);
    return at;
}

void id_print(struct id_number n, char out[ID_TEXT])
{
    char *at = print_bytes(n.high, 64, 32, out);
    *at++ = '-';
    at = print_bytes(n.high, 32, 16, at);
    *at++ = '-';
    at = print_bytes(n.high, 16, 0, at);
    *at++ = '-';
    at = print_bytes(n.low, 64, 48, at);
    *at++ = '-';
    *print_bytes(n.low, 48, 0, at) = '\0';
}
