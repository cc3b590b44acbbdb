#include "api/routes.h"

#include "api/server.h"
#include <string.h>

extern const struct route case_routes[];
extern const struct route change_routes[];
extern const struct route collection_routes[];
extern const struct route download_routes[];
extern const struct route edit_routes[];
extern const struct route item_routes[];
extern const struct route evidence_routes[];
extern const struct route finding_routes[];
extern const struct route job_routes[];
extern const struct route landing_routes[];
extern const struct route map_routes[];
extern const struct route lead_routes[];
extern const struct route move_routes[];
extern const struct route paper_routes[];
extern const struct route routing_routes[];
extern const struct route operation_routes[];
extern const struct route sign_in_routes[];
extern const struct route survey_routes[];
extern const struct route tile_routes[];
extern const struct route tileset_routes[];
extern const struct route process_routes[];
extern const struct route upload_routes[];
extern const struct route web_routes[];
const struct route *const route_tables[] = {
    download_routes,
    evidence_routes,
    case_routes,
    change_routes,
    finding_routes,
    lead_routes,
    paper_routes,
    job_routes,
    routing_routes,
    landing_routes,
    collection_routes,
    item_routes,
    edit_routes,
    map_routes,
    move_routes,
    process_routes,
    operation_routes,
    sign_in_routes,
    survey_routes,
    tile_routes,
    tileset_routes,
    upload_routes,
    web_routes,
    NULL,
};

void route_each(route_visit *fn, void *ctx)
{
    for (int t = 0; route_tables[t] != NULL; t++)
        for (const struct route *r = route_tables[t]; r->path != NULL; r++)
            if (!fn(ctx, r))
                return;
}

// A segment of a path: what stands between two slashes.
struct segment { const char *text; size_t len; };

static struct segment next_segment(const char **path)
{
    const char *from = *path + (**path == '/');
    size_t len = strcspn(from, "/");
    *path = from + len;
    return (struct segment){ from, len };
}

static bool is_part(struct segment s) { return s.len > 2 && s.text[0] == '{' && s.text[s.len - 1] == '}'; }

// Up to its first part; most patterns are told from a path by their first letters.
static bool begins_alike(const char *pattern, const char *path)
{
    while (*pattern != '\0' && *pattern != '{' && *pattern == *path)
        pattern++, path++;
    return *pattern == '\0' || *pattern == '{';
}

// Does the path as sent fit the pattern? A part takes one segment that is not empty. Fills the segments that parts took.
static bool path_fits(const char *pattern, const char *path, struct segment taken[SEGMENTS_MOST], int *count)
{
    *count = 0;
    if (!begins_alike(pattern, path))
        return false;
    while (*pattern != '\0' && *path != '\0') {
        struct segment want = next_segment(&pattern), got = next_segment(&path);
        if (is_part(want)) {
            if (got.len == 0 || *count == SEGMENTS_MOST)
                return false;
            taken[(*count)++] = got;
        } else if (want.len != got.len || memcmp(want.text, got.text, want.len) != 0)
            return false;
    }
    return *pattern == '\0' && (*path == '\0' || strcmp(path, "/") == 0); // QGIS asks again with a slash at the end
}

struct knowing { const char *path; struct exchange *x; unsigned methods; };

static enum status decode(struct exchange *x, const struct segment *taken, int count);

static bool is_open(struct exchange *x, const struct route *r, const struct segment *taken, int count)
{
    if (x == NULL || r->is_open == NULL)
        return true;
    const struct layer *l = decode(x, taken, count) == OK ? layer_find(&x->server->layers, x->segment[0]) : NULL;
    return l != NULL && r->is_open(&x->viewer, l);
}

static bool know_method(void *ctx, const struct route *r)
{
    struct knowing *k = ctx;
    struct segment taken[SEGMENTS_MOST];
    int count;
    if (path_fits(r->path, k->path, taken, &count) && is_open(k->x, r, taken, count))
        k->methods |= 1u << r->method;
    return true;
}

static unsigned methods_of(struct knowing k)
{
    route_each(know_method, &k);
    if (k.methods & 1u << HTTP_GET)
        k.methods |= 1u << HTTP_HEAD;
    return k.methods != 0 ? k.methods | 1u << HTTP_OPTIONS : 0;
}

unsigned route_methods(const char *path) { return methods_of((struct knowing){ .path = path }); }
unsigned route_methods_open(struct exchange *x) { return methods_of((struct knowing){ .path = x->request->path, .x = x }); }

static enum status decode(struct exchange *x, const struct segment *taken, int count)
{
    enum status s = OK;
    for (int i = 0; i < count && s == OK; i++)
        s = percent_decode(x->request->arena, taken[i].text, taken[i].len, &x->segment[i], &x->err);
    return s;
}

struct finding_route { const char *path; enum http_method method; const struct route *route; struct segment taken[SEGMENTS_MOST]; int count; };

// Plain segments stand before parts in the tables, so the first that fits is the one.
static bool look_at(void *ctx, const struct route *r)
{
    struct finding_route *f = ctx;
    if (r->method != f->method || !path_fits(r->path, f->path, f->taken, &f->count))
        return true;
    f->route = r;
    return false;
}

enum status route_find(struct exchange *x)
{
    const char *path = x->request->path;
    struct finding_route f = { .path = path, .method = x->request->method == HTTP_HEAD ? HTTP_GET : x->request->method };
    route_each(look_at, &f);
    x->route = f.route;
    if (f.route != NULL)
        return decode(x, f.taken, f.count);
    if (route_methods(path) != 0)
        return err_set(&x->err, CONFLICT, "%.100s does not know the method %s", path, http_method_word(x->request->method));
    return err_set(&x->err, NOT_FOUND, "there is nothing at %.200s; /api tells what there is", path);
}
