// What is sent in a body is a value and never SQL: each text of each body that the API document describes (the same rows read it), each property
// of an edit and what comes without rows is sent pieces of SQL, in the name of people who may do it, on records in states where they may. None
// is answered with a fault of ours, none tells of SQL, and no table changes but those that the request is about; there no row goes.
#include "tests/core/visible_world.h"

#include "tests/api/asking.h"
#include "tests/api/beside_world.h"
#include "tests/api/sql_pieces.h"

#include "api/routes.h"
#include "core/base/hash.h"
#include "core/base/json_write.h"
#include "core/lifecycle.h"
#include "core/token.h"
#include <sqlite3.h>

static const int64_t NOW_S = 1770000002;
static int64_t clock_stands(void) { return NOW_S; }

// --- What stands in the tables, asked without us ------------------------------------------------------------------------------------

enum { TABLES_MOST = 80 };
struct table { char name[40]; uint64_t digest; int64_t rows; };
struct tables { struct table one[TABLES_MOST]; int count; uint64_t schema; };

static uint64_t digest_row(sqlite3_stmt *q, uint64_t h)
{
    for (int i = 0; i < sqlite3_column_count(q); i++) {
        const void *bytes = sqlite3_column_blob(q, i);
        h = hash_mix(h ^ hash_bytes(bytes != NULL ? bytes : "", (size_t)sqlite3_column_bytes(q, i), (uint64_t)sqlite3_column_type(q, i)));
    }
    return h;
}

static uint64_t digest_of(sqlite3 *db, const char *sql, int64_t *rows)
{
    sqlite3_stmt *q = NULL;
    uint64_t h = 1;
    int got = sqlite3_prepare_v2(db, sql, -1, &q, NULL);
    for (*rows = 0; got == SQLITE_OK && (got = sqlite3_step(q)) == SQLITE_ROW; got = SQLITE_OK, ++*rows)
        h = digest_row(q, h);
    if (got != SQLITE_DONE)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_finalize(q);
    return h;
}

// Those of our schema, which have an id, a name of another record or a hash: what SpatiaLite and the indexes of shapes and words keep follows them.
static void read_tables(const struct world *w, struct tables *out)
{
    static const char ours[] = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE %' AND name NOT LIKE 'idx_%' AND name NOT LIKE '%\\_words\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite_%' "
                               "AND EXISTS (SELECT 1 FROM pragma_table_info(sqlite_master.name) WHERE name = 'id' OR name LIKE '%\\_id' ESCAPE '\\' OR name = 'hash' OR name = 'last')";
    char path[256], sql[120];
    sqlite3 *db = NULL;
    sqlite3_stmt *names = NULL;
    int64_t rows;
    snprintf(path, sizeof path, "%s/gridpatrol.sqlite", station_folder(w->station));
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, ours, -1, &names, NULL), SQLITE_OK);
    for (out->count = 0; sqlite3_step(names) == SQLITE_ROW; out->count++) {
        struct table *t = &out->one[out->count];
        must(out->count < TABLES_MOST);
        snprintf(t->name, sizeof t->name, "%s", (const char *)sqlite3_column_text(names, 0));
        snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", t->name);
        t->digest = digest_of(db, sql, &t->rows);
    }
    sqlite3_finalize(names);
    out->schema = digest_of(db, "SELECT type, name, sql FROM sqlite_master", &rows);
    sqlite3_close(db);
}

// What a request may write, by how its path begins; all of them note what they did.
static const char *const notes[] = { "audit", "audit_head", "token", "number_series", NULL };
static const char *const records[] = { "case_file", "case_link", "clock_pause", "paper", "proceeding", "lead", "finding", "change", "step", "sealed", "tally", NULL };
static const char *const registers[] = { "building", "tally", NULL };
static const char *const jobs[] = { "job", NULL };
static const char *const nothing[] = { NULL };
static const struct { const char *begins; const char *const *tables; } may_write[] = {
    { "/collections/", registers }, { "/processes/", jobs }, { "/sign-", nothing }, { "/", records },
};

static bool is_named(const char *const *list, const char *name)
{
    while (*list != NULL && strcmp(*list, name) != 0)
        list++;
    return *list != NULL;
}

