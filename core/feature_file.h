// feature_file.h - features of a layer as a file (图层文件), whole or not at all, as of one moment. The ending says the format (gis/sink.h).
#pragma once
#include "core/feature_cell.h"

enum { FEATURE_FILE_ROW = 100 };
struct feature_file {
    const char *path;
    const char *crs;                       // of the file: "EPSG:4549"
    const struct feature_style *wanted;    // which properties
    struct cell_style style;               // for_people is the format's to say
    int64_t rows_most, bytes_most;         // bytes: of shapes, FEATURE_FILE_ROW for each row besides. 0: no limit
};
// Inside a job. As feature_each; INVALID: the format holds no such shapes; TOO_BIG: more than rows_most or bytes_most; FAILED: full disk.
enum status feature_file_write(struct work *w, const struct feature_query *q, const struct feature_file *spec, int64_t *rows);
