// survey_rows.h - the shelf of surveys; the rules are in core/survey.c.
#pragma once
#include "core/survey.h"

enum status survey_insert(struct db *db, const struct survey *v, const void *coverage_wkb, size_t len, struct err *e);
enum status survey_file_insert(struct db *db, const char *survey_id, const char *name, const char *sha256, int64_t bytes, struct err *e);
enum status survey_file_each(struct db *db, const char *survey_id, survey_file_visit *fn, void *ctx, struct err *e);
// NOT_FOUND without a sentence.
enum status survey_select_original(struct db *db, const char *sha256, struct survey *out, struct err *e);
