// visible_world.h - a station with planted rows of every layer, people of every role, and a plain reference of who sees what.
//
// The reference is written from what the rules are meant to say, one row at a time in C, and shares nothing with core/visible.c.
#pragma once
#include "core/actor.h"
#include "core/base/mem.h"
#include "core/layer.h"
#include "core/station.h"
#include "core/visible.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/core/temporary_station.h"

enum { EACH = 48, ROWS_MOST = 2000, LINKS_MOST = 400, PEOPLE_MOST = 64, UNITS = 3, NOBODY = -1 };

struct person { char id[ID_TEXT], name[32]; const char *role; int unit; const char *area[4]; int areas; };
struct planted {
    const char *layer;
    char id[ID_TEXT], number[32], party[32];
    const char *community, *cell, *state, *secrecy;      // NULL: none
    int maker, reviewer, unit, case_row;                 // of people, units, rows; NOBODY
    double x, y;                                         // lower left corner of a square, or the point
    bool is_point, is_past;                              // past: a superseded row, which is in no list
};
struct in_case { int case_row, row; bool is_bare; };      // bare: no photo came with it
struct world {
    struct temporary at;
    struct station *station;
    struct err e;
    struct arena *arena;
    struct layer_list layers;
    struct person person[PEOPLE_MOST];
    int people;
    struct planted row[ROWS_MOST];
    int rows;
    struct in_case link[LINKS_MOST];
    int links;
    uint64_t chance;
    void (*draw_more)(struct world *w);                  // rows and links besides; NULL: none
};

static inline uint32_t chance(struct world *w, uint32_t below)
{
    w->chance = w->chance * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(w->chance >> 33) % below;
}

// --- What the rules are meant to say ------------------------------------------------------------------------------------------------

static inline bool is_any(const char *word, const char *a, const char *b, const char *c, const char *d)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0 || strcmp(word, d) == 0;
}

static inline bool is_office(const struct person *p) { return is_any(p->role, "checker", "coordinator", "legal", "analyst") || strcmp(p->role, "chief") == 0; }
static inline bool is_handler(const struct person *p) { return is_any(p->role, "officer", "service", "discipline", "officer"); }
static inline bool begins(const char *code, const char *with) { return code != NULL && strncmp(code, with, strlen(with)) == 0; }

static inline bool in_areas(const struct person *p, const struct planted *r)
{
    for (int i = 0; i < p->areas; i++)
        if (begins(r->community, p->area[i]) || begins(r->cell, p->area[i]))
            return true;
    return p->areas == 0;
}

static inline bool is_own_unit(const struct person *p, const struct planted *r) { return p->unit != NOBODY && p->unit == r->unit; }
static bool reference_sees(const struct world *w, const struct person *p, const struct planted *r);

// In a case of the agency, or in the case of a lead the agency has got.
static inline bool is_of_own_matter(const struct world *w, const struct person *p, const struct planted *r)
{
    for (int i = 0; i < w->links; i++) {
        if (&w->row[w->link[i].row] != r)
            continue;
        if (reference_sees(w, p, &w->row[w->link[i].case_row]))
            return true;
        for (int l = 0; l < w->rows; l++)
            if (strcmp(w->row[l].layer, "lead") == 0 && w->row[l].case_row == w->link[i].case_row && reference_sees(w, p, &w->row[l]))
                return true;
    }
    return false;
}

static inline bool sees_change(const struct world *w, const struct person *p, const struct planted *r)
{
    if (strcmp(p->role, "inspector") == 0)
        return (strcmp(r->state, "open") != 0 && in_areas(p, r)) || (r->reviewer != NOBODY && &w->person[r->reviewer] == p);
    return is_office(p) ? in_areas(p, r) : is_handler(p) && is_of_own_matter(w, p, r);
}

static inline bool sees_finding(const struct world *w, const struct person *p, const struct planted *r)
{
    bool own = &w->person[r->maker] == p;
    if (strcmp(p->role, "public") == 0)
        return own;
    if (strcmp(p->role, "inspector") == 0)
        return own || (strcmp(r->state, "reported") == 0 && in_areas(p, r));
    return is_office(p) ? in_areas(p, r) : is_handler(p) && (own || is_of_own_matter(w, p, r));
}

