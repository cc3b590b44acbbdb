#include "gis/cell_code.h"
#include "core/base/mem.h"
#include <stdlib.h>
#include <string.h>

static const struct cell_scheme SCHEME[] = {
    { "14", 6, 3, 3, 2 },
    { "15", 6, 3, 3, 3 },
    { "16", 6, 3, 3, 4 },
};

const struct cell_scheme *cell_scheme_get(const char *name)
{
    for (size_t i = 0; i < sizeof SCHEME / sizeof *SCHEME; i++)
        if (strcmp(SCHEME[i].name, name) == 0)
            return &SCHEME[i];
    return NULL;
}

static int community_digits(const struct cell_scheme *s)
{
    return s->district + s->street + s->community;
}

int cell_scheme_digits(const struct cell_scheme *s)
{
    return community_digits(s) + s->sequence;
}

static int64_t sequence_end(const struct cell_scheme *s)
{
    int64_t end = 1;
    for (int i = 0; i < s->sequence; i++)
        end *= 10;
    return end;
}

static bool is_digits(const char *text, int digits)
{
    return strspn(text, "0123456789") == (size_t)digits && text[digits] == '\0';
}

enum status cell_code_parse(const struct cell_scheme *s, const char *code, struct cell_code *out, struct err *e)
{
    int digits = cell_scheme_digits(s), prefix = community_digits(s);
    must(digits < CELL_CODE_BYTES && s->sequence <= CELL_SEQUENCE_DIGITS_MAX);
    if (!is_digits(code, digits))
        return err_set(e, INVALID, "cell code \"%.40s\": %d digits are needed (district %d, street %d, community %d, sequence %d)", code, digits,
                       s->district, s->street, s->community, s->sequence);
    int64_t sequence = strtoll(code + prefix, NULL, 10);
    if (sequence == 0)
        return err_set(e, INVALID, "cell code \"%.40s\": the sequence begins with 1", code);
    *out = (struct cell_code){ .sequence = sequence };
    memcpy(out->community, code, (size_t)prefix);
    return OK;
}

enum status cell_code_format(const struct cell_scheme *s, const char *community, int64_t sequence, char out[CELL_CODE_BYTES], struct err *e)
{
    must(cell_scheme_digits(s) < CELL_CODE_BYTES && s->sequence <= CELL_SEQUENCE_DIGITS_MAX && sequence > 0);
    if (!is_digits(community, community_digits(s)))
        return err_set(e, INVALID, "community code \"%.40s\": %d digits are needed (district %d, street %d, community %d)", community,
                       community_digits(s), s->district, s->street, s->community);
    if (sequence >= sequence_end(s))
        return err_set(e, TOO_BIG, "community %.40s: cell number %lld does not fit into %d digits; choose a scheme with more", community,
                       (long long)sequence, s->sequence);
    int digits = cell_scheme_digits(s);
    memcpy(out, community, (size_t)community_digits(s));
    for (int i = digits - 1; i >= community_digits(s); i--, sequence /= 10)
        out[i] = (char)('0' + sequence % 10);
    out[digits] = '\0';
    return OK;
}

bool cell_code_is_in(const struct cell_scheme *s, const char *code, const char *community)
{
    struct cell_code c;
    return cell_code_parse(s, code, &c, &(struct err){0}) == OK && strcmp(c.community, community) == 0;
}

static int64_t lowest_free(const uint8_t *taken, int64_t end)
{
    int64_t k = 1;
    while (k < end && taken[k])
        k++;
    return k;
}

enum status cell_code_next(const struct cell_scheme *s, const char *community, const char *const *used, int64_t count,
                           int64_t *sequence, struct err *e)
{
    int64_t end = sequence_end(s), highest = 0;
    uint8_t *taken = mem_get((size_t)end, 1);
    for (int64_t i = 0; i < count; i++) {
        struct cell_code c;
        if (cell_code_parse(s, used[i], &c, &(struct err){0}) != OK || strcmp(c.community, community) != 0)
            continue;
        taken[c.sequence] = 1;
        highest = c.sequence > highest ? c.sequence : highest;
    }
    int64_t next = highest + 1 < end ? highest + 1 : lowest_free(taken, end);
    mem_free(taken);
    if (next >= end)
        return err_set(e, TOO_BIG, "community %.40s: all %lld cell numbers were given once; choose a scheme with more digits", community, (long long)end - 1);
    *sequence = next;
    return OK;
}

struct numbered { struct xy_m centre; uint32_t index; };

static int from_the_north(const void *p, const void *q)
{
    const struct numbered *a = p, *b = q;
    if (a->centre.y != b->centre.y)
        return a->centre.y > b->centre.y ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static int from_the_west(const void *p, const void *q)
{
    const struct numbered *a = p, *b = q;
    if (a->centre.x != b->centre.x)
        return a->centre.x < b->centre.x ? -1 : 1;
    return from_the_north(p, q);
}

void cell_sequence(const struct xy_m *centre, int64_t count, double row_m, uint32_t *order)
{
    struct numbered *cell = mem_get((size_t)count, sizeof *cell);
    for (int64_t i = 0; i < count; i++)
        cell[i] = (struct numbered){ centre[i], (uint32_t)i };
    qsort(cell, (size_t)count, sizeof *cell, from_the_north);
    for (int64_t first = 0, end; first < count; first = end) {
        end = first + 1;
        while (end < count && cell[end].centre.y >= cell[first].centre.y - row_m)
            end++;
        qsort(cell + first, (size_t)(end - first), sizeof *cell, from_the_west);
    }
    for (int64_t i = 0; i < count; i++)
        order[i] = cell[i].index;
    mem_free(cell);
}
