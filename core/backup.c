#include "core/backup.h"

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/blob.h"
#include "core/folder.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MANIFEST_CEILING = 4096 };
static const char DATABASE[] = "/gridpatrol.sqlite", MANIFEST[] = "/manifest.json";

// --- Originals -----------------------------------------------------------------------------------------------------------------

struct copying { const char *from, *to; const struct progress *progress; int64_t done; };

static enum status copy_blob(void *ctx, const char *sha256, int64_t bytes, struct err *e)
{
    struct copying *c = ctx;
    (void)bytes;
    char path[FOLDER_ROOM];
    struct blob copy;
    blob_path(c->from, sha256, path, sizeof path);
    enum status s = blob_record_file(c->to, path, &copy, e);
    if (s == OK && strcmp(copy.sha256, sha256) != 0)
        s = err_set(e, INVALID, "%s: its content is not what its name says (%.16s...): the file was changed; restore it from a backup",
                    path, copy.sha256);
    double done = (double)++c->done;
    progress_tell(c->progress, "originals", 0.2 + 0.8 * done / (done + 100)); // how many there are is not known beforehand
    return s;
}

// --- Making ------------------------------------------------------------------------------------------------------------------

struct chain_end { int64_t seq; char hash[65]; };

static enum status read_chain_end(struct db *db, void *ctx, struct err *e)
{
    struct chain_end *end = ctx;
    enum status s = db_integer(db, "SELECT seq FROM audit_head", NO_VALUES, &end->seq, e);
    return s == OK ? db_text(db, "SELECT hash FROM audit_head", NO_VALUES, end->hash, sizeof end->hash, e) : s;
}

// From the copy itself, not from the station, which may have moved on.
static enum status end_of_copy(const char *database, struct chain_end *out, struct err *e)
{
    struct store *copy = NULL;
    enum status s = store_open(database, STORE_OPEN, &copy, e);
    if (s == OK)
        s = store_read(copy, read_chain_end, out, e);
    store_close(copy);
    return s;
}

static enum status write_manifest(const char *draft, const char *database, int64_t now_s, struct err *e)
{
    struct chain_end end;
    char sha[65], path[FOLDER_ROOM];
    enum status s = end_of_copy(database, &end, e);
    if (s == OK)
        s = hash_file_sha256(database, sha, e);
    if (s != OK)
        return s;
    folder_join(path, draft, MANIFEST);
    FILE *f = fopen(path, "we");
    bool fine = f != NULL && fprintf(f, "{\"made_at_s\": %" PRId64 ", \"database_sha256\": \"%s\", \"audit_rows\": %" PRId64
                                        ", \"audit_hash\": \"%s\"}\n", now_s, sha, end.seq, end.hash) > 0;
    fine = fine && fflush(f) == 0 && fsync(fileno(f)) == 0;
    if (f != NULL)
        fine = fclose(f) == 0 && fine;
    return fine ? OK : err_set(e, FAILED, "%s: cannot be written: %s", path, strerror(errno));
}

static enum status fill_backup(struct station *s, const char *draft, int64_t now_s, const struct progress *progress, struct err *e)
{
    char database[FOLDER_ROOM];
    folder_join(database, draft, DATABASE);
    progress_tell(progress, "database", 0);
    enum status status = store_copy(station_store(s), database, e);
    if (status == OK)
        status = write_manifest(draft, database, now_s, e);
    progress_tell(progress, "originals", 0.2);
    struct copying copying = { station_folder(s), draft, progress, 0 };
    return status == OK ? blob_each(station_folder(s), copy_blob, &copying, e) : status;
}

enum status backup_make(struct station *s, const char *folder, int64_t now_s, const struct progress *progress, struct err *e)
{
    struct draft draft;
    enum status status = folder_draft(folder, &draft, e);
    if (status != OK)
        return status;
    status = fill_backup(s, draft.path, now_s, progress, e);
    if (status == OK)
        status = folder_settle(&draft, folder, e);
    folder_end(&draft, status);
    return status;
}

// --- Bringing back -----------------------------------------------------------------------------------------------------------

static enum status check_manifest(const char *backup, struct err *e)
{
    char path[FOLDER_ROOM], database[FOLDER_ROOM], found[65];
    folder_join(path, backup, MANIFEST);
    folder_join(database, backup, DATABASE);
    struct json_doc *doc = NULL;
    const char *expected = "";
    enum status s = json_read_file(path, &(struct json_limits){ .bytes = MANIFEST_CEILING }, &doc, e);
    if (s == OK)
        s = json_read_text(json_get(json_root(doc), "database_sha256"), &expected, e);
    if (s == OK)
        s = hash_file_sha256(database, found, e);
    if (s == OK && strcmp(found, expected) != 0)
        s = err_set(e, INVALID, "%s: is not the database this backup was made with (%.16s..., expected %.16s...); take another backup",
                    database, found, expected);
    json_close(doc);
    return s;
}

static enum status copy_file(const char *from, const char *to, struct err *e)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    static _Thread_local char chunk[1 << 18];
    bool fine = in >= 0 && out >= 0;
    for (ssize_t got; fine && (got = read(in, chunk, sizeof chunk)) != 0; )
        fine = got > 0 && write(out, chunk, (size_t)got) == got;
    fine = fine && fsync(out) == 0;
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return fine ? OK : err_set(e, FAILED, "%s: cannot be written: %s", to, strerror(errno));
}

static enum status fill_station(const char *backup, const char *draft, const struct progress *progress, struct err *e)
{
    char from[FOLDER_ROOM], to[FOLDER_ROOM];
    folder_join(from, backup, DATABASE);
    folder_join(to, draft, DATABASE);
    progress_tell(progress, "database", 0);
    enum status s = copy_file(from, to, e);
    progress_tell(progress, "originals", 0.2);
    struct copying copying = { backup, draft, progress, 0 };
    return s == OK ? blob_each(backup, copy_blob, &copying, e) : s;
}

enum status backup_restore(const char *backup, const char *station, const struct progress *progress, struct err *e)
{
    struct draft draft;
    enum status s = folder_check(backup, e);
    if (s == OK)
        s = check_manifest(backup, e);
    if (s == OK)
        s = folder_draft(station, &draft, e);
    if (s != OK)
        return s;
    s = fill_station(backup, draft.path, progress, e);
    if (s == OK)
        s = folder_settle(&draft, station, e);
    folder_end(&draft, s);
    return s;
}
