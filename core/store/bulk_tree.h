// bulk_tree.h - the R*Trees of a table after many new rows (批量空间索引); for bulk.c.
//
// When the new rows are many beside the old ones the tree is packed anew from all boxes (gis/rtree_pack.h), else the new ones
// are put in one by one, in the order of their places.
#pragma once
#include "core/store/store.h"

// Every indexed geometry column; new rows are those with a fid above last_fid, and are in no tree yet.
enum status bulk_trees_fill(struct db *db, const char *table, int64_t last_fid, struct err *e);