static void hold_tables(const char *path, const struct tables *before, const struct tables *after)
{
    int i = 0;
    while (strncmp(path, may_write[i].begins, strlen(may_write[i].begins)) != 0)
        i++;
    assert_int_equal(before->count, after->count);
    assert_true(before->schema == after->schema);
    for (int t = 0; t < before->count; t++) {
        const struct table *b = &before->one[t], *a = &after->one[t];
        bool is_about = is_named(notes, b->name) || is_named(may_write[i].tables, b->name);
        if (b->digest != a->digest && (!is_about || a->rows < b->rows))
            fail_msg("%s: table %s had %lld rows and has %lld, and is not what it was", path, b->name, (long long)b->rows, (long long)a->rows);
    }
}

// --- Asking -----------------------------------------------------------------------------------------------------------------------------

struct walk { struct world *world; struct server *server; char token[PEOPLE_MOST][TOKEN_TEXT]; struct besides beside; int asked, done, faults, routes; struct tables before, after; };
struct sending { struct walk *w; enum http_method method; const char *path, *type; int person; const struct buf *body; };

static void send(const struct sending *s)
{
    struct walk *w = s->w;
    struct asking q = { .method = s->method, .path = s->path, .bearer = s->person >= 0 ? w->token[s->person] : NULL, .body = s->body->data,
                        .header = { { "Content-Type", s->type }, { "Origin", "http://grid.example" } } };
    struct told t = asked(w->server, &q);
    if ((t.status >= 500 || t.status == 0 || tells_of_sql(t.text)) && w->faults++ < 20)
        print_error("%s %s %s: %d %.300s\n", http_method_word(s->method), s->path, s->body->data, t.status, t.text);
    w->asked++;
    w->done += t.status < 300;
    told_clear(&t);
}

// Of every role one sees the whole district: plant_all makes four of each.
enum { OF_ROLE = 4 };
static int person_of(const struct world *w, const char *role, int n)
{
    int first = n % (w->people / OF_ROLE) * OF_ROLE;
    for (int p = 0; role != NULL && p < w->people; p += OF_ROLE)
        if (strcmp(w->person[p].role, role) == 0)
            return p;
    return first;
}

// --- Records and moves ------------------------------------------------------------------------------------------------------------------

struct record { const char *thing, *id, *state; };

static struct record record_at(const struct walk *w, const char *things, int n)
{
    size_t len = strcspn(things, "/") - 1;                                 // without the s
    for (int tries = 0; tries < w->beside.count + w->world->rows; tries++) {
        int i = (n + tries) % (w->world->rows + w->beside.count);
        const struct planted *r = i < w->world->rows ? &w->world->row[i] : NULL;
        const struct beside *b = r == NULL ? &w->beside.one[i - w->world->rows] : NULL;
        const char *thing = r != NULL ? r->layer : b->thing;
        int kind = 0;
        if (strlen(thing) != len || strncmp(thing, things, len) != 0)
            continue;
        while (b != NULL && strcmp(proceedings[kind], thing) != 0)
            kind++;
        return (struct record){ thing, r != NULL ? r->id : b->id, r != NULL ? r->state : proceeding_states[kind] };
    }
    return (struct record){ "", "x", NULL };
}

// A verb that the state takes, and somebody who may say it.
static const char *verb_of(const struct walk *w, const struct record *r, int n, int *person)
{
    enum { MOVES_MOST = 40 };
    const struct move *open[MOVES_MOST];
    for (int k = 0; r->state != NULL && k < w->world->people / OF_ROLE; k++) {
        int p = person_of(w->world, NULL, n + k);
        size_t count = lifecycle_moves(r->thing, r->state, role_of_word(w->world->person[p].role), open, MOVES_MOST);
        if (count == 0)
            continue;
        *person = p;
        return open[(size_t)n % (count < MOVES_MOST ? count : MOVES_MOST)]->verb;
    }
    return "x";
}

// --- Bodies by rows -----------------------------------------------------------------------------------------------------------------------

// What makes a request whole enough to go on to the store; the rest is left out.
static const struct { const char *name, *json; } usual[] = {
    { "x", "121.01" }, { "y", "31.01" }, { "agency", "\"k0\"" }, { "note", "\"because\"" }, { "kind", "\"new\"" }, { "number", "\"N-1\"" }, { "title", "\"a title\"" },
    { "text", "\"a text\"" }, { "dry_run", "true" },
};

