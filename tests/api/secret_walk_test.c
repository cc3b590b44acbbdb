// What may not be seen is nowhere: every GET route of the table, walked as every role on two stations that differ only in rows the one who
// asks may not see, answers the same bytes - status, headers (tags, lengths, links) and body, page after page. Routes are taken from the
// table, so one that comes later is walked by itself; one that is never answered with 200 here is found, too (parts, below).
#include "tests/api/served_world.h"

#include "api/answer.h"
#include "api/params.h"
#include "api/routes.h"
#include "core/base/hash.h"
#include "core/base/when.h"
#include "core/token.h"
#include "tests/api/beside_world.h"

enum { URLS_MOST = 6000, PAGES = 3, MORE = 12, TEXT = 400 };

// --- What another station has besides ---------------------------------------------------------------------------------------------------

static struct planted *draw_more(struct world *w, const char *layer, const char *community, const char *cell)
{
    struct planted *r = draw_row(w, shelf_of(layer));
    r->community = community;
    r->cell = cell;
    r->is_past = false;
    r->maker = 0;
    return r;
}

static int first_half_case(struct world *w)
{
    int i;
    while ((i = any_row(w, "case")) >= ROWS_MOST / 2 || i >= EACH * SHELVES / 2)
        continue;
    return i;
}

static int any_maker(const struct world *w, const char *role)
{
    int i = 0;
    while (strcmp(w->person[i].role, role) != 0)
        i++;
    return i;
}

static void link_more(struct world *w, int case_row, int row, bool is_bare)
{
    must(w->links < LINKS_MOST);
    w->link[w->links++] = (struct in_case){ case_row, row, is_bare };
}

static void draw_leads(struct world *w, const char *secrecy, const char *const *states, int unit)
{
    for (int i = 0; i < MORE; i++) {
        int of_case = first_half_case(w);
        struct planted *r = draw_more(w, "lead", w->row[of_case].community, w->row[of_case].cell);
        r->case_row = of_case;
        r->secrecy = secrecy;
        r->state = states[i % 4];
        r->unit = unit;
        r->maker = any_maker(w, "chief");
    }
}

static void secret_leads(struct world *w) { draw_leads(w, "secret", (const char *const[]){ "draft", "approved", "sent", "received" }, 2); }
static void leads_of_another_agency(struct world *w) { draw_leads(w, "ordinary", (const char *const[]){ "draft", "sent", "received", "closed" }, 1); }

static void cases_elsewhere(struct world *w)
{
    for (int i = 0; i < MORE; i++) {
        struct planted *r = draw_more(w, "case", "320612002001", "320612002001003");
        r->state = i % 2 == 0 ? "handling" : "closed";
        r->unit = 2;
    }
}

// Also seen from the other end: what lies in them is there for others.
static void cases_with_known_things(struct world *w)
{
    int rows = w->rows;
    cases_elsewhere(w);
    for (int i = rows; i < w->rows; i++) {
        link_more(w, i, any_row(w, "finding"), true);
        link_more(w, i, any_row(w, "change"), true);
    }
}

static void findings_elsewhere(struct world *w)
{
    for (int i = 0; i < MORE; i++) {
        struct planted *r = draw_more(w, "finding", "320612002001", "320612002001003");
        r->state = i % 2 == 0 ? "verified" : "dismissed";
        r->maker = any_maker(w, "checker");
        link_more(w, first_half_case(w), w->rows - 1, false);
    }
}

static void changes_in_review(struct world *w)
{
    for (int i = 0; i < MORE; i++)
        draw_more(w, "change", "320612002001", "320612002001003")->state = "open";
}

static void permits_and_zones(struct world *w)
{
    for (int i = 0; i < MORE; i++)
        draw_more(w, i % 2 == 0 ? "permit" : "zone", "320612002001", "320612002001003");
}

static void surveys(struct world *w)
{
    for (int i = 0; i < MORE; i++)
        draw_more(w, "survey", NULL, NULL);
}

static void what_is_past(struct world *w)
{
    static const char *const layers[] = { "building", "permit", "zone", "billboard", "waste_dump", "area", "cell" };
    for (int i = 0; i < 2 * MORE; i++)
        draw_more(w, layers[i % 7], "320612001001", "320612001001001")->is_past = true;
}

