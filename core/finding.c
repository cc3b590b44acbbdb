#include "core/finding.h"

#include "core/base/date.h"
#include "core/store/finding_rows.h"
#include "core/store/step_rows.h"
#include "core/store/tell_rows.h"
#include "core/visible.h"
#include "gis/china_crs.h"
#include "gis/crs.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static enum status move_place(struct xy_m *p, const char *from, const char *to, struct err *e)
{
    struct crs *a = NULL, *b = NULL;
    struct crs_road *road = NULL;
    enum status s = crs_open(from, &a, e);
    if (s == OK)
        s = crs_open(to, &b, e);
    if (s == OK)
        s = crs_road_open(a, b, &road, e);
    if (s == OK)
        crs_road_go(road, p, 1);
    crs_road_close(road);
    crs_close(b);
    crs_close(a);
    return s;
}

static enum status to_lonlat(struct finding_spec *f, struct xy_m *p, struct err *e)
{
    enum china_crs china;
    if (!china_crs_named(f->crs, &china))
        return move_place(p, f->crs, "OGC:CRS84", e);
    china_crs_to_lonlat(china, p, 1);
    f->accuracy_m = isnan(f->accuracy_m) ? CHINA_CRS_ERROR_M : f->accuracy_m + CHINA_CRS_ERROR_M;
    return OK;
}

enum status finding_locate(struct work *w, const struct placing *p, struct finding_spec *f)
{
    struct xy_m at = { f->x, f->y };
    enum status s = to_lonlat(f, &at, w->e);
    if (s == OK && !(fabs(at.x) <= 180 && fabs(at.y) <= 90))
        s = err_set(w->e, INVALID, "%.9g,%.9g is no place in %s; give east or longitude first", f->x, f->y, f->crs);
    if (s != OK)
        return s;
    f->lon = at.x;
    f->lat = at.y;
    s = move_place(&at, "OGC:CRS84", w->district->metric_crs, w->e);
    struct place_in_grid place = s == OK ? placing_find(p, at) : (struct place_in_grid){ 0 };
    f->cell_code = place.cell_code;
    f->community_code = place.community_code;
    return s;
}

enum status finding_record(struct work *w, struct desk *d, const struct finding_spec *f, struct walk *out)
{
    struct walk k;
    int64_t n = 0;
    int year = date_of_day((int32_t)((w->now_s + w->district->zone_offset_s) / DAY_S)).year;
    char series[WALK_NUMBER];
    struct birth birth = { .thing = "finding", .verb = "report", .facts = { .has_place = !isnan(f->lon) } };
    enum status s = step_birth(w, d, &birth, &k);
    snprintf(series, sizeof series, "%s-SB-%d", w->district->code, year);
    if (s == OK && id_is_set(&f->id))
        k.id = f->id;
    if (s == OK)
        s = number_next(w->db, series, &n, w->e);
    if (s == OK && snprintf(k.number, sizeof k.number, "%s-%05" PRId64, series, n) >= (int)sizeof k.number)
        s = err_set(w->e, TOO_BIG, "the number %s is too long", series);
    if (s == OK)
        s = finding_insert(w->db, &k, f, w->now_s, w->e);
    if (s == OK)
        s = step_born(w, d, &k, "report", f->text);
    if (s == OK)
        *out = k;
    return s;
}

// --- Asked twice ----------------------------------------------------------------------------------------------------------------

static bool same_text(const char *given, const char *usual, const char *kept)
{
    const char *text = given != NULL ? given : usual;
    return strcmp(text_or_empty(text), text_or_empty(kept)) == 0;
}

static bool same_number(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

struct comparing { const struct finding_spec *given; const char *actor; bool same; };

static void compare(void *ctx, const struct finding_kept *kept)
{
    struct comparing *c = ctx;
    const struct finding_spec *f = c->given;
    c->same = strcmp(kept->made_by, c->actor) == 0 && same_text(f->source, FINDING_SOURCE, kept->source) && same_text(f->scheme, NULL, kept->scheme) &&
              same_text(f->code, NULL, kept->code) && same_text(f->text, NULL, kept->text) && same_text(f->crs, NULL, kept->crs) &&
              same_number(f->x, kept->x) && same_number(f->y, kept->y) && same_number(f->accuracy_m, kept->accuracy_m) &&
              (f->seen_at_s == 0 || f->seen_at_s == kept->seen_at_s);
}

enum status finding_record_once(struct work *w, struct desk *d, const struct finding_spec *f, struct walk *out, bool *is_new)
{
    struct comparing c = { f, w->actor, false };
    enum status s = id_is_set(&f->id) ? finding_kept_select(w->db, f->id.text, compare, &c, w->e) : NOT_FOUND;
    *is_new = s == NOT_FOUND;
    if (s == NOT_FOUND)
        return finding_record(w, d, f, out);
    if (s != OK)
        return s;
    if (!c.same)
        return err_set(w->e, CONFLICT, "the id %s is of another report; a new report has an id of its own", f->id.text);
    return walk_get(w, "finding", f->id.text, out);
}

enum status finding_tell(struct work *w, const char *key, struct buf *out)
{
    struct walk k;
    struct looking l = { 0 };
    enum status s = visible_record(w, "finding", key);
    if (s != OK)
        return s;
    s = walk_get(w, "finding", key, &k);
    if (s == OK)
        s = looking_begin(w, "finding", NULL, NO_VALUES, &l);
    if (s == OK)
        s = tell_finding(w->db, k.id.text, &l.viewer, out, w->e);
    looking_end(&l);
    return s;
}
