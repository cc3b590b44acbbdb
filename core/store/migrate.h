// migrate.h - the schema's versions (表结构版本): data/schema/NNNN-*.sql, each run once, in order, in one transaction each.
//
// A released file is never edited: its SHA-256 stands in table schema_version and is compared on opening. A file from a newer
// program is refused, an older one is brought up to date.
#pragma once
#include "core/store/store.h"

enum status migrate_new(struct db *d, struct err *e);                   // an empty database becomes a station
enum status migrate_old(struct db *d, const char *path, struct err *e); // INVALID: no station, newer, or another schema
