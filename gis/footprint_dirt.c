#include "gis/footprint_dirt.h"
#include "core/base/buf.h"
#include <inttypes.h>

enum { PIECE_BYTES = 700 };

static const char *const names[DIRT_KINDS] = {
    [DIRT_EMPTY] = "without geometry",
    [DIRT_NOT_POLYGON] = "not polygons",
    [DIRT_NOT_FINITE] = "with coordinates that are no place",
    [DIRT_TOO_FEW] = "with rings of too few points or without area",
    [DIRT_INVALID] = "invalid, repaired",
    [DIRT_REPEATED_VERTEX] = "with repeated vertices",
    [DIRT_DUPLICATE] = "there twice",
    [DIRT_NO_ID] = "without id",
    [DIRT_SAME_ID] = "with an id used before",
};

const char *dirt_name(enum dirt_kind kind)
{
    must(kind < DIRT_KINDS);
    return names[kind];
}

static void add_piece(struct buf *out, const struct dirt *d, enum dirt_kind kind, enum lang lang)
{
    if (d->count[kind] == 0)
        return;
    buf_printf(out, "%s%" PRId64 " %s (", out->len > 0 ? "; " : "", d->count[kind], text_in(lang, dirt_name(kind)));
    for (int i = 0; i < DIRT_EXAMPLES && i < d->count[kind]; i++)
        buf_printf(out, "%s%" PRId64, i > 0 ? ", " : "", d->example[kind][i]);
    buf_text(out, d->count[kind] > DIRT_EXAMPLES ? ", ...)" : ")");
}

enum status dirt_refuse(const struct dirt *d, const char *what, bool skip_unusable, struct err *e)
{
    static const enum dirt_kind refused[] = { DIRT_EMPTY, DIRT_NOT_POLYGON, DIRT_NOT_FINITE };
    int64_t bad = 0;
    struct buf pieces;
    buf_init(&pieces, PIECE_BYTES);
    for (int i = 0; i < 3; i++) {
        if (refused[i] != DIRT_NOT_FINITE && skip_unusable)
            continue;
        bad += d->count[refused[i]];
        add_piece(&pieces, d, refused[i], e->lang);
    }
    if (bad > 0)
        err_set(e, INVALID, "%s: %lld of %lld features cannot be used: %s; --skip-unusable leaves out what is empty or no polygon",
                what, (long long)bad, (long long)d->read, pieces.data);
    buf_clear(&pieces);
    return bad > 0 ? INVALID : OK;
}
