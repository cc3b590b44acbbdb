// cell_code.h - what patrol cells are called (单元网格编码), and in which order they are numbered.
//
// A code is digits: district (GB/T 2260), street (GB/T 10114), community, and a sequence number given inside one community from
// west to east, then north to south (从西向东、由北至南). How many digits each has is a scheme, and schemes are data: 15 digits
// (GB/T 30428.1-2013), 14 (CJ/T 213-2005), 16 (some cities). A code that was ever given is never given again.
#pragma once
#include "core/base/status.h"
#include "gis/geom.h"

struct cell_scheme { const char *name; int district, street, community, sequence; }; // digits of each part
const struct cell_scheme *cell_scheme_get(const char *name);   // "14", "15", "16"; NULL: there is none of this name
int cell_scheme_digits(const struct cell_scheme *s);           // of a whole code

enum { CELL_CODE_BYTES = 32, CELL_SEQUENCE_DIGITS_MAX = 9 };
struct cell_code { char community[CELL_CODE_BYTES]; int64_t sequence; }; // community: district, street and community in one
// INVALID when it does not have the digits of the scheme, or the sequence is 0.
enum status cell_code_parse(const struct cell_scheme *s, const char *code, struct cell_code *out, struct err *e);
// INVALID: community has not the digits of the scheme. TOO_BIG: the sequence has more digits than there is room for.
enum status cell_code_format(const struct cell_scheme *s, const char *community, int64_t sequence, char out[CELL_CODE_BYTES], struct err *e);
bool cell_code_is_in(const struct cell_scheme *s, const char *code, const char *community); // well formed, and begins with it

// The next number nobody ever had: above the highest one of used, or, when those are exhausted, the lowest free one. used: every
// code ever given, withdrawn ones too; those of other communities and schemes do not count. TOO_BIG when all are taken.
enum status cell_code_next(const struct cell_scheme *s, const char *community, const char *const *used, int64_t count,
                           int64_t *sequence, struct err *e);

// The order of numbering: rows from north to south, each from west to east. A row reaches from its northernmost cell down by
// half the side of a mean cell (row_m, as the caller measures it). order[k] is the index of the k-th.
void cell_sequence(const struct xy_m *centre, int64_t count, double row_m, uint32_t *order);
