#include "gis/source_rows.h"
#include "gis/source_inside.h"
#include <cpl_conv.h>
#include <cpl_string.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

// "12.5", "12,5", "12.5 m"; anything else is no height.
static double number_of_text(const char *text, size_t len)
{
    char copy[40], *end;
    if (len == 0 || len >= sizeof copy)
        return NAN;
    memcpy(copy, text, len);
    copy[len] = '\0';
    char *comma = strchr(copy, ',');
    if (comma != NULL)
        *comma = '.';
    double value = CPLStrtod(copy, &end);
    if (end == copy)
        return NAN;
    while (*end == ' ')
        end++;
    return *end == '\0' || strcmp(end, "m") == 0 ? value : NAN;
}

double source_value_real(const struct source_value *v)
{
    switch (v->kind) {
    case SOURCE_INTEGER: return (double)v->integer;
    case SOURCE_REAL: return v->real;
    case SOURCE_TEXT: return number_of_text(v->text, v->len);
    default: return NAN;
    }
}

const char *source_value_text(const struct source_value *v, char number[SOURCE_NUMBER_BYTES], size_t *len)
{
    *len = v->kind == SOURCE_TEXT ? v->len : 0;
    if (v->kind == SOURCE_TEXT)
        return v->text;
    if (v->kind == SOURCE_INTEGER)
        *len = (size_t)snprintf(number, SOURCE_NUMBER_BYTES, "%" PRId64, v->integer);
    if (v->kind == SOURCE_REAL)
        *len = (size_t)CPLsnprintf(number, SOURCE_NUMBER_BYTES, "%.15g", v->real);
    return number;
}

enum status source_broke_off(const char *what, const char *said, struct err *e)
{
    return err_set(e, INVALID, "%s breaks off in the middle: %.300s", what, said[0] != '\0' ? said : "-");
}

enum status source_rows(const struct source *s, const struct source_taker *to, struct err *e)
{
    bool known;
    enum status st = source_table_rows(s, to, &known, e);
    return known ? st : source_stream_rows(s, to, e);
}
