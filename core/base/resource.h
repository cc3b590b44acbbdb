// resource.h - the files of data/ that are compiled into the program (schema, codes, layers, limits, rules).
//
// One binary, nothing to install, nothing to lose. Paths are relative to data/: "schema/0001-station.sql".
#pragma once
#include <stddef.h>

struct resource { const char *path; const char *text; size_t bytes; }; // text also ends with '\0'

const struct resource *resource_get(const char *path);                  // NULL: there is none
// The next one whose path begins with prefix, in order of path; from: the last one, NULL for the first.
const struct resource *resource_next(const char *prefix, const struct resource *from);
const char *resource_text(const char *path, size_t *bytes);             // NULL: there is none; bytes may be NULL
