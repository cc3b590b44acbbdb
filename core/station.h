// station.h - the place where a district keeps its grid, its register and its work (站点): one folder.
//
//     STATION/gridpatrol.sqlite     all records (SpatiaLite; QGIS opens it as it is)
//     STATION/blobs/                originals by SHA-256
//
// Nothing to install or to administer. A station is made beside its place and renamed in: it is there whole or not at all.
#pragma once
#include "core/work.h"

struct station;

// CONFLICT when the folder exists and is not empty. administrator: the name of the first actor.
enum status station_make(const char *folder, const struct district *d, const char *administrator, struct err *e);
// NOT_FOUND, INVALID: see store_open.
enum status station_open(const char *folder, struct station **out, struct err *e);
void station_close(struct station *s);

struct store *station_store(const struct station *s);
const char *station_folder(const struct station *s);
const struct district *station_district(const struct station *s);

// A job of the store with its work: fn gets w with db, district and folder set. now_s and actor come from the caller.
typedef enum status station_job(struct work *w, void *ctx);
struct station_call { int64_t now_s; const char *actor; };
enum status station_write(struct station *s, const struct station_call *call, station_job *fn, void *ctx, struct err *e);
// For moves: see store_write_repeatable.
enum status station_write_repeatable(struct station *s, const struct station_call *call, station_job *fn, void *ctx, struct err *e);
enum status station_read(struct station *s, const struct station_call *call, station_job *fn, void *ctx, struct err *e);
// The same for who holds a key (core/compartment.h): reading sees what it opens, writing may open it. key NULL: as above.
struct station_keyed { struct station_call call; const struct compartment_key *key; };
enum status station_write_keyed(struct station *s, const struct station_keyed *by, station_job *fn, void *ctx, struct err *e);
enum status station_read_keyed(struct station *s, const struct station_keyed *by, station_job *fn, void *ctx, struct err *e);
