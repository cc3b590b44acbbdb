// Uploads: files that somebody sends to have them worked on. They are their sender's alone, and go again by themselves.
#include "api/answer.h"
#include "api/collection.h"
#include "api/params.h"
#include "api/record.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/mem.h"
#include "core/job.h"
#include "core/scratch.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { STATUS_CEILING = 1 << 16 };
#define UPLOAD_MOST ((int64_t)512 << 20)

struct sending { struct exchange *x; struct upload upload; };

static void answer_upload(struct exchange *x, const struct upload *u, int status)
{
    struct buf b;
    buf_init(&b, STATUS_CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    json_put_text(&j, "id", u->id.text);
    json_put_text(&j, "name", u->name);
    json_put_integer(&j, "bytes", u->bytes);
    json_put_text(&j, "sha256", u->sha256);
    put_moment(&j, "created", u->made_at_s);
    put_moment(&j, "expires", u->expires_at_s);
    json_put_end(&j);
    x->answer->status = status;
    answer_text(x, &b);
}

static enum status record(struct work *w, void *ctx)
{
    struct sending *s = ctx;
    return upload_record(w, &s->upload);
}

static enum status forget(struct work *w, void *ctx) { return upload_forget(w, ctx); }

// Beside the body's own file: a rename, no copy.
static enum status keep(struct exchange *x, const struct upload *u)
{
    char path[FOLDER_ROOM], *slash;
    const char *station = station_folder(x->server->station);
    folder_join(path, station, "/uploads");
    bool fine = mkdir(path, 0700) == 0 || errno == EEXIST;
    upload_path(station, u, path);
    slash = strrchr(path, '/');
    *slash = '\0';
    fine = fine && (mkdir(path, 0700) == 0 || errno == EEXIST);
    *slash = '/';
    return fine && rename(x->request->body_file, path) == 0 ? OK : err_set(&x->err, FAILED, "%s: cannot be made: %s", "upload", strerror(errno));
}

static enum status post_upload(struct exchange *x)
{
    struct sending s = { .x = x, .upload = { .bytes = x->request->body_bytes } };
    const char *name = param_text(x, "name");
    if (x->request->body_file == NULL || x->request->body_bytes == 0)
        return err_set(&x->err, INVALID, "the body is the file, and it is empty");
    snprintf(s.upload.name, sizeof s.upload.name, "%s", name != NULL ? name : "");
    snprintf(s.upload.sha256, sizeof s.upload.sha256, "%s", x->request->body_sha256);
    enum status st = write_station(x, record, &s);
    if (st == OK) {
        st = keep(x, &s.upload);
        struct err aside = { .lang = x->lang };
        if (st != OK)
            (void)station_write(x->server->station, &(struct station_call){ x->now_s, x->viewer.actor }, forget, s.upload.id.text, &aside);
    }
    if (st != OK)
        return st;
    answer_upload(x, &s.upload, 201);
    answer_header(x->answer, "Location", link_to(x, "/uploads/%s", s.upload.id.text));
    return OK;
}

static enum status read_upload(struct work *w, void *ctx)
{
    struct sending *s = ctx;
    return upload_get(w, s->x->segment[0], &s->upload);
}

static enum status get_upload(struct exchange *x)
{
    struct sending s = { .x = x };
    enum status st = read_station(x, read_upload, &s);
    if (st == OK)
        answer_upload(x, &s.upload, 200);
    return st;
}

static enum status forget_mine(struct work *w, void *ctx)
{
    struct sending *s = ctx;
    enum status st = read_upload(w, s);
    return st == OK ? upload_forget(w, s->upload.id.text) : st;
}

static enum status delete_upload(struct exchange *x)
{
    char path[FOLDER_ROOM];
    struct sending s = { .x = x };
    enum status st = write_station(x, forget_mine, &s);
    if (st != OK)
        return st;
    upload_path(station_folder(x->server->station), &s.upload, path);
    *strrchr(path, '/') = '\0';
    scratch_remove(path);
    x->answer->status = 204;
    x->answer->kind = ANSWER_EMPTY;
    return OK;
}

static const char *const takes_files[] = {
    "application/octet-stream", "application/geo+json", "application/geopackage+sqlite3", "application/flatgeobuf", "application/zip", NULL,
};
static const struct param upload_params[] = {
    { .kind = PARAM_TEXT, .name = "name", .about = "How the file is called: buildings.gpkg, .fgb, .geojson, or a zipped shapefile" },
    { .kind = PARAM_END },
};

const struct route upload_routes[] = {
    { .method = HTTP_POST, .path = "/uploads", .serve = post_upload, .formats = FORMAT_JSON, .flags = ROUTE_SLOW | ROUTE_FILE, .param = upload_params, .id = "upload",
      .tag = "processes", .about = "Send a file to have it worked on", .takes = takes_files, .body_most = UPLOAD_MOST, .done = 201 },
    { .method = HTTP_GET, .path = "/uploads/{uploadId}", .serve = get_upload, .formats = FORMAT_JSON, .id = "uploaded", .tag = "processes", .about = "A file that was sent" },
    { .method = HTTP_DELETE, .path = "/uploads/{uploadId}", .serve = delete_upload, .formats = FORMAT_JSON, .flags = ROUTE_SLOW, .id = "uploadRemove", .tag = "processes",
      .about = "Remove a file that was sent", .done = 204 },
    { .path = NULL },
};
