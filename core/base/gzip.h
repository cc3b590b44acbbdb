// gzip.h - gzip (RFC 1952) of bytes in memory, made so that several can be joined into one without unpacking any.
#pragma once
#include "core/base/buf.h"

// Adds one gzip file of these bytes. The same bytes give the same file.
void gzip_add(struct buf *out, const void *bytes, size_t len);
// Adds one gzip file whose content is that of the files one after the other; each was made by gzip_add. Browsers read but the first of
// several files, so joining is more than putting them behind each other.
struct gzip_file { const void *bytes; size_t len; };
void gzip_join(struct buf *out, const struct gzip_file *file, int files);
// Adds the content of one file. false: it is not one, or is damaged, or out is full.
bool gzip_read(struct buf *out, const void *bytes, size_t len);
