// id.h - names of things that nobody has to hand out (UUIDv7, RFC 9562).
//
// Whoever creates a thing mints its id, a phone without network too: 48 bits of milliseconds, then chance. Ids sort by time
// of birth, so pages are keyset by id. As text: 36 characters, lower case.
#pragma once
#include "core/base/status.h"
#include <stdbool.h>
#include <stdint.h>

enum { ID_TEXT = 37 };                                        // with the ending '\0'
struct id { char text[ID_TEXT]; };                            // "" is nobody

struct id id_make(int64_t now_ms);                            // milliseconds since 1970; ids of one process never go back
bool id_is_set(const struct id *id);
// INVALID: not a UUID. Upper case is taken and lowered; any version, since other systems mint too.
enum status id_parse(const char *text, struct id *out, struct err *e);

// The same in sixteen bytes, which sort as the texts do. false: no UUID, or not in lower case.
struct id_number { uint64_t high, low; };
bool id_number_of(const char *text, struct id_number *out);
void id_print(struct id_number n, char out[ID_TEXT]);
