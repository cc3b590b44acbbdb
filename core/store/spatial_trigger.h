// spatial_trigger.h - the triggers by which SpatiaLite keeps its books, made cheap (空间触发器).
//
// SpatiaLite looks its own row of a table up by Lower(name), which no index serves, and notes the time of every update, also
// of one that leaves the geometry alone: ten microseconds for every move of a case. The same triggers are written by key, and
// the one for updates listens to its column only. What they keep stays the same.
#pragma once
#include "core/store/store.h"

// All tables with a geometry; twice does nothing more. Inside a transaction.
enum status spatial_trigger_tidy(struct db *db, struct err *e);