static inline bool sees_case(const struct person *p, const struct planted *r)
{
    if (strcmp(p->role, "inspector") == 0 || is_office(p))
        return in_areas(p, r);
    return is_handler(p) && is_own_unit(p, r) && in_areas(p, r);
}

static inline bool sees_lead(const struct world *w, const struct person *p, const struct planted *r)
{
    if (!in_areas(p, r))
        return false;
    if (strcmp(p->role, "chief") == 0)
        return true;
    if (is_office(p))
        return strcmp(r->secrecy, "secret") != 0 || &w->person[r->maker] == p || is_own_unit(p, r);
    bool is_out = !is_any(r->state, "draft", "approved", "discarded", "draft");
    bool watched = strcmp(p->role, "discipline") == 0 && strcmp(r->secrecy, "secret") == 0;
    return is_handler(p) && is_own_unit(p, r) && (is_out || watched);
}

static inline bool reference_sees(const struct world *w, const struct person *p, const struct planted *r)
{
    bool bureau = is_office(p) || strcmp(p->role, "inspector") == 0, keeper = strcmp(p->role, "administrator") == 0;
    if (r->is_past)
        return false;
    if (strcmp(r->layer, "change") == 0)
        return sees_change(w, p, r);
    if (strcmp(r->layer, "finding") == 0)
        return sees_finding(w, p, r);
    if (strcmp(r->layer, "case") == 0)
        return sees_case(p, r);
    if (strcmp(r->layer, "lead") == 0)
        return sees_lead(w, p, r);
    if (strcmp(r->layer, "survey") == 0)
        return bureau || keeper;
    if (is_any(r->layer, "permit", "zone", "zone", "zone"))
        return keeper || (bureau && in_areas(p, r));
    return true;                                         // what is public
}

// Who may know a person named in a record; what else a property may tell of.
static inline bool reference_knows(const struct person *p, const char *layer, const char *property)
{
    static const char *const numbers[][3] = { { "change", "case", "case" }, { "finding", "case", "case" }, { "case", "recurrence_of", "case" },
                                              { "case", "merged_into", "case" }, { "lead", "linked_from", "lead" } };
    static const char *const names[][2] = { { "building", "owner" }, { "permit", "holder" }, { "change", "reviewed_by" }, { "finding", "reported_by" },
                                            { "case", "party" }, { "lead", "made_by" }, { "lead", "received_by" } };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (strcmp(numbers[i][0], layer) == 0 && strcmp(numbers[i][1], property) == 0)
            return p->areas == 0 && (strcmp(p->role, "chief") == 0 ||
                                     (strcmp(numbers[i][2], "case") == 0 && (is_office(p) || strcmp(p->role, "inspector") == 0)));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i][0], layer) != 0 || strcmp(names[i][1], property) != 0)
            continue;
        if (strcmp(layer, "building") == 0)              // of what everybody sees whole
            return is_office(p) && p->areas == 0;
        if (strcmp(layer, "case") == 0)
            return is_office(p) || is_handler(p) || strcmp(p->role, "inspector") == 0;
        return is_office(p) || (strcmp(layer, "lead") == 0 && is_handler(p));
    }
    return true;
}

// --- Planting ------------------------------------------------------------------------------------------------------------------------

#define GIVEN "(SELECT $1 AS id, $2 AS n, $3 AS community, $4 AS cell, $5 AS state, $6 AS maker, $7 AS unit, $8 AS x, $9 AS y, $10 AS secrecy, " \
              "$11 AS of_case, $12 AS reviewer, $13 AS number, $14 AS party, $15 AS past) g"
#define SQUARE "CastToMulti(BuildMbr(g.x, g.y, g.x + 0.001, g.y + 0.001, 4326))"
#define POINT "MakePoint(g.x, g.y, 4326)"
#define ASSET(kind) { kind, true, "INSERT INTO asset (id, kind, crs, accuracy_m, valid_from_s, valid_to_s, cell_code, community_code, geom) " \
                      "SELECT g.id, '" kind "', 'EPSG:4326', 1, 1, g.past, g.cell, g.community, " POINT " FROM " GIVEN }
#define YARD(kind) { kind, false, "INSERT INTO asset (id, kind, crs, accuracy_m, valid_from_s, valid_to_s, cell_code, community_code, geom, outline) " \
                     "SELECT g.id, '" kind "', 'EPSG:4326', 1, 1, g.past, g.cell, g.community, " POINT ", " SQUARE " FROM " GIVEN }

