// read_past_gdal BEFORE AFTER - the mere reading of both layers as `gridpatrol diff` reads a GeoPackage, past GDAL's batches (gis/source_sql.h),
// one after the other, every byte of every geometry looked at: what read_layers is by GDAL.
#include "core/base/when.h"
#include "core/store/spatialite_guest.h"
#include "gis/footprint.h"

#include <stdio.h>
#include <string.h>

struct sum { int64_t rows, bytes; uint64_t sum; };

static enum status take(void *ctx, const struct source_row *row, struct err *e)
{
    (void)e;
    struct sum *s = ctx;
    s->rows++;
    s->bytes += (int64_t)row->len;
    for (size_t i = 0; i + 8 <= row->len; i += 8) {
        uint64_t word;
        memcpy(&word, row->wkb + i, 8);
        s->sum += word;
    }
    return OK;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "use: read_past_gdal BEFORE AFTER\n");
        return 2;
    }
    double from = when_monotonic_s();
    struct sum sum = { 0 };
    struct err e = { 0 };
    enum status st = OK;
    footprint_open_library();
    for (int k = 1; k < argc && st == OK; k++) {
        struct source *s = NULL;
        st = source_open(&(struct source_spec){ .path = argv[k], .sql = &spatialite_reader }, &s, &e);
        if (st == OK)
            st = source_rows(s, &(struct source_taker){ take, &sum }, &e);
        source_close(s);
    }
    if (st != OK)
        fprintf(stderr, "read_past_gdal: %s\n", e.text);
    printf("read %lld rows, %lld bytes of geometry, sum %016llx, %.3f s\n", (long long)sum.rows, (long long)sum.bytes,
           (unsigned long long)sum.sum, when_monotonic_s() - from);
    return st != OK;
}
