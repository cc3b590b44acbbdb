// json_write.h - writing JSON (RFC 8259) into a buffer, value by value; commas and brackets are settled here.
//
//     struct json_writer j = { .to = &buf };
//     json_put_object(&j, NULL);
//     json_put_text(&j, "id", id);
//     json_put_list(&j, "links");
//     ...
//     json_put_end(&j);
//     json_put_end(&j);
//
// key NULL: an item of a list, or the whole. Texts that are NULL and numbers that are not finite become null.
#pragma once
#include "core/base/buf.h"

enum { JSON_WRITE_DEPTH = 32 };
struct json_writer { struct buf *to; bool more; int depth; char end[JSON_WRITE_DEPTH]; };

void json_put_object(struct json_writer *j, const char *key);
void json_put_list(struct json_writer *j, const char *key);
void json_put_end(struct json_writer *j);                       // of the innermost object or list
void json_put_text(struct json_writer *j, const char *key, const char *utf8);
void json_put_number(struct json_writer *j, const char *key, double value, int decimals); // trailing zeros cut
void json_put_integer(struct json_writer *j, const char *key, int64_t value);
void json_put_bool(struct json_writer *j, const char *key, bool value);
void json_put_null(struct json_writer *j, const char *key);
void json_put_raw(struct json_writer *j, const char *key, const char *json, size_t len); // is JSON already