static const struct { const char *layer; bool is_point; const char *sql; } shelves[] = {
    { "area", false, "INSERT INTO area (id, level, code, name_zh, valid_from_s, valid_to_s, geom) SELECT g.id, 'community', g.number, 'x', 1, g.past, " SQUARE " FROM " GIVEN },
    { "cell", false, "INSERT INTO cell (id, grid_id, code, community_code, area_m2, state, valid_from_s, geom) SELECT g.id, 'grid', g.number, 'x', 1, "
                     "CASE WHEN g.past IS NULL THEN 'active' ELSE 'retired' END, 1, " SQUARE " FROM " GIVEN },
    { "survey", false, "INSERT INTO survey (id, name, kind, taken_at_s, original_name, original_sha256, archive_sha256, crs, features, added_at_s, geom) "
                       "SELECT g.id, g.number, 'footprints', 1, 'x', g.number, 'x', 'EPSG:4549', 1, 1, " SQUARE " FROM " GIVEN },
    { "building", false, "INSERT INTO building (id, area_m2, owner, crs, accuracy_m, valid_from_s, valid_to_s, cell_code, community_code, geom) "
                         "SELECT g.id, 1, g.party, 'EPSG:4326', 1, 1, g.past, g.cell, g.community, " SQUARE " FROM " GIVEN },
    { "permit", false, "INSERT INTO permit (id, number, area_m2, holder, crs, accuracy_m, valid_from_s, valid_to_s, cell_code, community_code, geom) "
                       "SELECT g.id, g.number, 1, g.party, 'EPSG:4326', 1, 1, g.past, g.cell, g.community, " SQUARE " FROM " GIVEN },
    { "zone", false, "INSERT INTO zone (id, kind, weight, area_m2, crs, accuracy_m, valid_from_s, valid_to_s, cell_code, community_code, geom) "
                     "SELECT g.id, 'farmland', 1, 1, 'EPSG:4326', 1, 1, g.past, g.cell, g.community, " SQUARE " FROM " GIVEN },
    ASSET("billboard"), ASSET("shop_sign"), ASSET("collection_point"), YARD("construction_site"), YARD("waste_dump"),
    { "case", false, "INSERT INTO case_file (id, number, kind, title, source, state, agency_id, made_by, stage_at_s, opened_at_s, party, cell_code, "
                     "community_code, lon, lat, geom) SELECT g.id, g.number, 'k', 'title of ' || g.number, 'patrol', g.state, g.unit, g.maker, 1, 1, "
                     "g.party, g.cell, g.community, g.x, g.y, CASE WHEN g.n % 2 = 0 THEN " SQUARE " END FROM " GIVEN },
    { "lead", false, "INSERT INTO lead (id, number, case_id, kind, secrecy, state, agency_id, made_by, stage_at_s, snapshot, made_at_s, cell_code, "
                     "community_code, lon, lat, geom) SELECT g.id, g.number, g.of_case, 'k', g.secrecy, g.state, g.unit, g.maker, 1, '{}', 1, g.cell, "
                     "g.community, g.x, g.y, CASE WHEN g.n % 2 = 0 THEN " SQUARE " END FROM " GIVEN },
    { "finding", true, "INSERT INTO finding (id, number, source, text, state, agency_id, made_by, stage_at_s, seen_at_s, made_at_s, cell_code, "
                       "community_code, geom) SELECT g.id, g.number, 'patrol', 'text of ' || g.number, g.state, NULL, g.maker, 1, 1, 1, g.cell, "
                       "g.community, " POINT " FROM " GIVEN },
    { "change", false, "INSERT INTO change (id, comparison_id, number, object_id, class, relation, before_ids, after_ids, z, confidence, state, "
                       "reviewed_by, cell_code, community_code, geom) SELECT g.id, 'm', g.n, g.id, 'new', 'added', '', '', 9, 0.9, g.state, g.reviewer, "
                       "g.cell, g.community, " SQUARE " FROM " GIVEN },
};
enum { SHELVES = sizeof shelves / sizeof shelves[0] };

