#include "tests/bench/arrow_layer.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_recordbatch.h>
#include <stdio.h>
#include <string.h>

static char **names_of_fields(OGRLayerH layer)
{
    OGRFeatureDefnH d = OGR_L_GetLayerDefn(layer);
    char **names = NULL;
    for (int i = 0; i < OGR_FD_GetFieldCount(d); i++)
        names = CSLAddString(names, OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(d, i)));
    return names;
}

static int geometry_column(const struct ArrowSchema *schema)
{
    for (int64_t i = 0; i < schema->n_children; i++)
        if (strcmp(schema->children[i]->format, "z") == 0 || strcmp(schema->children[i]->format, "Z") == 0)
            return (int)i;
    return -1;
}

static int give_rows(const struct ArrowArray *column, arrow_geometry *fn, void *ctx, int64_t first_row)
{
    const uint8_t *valid = column->buffers[0], *data = column->buffers[2];
    const int32_t *at = column->buffers[1];
    for (int64_t i = 0; i < column->length; i++) {
        int64_t k = i + column->offset;
        int there = valid == NULL || (valid[k / 8] >> (k % 8) & 1);
        if (fn(ctx, first_row + i, there ? data + at[k] : NULL, there ? (size_t)(at[k + 1] - at[k]) : 0) != 0)
            return 1;
    }
    return 0;
}

// The feature ids are left in: without them GDAL 3.6 hands out empty geometries of a GeoPackage.
static int64_t read_stream(OGRLayerH layer, arrow_geometry *fn, void *ctx)
{
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray batch;
    int64_t rows = 0;
    bool opened = OGR_L_GetArrowStream(layer, &stream, NULL);
    if (!opened)
        return -1;
    stream.get_schema(&stream, &schema);
    int column = geometry_column(&schema), stop = column < 0;
    while (!stop && stream.get_next(&stream, &batch) == 0 && batch.release != NULL) {
        stop = give_rows(batch.children[column], fn, ctx, rows);
        rows += batch.length;
        batch.release(&batch);
    }
    schema.release(&schema);
    stream.release(&stream);
    return column < 0 ? -1 : rows;
}

int64_t arrow_layer_read(const char *path, arrow_geometry *fn, void *ctx)
{
    GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL, NULL, NULL);
    if (dataset == NULL)
        return -1;
    OGRLayerH layer = GDALDatasetGetLayer(dataset, 0);
    char **names = names_of_fields(layer);
    OGR_L_SetIgnoredFields(layer, (const char **)names);
    int64_t rows = read_stream(layer, fn, ctx);
    CSLDestroy(names);
    GDALClose(dataset);
    if (rows < 0)
        fprintf(stderr, "%s: no geometries by Arrow batches\n", path);
    return rows;
}
