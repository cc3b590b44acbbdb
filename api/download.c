// Downloads: all features a request means, in any format. Text goes out as it is made, page by page of the store, so that a slow
// reader holds neither a view of the store nor memory; files are made whole by a worker and sent from the disk.
#include "api/answer_file.h"
#include "api/params.h"
#include "api/places.h"
#include "api/routes.h"
#include "api/selection.h"
#include "api/server.h"
#include "core/base/disk.h"
#include "core/base/mem.h"
#include "core/data_reader.h"
#include "core/feature_file.h"
#include "core/folder.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    STREAMS_MOST = 32,                  // downloads under way at once: each holds a piece
    FILES_MOST = 1,                     // files being made at once: work for a worker, and memory
    PIECE_LEAST = 256 << 10, PIECE_MOST = 16 << 20, PIECE_CEILING = 64 << 20,     // bytes of a page of the store
    FEATURE_USUAL = 512,                // bytes, before the first is seen
    XLSX_ROWS = 200000,                 // its cells are all held while it is made, 2 KB a row
    MEMORY_BYTES = 100 << 20,           // of shapes and rows in formats that are made in memory, which then takes four times as much
    BUSY_S = 5
};
static const int64_t ROOM_LEAST = 64 << 20;     // of the disk, before a file is begun
static const double PIECE_S = 0.05;     // a page that took longer is followed by a larger one: looking for its beginning costs the most

struct stream;
struct text_form { void (*head)(struct stream *s); void (*feature)(struct stream *s, const struct feature *f, const struct feature *moved); void (*foot)(struct stream *s); };
struct kind { enum format format; const char *ending; const struct text_form *text; int64_t rows_most, bytes_most; };

// --- Streams: what a feature becomes ------------------------------------------------------------------------------------------

struct stream {
    struct exchange *x;
    struct selection what;
    const struct text_form *form;
    struct arena *kept, *arena;         // for the whole; for one page
    struct cell_columns columns;
    struct cell_style style;
    struct buf out;
    size_t at, piece;
    int64_t written, bytes;             // so far
    int64_t rows;                       // of this page yet to come
    char after[FEATURE_CURSOR];
    bool is_full, is_followed, is_last; // of the page: enough is there; a feature is behind it; of the whole
};

static void geojson_head(struct stream *s) { buf_text(&s->out, "{\"type\":\"FeatureCollection\",\"features\":["); }

static void geojson_feature(struct stream *s, const struct feature *f, const struct feature *moved)
{
    (void)f;
    buf_text(&s->out, s->written > 0 ? ",\n" : "\n");
    feature_json(moved, &s->what.style, &s->out);
    buf_text(&s->out, "}");
}

static void geojson_foot(struct stream *s) { buf_printf(&s->out, "\n],\"numberReturned\":%lld}\n", (long long)s->written); }

static void no_text(struct stream *s) { (void)s; }

// RFC 8142: a record separator before, a line end behind.
static void sequence_feature(struct stream *s, const struct feature *f, const struct feature *moved)
{
    (void)f;
    buf_text(&s->out, "\x1e");
    feature_json(moved, &s->what.style, &s->out);
    buf_text(&s->out, "}\n");
}

static void csv_head(struct stream *s) { cell_csv_head(s->what.layer, &s->columns, &s->out); }

static void csv_feature(struct stream *s, const struct feature *f, const struct feature *moved)
{
    cell_csv_line(f, moved, &s->columns, &s->style, s->what.crs.decimals, &s->out);
}

static void kml_head(struct stream *s) { cell_kml_head(s->what.layer, &s->style, &s->out); }
static void kml_foot(struct stream *s) { cell_kml_foot(&s->out); }

static void kml_feature(struct stream *s, const struct feature *f, const struct feature *moved)
{
    (void)moved;                        // KML is in longitude and latitude, whatever was asked
    cell_kml_placemark(f, &s->columns, &s->style, &s->out);
}

