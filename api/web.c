#include "api/web.h"

#include "api/answer.h"
#include "api/routes.h"
#include <string.h>
#include <strings.h>

static const struct web_file *web_find(const char *name)
{
    for (const struct web_file *f = web_files; f->name != NULL; f++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

const char *web_link(struct exchange *x, const char *name) { return link_to(x, "/web/%s/%s", web_hash, name); }
bool web_has_map(void) { return web_find("maplibre-gl.mjs") != NULL; }

static bool takes_gzip(const struct request *r)
{
    const char *accept = request_header(r, "Accept-Encoding"), *gzip = accept != NULL ? strcasestr(accept, "gzip") : NULL;
    return gzip != NULL && strncmp(gzip + 4, ";q=0", 4) != 0;
}

// Another hash is of another version of the program: what is kept for ever must never be of the wrong one.
static enum status get_file(struct exchange *x)
{
    const struct web_file *f = strcmp(x->segment[0], web_hash) == 0 ? web_find(x->segment[1]) : NULL;
    if (f == NULL)
        return err_set(&x->err, NOT_FOUND, "there is no such file here, or not any more: please load the page again");
    bool packed = takes_gzip(x->request) && f->packed_len < f->len;
    struct answer *a = x->answer;
    a->status = 200;
    a->kind = ANSWER_TEXT;
    buf_init(&a->text, f->len + 1);
    buf_add(&a->text, packed ? f->packed : f->body, packed ? f->packed_len : f->len);
    answer_header(a, "Content-Type", f->type);
    answer_header(a, "Content-Encoding", packed ? "gzip" : NULL);
    answer_header(a, "Vary", "Accept-Encoding");
    answer_header(a, "Cache-Control", "public, max-age=31536000, immutable");
    return OK;
}

const struct route web_routes[] = {
    { .method = HTTP_GET, .path = "/web/{hash}/{file}", .serve = get_file, .formats = FORMAT_BYTES, .flags = ROUTE_HIDDEN,
      .id = "webFile", .tag = "pages", .about = "A file that pages bring along" },
    { .path = NULL },
};
