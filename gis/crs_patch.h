// crs_patch.h - transforming very many points that lie close together, without asking PROJ for each of them.
//
// Over a patch of about a kilometre a map projection is smooth: nine exact places (a 3 x 3 grid) and a biquadratic through them
// come within a micrometre. Every patch is held against PROJ at four more places; where it is off by more than
// CRS_PATCH_TOLERANCE_M (a grid shift with kinks, the edge of a projection) its points take the long road. Patches lie on a fixed grid
// and share their edges: the answer depends on the place alone and has no steps.
#pragma once
#include "gis/crs.h"

#define CRS_PATCH_TOLERANCE_M 0.00002

struct crs_patches;
// size: of a patch, in the unit the road starts from. The road must outlive the patches.
struct crs_patches *crs_patches_open(struct crs_road *road, double size);
size_t crs_patches_go(struct crs_patches *p, struct xy_m *points, size_t count); // like crs_road_go
void crs_patches_close(struct crs_patches *p);
