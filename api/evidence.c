// Evidence (证据): photos and papers of a record, streamed into the originals by their SHA-256, and given back to who may see the record.
#include "api/answer_file.h"
#include "api/body.h"
#include "api/collection.h"
#include "api/record.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/mem.h"
#include "core/evidence.h"
#include "core/visible.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EVIDENCE_BYTES_MOST = 64 << 20, NAME_MOST = 255, PATH_ROOM = 4096 };

// --- Adding ---------------------------------------------------------------------------------------------------------------------

struct adding { struct exchange *x; struct evidence v; const char *key; struct walk walk; bool is_new; };

static enum status read_place(struct adding *a)
{
    const struct param_value *lon = param_get(a->x, "lon"), *lat = param_get(a->x, "lat");
    a->v.lon = a->v.lat = NAN;
    if ((lon == NULL) != (lat == NULL))
        return err_set(&a->x->err, INVALID, "lon and lat go together; only one of them was given");
    if (lon != NULL)
        a->v.lon = lon->number, a->v.lat = lat->number;
    return OK;
}

static enum status read_params(struct adding *a)
{
    struct exchange *x = a->x;
    const char *part = param_text(x, "part"), *name = param_text(x, "name"), *at = param_text(x, "captured_at"), *id = param_text(x, "id");
    enum status s = read_place(a);
    if (s == OK && id != NULL)
        s = id_parse(id, &a->v.id, &x->err);
    if (s == OK && at != NULL && !body_moment(x, at, &a->v.captured_at_s))
        s = err_set(&x->err, INVALID, "captured_at \"%.60s\": a moment with its zone (2026-03-01T08:30:00+08:00), or a day (2026-03-01), is expected", at);
    if (s == OK && name != NULL && strlen(name) > NAME_MOST)
        s = err_set(&x->err, INVALID, "name has %zu bytes; at most %d are kept", strlen(name), NAME_MOST);
    a->v.part = part != NULL ? part : "near";
    a->v.name = name != NULL && name[0] != '\0' ? name : "photo";
    a->v.device = param_text(x, "device");
    return s;
}

static enum status see_record(struct work *w, void *ctx)
{
    struct adding *a = ctx;
    enum status s = visible_record(w, a->v.thing, a->key);
    if (s != OK || strcmp(a->v.thing, "change") == 0) {
        snprintf(a->walk.id.text, sizeof a->walk.id.text, "%s", a->key);
        return s;
    }
    return walk_get(w, a->v.thing, a->key, &a->walk);
}

static enum status record(struct work *w, void *ctx)
{
    struct adding *a = ctx;
    struct evidence v = a->v;                        // may be run again
    enum status s = see_record(w, a);
    v.thing_id = a->walk.id.text;
    if (s == OK)
        s = evidence_record_once(w, &v, &a->is_new);
    a->v.id = s == OK ? v.id : a->v.id;
    return s;
}

static enum status answer_added(const struct adding *a)
{
    enum { CEILING = 1 << 16 };
    struct exchange *x = a->x;
    struct buf b;
    buf_init(&b, CEILING);
    struct json_writer j = { .to = &b };
    const char *place = link_to(x, "/evidence/%s", a->v.id.text);
    json_put_object(&j, NULL);
    json_put_text(&j, "id", a->v.id.text);
    json_put_text(&j, "thing", a->v.thing);
    json_put_text(&j, "thing_id", a->walk.id.text);
    json_put_text(&j, "part", a->v.part);
    json_put_text(&j, "sha256", a->v.blob.sha256);
    json_put_integer(&j, "bytes", a->v.blob.bytes);
    json_put_text(&j, "media_type", a->v.media_type);
    json_put_list(&j, "links");
    put_link(&j, (struct link){ .rel = "enclosure", .href = place, .type = a->v.media_type });
    json_put_end(&j);
    json_put_end(&j);
    x->answer->status = a->is_new ? RECORD_NEW : RECORD_THERE;
    if (a->is_new)
        answer_header(x->answer, "Location", place);
    answer_text(x, &b);
    return OK;
}

// By what it holds. False: the answer is there.
static bool is_kept_type(struct adding *a)
{
    enum { WRONG_TYPE = 415 };
    const char *file = a->x->request->body_file;
    a->v.media_type = file != NULL ? media_type_of_content(file) : NULL;
    if (a->v.media_type == NULL)
        answer_refusal(a->x, WRONG_TYPE, text_in(a->x->lang, "this is none of what is kept as evidence, whatever it is called: JPEG, PNG, WebP, HEIC or PDF is expected"));
    return a->v.media_type != NULL;
}

