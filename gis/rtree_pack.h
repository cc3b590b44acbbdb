// rtree_pack.h - an R*Tree made at once (R 树装箱): what SQLite's rtree module keeps, for boxes that are all known.
//
// Put in one after the other, boxes take longer than the rows they belong to, and the tree they make is the worse one. Here they
// are sorted along a Hilbert curve and packed leaf by leaf (Kamel and Faloutsos 1993). The rows of the module's three tables are
// handed out; whoever has a door to the database writes them: T_node(nodeno, data), T_parent(nodeno, parentnode) and
// T_rowid(rowid, nodeno). The same boxes give the same rows.
#pragma once
#include "core/base/status.h"
#include "gis/geom.h"

struct rtree_pack;
struct rtree_pack *rtree_pack_open(size_t node_bytes);                    // length(data) of a node; NULL: not as we know it
void rtree_pack_close(struct rtree_pack *p);
void rtree_pack_add(struct rtree_pack *p, int64_t id, struct box_m box); // each id once, in any order; min > max: no geometry
size_t rtree_pack_count(const struct rtree_pack *p);

struct rtree_writer {
    enum status (*node)(void *ctx, int64_t number, const uint8_t *data, size_t bytes, struct err *e);
    enum status (*parent)(void *ctx, int64_t node, int64_t parent, struct err *e);
    enum status (*row)(void *ctx, int64_t id, int64_t leaf, struct err *e);   // ascending by id
    void *ctx;
};
// Node 1 is the root; it is handed out even when there are no boxes. What a function of w answers other than OK ends it. Once.
enum status rtree_pack_write(struct rtree_pack *p, const struct rtree_writer *w, struct err *e);