static const struct text_form geojson = { geojson_head, geojson_feature, geojson_foot }, sequence = { no_text, sequence_feature, no_text },
                              csv = { csv_head, csv_feature, no_text }, kml = { kml_head, kml_feature, kml_foot };

static const struct kind kinds[] = {
    { FORMAT_GEOJSON, ".geojson", &geojson, 0, 0 }, { FORMAT_GEOJSONSEQ, ".geojsonl", &sequence, 0, 0 }, { FORMAT_CSV, ".csv", &csv, 0, 0 },
    { FORMAT_KML, ".kml", &kml, 0, 0 }, { FORMAT_GPKG, ".gpkg", NULL, 0, 0 }, { FORMAT_FGB, ".fgb", NULL, 0, MEMORY_BYTES },
    { FORMAT_SHP, ".shp.zip", NULL, 0, MEMORY_BYTES }, { FORMAT_XLSX, ".xlsx", NULL, XLSX_ROWS, 0 },
};

static const struct kind *kind_of(enum format f)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].format == f)
            return &kinds[i];
    return NULL;
}

// --- Streams: page by page ------------------------------------------------------------------------------------------------------

// Behind the last feature of a page one more is looked at: is it there, the page is followed by another. It is told by an answer other
// than OK, and is_followed tells that from a fault.
static enum status put_feature(void *ctx, const struct feature *f, struct err *e)
{
    struct stream *s = ctx;
    struct feature moved;
    size_t before = s->out.len;
    s->is_followed = s->is_full;
    if (s->is_followed)
        return BUSY;
    enum status st = places_shape(s->x->server->places, &s->what.crs, f, &moved, s->arena, e);
    if (st != OK)
        return st;
    s->form->feature(s, f, &moved);
    s->written++;
    s->bytes += (int64_t)(s->out.len - before);
    arena_reset(s->arena);
    if (s->out.full)
        return err_set(e, TOO_BIG, "a feature is larger than %d MB", PIECE_CEILING >> 20);
    s->is_full = --s->rows == 0 || s->out.len >= s->piece;
    if (s->is_full)
        feature_cursor(f, &s->what.query, s->after);
    return OK;
}

static enum status read_page(struct work *w, void *ctx)
{
    struct stream *s = ctx;
    return feature_each(w, &s->what.query, put_feature, s, NULL);
}

// As many rows as are likely to fill it: what must be sorted for a page is kept only so far.
static int64_t rows_of_page(const struct stream *s)
{
    int64_t each = s->written > 0 ? s->bytes / s->written + 1 : FEATURE_USUAL;
    return (int64_t)s->piece / each + 1;
}

static enum status fill_page(struct stream *s)
{
    double began_s = when_monotonic_s();
    s->is_full = s->is_followed = false;
    s->rows = rows_of_page(s);
    s->what.query.limit = s->rows + 1;
    s->what.query.after = s->after[0] != '\0' ? s->after : NULL;
    enum status st = read_station(s->x, read_page, s);
    if (st == OK) {
        s->form->foot(s);
        s->is_last = true;
        return OK;
    }
    if (!s->is_followed)
        return st;
    if (s->after[0] == '\0')
        return err_set(&s->x->err, TOO_BIG, "what is sorted by is too long to go on behind it; sort by something shorter");
    if (when_monotonic_s() - began_s > PIECE_S && s->piece < PIECE_MOST)
        s->piece *= 4;
    return OK;
}

static enum status fill(void *ctx, char *out, size_t room, size_t *len)
{
    struct stream *s = ctx;
    while (s->at == s->out.len && !s->is_last) {
        s->out.len = s->at = 0;
        enum status st = fill_page(s);
        if (st != OK)
            return st;
    }
    *len = s->out.len - s->at < room ? s->out.len - s->at : room;
    if (*len > 0)
        memcpy(out, s->out.data + s->at, *len);
    s->at += *len;
    return OK;
}

static void close_stream(void *ctx)
{
    struct stream *s = ctx;
    atomic_fetch_sub(&s->x->server->downloads, 1);
    selection_clear(&s->what);
    buf_clear(&s->out);
    arena_close(s->arena);
    arena_close(s->kept);
    mem_free(s);
}