static void other_people_in_personal_fields(struct world *w)
{
    for (int i = 0; i < w->rows; i++)
        if (is_any(w->row[i].layer, "building", "permit", "case", "case"))
            snprintf(w->row[i].party, sizeof w->row[i].party, "<somebody-else-%d>", i);
}

// Also beside cases that are seen by few, so that there is somebody to see them and somebody not to.
static void proceedings_elsewhere(struct besides *b)
{
    for (int i = 0, n = 0; i < b->world->rows && n < MORE; i++) {
        const struct planted *r = &b->world->row[i];
        if (!is_any(r->layer, "case", "lead", "case", "lead") || r->unit != 2 || !begins(r->community, "320612002"))
            continue;
        if (strcmp(r->layer, "lead") != 0 || n % PROCEEDINGS != 2)                    // an enforcement is beside a case
            draw_beside(b, proceedings[n % PROCEEDINGS], i, NOBODY);
        n++;
    }
}

// Of a chief, a legal reviewer and an administrator; some of those walk here, others do not.
static void jobs_and_uploads_of_others(struct besides *b)
{
    static const int owners[] = { 16, 17, 20, 45 };
    for (int i = 0; i < 4; i++)
        draw_own(b, owners[i]);
}

static void originals_of_a_known_survey(struct besides *b)
{
    for (int i = 0; i < 3; i++)
        draw_beside(b, "file", nth_row(b->world, "survey", 0), NOBODY);
}

static const struct variant { const char *name; void (*draw)(struct world *w); bool is_personal; void (*beside)(struct besides *b); } variants[] = {
    { "proceedings of other cases", NULL, false, proceedings_elsewhere },
    { "jobs and uploads of others", NULL, false, jobs_and_uploads_of_others },
    { "originals of a known survey", NULL, false, originals_of_a_known_survey },
    { "secret leads", secret_leads, false, NULL },
    { "leads of another agency", leads_of_another_agency, false, NULL },
    { "cases elsewhere", cases_elsewhere, false, NULL },
    { "cases elsewhere, of things that are known", cases_with_known_things, false, NULL },
    { "findings elsewhere, in known cases", findings_elsewhere, false, NULL },
    { "changes in review", changes_in_review, false, NULL },
    { "permits and zones", permits_and_zones, false, NULL },
    { "surveys", surveys, false, NULL },
    { "what is past", what_is_past, false, NULL },
    { "other people in personal fields", other_people_in_personal_fields, true, NULL },
};
enum { VARIANTS = sizeof variants / sizeof *variants };

// --- Stations -----------------------------------------------------------------------------------------------------------------------------

struct place { struct world *world; struct besides beside; struct server *server; char token[PEOPLE_MOST][TOKEN_TEXT]; };

static void place_open(struct place *at, const struct variant *v)
{
    at->world = world_make(v->draw);
    plant_beside(at->world, &at->beside, v->beside);
    if (world_serve(at->world, TOKEN_ALL, at->token, &at->server) != OK)
        fail_msg("%s", at->world->e.text);
}

static void place_close(struct place *at)
{
    void *world = at->world;
    server_close(at->server);
    world_close(&world);
}

// --- What is asked --------------------------------------------------------------------------------------------------------------------------

struct url { const struct route *route; char path[200], query[TEXT]; };
static struct url url[URLS_MOST];
static int urls;

static void add_url(const struct route *r, const char *path, const char *query)
{
    must(urls < URLS_MOST);
    url[urls].route = r;
    snprintf(url[urls].path, sizeof url[urls].path, "%s", path);
    snprintf(url[urls++].query, TEXT, "%s", query);
}

