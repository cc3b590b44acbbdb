#include "core/base/resource.h"

#include <stdint.h>
#include <string.h>

// Made by scripts/resources.cmake, sorted by path; ends with a row without a path.
extern const struct resource resource_list[];

const struct resource *resource_next(const char *prefix, const struct resource *from)
{
    for (const struct resource *r = from != NULL ? from + 1 : resource_list; r->path != NULL; r++)
        if (strncmp(r->path, prefix, strlen(prefix)) == 0)
            return r;
    return NULL;
}

const struct resource *resource_get(const char *path)
{
    for (const struct resource *r = resource_list; r->path != NULL; r++)
        if (strcmp(r->path, path) == 0)
            return r;
    return NULL;
}

const char *resource_text(const char *path, size_t *bytes)
{
    const struct resource *r = resource_get(path);
    if (r != NULL && bytes != NULL)
        *bytes = r->bytes;
    return r != NULL ? r->text : NULL;
}
