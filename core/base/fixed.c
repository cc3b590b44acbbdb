#include "core/base/fixed.h"
#include "core/base/status.h"

#include <endian.h>
#include <math.h>
#include <string.h>

static const double SCALES[] = { 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };
static const uint32_t WHOLE_SCALES[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000 };

// To the nearest whole number, halves to the even one: below 2^51 this addition leaves no other digits.
static double nearest(double value)
{
    const double SHIFT = 0x1.8p52;
    return (value + SHIFT) - SHIFT;
}

bool fixed_of(double value, int decimals, int64_t *out)
{
    must(decimals >= 0 && decimals <= FIXED_DECIMALS_MOST);
    double scale = SCALES[decimals], product = value * scale;
    if (!(fabs(product) < 0x1p51))              // also what is not finite
        return false;
    double whole = nearest(product), over = product - whole;
    if (fabs(over) == 0.5) {                    // what the multiplication lost decides a tie
        double lost = fma(value, scale, -product);
        whole += over > 0 && lost > 0 ? 1 : over < 0 && lost < 0 ? -1 : 0;
    }
    *out = (int64_t)whole;
    return true;
}

static const char PAIRS[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
                            "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

// Exactly this many digits, the last one before end.
static void print_digits(char *end, uint64_t v, int digits)
{
    for (; digits >= 2; digits -= 2, v /= 100)
        memcpy(end -= 2, PAIRS + 2 * (v % 100), 2);
    if (digits == 1)
        *--end = (char)('0' + v % 10);
}

static int digits_of(uint64_t v)
{
    int digits = 1;
    for (; v >= 10; v /= 10)
        digits++;
    return digits;
}

// Eight digits at once, each in a byte of its own, the first one lowest: halves, then pairs, then digits are parted side by side
// in one number, by multiplications that divide exactly what is so small.
static uint64_t eight_digits(uint32_t v)
{
    uint64_t halves = v / 10000 | (uint64_t)(v % 10000) << 32;
    uint64_t hundreds = (halves * 10486 >> 20) & 0x0000007f0000007fu;              // halves / 100
    uint64_t pairs = hundreds | (halves - hundreds * 100) << 16;
    uint64_t tens = (pairs * 103 >> 10) & 0x000f000f000f000fu;                     // pairs / 10
    return tens | (pairs - tens * 10) << 8;
}

static char *print_below_1000(char *at, uint32_t v)
{
    if (v >= 100)
        *at++ = (char)('0' + v / 100);
    if (v >= 10) {
        memcpy(at, PAIRS + 2 * (v % 100), 2);
        return at + 2;
    }
    *at = (char)('0' + v);
    return at + 1;
}

// Degrees, of which there are most: without loops. is_short: zeros at the end are cut off.
static char *print_degrees(char *at, uint32_t magnitude, bool is_short)
{
    uint32_t whole = magnitude / 10000000, rest = magnitude % 10000000;
    at = print_below_1000(at, whole);
    if (is_short && rest == 0)
        return at;
    *at++ = '.';
    uint64_t digits = eight_digits(rest * 10), text = htole64(digits + 0x3030303030303030u);   // one more than are wanted: there is room
    memcpy(at, &text, sizeof text);
    return at + (is_short ? 8 - __builtin_clzll(digits) / 8 : 7);
}

char *fixed_print(char *at, uint64_t magnitude, int decimals)
{
    if (decimals == 7 && magnitude <= UINT32_MAX)
        return print_degrees(at, (uint32_t)magnitude, false);
    uint64_t scale = WHOLE_SCALES[decimals], whole = magnitude / scale;
    int digits = digits_of(whole);
    print_digits(at + digits, whole, digits);
    at += digits;
    if (decimals == 0)
        return at;
    *at = '.';
    print_digits(at + 1 + decimals, magnitude - whole * scale, decimals);
    return at + 1 + decimals;
}

char *fixed_print_short(char *at, int64_t value, int decimals)
{
    if (value < 0)
        *at++ = '-';
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
    if (decimals == 7 && magnitude <= UINT32_MAX)
        return print_degrees(at, (uint32_t)magnitude, true);
    char *end = fixed_print(at, magnitude, decimals);
    if (decimals == 0)
        return end;
    while (end[-1] == '0')
        end--;
    return end[-1] == '.' ? end - 1 : end;
}
