// archive.h - a whole station in forms any other program reads (可移植归档): GeoPackage and JSON, one folder; doc/archive.md says
// what stands where.
//
//     FOLDER/station.json       what it is: district, agencies, actors, grids, comparisons, documents, calendars, layers, files
//     FOLDER/NAME.gpkg          areas, cells, surveys, changes, cases, findings, leads, and each layer with all its versions
//     FOLDER/cases.jsonl ...    cases and leads with their steps, papers and evidence; audit row by row
//     FOLDER/blobs/             the originals by SHA-256, where asked for
//
// All of one moment, whole or not at all. It is no backup (that is core/backup.h, which restore takes): it is for leaving.
#pragma once
#include "core/base/progress.h"
#include "core/station.h"

struct archive_spec { const char *folder, *program_version; bool originals; };
// CONFLICT: the folder is there; DENIED: not somebody who sees everything (core/visible.h); FAILED: full disk and the like.
enum status archive_make(struct station *s, const struct station_keyed *by, const struct archive_spec *spec, const struct progress *progress, struct err *e);
