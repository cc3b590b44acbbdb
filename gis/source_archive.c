#include "gis/source_archive.h"

#include "core/base/disk.h"
#include "gis/crs.h"
#include "gis/source_layer.h"
#include "gis/source_hush.h"
#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal.h>
#include <gdal_utils.h>
#include <ogr_api.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROOM_LEAST = 64 << 10 };      // bytes: the writer's buffer

struct archive { const char *path, *crs; GDALDatasetH dataset; void *layer; const struct progress *progress; };

static enum status open_crs(const struct archive *a, struct crs **out, struct err *e)
{
    enum status s = a->crs != NULL ? crs_open(a->crs, out, e) : source_layer_crs(a->layer, out, e);
    if (s == NOT_FOUND)
        return err_set(e, INVALID, "%s does not say its coordinate reference system; name it with --crs, for example EPSG:4549", a->path);
    return s;
}

static enum status take_crs(struct archive *a, struct archive_facts *facts, struct err *e)
{
    struct crs *crs = NULL;
    enum status s = open_crs(a, &crs, e);
    OGREnvelope box;
    if (s == OK && OGR_L_GetFeatureCount(a->layer, 1) > 0 && OGR_L_GetExtent(a->layer, &box, 1) == OGRERR_NONE)
        s = crs_check(crs, (struct box_m){ box.MinX, box.MinY, box.MaxX, box.MaxY }, a->path, e);
    if (s == OK)
        snprintf(facts->crs, sizeof facts->crs, "%s", crs_code(crs)[0] != '\0' ? crs_code(crs) : crs_name(crs));
    crs_close(crs);
    return s;
}

static int tell(double share, const char *message, void *ctx)
{
    (void)message;
    progress_tell(ctx, "archiving", share);
    return TRUE;
}

// "" in names is how SQL writes a quote.
static void quoted(const char *name, char *out, size_t cap)
{
    size_t n = 0;
    for (; *name != '\0' && n + 3 < cap; name++) {
        if (*name == '"')
            out[n++] = '"';
        out[n++] = *name;
    }
    out[n] = '\0';
}

static char **words_of(const struct archive *a)
{
    char name[512], sql[640];
    quoted(OGR_L_GetName(a->layer), name, sizeof name);
    snprintf(sql, sizeof sql, "SELECT FID AS source_fid, * FROM \"%s\"", name);
    char **words = NULL;
    const char *const fixed[] = { "-f", "FlatGeobuf", "-nln", "survey", "-lco", "SPATIAL_INDEX=NO", "-dialect", "OGRSQL", "-sql", sql };
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        words = CSLAddString(words, fixed[i]);
    if (a->crs != NULL) {
        words = CSLAddString(words, "-a_srs");
        words = CSLAddString(words, a->crs);
    }
    return words;
}

static enum status translate(struct archive *a, const char *out, const struct source_hush *hush, struct err *e)
{
    char **words = words_of(a);
    GDALVectorTranslateOptions *options = GDALVectorTranslateOptionsNew(words, NULL);
    GDALVectorTranslateOptionsSetProgress(options, tell, (void *)a->progress);
    int misused = 0;
    GDALDatasetH made = GDALVectorTranslate(out, NULL, 1, &a->dataset, options, &misused);
    GDALVectorTranslateOptionsFree(options);
    CSLDestroy(words);
    if (made != NULL)
        GDALClose(made);
    if (made != NULL && hush->errors == 0)
        return OK;
    if (!disk_has_room(out, ROOM_LEAST))
        return err_set(e, FAILED, "%s: cannot be archived: the disk is full; nothing was added", a->path);
    return err_set(e, FAILED, "%s: cannot be archived: %.300s", a->path, hush->said);
}

static uint32_t length_at(const uint8_t *p) { return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24; }

// Features that stand whole in a FlatGeobuf file without an index: magic (8 bytes), header and features, each behind its length.
static int64_t count_whole(const uint8_t *file, int64_t size)
{
    enum { MAGIC = 8, LENGTH = 4 };
    int64_t pieces = 0, at = MAGIC;
    while (at + LENGTH <= size && (at += LENGTH + (int64_t)length_at(file + at)) <= size)
        pieces++;
    return at == size && pieces > 0 ? pieces - 1 : -1;
}

static int64_t whole_features(const char *path)
{
    int64_t features = -1;
    struct stat st = { 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size == 0)
        features = 0;                       // GDAL begins with the first feature that has a geometry
    if (st.st_size > 0) {
        void *file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (file != MAP_FAILED) {
            features = count_whole(file, st.st_size);
            munmap(file, (size_t)st.st_size);
        }
    }
    if (fd >= 0)
        close(fd);
    return features;
}

// GDAL's writer does not look whether the disk took what it wrote, and keeps no feature without a geometry.
static enum status count_archive(const struct archive *a, const char *out, struct archive_facts *facts, struct err *e)
{
    int64_t arrived = whole_features(out), given = OGR_L_GetFeatureCount(a->layer, 1);
    if (arrived < 0 || (arrived < given && !disk_has_room(out, ROOM_LEAST)))
        return err_set(e, FAILED, "%s: the archive was cut short: the disk is full or broken; nothing was added", a->path);
    facts->features = arrived;
    facts->without_geometry = given - arrived;
    return OK;
}

static bool is_single(GDALDatasetH dataset, const char *path)
{
    struct stat st;
    char **files = GDALGetFileList(dataset);
    bool one = CSLCount(files) <= 1 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
    CSLDestroy(files);
    return one;
}

enum status archive_write(const char *path, const char *layer, const char *crs, const char *out, const struct progress *progress,
                          struct archive_facts *facts, struct err *e)
{
    struct archive a = { .path = path, .crs = crs, .progress = progress };
    struct source_hush hush;
    *facts = (struct archive_facts){ 0 };
    source_hush_begin(&hush);
    a.dataset = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, NULL, NULL, NULL);
    enum status s = a.dataset != NULL ? OK : err_set(e, INVALID, "%s cannot be opened as a vector layer: %.300s", path, hush.said);
    if (s == OK)
        s = source_layer_pick(a.dataset, path, layer, &a.layer, e);
    if (s == OK)
        s = take_crs(&a, facts, e);
    hush.errors = 0;                   // what opening complained about and survived is no fault of the archive
    if (s == OK)
        s = translate(&a, out, &hush, e);
    if (s == OK) {
        s = count_archive(&a, out, facts, e);
        facts->is_single_file = is_single(a.dataset, path);
        snprintf(facts->driver, sizeof facts->driver, "%s", GDALGetDriverShortName(GDALGetDatasetDriver(a.dataset)));
    }
    if (a.dataset != NULL)
        GDALClose(a.dataset);
    source_hush_end(&hush);
    return s;
}

enum status archive_each_file(const char *path, archive_visit *fn, void *ctx, struct err *e)
{
    struct source_hush hush;
    source_hush_begin(&hush);
    GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL, NULL, NULL);
    char **files = dataset != NULL ? GDALGetFileList(dataset) : NULL;
    enum status s = OK;
    struct stat st;
    for (int i = 0; s == OK && files != NULL && files[i] != NULL; i++)
        if (stat(files[i], &st) == 0 && S_ISREG(st.st_mode))
            s = fn(ctx, files[i], e);
    CSLDestroy(files);
    if (dataset != NULL)
        GDALClose(dataset);
    source_hush_end(&hush);
    return s;
}
