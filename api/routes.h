// routes.h - the one table of routes (路由): what the service answers to, and what its API document says.
#pragma once
#include "api/body.h"
#include "api/exchange.h"
#include "api/web_page.h"
#include "api/params.h"

struct layer;

enum route_flag {
    ROUTE_SLOW = 1,                 // done by workers
    ROUTE_PROPERTIES = 4,           // takes the collection's properties as parameters
    ROUTE_HIDDEN = 8,               // not in the API document (pages, files of the map)
    ROUTE_FILE = 16,                // its body goes into a file, not into memory
    ROUTE_ANYBODY = 32,             // writes, and yet nobody need say who they are (signing in)
    ROUTE_SIGN_IN = 64              // holds a password against what is kept: few at once (sign_in.h)
};

struct route {
    enum http_method method;
    const char *path;               // "/collections/{collectionId}/items"
    enum status (*serve)(struct exchange *x);
    unsigned formats;               // FORMAT_ bits; the first one is the default of programs
    const struct param *param;      // rows end with PARAM_END; NULL: none
    unsigned flags;
    const char *id, *tag, *about;   // for the API document; about: English key
    const char *const *takes;       // media types of the body, NULL at the end; NULL: no body. Anything else is 415
    const struct field *field;      // of a JSON body (body.h); rows end with FIELD_END
    int64_t body_most;              // bytes of it; 0: the limit of the service
    int done;                       // what it answers when all is well; 0: 200
    bool (*is_open)(const struct viewer *v, const struct layer *l);    // of a collection's routes: is it there for them; NULL: for everybody
    page_writer *page;              // lays out the page where FORMAT_HTML is offered (web_page.h); NULL: every member as it is
};

// Each family of routes has its table in the file that answers (api/items.c, ...), ending with a row without a path; all of them
// are named here and in routes.c.
extern const struct route *const route_tables[];                // ends with NULL
typedef bool route_visit(void *ctx, const struct route *r);     // false: enough
void route_each(route_visit *fn, void *ctx);
// The route of this method and path; segments are decoded into x. NOT_FOUND: no such path; CONFLICT: the path knows other methods.
enum status route_find(struct exchange *x);
unsigned route_methods(const char *path_as_sent);               // bits (1 << enum http_method) of the methods a path knows; 0: no such path
unsigned route_methods_open(struct exchange *x);                // those that are there for who asks
