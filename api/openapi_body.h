// openapi_body.h - the JSON body of a route in the API document, from the rows it is read by.
#pragma once
#include "api/body.h"
#include "core/base/json_write.h"

void put_fields(struct json_writer *j, const char *type, const struct field *rows, enum lang lang);    // type: {schema}, a member
