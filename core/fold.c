#include "core/fold.h"
#include "core/base/mem.h"
#include "core/base/status.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

struct wide { UChar *at; int32_t len; };

static struct wide wide_of(const char *utf8)
{
    size_t len = strlen(utf8);
    must(len < INT32_MAX / 4);
    struct wide w = { .at = mem_get(len + 1, sizeof(UChar)) };  // never more units than bytes
    UErrorCode error = U_ZERO_ERROR;
    u_strFromUTF8WithSub(w.at, (int32_t)len + 1, &w.len, utf8, (int32_t)len, 0xfffd, NULL, &error);
    must(U_SUCCESS(error));
    return w;
}

static char *narrow(struct wide w)
{
    char *text = mem_get((size_t)w.len * 3 + 1, 1);
    UErrorCode error = U_ZERO_ERROR;
    u_strToUTF8(text, w.len * 3 + 1, NULL, w.at, w.len, &error);
    must(U_SUCCESS(error));
    mem_free(w.at);
    return text;
}

// Asks for the length, then for the text.
typedef int32_t change(const struct wide *from, UChar *to, int32_t room, UErrorCode *error);

static struct wide changed(struct wide from, change *how)
{
    UErrorCode error = U_ZERO_ERROR;
    struct wide to = { .len = how(&from, NULL, 0, &error) };
    must(error == U_BUFFER_OVERFLOW_ERROR || U_SUCCESS(error));
    to.at = mem_get((size_t)to.len + 1, sizeof(UChar));
    error = U_ZERO_ERROR;
    how(&from, to.at, to.len + 1, &error);
    must(U_SUCCESS(error));
    mem_free(from.at);
    return to;
}

static int32_t folding(const struct wide *from, UChar *to, int32_t room, UErrorCode *error)
{
    return u_strFoldCase(to, room, from->at, from->len, U_FOLD_CASE_DEFAULT, error);
}

static int32_t decomposing(const struct wide *from, UChar *to, int32_t room, UErrorCode *error)
{
    const UNormalizer2 *nfd = unorm2_getNFDInstance(error);
    return unorm2_normalize(nfd, from->at, from->len, to, room, error);
}

static int32_t unifying(const struct wide *from, UChar *to, int32_t room, UErrorCode *error)
{
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(error);
    return unorm2_normalize(nfkc, from->at, from->len, to, room, error);
}

static int32_t composing(const struct wide *from, UChar *to, int32_t room, UErrorCode *error)
{
    const UNormalizer2 *nfc = unorm2_getNFCInstance(error);
    return unorm2_normalize(nfc, from->at, from->len, to, room, error);
}

static bool is_accent(UChar32 c)
{
    bool japanese_voicing = c == 0x3099 || c == 0x309a;
    return u_charType(c) == U_NON_SPACING_MARK && !japanese_voicing;
}

static void drop_accents(struct wide *w)
{
    int32_t kept = 0;
    for (int32_t i = 0, start = 0; i < w->len; start = i) {
        UChar32 c;
        U16_NEXT(w->at, i, w->len, c);
        if (is_accent(c))
            continue;
        memmove(w->at + kept, w->at + start, (size_t)(i - start) * sizeof(UChar));
        kept += i - start;
    }
    w->len = kept;
}

char *fold_case(const char *utf8)
{
    return utf8 != NULL ? narrow(changed(wide_of(utf8), folding)) : NULL;
}

char *fold_forms(const char *utf8)
{
    return utf8 != NULL ? narrow(changed(wide_of(utf8), unifying)) : NULL;
}

char *fold_accents(const char *utf8)
{
    if (utf8 == NULL)
        return NULL;
    struct wide w = changed(wide_of(utf8), decomposing);
    drop_accents(&w);
    return narrow(changed(w, composing));
}
