// source_sqlite.h - the SQLite that a dataset of GDAL's lies in.
#pragma once

// The first answer of a query, as text; NULL: none. Caller frees (mem_free).
char *source_ask(void *dataset, const char *format, ...) __attribute__((format(printf, 2, 3)));
// GDAL's connection; check tells what is wrong with the SQLite that calls itself so. NULL: there is none, or *wrong.
void *source_sqlite(void *dataset, const char *(*check)(const char *source_id), const char **wrong);
