// web.h - files that pages bring along (style sheets, scripts, the map): carried by the program, made by scripts/web.cmake.
//
// All are served under one folder whose name is the hash of them all: modules find one another by plain names, and a browser keeps
// them for ever, since other content has another address.
#pragma once
#include "api/exchange.h"

struct web_file {
    const char *name, *type;                       // "page.css", "text/css"
    const char *body; size_t len;
    const char *packed; size_t packed_len;         // the same by gzip
};
extern const struct web_file web_files[];          // ends with a row without a name
extern const char web_hash[];

const char *web_link(struct exchange *x, const char *name);
bool web_has_map(void);                            // the map library was there when the program was built
