// openapi.h - the API document (OpenAPI 3.0), made from the tables of routes, parameters and layers: it cannot fall behind them.
#pragma once
#include "api/exchange.h"

void openapi_write(struct exchange *x, struct buf *out);
