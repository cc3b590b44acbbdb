#include "core/evidence.h"

#include "core/store/evidence_rows.h"
#include "core/told.h"
#include "core/visible.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *media_type_of(const char *path)
{
    static const struct { const char *ending, *type; } known[] = {
        { "jpg", "image/jpeg" }, { "jpeg", "image/jpeg" }, { "png", "image/png" }, { "heic", "image/heic" }, { "webp", "image/webp" },
        { "tif", "image/tiff" }, { "tiff", "image/tiff" }, { "mp4", "video/mp4" }, { "mov", "video/quicktime" }, { "mp3", "audio/mpeg" },
        { "pdf", "application/pdf" }, { "txt", "text/plain" },
    };
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot != NULL && i < sizeof known / sizeof known[0]; i++)
        if (strcasecmp(dot + 1, known[i].ending) == 0)
            return known[i].type;
    return "application/octet-stream";
}

const char *media_type_of_content(const char *path)
{
    static const struct { size_t at; const char *bytes; size_t len; const char *type; } signs[] = {
        { 0, "\xFF\xD8\xFF", 3, "image/jpeg" }, { 0, "\x89PNG\r\n\x1A\n", 8, "image/png" }, { 8, "WEBP", 4, "image/webp" },
        { 4, "ftypheic", 8, "image/heic" }, { 4, "ftypheix", 8, "image/heic" }, { 4, "ftyphevc", 8, "image/heic" }, { 4, "ftypmif1", 8, "image/heic" },
        { 0, "%PDF-", 5, "application/pdf" },
    };
    char first[16] = "";
    FILE *f = fopen(path, "rbe");
    size_t got = f != NULL ? fread(first, 1, sizeof first, f) : 0;
    if (f != NULL)
        fclose(f);
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (got >= signs[i].at + signs[i].len && memcmp(first + signs[i].at, signs[i].bytes, signs[i].len) == 0)
            return signs[i].type;
    return NULL;
}

bool evidence_is_part(const char *word)
{
    static const char *const parts[] = { "near", "far", "reference", "before", "after", "paper", "other", NULL };
    for (int i = 0; parts[i] != NULL; i++)
        if (strcmp(parts[i], word) == 0)
            return true;
    return false;
}

enum status evidence_record(struct work *w, struct evidence *v)
{
    if (v->part == NULL || !evidence_is_part(v->part))
        return err_set(w->e, INVALID, "a photo is near, far, reference, before, after, paper or other; \"%s\" was given", v->part != NULL ? v->part : "");
    const char *slash = strrchr(v->name, '/');
    v->name = slash != NULL ? slash + 1 : v->name;
    if (v->media_type == NULL)
        v->media_type = media_type_of(v->name);
    if (!id_is_set(&v->id))
        v->id = work_id(w);
    if (v->captured_by == NULL)
        v->captured_by = w->actor;
    enum status s = evidence_insert(w->db, v, w->now_s, w->e);
    return s == OK ? told_note(w, &(struct deed){ .verb = "record", .thing = "evidence", .thing_id = v->id.text, .note = v->part }, NULL) : s;
}

enum status evidence_record_once(struct work *w, struct evidence *v, bool *is_new)
{
    struct evidence_kept kept;
    bool has_id = id_is_set(&v->id);
    enum status s = has_id ? evidence_kept_select(w->db, v->id.text, &kept, w->e) : evidence_like_select(w->db, v, &kept, w->e);
    *is_new = s == NOT_FOUND;
    if (s == NOT_FOUND)
        return evidence_record(w, v);
    if (s != OK)
        return s;
    bool same = strcmp(kept.thing_id, v->thing_id) == 0 && strcmp(kept.sha256, v->blob.sha256) == 0 && strcmp(kept.part, v->part) == 0;
    if (!same)
        return err_set(w->e, CONFLICT, "the id %s is of another original; a new one has an id of its own", v->id.text);
    v->id = kept.id;
    return OK;
}

static enum status see(struct work *w, const struct evidence *v)
{
    static const char *const seen_by_record[] = { "finding", "case", "lead", "change", NULL };
    bool seen = false;
    int i = 0;
    while (seen_by_record[i] != NULL && strcmp(seen_by_record[i], v->thing) != 0)
        i++;
    enum status s = seen_by_record[i] != NULL ? visible_record(w, v->thing, v->thing_id) : NOT_FOUND;
    if (s != NOT_FOUND || strcmp(v->thing, "case") != 0)
        return s;
    s = evidence_is_handed_over(w, v, &seen);
    return s == OK && !seen ? NOT_FOUND : s;
}

enum status evidence_get(struct work *w, const char *id, struct arena *a, struct evidence *out)
{
    enum status s = evidence_select(w->db, id, a, out, w->e);
    if (s == OK)
        s = see(w, out);
    return s == NOT_FOUND ? err_set(w->e, NOT_FOUND, "there is no evidence \"%.60s\"", id) : s;
}