static const char *const states_of[][8] = {
    { "case", "reported", "dispatched", "handling", "handled", "closed", "merged" },
    { "lead", "draft", "approved", "discarded", "sent", "received", "closed", "recalled" },
    { "finding", "reported", "verified", "dismissed", "duplicate" },
    { "change", "open", "referred", "confirmed", "dismissed", "legal" },
};

static inline const char *any_state(struct world *w, const char *layer)
{
    for (size_t i = 0; i < sizeof states_of / sizeof states_of[0]; i++) {
        uint32_t count = 0;
        while (count < 7 && states_of[i][count + 1] != NULL)
            count++;
        if (strcmp(states_of[i][0], layer) == 0)
            return states_of[i][1 + chance(w, count)];
    }
    return NULL;
}

// Codes as a real grid has them; one community is no number, one thing in six lies in no cell.
static inline void put_somewhere(struct world *w, struct planted *r)
{
    static const char *const places[][2] = { { "320612001001", "320612001001001" }, { "320612001002", "320612001002007" }, { "320612002001", "320612002001003" },
                                             { "老城", "N-17" }, { NULL, NULL }, { "320612001001", NULL } };
    uint32_t i = chance(w, sizeof places / sizeof places[0]);
    r->community = places[i][0];
    r->cell = places[i][1];
}

static inline struct value id_or_null(const struct person *list, int i) { return i != NOBODY ? value_text(list[i].id) : value_null(); }

static inline int shelf_of(const char *layer)
{
    int i = 0;
    while (strcmp(shelves[i].layer, layer) != 0)
        i++;
    return i;
}

// As id_make writes them, but the same each time, so that two stations can be held against each other.
static inline void id_of_test(char id[ID_TEXT], const char *kind, int n)
{
    snprintf(id, ID_TEXT, "019c1b2e-%04x-7%03x-8%03x-%012x", (unsigned)n & 0xffff, (unsigned)kind[0] & 0xfff, (unsigned)(n * 37) & 0xfff, (unsigned)n * 2654435761u);
}

static inline struct planted *draw_row(struct world *w, int shelf)
{
    struct planted *r = &w->row[w->rows];
    const char *layer = shelves[shelf].layer;
    bool is_lead = strcmp(layer, "lead") == 0;
    must(w->rows < ROWS_MOST);
    *r = (struct planted){ .layer = layer, .maker = (int)chance(w, (uint32_t)w->people), .reviewer = NOBODY, .unit = (int)chance(w, UNITS + 1) - 1,
                           .case_row = NOBODY, .x = 121 + 0.003 * (w->rows % 50), .y = 31 + 0.003 * (w->rows / 50), .is_point = shelves[shelf].is_point };
    id_of_test(r->id, "row", w->rows);
    snprintf(r->number, sizeof r->number, "<%s-%d>", layer, w->rows);
    snprintf(r->party, sizeof r->party, "<party-%d>", w->rows);
    put_somewhere(w, r);
    r->state = any_state(w, layer);
    r->secrecy = chance(w, 2) == 0 ? "secret" : chance(w, 2) == 0 ? "ordinary" : "internal";
    if (strcmp(layer, "change") == 0 && strcmp(r->state, "open") != 0)
        r->reviewer = (int)chance(w, (uint32_t)w->people);
    if (is_lead) {
        r->unit = r->unit == NOBODY ? 0 : r->unit;
        while (strcmp(w->row[r->case_row = (int)chance(w, (uint32_t)w->rows)].layer, "case") != 0)
            continue;
    }
    bool has_past = layer_find(&w->layers, layer)->is_register || is_any(layer, "area", "cell", "area", "area");
    r->is_past = has_past && chance(w, 5) == 0;
    r->is_point |= (is_lead || strcmp(layer, "case") == 0) && w->rows % 2 != 0;
    w->rows++;
    return r;
}

static inline enum status insert_row(struct work *work, struct world *w, int row)
{
    static const char *const units[UNITS] = { "g0", "g1", "g2" };
    const struct planted *r = &w->row[row];
    const struct value v[] = {
        value_text(r->id), value_integer(row), value_text(r->community), value_text(r->cell), value_text(r->state), value_text(w->person[r->maker].id),
        value_text(r->unit != NOBODY ? units[r->unit] : NULL), value_real(r->x), value_real(r->y), value_text(r->secrecy),
        r->case_row != NOBODY ? value_text(w->row[r->case_row].id) : value_null(), id_or_null(w->person, r->reviewer), value_text(r->number), value_text(r->party),
        r->is_past ? value_integer(2) : value_null(),
    };
    return db_run(work->db, shelves[shelf_of(r->layer)].sql, (struct values){ v, sizeof v / sizeof v[0] }, work->e);
}

