// file_text.h - a small file read whole, for what is kept as it was given (notices, documents).
#pragma once
#include "core/base/buf.h"
#include "core/base/status.h"

// NOT_FOUND, TOO_BIG; INVALID: a nought in it. buf_clear(out) in any case.
enum status file_text_read(const char *path, size_t most, struct buf *out, struct err *e);
