// source_hush.h - GDAL chatters on stderr: between these two it is silent, and its last complaint is remembered.
#pragma once

struct source_hush { char said[400]; int errors; };
void source_hush_begin(struct source_hush *h);   // this thread only; begin and end nest
void source_hush_end(struct source_hush *h);