// --- Answers ----------------------------------------------------------------------------------------------------------------------

static enum status say_busy(struct exchange *x)
{
    char seconds[16];
    snprintf(seconds, sizeof seconds, "%d", BUSY_S);
    err_set(&x->err, BUSY, "too many downloads are under way; again in %d s", BUSY_S);
    answer_problem(x, BUSY);
    answer_header(x->answer, "Retry-After", arena_text(x->request->arena, seconds));
    return OK;
}

static bool take_place(atomic_int *taken, int most)
{
    if (atomic_fetch_add(taken, 1) < most)
        return true;
    atomic_fetch_sub(taken, 1);
    return false;
}

static struct cell_style style_of(struct exchange *x, bool for_people)
{
    return (struct cell_style){ .lang = x->lang, .zone_offset_s = station_district(x->server->station)->zone_offset_s, .for_people = for_people };
}

static const char *name_of(struct exchange *x, const struct layer *l, const struct kind *k)
{
    char name[300];
    snprintf(name, sizeof name, "%.200s%s", collection_title(x, l), k->ending);
    return arena_text(x->request->arena, name);
}

static void put_headers(struct exchange *x, const struct selection *what, const struct kind *k)
{
    const char *type = format_type(k->format);
    answer_header(x->answer, "Content-Type", k->format == FORMAT_CSV ? "text/csv; charset=utf-8; header=present" : type);
    answer_header(x->answer, "Cache-Control", x->viewer.role == ROLE_PUBLIC ? "no-cache" : "private, no-cache");
    answer_header(x->answer, "Vary", "Accept, Accept-Language, Authorization, Cookie");
    answer_name(x, name_of(x, what->layer, k));
    if (k->format != FORMAT_KML)
        selection_say_crs(x, &what->crs);
}

static enum status open_stream(struct exchange *x, const struct layer *l, const struct kind *k, struct stream **out)
{
    struct stream *s = mem_get(1, sizeof *s);
    s->x = x;
    s->form = k->text;
    s->piece = PIECE_LEAST;
    s->kept = arena_open(DATA_ARENA_BYTES);
    s->arena = arena_open(PIECE_CEILING);
    buf_init(&s->out, PIECE_CEILING);
    s->style = style_of(x, k->format == FORMAT_CSV);
    *out = s;
    enum status st = selection_read(x, l, &s->what);
    if (st == OK)
        s->columns = cell_columns_of(l, &x->viewer, &s->what.style, &s->style, s->kept);
    return st;
}

// The first page is read before anything is answered: what is wrong with the question shows there.
static enum status answer_stream(struct exchange *x, const struct layer *l, const struct kind *k)
{
    struct stream *s = NULL;
    if (!take_place(&x->server->downloads, STREAMS_MOST))
        return say_busy(x);
    enum status st = open_stream(x, l, k, &s);
    if (st == OK) {
        s->form->head(s);
        st = fill_page(s);
    }
    if (st != OK) {
        close_stream(s);
        return st;
    }
    put_headers(x, &s->what, k);
    x->answer->status = 200;
    x->answer->kind = ANSWER_STREAM;
    x->answer->stream = (struct http_stream){ fill, close_stream, s };
    return OK;
}

// HEAD is answered without the work: how long it would be nobody knows before.
static enum status fill_nothing(void *ctx, char *out, size_t room, size_t *len)
{
    (void)ctx, (void)out, (void)room;
    *len = 0;
    return OK;
}

struct making { struct exchange *x; struct selection what; struct feature_file file; int64_t rows; };

static enum status write_file(struct work *w, void *ctx)
{
    struct making *m = ctx;
    return feature_file_write(w, &m->what.query, &m->file, &m->rows);
}

static enum status say_no_room(struct exchange *x)
{
    answer_refusal(x, 507, text_in(x->lang, "the disk of the service has no room for this file; ask for text (csv, geojson), which needs none, or for less"));
    return OK;
}

