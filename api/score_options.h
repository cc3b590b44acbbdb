// score_options.h - the options of `gridpatrol score`, for its row in api/command.c.
#pragma once
#include "api/options.h"

extern const struct option score_options[];
