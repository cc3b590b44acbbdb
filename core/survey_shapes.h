// survey_shapes.h - the footprints of an archived survey by their ids, in memory (普查轮廓): what a change's viewer asks for one by one.
//
// An archive has no index and is read from its beginning. Read once and packed (gis/packed.h) a house takes some 60 bytes with its
// id, and is found at once. It is read as comparisons read it, so that its ids are theirs.
#pragma once
#include "core/survey.h"

struct survey_shapes;
enum { SURVEY_SHAPES_BYTES_MOST = 512 << 20 };
// Outside of jobs: it takes a second for some hundred thousand. folder: of the station. TOO_BIG; INVALID, FAILED: the archive is not
// what it was.
enum status survey_shapes_open(const char *folder, const char *metric_crs, const struct survey *v, struct survey_shapes **out, struct err *e);
void survey_shapes_close(struct survey_shapes *s);               // NULL is fine

// Every footprint of these ids ("12,13,14"), packed; in the order of the ids.
typedef void survey_shape_visit(void *ctx, const char *id, const uint8_t *packed, size_t len);
void survey_shapes_each(const struct survey_shapes *s, const char *ids, survey_shape_visit *fn, void *ctx);