static const char *usual_of(const char *name)
{
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (strcmp(usual[i].name, name) == 0)
            return usual[i].json;
    return NULL;
}

static void put_piece(struct json_writer *j, const struct field *f, const char *piece)
{
    if (f->kind != FIELD_OBJECT) {
        json_put_text(j, f->name, piece);
        return;
    }
    json_put_object(j, f->name);
    json_put_text(j, piece, piece);
    json_put_end(j);
}

static void write_body(const struct route *r, const struct field *sent, const char *piece, const char *verb, struct buf *out)
{
    struct json_writer j = { .to = out };
    json_put_object(&j, NULL);
    for (const struct field *f = r->field; f->kind != FIELD_END; f++) {
        const char *json = usual_of(f->name);
        if (f == sent)
            put_piece(&j, f, piece);
        else if (strcmp(f->name, "verb") == 0)
            json_put_text(&j, "verb", verb);
        else if (json != NULL)
            json_put_raw(&j, f->name, json, strlen(json));
    }
    json_put_end(&j);
}

static void send_piece(struct walk *w, const struct route *r, const struct field *f, int n)
{
    char path[200];
    const char *part = strchr(r->path, '{'), *verb = "", *behind = part != NULL ? strchr(part, '}') + 1 : "";
    struct record rec = part != NULL ? record_at(w, r->path + 1, n * 13) : (struct record){ .thing = "" };
    int person = person_of(w->world, part == NULL || n % 2 == 0 ? "chief" : NULL, n / 2);
    if (strcmp(behind, "/moves") == 0)
        verb = verb_of(w, &rec, n, &person);
    snprintf(path, sizeof path, "%.*s%s%s", (int)(part != NULL ? part - r->path : (ptrdiff_t)strlen(r->path)), r->path, part != NULL ? rec.id : "", behind);
    struct buf body;
    buf_init(&body, 1 << 16);
    write_body(r, f, payloads[n % PAYLOADS], verb, &body);
    send(&(struct sending){ w, r->method, path, r->takes[0], person, &body });
    buf_clear(&body);
}

static void send_rows(struct walk *w, const struct route *r)
{
    int n = 0;
    for (const struct field *f = r->field; f->kind != FIELD_END; f++)
        if (f->kind != FIELD_INTEGER && f->kind != FIELD_NUMBER && f->kind != FIELD_FLAG)
            for (int i = 0; i < PAYLOADS; i++)
                send_piece(w, r, f, n++);
}

// --- Edits ----------------------------------------------------------------------------------------------------------------------------------

static const char point_of_square[] = "{\"type\":\"Polygon\",\"coordinates\":[[[121.2,31.2],[121.2001,31.2],[121.2001,31.2001],[121.2,31.2001],[121.2,31.2]]]}";

static void send_edit(struct walk *w, const struct route *r, const char *property, const char *piece)
{
    char path[200];
    struct buf body;
    const struct record rec = record_at(w, "buildings/", 3);
    buf_init(&body, 1 << 16);
    struct json_writer j = { .to = &body };
    json_put_object(&j, NULL);
    json_put_text(&j, "type", "Feature");
    json_put_text(&j, "id", strcmp(property, "id") == 0 ? piece : NULL);
    if (r->method != HTTP_PATCH)
        json_put_raw(&j, "geometry", point_of_square, strlen(point_of_square));
    json_put_object(&j, "properties");
    json_put_text(&j, property, piece);
    json_put_end(&j);
    json_put_end(&j);
    snprintf(path, sizeof path, "/collections/building/items%s%s", r->method == HTTP_POST ? "" : "/", r->method == HTTP_POST ? "" : rec.id);
    send(&(struct sending){ w, r->method, path, r->takes[0], person_of(w->world, "analyst", 0), &body });
    buf_clear(&body);
}

// A name that is no property is one of the pieces itself.
static void send_edits(struct walk *w, const struct route *r)
{
    const struct layer *l = layer_find(&w->world->layers, "building");
    for (int i = 0; i < PAYLOADS; i++) {
        for (int p = 0; p < l->properties; p++)
            send_edit(w, r, l->property[p].name, payloads[i]);
        send_edit(w, r, "id", payloads[i]);
        send_edit(w, r, payloads[i], payloads[i]);
    }
}

