// calendar_load.h - holiday notices and office hours of a station (工作日历); versions stay.
//
// When a notice arrives every open deadline is computed again; what changed leaves an audit row with the old and the new one.
#pragma once
#include "core/page.h"
#include "core/step.h"

struct calendar_report { int64_t loaded, same, recomputed, changed; };
// text: a notice in the holiday-cn form; name stands for it in sentences. Inside a writing job. INVALID.
enum status calendar_load(struct work *w, struct desk *d, const char *name, const char *text, size_t len, struct calendar_report *out);
// Hours of work: "08:00-12:00", from day to day (NULL: always), on weekdays (bit 0 Monday). INVALID.
enum status calendar_set_hours(struct work *w, struct desk *d, const char *hours, const char *from, const char *to, int weekdays,
                               struct calendar_report *out);
// The notices in force, by year; after of the page: a year.
struct calendar_told { int64_t year, version, loaded_at_s; const char *sha256; };
typedef enum status calendar_visit(void *ctx, const struct calendar_told *c, struct err *e);
enum status calendar_list(struct work *w, const struct page *p, calendar_visit *fn, void *ctx);
// All open deadlines again.
enum status deadlines_recompute(struct work *w, struct desk *d, struct calendar_report *out);
