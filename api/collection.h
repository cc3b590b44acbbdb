// collection.h - what routes of collections have in common: which layer is meant, and its links.
#pragma once
#include "api/answer.h"
#include "core/feature.h"
#include "core/station.h"

// The layer of the first {part} of the path. NOT_FOUND: there is none, or none for this viewer.
enum status collection_of(struct exchange *x, const struct layer **out);
const char *collection_title(const struct exchange *x, const struct layer *l);
const char *property_title(const struct exchange *x, const struct property *p);
const struct property *property_called(const struct layer *l, const char *name);   // NULL: there is none
// What people call a code of this property: the data's own title, the title of the state, or the word in their language.
const char *code_title(const struct exchange *x, const struct layer *l, const struct property *p, const char *code);
// What one question may take: of a route that is quick, on a thread that listens before it is begun anew on a worker, and of a slow one.
enum { QUERY_S = 3, QUERY_SLOW_S = 300, QUERY_HERE_MS = 10 };
// A reading job of the station in the name of whoever asks. BUSY: it took longer.
enum status read_station(struct exchange *x, station_job *fn, void *ctx);
