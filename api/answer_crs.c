#include "api/answer_crs.h"

#include "api/answer.h"
#include "api/places.h"
#include "api/server.h"
#include "core/base/mem.h"
#include <stdio.h>
#include <string.h>

static const struct crs_offer fixed[] = {
    { "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "EPSG:4326", true, false, 7 },
    { "http://www.opengis.net/def/crs/EPSG/0/4326", "EPSG:4326", true, true, 7 },
    { "http://www.opengis.net/def/crs/EPSG/0/4490", "EPSG:4490", true, true, 7 },
    { "http://www.opengis.net/def/crs/EPSG/0/3857", "EPSG:3857", false, false, 3 },
};
enum { FIXED = sizeof fixed / sizeof *fixed };

int crs_offers(const struct exchange *x, struct crs_offer out[CRS_OFFERS_MOST])
{
    int n = 0;
    for (; n < FIXED; n++)
        out[n] = fixed[n];
    n += places_district(x->server->places, &out[n]); // one of the operator's own making has no URI to be named by
    return n;
}

static bool is_named(const struct crs_offer *o, const char *text)
{
    char curie[64];
    snprintf(curie, sizeof curie, "[%s]", o->code);
    return strcmp(o->uri, text) == 0 || (strcmp(curie, text) == 0 && strstr(o->uri, "CRS84") == NULL) ||
           (strcmp(text, "[OGC:CRS84]") == 0 && strstr(o->uri, "CRS84") != NULL);
}

enum status crs_offered(struct exchange *x, const char *parameter, const char *text, struct crs_offer *out)
{
    struct crs_offer offer[CRS_OFFERS_MOST];
    int n = crs_offers(x, offer);
    char list[700] = "";
    size_t len = 0;
    for (int i = 0; i < n; i++) {
        if (text == NULL || is_named(&offer[i], text)) {
            *out = offer[i];
            return OK;
        }
        if (len < sizeof list)
            len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i > 0 ? ", " : "", offer[i].uri);
    }
    return err_set(&x->err, INVALID, "%s: \"%.100s\" is not offered; there are: %s", parameter, text, list);
}
