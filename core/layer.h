// layer.h - what is published and loaded, as data (图层): data/layers/*.json, one file a layer.
//
// A layer names its table, its geometry and its properties: type, titles, code list, the table's column or a place in the
// table's JSON, who may see it. Loads, schemas, headings and forms come from here; a new register is a file, not code. A layer
// that does not match its table is refused when the station is opened for writing.
//
// Registers are loaded from files (register.h). The others (areas, cells, surveys, changes, findings, cases, leads) come about in
// other ways and are only read here, many through a view that says words and numbers where the table has ids of other records.
#pragma once
#include "core/store/watch.h"
#include "core/work.h"

struct arena;
struct buf;
enum layer_geometry { LAYER_POINT, LAYER_AREA, LAYER_ANY };            // ANY: an outline where there is one, else a point
enum property_type {
    PROPERTY_TEXT, PROPERTY_NUMBER, PROPERTY_INTEGER,
    PROPERTY_DATE,                     // kept as seconds since 1970: a local day
    PROPERTY_INSTANT,                  // kept as seconds since 1970; when_write makes RFC 3339 of it
    PROPERTY_BOOLEAN,                  // kept as 0 and 1
    PROPERTY_TYPES
};

struct property_code { const char *code, *title_zh, *title_en; };

struct property {
    const char *name, *title_zh, *title_en;
    enum property_type type;
    const char *column;                // NULL: kept in the table's JSON column, and beside it as it is typed:
    const char *held_in;               // the table's column that can be asked: column, else KEY_NAME (a date there: its local day)
    const struct property_code *code;  // the values it may have
    int codes;                         // 0: any
    const char *const *alias;          // how sources call it
    int aliases;
    bool is_required, is_personal;
    bool is_on_map;                    // goes into tiles, for colours and labels; never what is personal
    bool is_searched;                  // its words are looked up (core/words.h); never what is personal
    const char *names;                 // the layer whose records it names by number; NULL: none. Only for those who see that whole layer
    const char *fallback;              // what a missing value counts as (the column's DEFAULT); NULL: null
};

struct layer {
    const char *key, *title_zh, *title_en, *table, *national_code;
    const char *read;                  // what its rows are read from: the table, or a view with the table's fid and id
    const char *shape;                 // the geometry column there; of the table too, but for ANY, whose points lie in lon and lat
    const char *instead;               // the command that brings its records about; NULL: it is a register
    enum layer_geometry geometry;
    double accuracy_m;                 // of a register, where a load does not say
    bool is_public, is_register;
    unsigned edit_roles;               // who may add, change and take out its rows one by one (enum role); 0: nobody
    struct property *property;
    int properties;
    const struct property *time, *time_end;    // when a feature was: a moment, or from (including) time to time_end; NULL: none
    const char *definition;            // the text it was read from
};

// One file. INVALID with file, line and place. What the arena holds is the layer's.
struct json_doc;
enum status layer_read(const struct json_doc *doc, struct arena *a, struct layer *out, struct err *e);

// The station's own (core/document.h), which are registers, then those of the program that are not among them.
enum { LAYERS_MOST = 100 };
struct layer_list { struct arena *arena; struct layer layer[LAYERS_MOST]; int count; };
enum status layer_read_all(struct db *db, struct arena *a, struct layer_list *out, struct err *e);
struct layer *layer_find(struct layer_list *l, const char *key);                // NULL: there is none
const struct property *layer_property(const struct layer *l, const char *name); // by name, title or alias, case apart; NULL
// Writes " AND ..." for the rows of what is read that are this layer's and count now, under this alias; nothing when all are.
void layer_rows(const struct layer *l, const char *alias, struct buf *out);

// What a write to this table means for what is published: rows of registers, anything of the others, nothing.
enum watch_kind layer_watch_kind(const char *table);

const char *property_code_title(const struct property *p, const char *code, enum lang lang);   // the code itself when it has none
const char *const *property_codes(const struct property *p, struct arena *a);   // the codes alone, NULL at the end; NULL: any text

// The layer of that key, held against what it is read from; what it needs lives in the arena. NOT_FOUND names the registers.
enum status layer_get(struct work *w, struct arena *a, const char *key, struct layer *out);
// Does the layer match what it is read from? Fills each property's fallback. INVALID names the column.
enum status layer_check(struct db *db, struct arena *a, struct layer *l, struct err *e);
// The station knows the register from now on: its row in table layer, and map_KEY for map programs (core/store/view_rows.h).
enum status layer_record(struct work *w, const struct layer *l);
enum status layer_record_all(struct work *w); // every register; INVALID when a layer does not match what it is read from