static inline int any_row(struct world *w, const char *layer)
{
    int i;
    while (strcmp(w->row[i = (int)chance(w, (uint32_t)w->rows)].layer, layer) != 0)
        continue;
    return i;
}

// A thing of a case, with a photo.
static inline void draw_link(struct world *w, const char *thing)
{
    struct in_case l = { any_row(w, "case"), any_row(w, thing), false };
    for (int i = 0; i < w->links; i++)
        if (w->link[i].case_row == l.case_row && w->link[i].row == l.row)
            return;
    must(w->links < LINKS_MOST);
    w->link[w->links++] = l;
}

static inline enum status insert_link(struct work *work, const struct world *w, int link)
{
    const struct planted *of = &w->row[w->link[link].case_row], *r = &w->row[w->link[link].row];
    char name[64], id[ID_TEXT];
    snprintf(name, sizeof name, "<photo-%d>", w->link[link].row);
    snprintf(id, sizeof id, "photo-%d", link + 1);
    enum status s = db_run(work->db, "INSERT INTO case_link (case_id, thing, thing_id) VALUES ($1, $2, $3)",
                           VALUES(value_text(of->id), value_text(r->layer), value_text(r->id)), work->e);
    return s == OK && !w->link[link].is_bare ? db_run(work->db, "INSERT INTO evidence (id, thing, thing_id, sha256, name, media_type, bytes, captured_by, added_at_s) VALUES "
                                      "($1, $2, $3, 'x', $4, 'image/png', 1, $5, 1)",
                            VALUES(value_text(id), value_text(r->layer), value_text(r->id), value_text(name), value_text(w->person[r->maker].id)), work->e) : s;
}

static inline enum status plant_person(struct work *work, struct world *w, const char *role, int unit, const char *areas)
{
    static const char *const units[UNITS] = { "g0", "g1", "g2" };
    struct person *p = &w->person[w->people];
    must(w->people < PEOPLE_MOST);
    *p = (struct person){ .role = role, .unit = unit };
    id_of_test(p->id, "person", w->people);
    snprintf(p->name, sizeof p->name, "<person-%d>", w->people++);
    enum status s = db_run(work->db, "INSERT INTO actor (id, name, role, agency_id, is_active, made_at_s) VALUES ($1, $2, $3, $4, 1, 1)",
                           VALUES(value_text(p->id), value_text(p->name), value_text(role), value_text(unit != NOBODY ? units[unit] : NULL)), work->e);
    for (char *word = arena_text(w->arena, areas), *save = NULL; s == OK && (word = strtok_r(word, " ", &save)) != NULL; word = NULL) {
        p->area[p->areas++] = word;
        s = db_run(work->db, "INSERT INTO actor_area (actor_id, code) VALUES ($1, $2)", VALUES(value_text(p->id), value_text(word)), work->e);
    }
    return s;
}

// What another station does not have is drawn last, so that all else is the same, and lies in the middle, so that rows after it have other
// numbers.
static inline enum status insert_all(struct work *work, struct world *w)
{
    enum status s = OK;
    int rows = w->rows, links = w->links;
    if (w->draw_more != NULL)
        w->draw_more(w);
    for (int i = 1; s == OK && i < rows; i++) {
        for (int k = rows; s == OK && i == rows / 2 && k < w->rows; k++)
            s = insert_row(work, w, k);
        if (s == OK)
            s = insert_row(work, w, i);
    }
    for (int i = links; s == OK && i < w->links; i++)
        s = insert_link(work, w, i);
    for (int i = 0; s == OK && i < links; i++)
        s = insert_link(work, w, i);
    return s;
}