enum { LAYERS_ASKED = 10, IDS_OF_LAYER = 10 };
// What a part of a path may be here. A part nobody knows is tried with ids and numbers; a route that is then never answered wants a row.
static const char *const layers_asked[] = { "building", "permit", "zone", "waste_dump", "cell", "survey", "change", "finding", "case", "lead", NULL };
static const char *const matrix_sets[] = { "WebMercatorQuad", NULL };
static const char *const matrices[] = { "8", "12", NULL };
static const char *const tile_rows[] = { "104", "1669", NULL };                 // of 121.0..121.15 east, 31.0..31.06 north
static const char *const tile_columns[] = { "214", "3424", "3425", NULL };
static const char *const agencies[] = { "k0", "k1", "k2", NULL };
static const char *ids[20], *ids_of_layer[LAYERS_ASKED][IDS_OF_LAYER];                              // also of rows only other stations have

static const char *const processes[] = { "compare", "diff", "echo", NULL };
static const char *const photos[] = { "photo-1", "photo-2", "photo-150", NULL };

enum { OWN_ASKED = 12, FILES_ASKED = 5 };
static const char *jobs_asked[OWN_ASKED + 1], *uploads_asked[OWN_ASKED + 1], *originals_asked[FILES_ASKED + 1], *beside_asked[PROCEEDINGS][IDS_OF_LAYER];
static const char *const results[] = { "changes.geojson", "changes.gpkg", NULL };

static const struct { const char *name; const char *const *value; } parts[] = {
    { "jobId", jobs_asked }, { "uploadId", uploads_asked }, { "sha256", originals_asked }, { "file", results },
    { "evidenceId", photos }, { "processId", processes }, { "collectionId", layers_asked }, { "tileMatrixSetId", matrix_sets }, { "tileMatrix", matrices }, { "tileRow", tile_rows },
    { "tileCol", tile_columns }, { "agencyKey", agencies },
};

// Of "/collections/case/items/..." and of "/cases/...": the ids of that layer, and some nobody here has.
static const char *const *ids_in(const char *path)
{
    const char *from = strncmp(path, "/collections/", 13) == 0 ? path + 13 : path + 1;
    for (int l = 0; layers_asked[l] != NULL; l++) {
        size_t len = strlen(layers_asked[l]), behind = len + (from[len] == 's');
        if (strncmp(from, layers_asked[l], len) == 0 && from[behind] == '/')
            return ids_of_layer[l];
    }
    for (int k = 0; k < PROCEEDINGS; k++) {
        size_t len = strlen(proceedings[k]);
        if (strncmp(from, proceedings[k], len) == 0 && from[len] == 's')
            return beside_asked[k];
    }
    return ids;
}

static const char *const *values_of(const char *path, const char *part, size_t len)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strlen(parts[i].name) == len && memcmp(parts[i].name, part, len) == 0)
            return parts[i].value;
    return ids_in(path);
}

static const struct { const char *name, *value; } values[] = {
    { "bbox", "121.0,31.0,121.06,31.02" }, { "datetime", "../2030-01-01T00:00:00Z" }, { "limit", "7" }, { "crs", "http://www.opengis.net/def/crs/EPSG/0/3857" },
    { "filter", "S_INTERSECTS(geometry,BBOX(121,31,121.1,31.03))" }, { "sortby", "-state" }, { "properties", "state" }, { "q", "title" },
};

static const char *value_of(const struct param *p, char *room, size_t cap)
{
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (strcmp(values[i].name, p->name) == 0)
            return values[i].value;
    snprintf(room, cap, "%g", p->least);
    switch (p->kind) {
    case PARAM_INTEGER: case PARAM_NUMBER: return room;
    case PARAM_FLAG: return "true";
    case PARAM_WORD: return p->word[0];
    default: return NULL;
    }
}

static void add_queries(const struct route *r, const char *path)
{
    add_url(r, path, "");
    for (unsigned f = 1; f < 1u << FORMATS; f <<= 1) {
        char query[TEXT];
        snprintf(query, sizeof query, "f=%s", format_word((enum format)f));
        bool is_made = (f & (FORMAT_GPKG | FORMAT_XLSX | FORMAT_SHP | FORMAT_KML | FORMAT_FGB)) != 0;    // it takes its time: of two layers
        if ((r->formats & f) && (!is_made || strstr(path, "finding") != NULL || strstr(path, "case") != NULL))
            add_url(r, path, query);
    }
    for (const struct param *p = r->param; p != NULL && p->kind != PARAM_END; p++) {
        struct buf b;
        char room[40];
        const char *value = value_of(p, room, sizeof room);
        if (value == NULL)
            continue;
        buf_init(&b, TEXT);
        buf_printf(&b, "%s=", p->name);
        percent_encode(&b, value);
        add_url(r, path, b.data);
        buf_clear(&b);
    }
}