// Opened, and gone from the folder: however the sending ends, nothing stays.
static enum status send_file(struct exchange *x, const char *path, const struct kind *k, const struct layer *l)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    unlink(path);
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0)
            close(fd);
        return err_set(&x->err, FAILED, "the file cannot be opened: %s", strerror(errno));
    }
    answer_file(x, &(struct file_answer){ .fd = fd, .bytes = st.st_size, .type = format_type(k->format), .name = name_of(x, l, k) });
    return OK;
}

// Where the file of the moment lies is nobody's business.
static enum status without_path(enum status st, struct err *e, const char *path)
{
    size_t len = strlen(path);
    if (strncmp(e->text, path, len) == 0 && strncmp(e->text + len, ": ", 2) == 0)
        memmove(e->text, e->text + len + 2, strlen(e->text + len + 2) + 1);
    return st;
}

static enum status make_file(struct exchange *x, const struct layer *l, const struct kind *k)
{
    char path[FOLDER_ROOM + 100];
    struct making m = { .x = x, .file = { .path = path, .style = style_of(x, false), .rows_most = k->rows_most, .bytes_most = k->bytes_most } };
    struct id id = id_make(x->now_s * 1000);
    snprintf(path, sizeof path, "%s/%s%s", scratch_folder(x->server->scratch), id.text, k->ending);
    enum status st = selection_read(x, l, &m.what);
    if (st == OK) {
        m.file.crs = m.what.crs.code;
        m.file.wanted = &m.what.style;
        st = without_path(read_station(x, write_file, &m), &x->err, path);
    }
    if (st == OK) {
        selection_say_crs(x, &m.what.crs);
        st = send_file(x, path, k, l);
    }
    selection_clear(&m.what);
    return st;
}

static enum status answer_made(struct exchange *x, const struct layer *l, const struct kind *k)
{
    const char *folder = scratch_folder(x->server->scratch);
    if (!disk_has_room(folder, ROOM_LEAST))
        return say_no_room(x);
    if (!take_place(&x->server->files_made, FILES_MOST))
        return say_busy(x);
    enum status st = make_file(x, l, k);
    mem_trim();
    atomic_fetch_sub(&x->server->files_made, 1);
    return st == FAILED && !disk_has_room(folder, ROOM_LEAST) ? say_no_room(x) : st;
}

static enum status answer_head(struct exchange *x, const struct layer *l, const struct kind *k)
{
    struct selection what = { .x = x };
    enum status st = selection_read(x, l, &what);
    if (st == OK) {
        put_headers(x, &what, k);
        x->answer->status = 200;
        x->answer->kind = ANSWER_STREAM;
        x->answer->stream = (struct http_stream){ .fill = fill_nothing };
    }
    selection_clear(&what);
    return st;
}

static enum status get_download(struct exchange *x)
{
    const struct layer *l = NULL;
    const struct kind *k = kind_of(x->format);
    enum status st = collection_of(x, &l);
    if (st != OK)
        return st;
    if (x->request->method == HTTP_HEAD)
        return answer_head(x, l, k);
    return k->text != NULL ? answer_stream(x, l, k) : answer_made(x, l, k);
}

// --- Routes -----------------------------------------------------------------------------------------------------------------------

static const struct param download_params[] = {
    SELECTION_PARAMS,
    { .kind = PARAM_END },
};

const struct route download_routes[] = {
    { .method = HTTP_GET, .path = "/collections/{collectionId}/download", .serve = get_download, .param = download_params, .flags = ROUTE_PROPERTIES | ROUTE_SLOW,
      .formats = FORMAT_GEOJSON | FORMAT_GEOJSONSEQ | FORMAT_CSV | FORMAT_FGB | FORMAT_GPKG | FORMAT_XLSX | FORMAT_SHP | FORMAT_KML,
      .id = "download", .tag = "features", .about = "All features that are meant, as a file" },
    { .path = NULL },
};
