#include "api/places.h"

#include "core/base/mem.h"
#include "gis/wkb_move.h"
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { CODES_MOST = 4, LENT_MOST = 32 };
static const char LONLAT[] = "EPSG:4326";

// Roads of one kind that nobody uses at the moment.
struct stable { char code[32]; bool back; struct crs_road *road[LENT_MOST]; int idle; };
struct places {
    pthread_mutex_t lock;
    struct crs *lonlat;
    struct { char code[32]; struct crs *crs; } known[CODES_MOST]; int codes;
    struct stable stable[2 * CODES_MOST]; int stables;
    char code[32], uri[80];
    bool is_swapped;
};

static enum status know(struct places *p, const char *code, struct err *e)
{
    int n = p->codes;
    enum status s = crs_open(code, &p->known[n].crs, e);
    if (s != OK)
        return s;
    snprintf(p->known[n].code, sizeof p->known[n].code, "%s", code);
    p->codes++;
    return OK;
}

static void know_district(struct places *p, const struct crs *metric)
{
    const char *code = crs_code(metric);
    if (strncmp(code, "EPSG:", 5) != 0 || strlen(code) >= sizeof p->code)
        return;
    snprintf(p->code, sizeof p->code, "%s", code);
    snprintf(p->uri, sizeof p->uri, "http://www.opengis.net/def/crs/EPSG/0/%s", code + 5);
    p->is_swapped = crs_is_north_first(metric);
}

enum status places_open(const struct district *d, struct places **out, struct err *e)
{
    struct places *p = mem_get(1, sizeof *p);
    struct crs *metric = NULL;
    pthread_mutex_init(&p->lock, NULL);
    enum status s = crs_open(LONLAT, &p->lonlat, e);
    if (s == OK)
        s = know(p, "EPSG:4490", e);
    if (s == OK)
        s = know(p, "EPSG:3857", e);
    if (s == OK)
        s = crs_open(d->metric_crs, &metric, e);
    if (s == OK)
        know_district(p, metric);
    if (s == OK && p->code[0] != '\0')
        s = know(p, p->code, e);
    crs_close(metric);
    if (s == OK)
        *out = p;
    else
        places_close(p);
    return s;
}

void places_close(struct places *p)
{
    if (p == NULL)
        return;
    for (int i = 0; i < p->stables; i++)
        for (int k = 0; k < p->stable[i].idle; k++)
            crs_road_close(p->stable[i].road[k]);
    for (int i = 0; i < p->codes; i++)
        crs_close(p->known[i].crs);
    crs_close(p->lonlat);
    pthread_mutex_destroy(&p->lock);
    mem_free(p);
}

bool places_district(const struct places *p, struct crs_offer *out)
{
    *out = (struct crs_offer){ p->uri, p->code, false, p->is_swapped, 3 };
    return p->code[0] != '\0';
}

// --- Lending ----------------------------------------------------------------------------------------------------------------

static const struct crs *known(const struct places *p, const char *code)
{
    for (int i = 0; i < p->codes; i++)
        if (strcmp(p->known[i].code, code) == 0)
            return p->known[i].crs;
    must(strcmp(code, LONLAT) == 0);
    return p->lonlat;
}

static struct stable *stable_of(struct places *p, const char *code, bool back)
{
    for (int i = 0; i < p->stables; i++)
        if (strcmp(p->stable[i].code, code) == 0 && p->stable[i].back == back)
            return &p->stable[i];
    must(p->stables < 2 * CODES_MOST);
    struct stable *st = &p->stable[p->stables++];
    snprintf(st->code, sizeof st->code, "%s", code);
    st->back = back;
    return st;
}

// back: towards longitude and latitude.
static enum status borrow(struct places *p, const struct crs_offer *o, bool back, struct crs_road **out, struct err *e)
{
    pthread_mutex_lock(&p->lock);
    struct stable *st = stable_of(p, o->code, back);
    *out = st->idle > 0 ? st->road[--st->idle] : NULL;
    pthread_mutex_unlock(&p->lock);
    if (*out != NULL)
        return OK;
    const struct crs *other = known(p, o->code);
    return crs_road_open(back ? other : p->lonlat, back ? p->lonlat : other, out, e);
}

static void give_back(struct places *p, const struct crs_offer *o, bool back, struct crs_road *road)
{
    pthread_mutex_lock(&p->lock);
    struct stable *st = stable_of(p, o->code, back);
    bool kept = st->idle < LENT_MOST;
    if (kept)
        st->road[st->idle++] = road;
    pthread_mutex_unlock(&p->lock);
    if (!kept)
        crs_road_close(road);
}

// --- Moving -----------------------------------------------------------------------------------------------------------------