// --- What comes without rows ------------------------------------------------------------------------------------------------------------

static const struct { const char *route, *path, *json; } others[] = {         // %s: the piece, as a JSON text
    { "/sign-in", "/sign-in", "{\"name\":%s,\"password\":\"a few words make one\"}" },
    { "/sign-out", "/sign-out", "{\"csrf\":%s}" },
    { "/processes/{processId}/execution", "/processes/echo/execution", "{\"inputs\":{\"stringInput\":%s}}" },
    { "/processes/{processId}/execution", "/processes/echo/execution", "{\"inputs\":{\"stringInput\":\"Value1\"},\"outputs\":{%s:{}}}" },
    { "/processes/{processId}/execution", "/processes/echo/execution", "{\"inputs\":{\"stringInput\":\"Value1\"},\"response\":%s}" },
    { "/processes/{processId}/execution", "/processes/compare/execution", "{\"inputs\":{\"before\":%s,\"after\":\"sa\"}}" },
    { "/processes/{processId}/execution", "/processes/diff/execution", "{\"inputs\":{\"before\":{\"survey\":%s},\"after\":{\"upload\":%s}}}" },
};

static void write_other(const char *json, const char *piece, struct buf *out)
{
    struct buf text;
    buf_init(&text, 1 << 12);
    json_put_text(&(struct json_writer){ .to = &text }, NULL, piece);
    for (const char *c = json; *c != '\0'; c++)
        if (c[0] == '%' && c[1] == 's')
            buf_add(out, text.data, text.len), c++;
        else
            buf_add(out, c, 1);
    buf_clear(&text);
}

static bool send_others(struct walk *w, const struct route *r)
{
    bool any = false;
    for (size_t o = 0; o < sizeof others / sizeof *others; o++)
        for (int i = 0; strcmp(others[o].route, r->path) == 0 && i < PAYLOADS; i++) {
            struct buf body;
            buf_init(&body, 1 << 16);
            write_other(others[o].json, payloads[i], &body);
            send(&(struct sending){ w, r->method, others[o].path, "application/json", strncmp(r->path, "/sign-", 6) == 0 ? -1 : person_of(w->world, "analyst", 0), &body });
            buf_clear(&body);
            any = true;
        }
    return any;
}

// --- The walk -----------------------------------------------------------------------------------------------------------------------------

static bool walk_route(void *ctx, const struct route *r)
{
    struct walk *w = ctx;
    bool has_text = r->takes != NULL && !(r->flags & ROUTE_FILE);
    if (!has_text)
        return true;
    read_tables(w->world, &w->before);
    if (r->field != NULL)
        send_rows(w, r);
    else if (strncmp(r->path, "/collections/", 13) == 0)
        send_edits(w, r);
    else if (!send_others(w, r))
        fail_msg("%s %s takes a body that nobody sends here: it wants a row in this test", http_method_word(r->method), r->path);
    read_tables(w->world, &w->after);
    hold_tables(r->path, &w->before, &w->after);
    w->routes++;
    return true;
}

static enum status make_tokens(struct work *work, void *ctx)
{
    struct walk *w = ctx;
    struct token t;
    enum status s = OK;
    for (int p = 0; p < w->world->people && s == OK; p += OF_ROLE)
        s = token_make(work, &(struct token_spec){ .actor = w->world->person[p].id, .name = "walk", .scope = TOKEN_ALL }, w->token[p], &t);
    return s;
}

static void nothing_that_comes_in_a_body_is_sql(void **state)
{
    static struct walk walk;
    struct world *w = walk.world = *state;
    plant_beside(w, &walk.beside, NULL);
    assert_ok(w, station_write(w->station, &(struct station_call){ NOW_S, "system" }, make_tokens, &walk, &w->e));
    assert_ok(w, server_open(&(struct server_settings){ .station = station_folder(w->station), .now_s = clock_stands, .asks_per_s = 1e9 }, &walk.server, &w->e));
    route_each(walk_route, &walk);
    server_close(walk.server);
    print_message("%d routes, %d bodies with pieces of SQL, %d of them done; %d tables looked at\n", walk.routes, walk.asked, walk.done, walk.after.count);
    assert_int_equal(walk.faults, 0);
    assert_true(walk.asked > 5000 && walk.done > 200 && walk.after.count > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_that_comes_in_a_body_is_sql) };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
