// exchange.h - one request and its answer as routes see them (请求与应答).
//
// A route is a row in api/routes.c: methods, path, who may come, which parameters, which formats, and the function that answers.
// Who asks, in which language and format, and what the parameters say is settled before it is called; a status other than OK
// becomes a problem document (RFC 9457) with the sentence of err. Routes are leaves: they call core and the helpers in
// api/answer.h, never each other.
#pragma once
#include "api/http.h"
#include "core/session.h"
#include "core/visible.h"

struct server;
struct route;
struct param_value;

enum format {                       // what an answer may be; bits for the offers of a route
    FORMAT_JSON = 1 << 0, FORMAT_GEOJSON = 1 << 1, FORMAT_HTML = 1 << 2, FORMAT_SCHEMA = 1 << 3, FORMAT_OPENAPI = 1 << 4,
    FORMAT_MVT = 1 << 5, FORMAT_GEOJSONSEQ = 1 << 6, FORMAT_CSV = 1 << 7, FORMAT_FGB = 1 << 8, FORMAT_GPKG = 1 << 9,
    FORMAT_XLSX = 1 << 10, FORMAT_SHP = 1 << 11, FORMAT_KML = 1 << 12, FORMAT_TEXT = 1 << 13, FORMAT_BYTES = 1 << 14,
    FORMAT_TILEJSON = 1 << 15,
    FORMATS = 16
};

enum { SEGMENTS_MOST = 5, PARAMS_MOST = 48 };

// How it is known who asks (api/visitor.h).
enum visit_by { BY_NOTHING, BY_BEARER, BY_BASIC, BY_SESSION };
struct caller { enum visit_by by; bool only_reads, is_csrf_due; struct session session; };     // BY_SESSION: session, and its form is still to be asked

struct exchange {
    struct server *server;
    struct request *request;
    struct answer *answer;
    const struct route *route;
    enum lang lang;
    enum format format;
    const char *segment[SEGMENTS_MOST];        // the {parts} of the path, decoded, in order
    struct param_value *param; int params;     // what the query said, one row a parameter that was given
    struct viewer viewer;
    bool is_heavy;                             // a question of it took longer than a listener may wait
    bool is_settled, is_signing_in, is_counted;    // it is known who asks; counted among those who sign in (sign_in.h), among those under way (metrics.h)
    struct caller visit;
    const char *signed_out;                    // the actor whose session this request ended; NULL: none. The answer is to nobody, the log names them
    uint64_t number;                           // of the request, since the service began (log.h)
    int64_t now_s;
    struct err err;
};
