// Downloads without a connection: in every format everybody gets what the plain reference lets them see, and nothing else; a file that would
// be too large is refused and leaves nothing.
#include "tests/api/served_world.h"

#include "core/feature_file.h"

#include <dirent.h>
#include <unistd.h>

static const struct person *person_at(const struct world *w, int i) { return i < 0 ? &PUBLIC : &w->person[i]; }

// --- Text -----------------------------------------------------------------------------------------------------------------------------

static void hold_against(struct world *w, const struct person *p, const char *layer, const char *format, const char *text)
{
    struct allowed allowed = allowed_of(w, p, layer);
    for (int r = 0; r < w->rows; r++) {
        if (strcmp(w->row[r].layer, layer) != 0 || w->row[r].is_past)
            continue;
        if ((strstr(text, w->row[r].id) != NULL) != allowed.seen[r])
            fail_msg("%s (%s): %s of %s %s %s", p->role, p->name, format, layer, allowed.seen[r] ? "lacks" : "holds", w->row[r].number);
    }
}

static void every_text_holds_what_may_be_seen(void **state)
{
    static const char *const formats[] = { "geojson", "geojsonseq", "csv", "kml" };
    struct world *w = *state;
    int held = 0;
    for (int i = -1; i < w->people; i++)
        for (int k = 0; k < w->layers.count; k++) {
            const char *format = formats[(size_t)(i + 1 + k) % 4], *layer = w->layers.layer[k].key;
            char path[100], query[40];
            snprintf(path, sizeof path, "/collections/%s/download", layer);
            snprintf(query, sizeof query, "f=%s", format);
            struct told t = asked(server, &(struct asking){ .path = path, .query = query, .bearer = token_at(i) });
            assert_true(t.status == 200 || (t.status == 404 && allowed_of(w, person_at(w, i), layer).count == 0));
            if (t.status == 200)
                hold_against(w, person_at(w, i), layer, format, t.text), held++;
            told_clear(&t);
        }
    assert_true(held > 100);
    assert_int_equal(atomic_load(&server->downloads), 0);
}

// --- Files ------------------------------------------------------------------------------------------------------------------------------

struct writing { struct world *w; const struct person *person; struct feature_query query; struct feature_file file; int64_t rows, counted; };

static enum status write_file(struct work *work, void *ctx)
{
    struct writing *f = ctx;
    struct arena *a = arena_open(1 << 16);
    struct viewer v;
    enum status s = viewer_of(work, f->person->id, a, &v);
    f->query.viewer = &v;
    if (s == OK)
        s = feature_count(work, &f->query, &f->counted);
    if (s == OK)
        s = feature_file_write(work, &f->query, &f->file, &f->rows);
    arena_close(a);
    return s;
}

static enum status write_as(struct writing *f)
{
    static const struct feature_style everything = { .decimals = 7 };
    f->file.wanted = &everything;
    f->file.crs = "EPSG:4326";
    f->file.style = (struct cell_style){ .lang = LANG_EN };
    f->w->e.text[0] = '\0';
    return station_read(f->w->station, &(struct station_call){ NOW_S, f->person->id }, write_file, f, &f->w->e);
}

static int files_in(const char *folder)
{
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *entry; (entry = readdir(d)) != NULL; )
        n += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(d);
    return n;
}

static void a_file_holds_as_many_as_are_counted(void **state)
{
    static const char *const endings[] = { "fgb", "gpkg", "xlsx", "csv" };
    struct world *w = *state;
    char folder[] = "/tmp/gridpatrol-download-XXXXXX", path[100];
    int written = 0;
    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < w->people; i += 3)
        for (int k = 0; k < w->layers.count; k += 2) {
            snprintf(path, sizeof path, "%s/file.%s", folder, endings[(i + k) % 4]);
            struct writing f = { .w = w, .person = &w->person[i], .query = { .layer = &w->layers.layer[k] }, .file = { .path = path } };
            enum status s = write_as(&f);
            assert_true(s == OK || s == NOT_FOUND);
            if (s == OK)
                assert_int_equal(f.rows, f.counted), written++;
            unlink(path);
        }
    assert_true(written > 10);
    assert_int_equal(files_in(folder), 0);
    rmdir(folder);
}

static void what_is_too_much_is_refused_whole(void **state)
{
    struct world *w = *state;
    char folder[] = "/tmp/gridpatrol-download-XXXXXX", path[100];
    const struct person *chief = NULL;
    for (int i = 0; i < w->people && chief == NULL; i++)
        if (strcmp(w->person[i].role, "chief") == 0 && w->person[i].areas == 0)
            chief = &w->person[i];
    assert_non_null(chief);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file.fgb", folder);
    struct writing rows = { .w = w, .person = chief, .query = { .layer = layer_find(&w->layers, "building") }, .file = { .path = path, .rows_most = 3 } };
    assert_int_equal(write_as(&rows), TOO_BIG);
    assert_non_null(strstr(w->e.text, "more than 3"));
    struct writing bytes = { .w = w, .person = chief, .query = { .layer = layer_find(&w->layers, "building") }, .file = { .path = path, .bytes_most = 500 } };
    assert_int_equal(write_as(&bytes), TOO_BIG);
    assert_int_equal(files_in(folder), 0);
    snprintf(path, sizeof path, "%s/file.shp", folder);
    struct writing mixed = { .w = w, .person = chief, .query = { .layer = layer_find(&w->layers, "case") }, .file = { .path = path } };
    assert_int_equal(write_as(&mixed), INVALID);
    assert_int_equal(files_in(folder), 0);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_holds_what_may_be_seen),
        cmocka_unit_test(a_file_holds_as_many_as_are_counted),
        cmocka_unit_test(what_is_too_much_is_refused_whole),
    };
    return cmocka_run_group_tests(tests, served_world_open, served_world_close);
}
