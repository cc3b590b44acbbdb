#include "core/store/migrate.h"

#include "core/base/hash.h"
#include "core/base/resource.h"
#include "core/base/when.h"
#include "core/store/driver.h"
#include "core/store/spatial_trigger.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { APPLICATION_ID = 0x67726470 };          // "grdp", for file(1) and for us

static int64_t number_of(const struct resource *r)
{
    return strtoll(strrchr(r->path, '/') + 1, NULL, 10);
}

static enum status note_version(struct db *d, const struct resource *r, struct err *e)
{
    char sha[65];
    hash_sha256(r->text, r->bytes, sha);
    return db_run(d, "INSERT INTO schema_version (number, name, sha256, applied_at_s) VALUES ($1, $2, $3, $4)",
                  VALUES(value_integer(number_of(r)), value_text(r->path), value_text(sha), value_integer(when_now_s())), e);
}

static enum status apply(struct db *d, const struct resource *r, struct err *e)
{
    enum status s = db_run(d, "BEGIN IMMEDIATE", NO_VALUES, e);
    if (s == OK)
        s = db_script(d, r->text, e);
    if (s == OK)
        s = spatial_trigger_tidy(d, e);
    if (s == OK)
        s = note_version(d, r, e);
    if (s == OK)
        s = db_run(d, "COMMIT", NO_VALUES, e);
    if (s == OK)
        return OK;
    struct err aside = { .lang = LANG_EN };
    (void)db_run(d, "ROLLBACK", NO_VALUES, &aside);
    return s;
}

static enum status apply_after(struct db *d, int64_t number, struct err *e)
{
    enum status s = OK;
    for (const struct resource *r = resource_next("schema/", NULL); s == OK && r != NULL; r = resource_next("schema/", r))
        if (number_of(r) > number)
            s = apply(d, r, e);
    return s;
}

static const char BIRTH[] =
    "PRAGMA application_id=1735550064; "       // APPLICATION_ID
    "CREATE TABLE schema_version (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at_s INTEGER NOT NULL);";

enum status migrate_new(struct db *d, struct err *e)
{
    // The full list of reference systems is 6000 rows nobody here asks for; what is needed is added by name.
    enum status s = db_run(d, "SELECT InitSpatialMetaData(1, 'WGS84')", NO_VALUES, e);
    if (s == OK)
        s = db_run(d, "SELECT InsertEpsgSrid(4490)", NO_VALUES, e);
    if (s == OK)
        s = db_script(d, BIRTH, e);
    return s == OK ? apply_after(d, 0, e) : s;
}

static const struct resource *with_number(int64_t number)
{
    for (const struct resource *r = resource_next("schema/", NULL); r != NULL; r = resource_next("schema/", r))
        if (number_of(r) == number)
            return r;
    return NULL;
}

static enum status compare_version(int64_t number, const char *name, const char *sha, const char *path, struct err *e)
{
    const struct resource *ours = with_number(number);
    if (ours == NULL)
        return err_set(e, INVALID, "%s: made by a newer gridpatrol (schema %s); update the program", path, name);
    char expected[65];
    hash_sha256(ours->text, ours->bytes, expected);
    if (strcmp(expected, sha) != 0)
        return err_set(e, INVALID, "%s: its schema %s is not the one this program knows (%.12s, expected %.12s)", path, name, sha, expected);
    return OK;
}

static enum status compare_versions(struct db *d, const char *path, int64_t *last, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(d, "SELECT number, name, sha256 FROM schema_version ORDER BY number", NO_VALUES, &r, e);
    bool more = true;
    while (s == OK && (s = rows_next(r, &more, e)) == OK && more) {
        *last = rows_integer(r, 0);
        s = compare_version(*last, rows_text(r, 1), rows_text(r, 2), path, e);
    }
    rows_done(r);
    return s;
}

enum status migrate_old(struct db *d, const char *path, struct err *e)
{
    int64_t mark = 0, last = 0;
    enum status s = db_integer(d, "PRAGMA application_id", NO_VALUES, &mark, e);
    if (s == OK && mark != APPLICATION_ID)
        return err_set(e, INVALID, "%s: this is no station of gridpatrol", path);
    if (s == OK)
        s = compare_versions(d, path, &last, e);
    return s == OK ? apply_after(d, last, e) : s;
}