// Each part of the pattern by each of its values.
static void add_paths(const struct route *r, const char *pattern)
{
    const char *part = strchr(pattern, '{');
    if (part == NULL) {
        add_queries(r, pattern);
        return;
    }
    size_t len = strcspn(part + 1, "}");
    for (const char *const *v = values_of(pattern, part + 1, len); *v != NULL; v++) {
        char path[200];
        struct buf b;
        buf_init(&b, sizeof path);
        buf_add(&b, pattern, (size_t)(part - pattern));
        percent_encode(&b, *v);
        buf_text(&b, part + len + 2);
        snprintf(path, sizeof path, "%s", b.data);
        buf_clear(&b);
        add_paths(r, path);
    }
}

static bool add_route(void *ctx, const struct route *r)
{
    (void)ctx;
    bool counts_what_is_asked = strcmp(r->path, "/metrics") == 0;           // and is for those who keep the service
    if (r->method == HTTP_GET && !counts_what_is_asked)
        add_paths(r, r->path);
    return true;
}

static void collect_ids(const struct world *w)
{
    enum { EACH_LAYER = 2, UNKNOWN = 3 };
    static char more[UNKNOWN][ID_TEXT];
    int n = 0;
    for (int i = 0; i < UNKNOWN; i++)
        id_of_test(more[i], "row", w->rows + 3 * i);
    for (int l = 0; layers_asked[l] != NULL; l++) {
        const char **own = ids_of_layer[l];
        int taken = 0;
        for (int i = 0; i < w->rows && taken < EACH_LAYER; i++)
            if (strcmp(w->row[i].layer, layers_asked[l]) == 0 && i % 2 == 0)
                own[taken++] = w->row[i].id;
        for (int i = 0; i < UNKNOWN; i++)
            own[taken++] = more[i];
    }
    for (int i = 0; i < UNKNOWN; i++)
        ids[n++] = more[i];
    ids[n++] = ids_of_layer[8][0], ids[n++] = ids_of_layer[9][0];               // a case, a lead
}

// The first ones, which every station has, and the last ones, which are another station's. The list ends with NULL.
static void collect_of(const struct besides *b, bool (*is_one)(const struct beside *o, const char *thing), const char *thing, const char **out, int most)
{
    int n = 0, half = (most + 1) / 2;
    for (int i = 0; i < b->count && n < half; i++)
        if (is_one(&b->one[i], thing))
            out[n++] = b->one[i].id;
    for (int i = b->count - 1; i >= 0 && n < most; i--)
        if (is_one(&b->one[i], thing))
            out[n++] = b->one[i].id;
}

static bool is_job(const struct beside *b, const char *thing) { return is_own(b) && strcmp(b->thing, thing) != 0; }
static bool is_thing(const struct beside *b, const char *thing) { return strcmp(b->thing, thing) == 0; }

// As a station draws them that has all there is beside. Their ids live as long as the test.
static void collect_beside(struct world *w)
{
    static struct besides all;
    all = (struct besides){ .world = w };
    draw_besides(&all);
    int known = all.count;
    for (int v = 0; v < VARIANTS; v++)
        if (variants[v].beside != NULL) {
            struct besides one = all;
            one.count = known;
            variants[v].beside(&one);
            must(all.count + one.count - known <= BESIDE_MOST);
            memcpy(all.one + all.count, one.one + known, (size_t)(one.count - known) * sizeof *one.one);
            all.count += one.count - known;
        }
    collect_of(&all, is_job, "upload", jobs_asked, OWN_ASKED);
    collect_of(&all, is_thing, "upload", uploads_asked, OWN_ASKED);
    collect_of(&all, is_thing, "file", originals_asked, FILES_ASKED);
    for (int k = 0; k < PROCEEDINGS; k++)
        collect_of(&all, is_thing, proceedings[k], beside_asked[k], IDS_OF_LAYER - 1);
}

// --- One answer, as a number ------------------------------------------------------------------------------------------------------------------

