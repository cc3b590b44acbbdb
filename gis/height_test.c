#include "gis/height_test.h"
#include "core/base/mem.h"
#include <math.h>
#include <stdlib.h>

static const double STEP_M[] = {5, 3.5, 3.3, 3, 2.5, 1, 0.5, 0.25};
static const double STEP_SHARE = 0.97;    // this many heights are multiples: the layer comes in these steps
static const double ALARM_Z = 4;
static const double MOST_JUMPS = 0.15;    // share of buildings whose height differs at all, when floors were counted
enum { FEWEST = 8 };

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double step_of(const struct footprints *f)
{
    for (size_t s = 0; s < sizeof STEP_M / sizeof *STEP_M; s++) {
        int64_t of = 0, on = 0;
        for (int64_t i = 0; i < f->count; i++) {
            double h = f->height_m[i];
            if (!isfinite(h) || h <= 0)
                continue;
            of++;
            on += fabs(h / STEP_M[s] - round(h / STEP_M[s])) * STEP_M[s] < 0.006;
        }
        if (of >= FEWEST && (double)on >= STEP_SHARE * (double)of)
            return STEP_M[s];
    }
    return 0;
}

// Measured heights rounded to a storey jump wherever they lie near a half; counted storeys do so only where something was built.
static bool storeys_were_counted(const struct height_scale *h, double min_height_m, const double *from_bias, size_t n)
{
    size_t jumps = 0;
    for (size_t k = 0; k < n; k++)
        jumps += from_bias[k] > h->step_before_m / 2;
    return h->step_before_m == h->step_after_m && h->step_before_m >= min_height_m && (double)jumps <= MOST_JUMPS * (double)n;
}

void height_scale_from(const struct footprints *before, const struct footprints *after, const uint32_t *pair_before,
                       const uint32_t *pair_after, size_t pairs, double min_height_m, struct height_scale *out)
{
    *out = (struct height_scale){.known = before->height_m != NULL && after->height_m != NULL};
    if (!out->known)
        return;
    double *difference = mem_get(pairs, sizeof *difference);
    size_t n = 0;
    for (size_t k = 0; k < pairs; k++) {
        double d = (double)after->height_m[pair_after[k]] - before->height_m[pair_before[k]];
        if (isfinite(d))
            difference[n++] = d;
    }
    out->step_before_m = step_of(before), out->step_after_m = step_of(after);
    if (n >= FEWEST) {
        qsort(difference, n, sizeof *difference, by_double);
        out->bias_m = difference[n / 2];
        for (size_t k = 0; k < n; k++)
            difference[k] = fabs(difference[k] - out->bias_m);
        qsort(difference, n, sizeof *difference, by_double);
        out->noise_m = 1.4826 * difference[n / 2];
        // Coarse steps hide the noise from the median; the difference of two roundings is at most half of both steps.
        if (fabs(out->bias_m) < 0.5)
            out->bias_m = out->noise_m == 0 ? 0 : out->bias_m;
    }
    double rounding = (out->step_before_m + out->step_after_m) / 2;
    bool counted = n >= FEWEST && storeys_were_counted(out, min_height_m, difference, n);
    out->least_m = fmax(fmax(min_height_m, ALARM_Z * out->noise_m), counted ? 0 : rounding * 1.01);
    if (!counted)
        out->noise_m = hypot(out->noise_m, hypot(out->step_before_m, out->step_after_m) / sqrt(12));
    mem_free(difference);
}

double height_of_members(const struct footprints *f, const uint32_t *member, uint32_t count)
{
    double sum = 0, area = 0;
    if (f->height_m == NULL)
        return NAN;
    for (uint32_t k = 0; k < count; k++) {
        double h = f->height_m[member[k]];
        if (!isfinite(h))
            continue;
        sum += h * f->area_m2[member[k]];
        area += f->area_m2[member[k]];
    }
    return area > 0 ? sum / area : NAN;
}
