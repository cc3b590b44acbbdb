// register_inside.h - between the files of core/register*.c only: rows are read and judged by one thread, written by another.
#pragma once
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/placing.h"
#include "core/register.h"
#include "core/store/told_rows.h"
#include "gis/source_records.h"

enum { REGISTER_PROPERTIES_MOST = 100, REGISTER_BATCH_ROWS = 1024, REGISTER_ROW_BYTES_MOST = 1 << 20, REGISTER_POINT_BYTES = 21 };

// How records become rows. While rows are read it belongs to the thread that reads.
struct register_reading {
    const struct register_spec *spec;
    const struct layer *layer;
    struct record_source *source;
    const struct placing *placing;
    int field[REGISTER_PROPERTIES_MOST];     // of the source, for each property; -1: none
    int id_field;                            // -1: the feature id
    int64_t zone_offset_s, now_s;
    const char *source_name, *crs;
    double accuracy_m;
    bool is_pinned;                          // an area that also has a point
    struct buf properties, digest, words;    // of the row at hand
};

// A row as it goes into the store. What it points to lies in its batch.
struct register_ready {
    int64_t row, fid;
    const char *refusal;                     // NULL: it can be taken, and only then the rest counts
    struct id id;                            // if the thing is new
    const char *source_id, *properties, *words; // words: NULL when there is none to be searched for
    char digest[TOLD_DIGEST];
    struct place_in_grid at;
    bool is_repaired;
    double area_m2;
    const uint8_t *wkb; size_t wkb_len;
    uint8_t point[REGISTER_POINT_BYTES];     // WKB of where it is pinned
    const struct value *column;              // one a property
};

int register_property_held_in(const struct layer *l, const char *column);      // which property that is; -1: none, or column NULL

// register_read.c. INVALID: the mapping names what is not there.
enum status register_map_fields(struct register_reading *r, struct err *e);
void register_note_unused(const struct register_reading *r, struct register_report *out);
enum status register_say_too_big(struct err *e);                               // TOO_BIG: a row
void register_read(struct register_reading *r, const struct record *rec, enum lang lang, struct arena *a, struct register_ready *out);

// register_feed.c: a thread reads ahead. The rows of a batch live until the next is asked for; 0 rows: the end.
struct register_feed;
struct register_batch { const struct register_ready *row; int rows; };
struct register_feed *register_feed_open(struct register_reading *r, enum lang lang);
enum status register_feed_next(struct register_feed *f, struct register_batch *out, struct err *e);   // INVALID: the source breaks off
void register_feed_close(struct register_feed *f);                                                    // at any time