// Formats that programs write say when they did: what is in them is the same as in the others.
static bool is_dated(const struct told *t)
{
    static const char *const types[] = { "application/geopackage", "application/vnd.openxmlformats", "application/zip", "application/flatgeobuf" };
    const char *type = text_or_empty(told_header(t, "Content-Type"));
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strncmp(type, types[i], strlen(types[i])) == 0)
            return true;
    return false;
}

static uint64_t digest_of(const struct told *t)
{
    uint64_t h = hash_mix((uint64_t)t->status);
    for (int i = 0; i < t->headers; i++) {
        if (strcasecmp(t->header[i].name, "X-Request-Id") == 0)
            continue;
        bool is_tag = strcasecmp(t->header[i].name, "ETag") == 0 && is_dated(t);
        h = hash_mix(h ^ hash_bytes(t->header[i].name, strlen(t->header[i].name), 1));
        h = is_tag ? h : hash_mix(h ^ hash_bytes(t->header[i].value, strlen(t->header[i].value), 2));
    }
    return is_dated(t) ? hash_mix(h ^ t->len) : hash_mix(h ^ hash_bytes(t->text, t->len, 3));
}

static bool next_of(const struct told *t, char *query, size_t cap)
{
    const char *next = strstr(t->text, "\"rel\":\"next\""), *href = next != NULL ? strstr(next, "\"href\":\"") : NULL, *from = href != NULL ? strchr(href, '?') : NULL;
    if (from == NULL)
        return false;
    snprintf(query, cap, "%.*s", (int)strcspn(from + 1, "\""), from + 1);
    return true;
}

static uint64_t answer_of(struct server *s, const struct url *u, const char *token, int *status)
{
    char query[4096];
    uint64_t all = 0;
    bool more = true;
    snprintf(query, sizeof query, "%s", u->query);
    for (int page = 0; more && page < PAGES; page++) {
        struct told t = asked(s, &(struct asking){ .path = u->path, .query = query, .bearer = token });
        if (page == 0)
            *status = t.status;
        all = hash_mix(all ^ digest_of(&t));
        more = t.status == 200 && next_of(&t, query, sizeof query);
        told_clear(&t);
    }
    return all;
}

static void show_difference(struct place *a, struct place *b, int person, const struct url *u)
{
    enum { AROUND = 120 };
    struct told one = asked(a->server, &(struct asking){ .path = u->path, .query = u->query, .bearer = person < 0 ? NULL : a->token[person] });
    struct told two = asked(b->server, &(struct asking){ .path = u->path, .query = u->query, .bearer = person < 0 ? NULL : b->token[person] });
    size_t at = 0;
    while (at < one.len && at < two.len && one.text[at] == two.text[at])
        at++;
    size_t from = at > AROUND ? at - AROUND : 0;
    print_error("  %d, %zu bytes: ...%.*s\n  %d, %zu bytes: ...%.*s\n", one.status, one.len, 2 * AROUND, one.text + (from < one.len ? from : one.len), two.status, two.len,
                2 * AROUND, two.text + (from < two.len ? from : two.len));
    told_clear(&one), told_clear(&two);
}

// --- Walking ------------------------------------------------------------------------------------------------------------------------------------

static uint64_t (*first)[URLS_MOST];                   // what each person is answered on the plain station
static bool was_there[URLS_MOST];

static const char *token_for(const struct place *at, int person) { return person < 0 ? NULL : at->token[person]; }
static const struct person *person_at(const struct world *w, int i) { return i < 0 ? &PUBLIC : &w->person[i]; }

// Of each role one who sees the whole district, and one with areas.
static bool walks(int person) { return person < 0 || person % 4 == 0 || person % 4 == 3; }

static void walk_plain(struct place *at)
{
    for (int p = -1; p < at->world->people; p++)
        for (int u = 0; u < urls && walks(p); u++) {
            int status = 0;
            first[p + 1][u] = answer_of(at->server, &url[u], token_for(at, p), &status);
            was_there[u] |= status != 404 && status != 400;
            if (status == 0)
                fail_msg("%s?%s is not answered for %s", url[u].path, url[u].query, person_at(at->world, p)->role);
        }
}