// The original first: what a row names is in blobs/ before the row is there. Who may not see the record leaves nothing there.
static enum status keep(struct adding *a)
{
    const struct request *r = a->x->request;
    a->v.blob.bytes = r->body_bytes;
    snprintf(a->v.blob.sha256, sizeof a->v.blob.sha256, "%s", r->body_sha256);
    return blob_take_file(station_folder(a->x->server->station), r->body_file, &a->v.blob, &a->x->err);
}

static enum status post_evidence(struct exchange *x)
{
    struct adding a = { .x = x, .key = x->segment[0], .v = { .thing = thing_of_path(x) } };
    enum status s = read_params(&a);
    if (s == OK)
        s = read_station(x, see_record, &a);
    if (s == OK && !is_kept_type(&a))
        return OK;
    if (s == OK)
        s = keep(&a);
    if (s != OK)
        return s;
    s = write_station(x, record, &a);
    return s == OK ? answer_added(&a) : refuse_deed(x, s);
}

// --- Giving back ------------------------------------------------------------------------------------------------------------------

struct giving { struct exchange *x; struct evidence v; };

static enum status find(struct work *w, void *ctx)
{
    struct giving *g = ctx;
    return evidence_get(w, g->x->segment[0], g->x->request->arena, &g->v);
}

static const char *tag_of(struct exchange *x, const struct evidence *v)
{
    char tag[80];
    snprintf(tag, sizeof tag, "\"%s\"", v->blob.sha256);
    return arena_text(x->request->arena, tag);
}

// Strangers' bytes: shown as what they are or not at all, and whatever a browser finds in them may do nothing.
static enum status get_evidence(struct exchange *x)
{
    struct giving g = { .x = x };
    char path[PATH_ROOM];
    struct stat st;
    enum status s = x->viewer.actor[0] != '\0' ? read_station(x, find, &g)
                                               : err_set(&x->err, NOT_FOUND, "there is no evidence \"%.60s\"", x->segment[0]);
    if (s != OK)
        return s;
    blob_path(station_folder(x->server->station), g.v.blob.sha256, path, sizeof path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0)
            close(fd);
        return err_set(&x->err, FAILED, "the original %.16s... cannot be opened: %s", g.v.blob.sha256, strerror(errno));
    }
    bool is_shown = strncmp(g.v.media_type, "image/", 6) == 0;
    answer_header(x->answer, "Content-Security-Policy", "default-src 'none'; sandbox");
    answer_header(x->answer, "Content-Disposition", is_shown ? "inline" : NULL);
    answer_file(x, &(struct file_answer){ .fd = fd, .bytes = st.st_size, .type = g.v.media_type, .name = is_shown ? NULL : g.v.name, .tag = tag_of(x, &g.v) });
    return OK;
}

// --- Routes -------------------------------------------------------------------------------------------------------------------------

static const char *const kept_types[] = { "image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf", "application/octet-stream", NULL };
static const char *const parts[] = { "near", "far", "reference", "before", "after", "paper", "other", NULL };
static const struct param evidence_params[] = {
    { .kind = PARAM_WORD, .name = "part", .word = parts, .about = "what a photo shows: near, far, reference, before, after, other (default near)" },
    { .kind = PARAM_TEXT, .name = "name", .about = "The name of the file" },
    { .kind = PARAM_TEXT, .name = "captured_at", .about = "When it was taken" },
    { .kind = PARAM_NUMBER, .name = "lon", .least = -180, .most = 180, .about = "Where it was taken: longitude" },
    { .kind = PARAM_NUMBER, .name = "lat", .least = -90, .most = 90, .about = "Where it was taken: latitude" },
    { .kind = PARAM_TEXT, .name = "device", .about = "What it was taken with" },
    { .kind = PARAM_TEXT, .name = "id", .about = "A UUID minted by who sends it: the same again is answered the same" },
    { .kind = PARAM_END },
};

#define EVIDENCE_OF(things, Thing) \
    { .method = HTTP_POST, .path = "/" things "/{recordId}/evidence", .serve = post_evidence, .formats = FORMAT_JSON, .flags = ROUTE_SLOW | ROUTE_FILE, \
      .param = evidence_params, .takes = kept_types, .body_most = EVIDENCE_BYTES_MOST, .done = RECORD_NEW, .id = "addEvidence" Thing, .tag = "work", \
      .about = "Add a photo or a paper: its bytes are the body" }

const struct route evidence_routes[] = {
    EVIDENCE_OF("findings", "Finding"), EVIDENCE_OF("changes", "Change"), EVIDENCE_OF("cases", "Case"),
    { .method = HTTP_GET, .path = "/evidence/{evidenceId}", .serve = get_evidence, .formats = FORMAT_BYTES, .id = "evidence", .tag = "work",
      .about = "The bytes of a photo or a paper" },
    { .path = NULL },
};
