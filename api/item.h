// item.h - what the routes of one feature have in common: the tag of its present version, and whether a client means that one.
//
// A tag names the version of the row and the form it is told in (language, CRS, format, what the viewer may see of it), so it is strong and
// needs no bytes; what has no versions is tagged by its bytes (answer.h), and is not edited.
#pragma once
#include "api/answer_crs.h"
#include "core/layer.h"

// In the request's arena; NULL where the version is 0.
const char *item_tag(struct exchange *x, const struct layer *l, int64_t version, const struct crs_offer *crs, enum format f);
// Does If-Match mean this version, in whatever form it was read? NULL: everything is meant. Weak tags mean nothing (RFC 9110 13.1.1).
bool item_is_meant(const char *if_match, int64_t version);