static bool knows_somebody(const struct world *w, const struct person *p)
{
    static const char *const fields[][2] = { { "building", "owner" }, { "permit", "holder" }, { "case", "party" } };
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
        for (int i = 0; i < w->rows && reference_knows(p, fields[f][0], fields[f][1]); i++)
            if (strcmp(w->row[i].layer, fields[f][0]) == 0 && reference_sees(w, p, &w->row[i]))
                return true;
    return false;
}

// Do the two stations differ in anything this person may see?
static bool sees_it(const struct variant *v, const struct place *plain_at, const struct place *other_at, int person)
{
    const struct world *plain = plain_at->world, *other = other_at->world;
    const struct person *p = person_at(plain, person), *q = person_at(other, person);
    if (v->is_personal)
        return knows_somebody(plain, p);
    for (int i = plain_at->beside.count; i < other_at->beside.count; i++)
        if (reference_sees_beside(other, q, &other_at->beside.one[i]))
            return true;
    for (int i = 0; i < other->rows; i++)
        if (reference_sees(other, q, &other->row[i]) != (i < plain->rows && reference_sees(plain, p, &plain->row[i])))
            return true;
    return false;
}

struct tally { int walked, seers, leaks, seen; };

static void walk_other(const struct variant *v, struct place *plain, struct place *other, int person, struct tally *o)
{
    bool sees = sees_it(v, plain, other, person), differs = false;
    for (int u = 0; u < urls; u++) {
        int status = 0;
        bool is_same = answer_of(other->server, &url[u], token_for(other, person), &status) == first[person + 1][u];
        differs |= !is_same;
        if (sees && differs)
            break;
        if (sees || is_same)
            continue;
        if (o->leaks++ < 10) {
            print_error("%s: %s (%s) is told of by %s?%s\n", v->name, person_at(plain->world, person)->name, person_at(plain->world, person)->role, url[u].path, url[u].query);
            show_difference(plain, other, person, &url[u]);
        }
    }
    o->walked += !sees;
    o->seers += sees;
    o->seen += sees && differs;
}

static void nothing_is_told_of_what_may_not_be_seen(void **state)
{
    struct place plain, other;
    int leaks = 0;
    (void)state;
    place_open(&plain, &(struct variant){ .name = "as it is" });
    collect_ids(plain.world);
    collect_beside(plain.world);
    route_each(add_route, NULL);
    first = mem_get((size_t)plain.world->people + 1, sizeof *first);
    walk_plain(&plain);
    for (int v = 0; v < VARIANTS; v++) {
        struct tally o = { .walked = 0 };
        place_open(&other, &variants[v]);
        for (int p = -1; p < plain.world->people; p++)
            if (walks(p) && (p < 0 || (p / 4 + p + v) % 2 == 0))             // every other one, by turns
                walk_other(&variants[v], &plain, &other, p, &o);
        print_message("%s: %d people walked %d addresses and were told of it %d times; %d others may see it, and %d do\n", variants[v].name, o.walked, urls, o.leaks, o.seers, o.seen);
        assert_true(o.walked >= 4);
        assert_int_equal(o.seers, o.seen);
        leaks += o.leaks;
        place_close(&other);
    }
    place_close(&plain);
    mem_free(first);
    assert_int_equal(leaks, 0);
}

struct unasked { int missing; };

static bool was_answered(void *ctx, const struct route *r)
{
    struct unasked *c = ctx;
    bool was = r->method != HTTP_GET || strcmp(r->path, "/metrics") == 0 || (r->flags & ROUTE_HIDDEN);
    for (int u = 0; u < urls; u++)
        was |= url[u].route == r && was_there[u];
    if (!was)
        print_error("%s is never answered here: what its parts may be wants a row in this test\n", r->path);
    c->missing += !was;
    return true;
}

static void every_route_was_answered_to_somebody(void **state)
{
    (void)state;
    struct unasked c = { .missing = 0 };
    assert_true(urls > 100);
    route_each(was_answered, &c);
    assert_int_equal(c.missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_told_of_what_may_not_be_seen),
        cmocka_unit_test(every_route_was_answered_to_somebody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
