#include "core/finding.h"

#include "core/base/date.h"
#include "core/locator.h"
#include "core/store/finding_rows.h"
#include "core/store/step_rows.h"
#include "core/store/tell_rows.h"
#include "core/visible.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum status finding_locate(struct work *w, struct desk *d, struct finding_spec *f)
{
    struct located at;
    enum status s = locator_find(w, &d->locator, f->crs, (struct xy_m){ f->x, f->y }, &at);
    if (s != OK)
        return s;
    f->lon = at.lon;
    f->lat = at.lat;
    f->cell_code = at.cell_code;
    f->community_code = at.community_code;
    if (at.added_m > 0)
        f->accuracy_m = isnan(f->accuracy_m) ? at.added_m : f->accuracy_m + at.added_m;
    return OK;
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
