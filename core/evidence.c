#include "core/evidence.h"

#include "core/store/evidence_rows.h"
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

static bool is_part(const char *word)
{
    static const char *const parts[] = { "near", "far", "reference", "before", "after", "paper", "other", NULL };
    for (int i = 0; parts[i] != NULL; i++)
        if (strcmp(parts[i], word) == 0)
            return true;
    return false;
}

enum status evidence_record(struct work *w, struct evidence *v)
{
    if (v->part == NULL || !is_part(v->part))
        return err_set(w->e, INVALID, "a photo is near, far, reference, before, after, paper or other; \"%s\" was given", v->part != NULL ? v->part : "");
    const char *slash = strrchr(v->name, '/');
    v->name = slash != NULL ? slash + 1 : v->name;
    if (v->media_type == NULL)
        v->media_type = media_type_of(v->name);
    v->id = work_id(w);
    if (v->captured_by == NULL)
        v->captured_by = w->actor;
    enum status s = evidence_insert(w->db, v, w->now_s, w->e);
    return s == OK ? work_note(w, &(struct deed){ "record", "evidence", v->id.text, v->part, NULL, v->blob.sha256 }) : s;
}
