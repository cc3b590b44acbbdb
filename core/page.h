// page.h - a part of a list (分页): what comes after a row, and how much of it. Lists go by a key, not by counting: what is added
// meanwhile moves nobody's place.
#pragma once
#include <stdint.h>

struct page { const char *after; int64_t limit; };   // after: the last row's key, NULL: from the beginning; limit 0: all

static inline int64_t page_limit(const struct page *p) { return p != 0 && p->limit > 0 ? p->limit : INT64_MAX; }
static inline const char *page_after(const struct page *p) { return p != 0 ? p->after : 0; }
