// places.h - roads between the coordinate reference systems the service offers, opened once and lent to whoever moves coordinates.
//
// The first transform of a PROJ context costs a tenth of a second: roads are opened when the service starts and kept.
#pragma once
#include "api/answer_crs.h"
#include "core/feature.h"

struct places;
enum status places_open(const struct district *d, struct places **out, struct err *e);
void places_close(struct places *p);                                      // NULL is fine
// The district's own CRS as an offer; false: it has no code to be named by.
bool places_district(const struct places *p, struct crs_offer *out);

// A box as the offer's axes have it, in longitude and latitude. INVALID: it has no place there.
enum status places_box(struct places *p, const struct crs_offer *from, const double box[4], struct lonlat_box *out, struct err *e);
// Points in the offer's CRS and axes, moved to longitude and latitude. INVALID: one has no place there.
enum status places_points(struct places *p, const struct crs_offer *from, struct xy_m *point, size_t count, struct err *e);
// What was given in the offer's CRS and axes, moved to longitude and latitude where it stands. INVALID: it has no place there.
enum status places_given(struct places *p, const struct crs_offer *from, uint8_t *wkb, size_t len, struct err *e);
// The feature's geometry in the offer's CRS and axes; as it is for CRS84. In the arena.
enum status places_shape(struct places *p, const struct crs_offer *to, const struct feature *f, struct feature *out, struct arena *a, struct err *e);
