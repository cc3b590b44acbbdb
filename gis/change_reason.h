// change_reason.h - the codes of why and why not (依据代码, 存疑代码): stable words for files, tables and filters.
#pragma once
#include "gis/footprint_diff.h"

const char *reason_code(enum reason r);            // "WALL_MOVED"
bool reason_is_against(enum reason r);
uint64_t reason_of_codes(const char *codes);       // as bits; words between commas or semicolons, strange ones are passed over
enum change_class change_class_of(const char *name); // CHANGE_CLASSES: no such class
