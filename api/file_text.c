#include "api/file_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum status file_text_read(const char *path, size_t most, struct buf *out, struct err *e)
{
    char chunk[65536];
    FILE *f = fopen(path, "rbe");
    buf_init(out, most);
    if (f == NULL)
        return err_set(e, NOT_FOUND, "%s: cannot be read: %s", path, strerror(errno));
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, f)) > 0; )
        buf_add(out, chunk, got);
    fclose(f);
    if (out->full)
        return err_set(e, TOO_BIG, "%s: longer than the %zu bytes that are read", path, most);
    buf_add(out, "", 0);
    return memchr(out->data, '\0', out->len) == NULL ? OK : err_set(e, INVALID, "%s: this is no text", path);
}