static inline enum status plant_all(struct work *work, void *ctx)
{
    struct world *w = ctx;
    static const char *const roles[] = { "inspector", "checker", "coordinator", "officer", "chief", "legal", "discipline", "analyst", "public", "service",
                                         "auditor", "administrator" };
    static const char *const areas[] = { "", "320612001", "320612001002 老 N-1", "320612002001003" };
    // A secret lead lies sealed; to whoever has the key it is a row of lead like any other, as these are here.
    enum status s = db_script(work->db,
        "DROP TRIGGER lead_secret_is_sealed;"
        "INSERT INTO agency (id, key, name_zh, name_en, made_at_s) VALUES ('g0', 'k0', 'x', 'x', 1), ('g1', 'k1', 'x', 'x', 1), ('g2', 'k2', 'x', 'x', 1);"
        "INSERT INTO grid (id, key, version, name_zh, name_en, made_at_s) VALUES ('grid', 'unit', 1, 'x', 'x', 1);"
        "INSERT INTO survey (id, name, kind, taken_at_s, original_name, original_sha256, archive_sha256, crs, features, added_at_s) VALUES "
        "('sa', 'sa', 'footprints', 1, 'a', 'a', 'a', 'EPSG:4549', 1, 1);"
        "INSERT INTO comparison (id, before_id, after_id, before_sha256, after_sha256, parameters, program_version, state, started_at_s, ended_at_s) "
        "VALUES ('m', 'sa', 'sa', 'a', 'a', '{}', 'x', 'done', 1, 1)", work->e);
    for (size_t i = 0; s == OK && i < sizeof roles / sizeof roles[0]; i++)
        for (int k = 0; s == OK && k < 4; k++)
            s = plant_person(work, w, roles[i], k == 0 ? 0 : (int)chance(w, UNITS + 1) - 1, areas[k]);
    w->row[w->rows++] = (struct planted){ .layer = "survey", .id = "sa", .unit = NOBODY, .x = NAN, .y = NAN };
    for (int n = 0; n < EACH; n++)
        for (int i = 0; i < SHELVES; i++)
            draw_row(w, i);
    for (int n = 0; n < LINKS_MOST / 2; n++)
        draw_link(w, n % 2 == 0 ? "finding" : "change");
    return s == OK ? insert_all(work, w) : s;
}

static inline enum status read_layers(struct work *work, void *ctx)
{
    struct world *w = ctx;
    return layer_read_all(work->db, w->arena, &w->layers, work->e);
}

static inline struct world *world_make(void (*draw_more)(struct world *w))
{
    struct world *w = calloc(1, sizeof *w);
    w->draw_more = draw_more;
    w->station = temporary_open(&w->at, 1770000000);
    w->arena = arena_open(16 << 20);
    w->chance = 20261126;
    assert_ok(w, station_read(w->station, &(struct station_call){ 1770000001, "system" }, read_layers, w, &w->e));
    assert_ok(w, station_write(w->station, &(struct station_call){ 1770000001, "system" }, plant_all, w, &w->e));
    return w;
}

static inline int world_open(void **state)
{
    *state = world_make(NULL);
    return 0;
}

static inline int world_close(void **state)
{
    struct world *w = *state;
    int gone = temporary_close(&w->at, w->station);
    arena_close(w->arena);
    free(w);
    return gone;
}

// --- What is allowed, by the reference --------------------------------------------------------------------------------------------------

static const struct person PUBLIC = { .id = "", .role = "public", .unit = NOBODY };

// What one person is allowed of one layer, by the reference.
struct allowed { bool seen[ROWS_MOST]; int count; double min_x, min_y, max_x, max_y; };

static inline struct allowed allowed_of(const struct world *w, const struct person *p, const char *layer)
{
    struct allowed a = { .min_x = INFINITY, .min_y = INFINITY, .max_x = -INFINITY, .max_y = -INFINITY };
    for (int i = 0; i < w->rows; i++) {
        const struct planted *r = &w->row[i];
        a.seen[i] = strcmp(r->layer, layer) == 0 && reference_sees(w, p, r);
        if (!a.seen[i])
            continue;
        double side = r->is_point ? 0 : 0.001;
        a.count++;
        a.min_x = fmin(a.min_x, r->x);
        a.min_y = fmin(a.min_y, r->y);
        a.max_x = fmax(a.max_x, r->x + side);
        a.max_y = fmax(a.max_y, r->y + side);
    }
    return a;
}

static inline int row_of(const struct world *w, const char *layer, const char *id)
{
    for (int i = 0; i < w->rows; i++)
        if (strcmp(w->row[i].layer, layer) == 0 && strcmp(w->row[i].id, id) == 0)
            return i;
    fail_msg("%s %s was never planted", layer, id);
    return -1;
}
