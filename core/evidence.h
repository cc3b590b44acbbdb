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
// Inside a writing job; fills id where it is not set. INVALID: an unknown part.
enum status evidence_record(struct work *w, struct evidence *v);
// The same for who may have to ask twice: this original of this record, as this part, or under this id, is there already (*is_new
// false, id is filled). CONFLICT: the id is of another one.
enum status evidence_record_once(struct work *w, struct evidence *v, bool *is_new);
// Only what w->actor may see: of records they see, and what a lead of theirs carries. Texts live in the arena. NOT_FOUND.
struct arena;
enum status evidence_get(struct work *w, const char *id, struct arena *a, struct evidence *out);
bool evidence_is_part(const char *word);
const char *media_type_of(const char *path); // image/jpeg, ...; application/octet-stream when the ending says nothing
// By what the file begins with, whatever it is called: JPEG, PNG, WebP, HEIC, PDF. NULL: none of these.
const char *media_type_of_content(const char *path);