static bool is_plain(const struct crs_offer *o) { return strcmp(o->code, LONLAT) == 0 && !o->is_swapped; }

// Edges bend on the way, so a grid of points is moved, and what they span is the box.
static bool span(struct crs_road *road, const double b[4], struct lonlat_box *out)
{
    enum { STEPS = 16, POINTS = (STEPS + 1) * (STEPS + 1) };
    struct xy_m point[POINTS];
    for (int i = 0; i < POINTS; i++)
        point[i] = (struct xy_m){ b[0] + (b[2] - b[0]) * (i % (STEPS + 1)) / STEPS, b[1] + (b[3] - b[1]) * (i / (STEPS + 1)) / STEPS };
    crs_road_go(road, point, POINTS);
    *out = (struct lonlat_box){ INFINITY, INFINITY, -INFINITY, -INFINITY };
    for (int i = 0; i < POINTS; i++) {
        out->west = fmin(out->west, point[i].x), out->east = fmax(out->east, point[i].x);
        out->south = fmin(out->south, point[i].y), out->north = fmax(out->north, point[i].y);
    }
    return out->west <= out->east;
}

static enum status say_no_box(const struct crs_offer *o, const double b[4], struct err *e)
{
    return err_set(e, INVALID, "bbox %g,%g,%g,%g lies nowhere in %s; mind the order of its axes", b[0], b[1], b[2], b[3], o->uri);
}

enum status places_box(struct places *p, const struct crs_offer *from, const double box[4], struct lonlat_box *out, struct err *e)
{
    double b[4] = { box[0], box[1], box[2], box[3] };
    if (from->is_swapped)
        memcpy(b, (double[4]){ box[1], box[0], box[3], box[2] }, sizeof b);
    *out = (struct lonlat_box){ b[0], b[1], b[2], b[3] };
    if (from->is_lonlat) // EPSG:4490 and WGS 84 are the same to a few centimetres, and over the antimeridian no grid of points leads
        return fabs(b[1]) <= 90 && fabs(b[3]) <= 90 && fabs(b[0]) <= 360 && fabs(b[2]) <= 360 ? OK : say_no_box(from, box, e);
    struct crs_road *road;
    enum status s = borrow(p, from, true, &road, e);
    if (s != OK)
        return s;
    bool fine = b[0] <= b[2] && span(road, b, out);
    give_back(p, from, true, road);
    return fine ? OK : say_no_box(from, box, e);
}

static enum status move(struct places *p, const struct crs_offer *o, uint8_t *wkb, size_t len, struct err *e)
{
    struct crs_road *road = NULL;
    if (strcmp(o->code, LONLAT) != 0) {
        enum status s = borrow(p, o, false, &road, e);
        if (s != OK)
            return s;
    }
    bool fine = wkb_move(wkb, len, road, o->is_swapped);
    if (road != NULL)
        give_back(p, o, false, road);
    return fine ? OK : err_set(e, INVALID, "a geometry has no place in %s; mind the order of its axes", o->uri);
}

enum status places_points(struct places *p, const struct crs_offer *from, struct xy_m *point, size_t count, struct err *e)
{
    struct crs_road *road = NULL;
    for (size_t i = 0; i < count && from->is_swapped; i++)
        point[i] = (struct xy_m){ point[i].y, point[i].x };
    if (strcmp(from->code, LONLAT) == 0)
        return OK;
    enum status s = borrow(p, from, true, &road, e);
    if (s != OK)
        return s;
    size_t lost = crs_road_go(road, point, count);
    give_back(p, from, true, road);
    return lost == 0 ? OK : err_set(e, INVALID, "a geometry has no place in %s; mind the order of its axes", from->uri);
}

enum status places_given(struct places *p, const struct crs_offer *from, uint8_t *wkb, size_t len, struct err *e)
{
    struct crs_road *road = NULL;
    if (is_plain(from))
        return OK;
    if (strcmp(from->code, LONLAT) != 0) {
        enum status s = borrow(p, from, true, &road, e);
        if (s != OK)
            return s;
    }
    bool fine = (!from->is_swapped || wkb_move(wkb, len, NULL, true)) && (road == NULL || wkb_move(wkb, len, road, false));
    if (road != NULL)
        give_back(p, from, true, road);
    return fine ? OK : err_set(e, INVALID, "a geometry has no place in %s; mind the order of its axes", from->uri);
}

enum status places_shape(struct places *p, const struct crs_offer *to, const struct feature *f, struct feature *out, struct arena *a, struct err *e)
{
    *out = *f;
    if (f->wkb == NULL || is_plain(to))
        return OK;
    uint8_t *copy = arena_get(a, f->wkb_len);
    memcpy(copy, f->wkb, f->wkb_len);
    out->wkb = copy;
    return move(p, to, copy, f->wkb_len, e);
}
