#include "api/item.h"

#include "api/answer.h"
#include "api/command.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/visible.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_ROOM = 64, FORM_MOST = 1 << 20 };

// All that makes two answers about one version differ.
static uint64_t form_of(struct exchange *x, const struct layer *l, const struct crs_offer *crs, enum format f)
{
    struct buf b;
    buf_init(&b, FORM_MOST);
    buf_printf(&b, "%s|%d|%d|%s|%s|", command_version(), (int)f, (int)x->lang, crs->uri, base_url(x));
    for (int i = 0; i < l->properties; i++)
        buf_text(&b, visible_property(&x->viewer, l, &l->property[i]) ? "1" : "0");
    buf_text(&b, l->definition);
    uint64_t form = hash_bytes(b.data, b.len, 1);
    buf_clear(&b);
    return form;
}

const char *item_tag(struct exchange *x, const struct layer *l, int64_t version, const struct crs_offer *crs, enum format f)
{
    if (version == 0)
        return NULL;
    char *tag = arena_get(x->request->arena, TAG_ROOM);
    snprintf(tag, TAG_ROOM, "\"%" PRId64 "-%016" PRIx64 "\"", version, form_of(x, l, crs, f));
    return tag;
}

bool item_is_meant(const char *if_match, int64_t version)
{
    if (if_match == NULL || strcmp(if_match, "*") == 0)
        return true;
    for (const char *c = if_match; *c != '\0'; c += strcspn(c, ","), c += *c == ',') {
        c += strspn(c, " \t");
        char *end;
        if (*c == '"' && strtoll(c + 1, &end, 10) == version && *end == '-')
            return true;
    }
    return false;
}
