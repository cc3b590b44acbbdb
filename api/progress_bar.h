// progress_bar.h - how far the work is, for a person at a terminal (进度条).
//
// Drawn on stderr only when that is a terminal, and only once the work has lasted about a second: quick runs stay silent.
// May be told from several threads.
#pragma once
#include "core/base/progress.h"
#include "core/base/text.h"
#include <stdbool.h>

struct progress_bar;
struct progress_bar *progress_bar_open(enum lang lang, bool quiet);
struct progress progress_bar_progress(struct progress_bar *b); // tells this bar
void progress_bar_close(struct progress_bar *b);               // wipes the bar off the line
