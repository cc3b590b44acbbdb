// register_list.h - what is registered, asked for (台账查询): pages, windows, words, filters, and how many there are.
//
// One question for every list of the register, whoever asks: commands, exports, the server. Lists go page by page, by the token
// of the last row. A question is answered along the narrowest road there is: an index of a cell, a community or an unusual
// state, the R*Tree, the words, else row after row; what only a filter can tell is asked of the rows on that road. Whatever a
// road tells takes milliseconds among a million rows; a filter that holds for few rows on a long road is a search through it.
#pragma once
#include "core/filter.h"
#include "core/layer.h"

// Of what w->actor may see (core/visible.h): rows, numbers, properties that are asked for. "system" is the program itself.
enum { REGISTER_LIMIT_MOST = 10000, REGISTER_TOKEN = 64 };
enum register_order { REGISTER_AS_TAKEN, REGISTER_BY_END };     // by fid; by the day a permit ends, of layers that have one

struct register_question {
    const char *layer;                       // a key of data/layers
    const char *cell, *community, *state;    // NULL: any. state: of building its standing
    const char *words;                       // all of them (core/words.h); NULL: none
    const char *where;                       // CQL2 text; NULL: all
    const struct filter_window *window;      // degrees; what touches it; NULL: everywhere
    enum register_order order;
    const char *after;                       // token of the last row of the page before; NULL: from the beginning
    int limit;                               // 1 .. REGISTER_LIMIT_MOST
    bool personal;                           // personal properties may be asked for
};

struct register_line {
    const struct layer *layer;
    int64_t fid, version, valid_from_s;
    const char *id, *source, *source_id, *cell_code, *community_code;
    const struct value *value;               // one a property; dates of a column: seconds, of JSON: the local day as text
    const void *wkb; size_t wkb_len;         // EPSG:4326
};
typedef enum status register_line_visit(void *ctx, const struct register_line *line, struct err *e);

// NOT_FOUND: no such layer. INVALID: filter, words, token, order or limit. next: the token of the last row when there are more, else "".
enum status register_list(struct work *w, const struct register_question *q, register_line_visit *fn, void *ctx, char next[REGISTER_TOKEN]);

// How many in all, whatever after and limit say. Without window, words and filter it is known; else rows are counted, up to most
// (0: to the end): is_more says that there are more.
struct register_number { int64_t count; bool is_more; };
enum status register_count(struct work *w, const struct register_question *q, int64_t most, struct register_number *out);

// The numbers by state, community or cell; of layer, cell, community and state alone. NOT_FOUND also for those whose view areas limit.
enum register_by { REGISTER_BY_STATE, REGISTER_BY_COMMUNITY, REGISTER_BY_CELL };
typedef enum status register_group_visit(void *ctx, const char *key, int64_t count, struct err *e); // key "": none
enum status register_groups(struct work *w, const struct register_question *q, enum register_by by, register_group_visit *fn, void *ctx);

// How the database goes about it, a line a step: what tests hold, and what a slow question shows.
struct buf;
enum status register_explain(struct work *w, const struct register_question *q, struct buf *out);
