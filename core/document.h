// document.h - what a district lays down for itself (本地文件): codes, limits, routing rules, agencies, terms and layers over those
// of the program.
//
// A document is a JSON file of one kind. It is read whole by the reader of the program's own, or refused with its first fault and
// the place, and it must go together with all else in force: a rule names agencies there are, a layer matches its table.
//
//     codes, limits            one for each scheme, asked before the program's of that scheme
//     layers                   one for each key, instead of the program's of that key
//     rules, agencies, terms   one, "district", instead of the program's
//
// Versions stay. Taking one back is a version too; then the program's counts again. Each change is an audit row with the digests of
// both texts. What runs already keeps the limit it was given: a new one counts from the next stage on.
#pragma once
#include "core/desk.h"
#include "core/page.h"

struct document_file { const char *kind, *path, *text; size_t bytes; };     // path: how sentences call it
struct document {                  // texts live until the next one
    const char *kind, *name, *text, *sha256;
    int64_t version;               // 0: the program's own
    int64_t loaded_at_s;
    const char *loaded_by;         // name of an actor; NULL: the program's own
    const char *title_zh, *title_en;
};

// Inside a writing job. *same: this very text is in force already, nothing was done. DENIED: neither administrator nor chief. INVALID.
// name: what it is called from now on, as the file itself says.
enum { DOCUMENT_NAME = 80 };
enum status document_load(struct work *w, const struct document_file *f, char name[DOCUMENT_NAME], int64_t *version, bool *same);
// name NULL: the only one of a kind that has one. NOT_FOUND; CONFLICT: something registered rests on the layer.
enum status document_withdraw(struct work *w, const char *kind, const char *name);

typedef enum status document_told(void *ctx, const struct document *d, struct err *e);
// Those in force: the station's own first in each kind, then the program's that still count. kind NULL: all.
enum status document_list(struct work *w, const char *kind, document_told *fn, void *ctx);
// Every version of the station's own, a withdrawal with an empty text. NULL: all. after of the page: "KIND/NAME/VERSION".
enum status document_history(struct work *w, const char *kind, const char *name, const struct page *p, document_told *fn, void *ctx);
// One text: version 0: the one in force, the program's where the station has none. name as above. NOT_FOUND.
struct buf;
enum status document_text(struct work *w, const char *kind, const char *name, int64_t version, struct buf *out);
