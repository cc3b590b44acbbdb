// evidence.h - an original file of a record (证据), by its SHA-256, with who captured it when and where.
#pragma once
#include "core/blob.h"
#include "core/work.h"

struct evidence {
    struct id id;
    const char *thing, *thing_id, *part;     // part: near, far, reference, before, after, paper, other
    const char *name, *media_type;           // NULL: from the file's name
    struct blob blob;                        // blob_record_file made it, before the job
    double lon, lat;                         // NaN: not known
    int64_t captured_at_s;                   // 0: not known
    const char *captured_by, *device;
};
// Inside a writing job; fills id. INVALID: an unknown part.
enum status evidence_record(struct work *w, struct evidence *v);
const char *media_type_of(const char *path); // image/jpeg, ...; application/octet-stream when the ending says nothing
