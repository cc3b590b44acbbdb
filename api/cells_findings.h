// cells_findings.h - what is wrong with a grid, told three ways (检查结果): words, JSON, a layer.
#pragma once
#include "core/base/buf.h"
#include "core/cell_check.h"

enum { FINDINGS_SHOWN = 20 };  // of each kind, in words
void cells_findings_words(const struct cell_check *c, enum lang lang, struct buf *out);
void cells_findings_json(const struct cell_check *c, struct buf *out);
// In the format of path's extension; crs: the district's.
enum status cells_findings_layer(const struct cell_check *c, const char *crs, const char *path, struct err *e);
