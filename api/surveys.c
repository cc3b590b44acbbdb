// Surveys as files: what was archived, with ranges, so that map programs read them from here; and the originals as they came.
#include "api/answer.h"
#include "api/answer_file.h"
#include "api/collection.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/mem.h"
#include "core/blob.h"
#include "core/folder.h"
#include "core/survey.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_CEILING = 1 << 20 };

struct looking_up {
    struct exchange *x;
    struct survey survey;
    const char *sha256, *name;         // of the file that is asked for; name NULL: there is none
    struct json_writer j;
};

static const char *file_link(struct exchange *x, const struct survey *v, const char *sha256)
{
    return link_to(x, "/surveys/%s/files/%s", v->id.text, sha256);
}

static enum status read_survey(struct work *w, void *ctx)
{
    struct looking_up *u = ctx;
    return survey_get(w, u->x->segment[0], &u->survey);
}

// One sentence for what is not there and what is not for whoever asks.
static enum status survey_of(struct exchange *x, struct looking_up *u)
{
    const struct layer *l = layer_find(&x->server->layers, "survey");
    *u = (struct looking_up){ .x = x };
    enum status s = l != NULL && visible_files(&x->viewer, l) ? read_station(x, read_survey, u) : NOT_FOUND;
    return s != NOT_FOUND ? s : err_set(&x->err, NOT_FOUND, "there is no survey \"%.60s\" whose files are here for you", x->segment[0]);
}

static enum status send(struct exchange *x, const char *sha256, const char *type, const char *name)
{
    char path[FOLDER_ROOM], tag[80];
    struct stat st;
    blob_path(station_folder(x->server->station), sha256, path, sizeof path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0)
            close(fd);
        return err_set(&x->err, FAILED, "the file cannot be opened: %s", strerror(errno));
    }
    snprintf(tag, sizeof tag, "\"%s\"", sha256);
    answer_file(x, &(struct file_answer){ .fd = fd, .bytes = st.st_size, .type = type, .name = name, .tag = arena_text(x->request->arena, tag) });
    return OK;
}

static enum status get_archive(struct exchange *x)
{
    struct looking_up u;
    char name[SURVEY_NAME + 8];
    enum status s = survey_of(x, &u);
    if (s != OK)
        return s;
    snprintf(name, sizeof name, "%s.fgb", u.survey.name);
    return send(x, u.survey.archive_sha256, format_type(FORMAT_FGB), name);
}

// --- The originals ------------------------------------------------------------------------------------------------------------------

static enum status find_file(void *ctx, const struct survey_file *f, struct err *e)
{
    struct looking_up *u = ctx;
    (void)e;
    if (strcmp(f->sha256, u->sha256) == 0)
        u->name = arena_text(u->x->request->arena, f->name);
    return OK;
}

static enum status find_files(struct work *w, void *ctx)
{
    struct looking_up *u = ctx;
    return survey_each_file(w, &u->survey, find_file, u);
}

static enum status get_original(struct exchange *x)
{
    struct looking_up u;
    enum status s = survey_of(x, &u);
    u.sha256 = x->segment[1];
    if (s == OK)
        s = read_station(x, find_files, &u);
    if (s != OK)
        return s;
    if (u.name == NULL)
        return err_set(&x->err, NOT_FOUND, "survey %s has no original with this SHA-256", u.survey.name);
    return send(x, u.sha256, format_type(FORMAT_BYTES), u.name);
}

static enum status put_file(void *ctx, const struct survey_file *f, struct err *e)
{
    struct looking_up *u = ctx;
    (void)e;
    json_put_object(&u->j, NULL);
    json_put_text(&u->j, "name", f->name);
    json_put_text(&u->j, "sha256", f->sha256);
    json_put_integer(&u->j, "bytes", f->bytes);
    json_put_text(&u->j, "href", file_link(u->x, &u->survey, f->sha256));
    json_put_end(&u->j);
    return OK;
}

static enum status put_files(struct work *w, void *ctx)
{
    struct looking_up *u = ctx;
    json_put_list(&u->j, "files");
    enum status s = survey_each_file(w, &u->survey, put_file, u);
    json_put_end(&u->j);
    return s;
}

static void put_links(struct exchange *x, struct looking_up *u)
{
    json_put_list(&u->j, "links");
    put_self_links(x, &u->j);
    put_link(&u->j, (struct link){ .rel = "enclosure", .href = link_to(x, "/surveys/%s/file", u->survey.id.text), .type = format_type(FORMAT_FGB),
                                   .title = text_in(x->lang, "The survey as it is archived (FlatGeobuf)") });
    put_link(&u->j, (struct link){ .rel = "describes", .href = link_to(x, "/collections/survey/items/%s", u->survey.id.text), .type = format_type(FORMAT_GEOJSON) });
    json_put_end(&u->j);
}

static enum status get_files(struct exchange *x)
{
    struct looking_up u;
    struct buf b;
    enum status s = survey_of(x, &u);
    if (s != OK)
        return s;
    buf_init(&b, LIST_CEILING);
    u.j = (struct json_writer){ .to = &b };
    json_put_object(&u.j, NULL);
    json_put_text(&u.j, "survey", u.survey.name);
    json_put_text(&u.j, "archive_sha256", u.survey.archive_sha256);
    s = read_station(x, put_files, &u);
    put_links(x, &u);
    json_put_end(&u.j);
    if (s == OK)
        s = answer_document(x, &b);
    buf_clear(&b);
    return s;
}

#define SURVEY "/surveys/{surveyId}"
const struct route survey_routes[] = {
    { .method = HTTP_GET, .path = SURVEY "/file", .serve = get_archive, .formats = FORMAT_FGB, .id = "surveyFile", .tag = "surveys",
      .about = "A survey as it is archived, whole or a range of its bytes" },
    { .method = HTTP_GET, .path = SURVEY "/files", .serve = get_files, .formats = FORMAT_JSON | FORMAT_HTML, .id = "surveyFiles", .tag = "surveys", .about = "The original files of a survey" },
    { .method = HTTP_GET, .path = SURVEY "/files/{sha256}", .serve = get_original, .formats = FORMAT_BYTES, .id = "surveyOriginal", .tag = "surveys",
      .about = "An original file, whole or a range of its bytes" },
    { .path = NULL },
};
