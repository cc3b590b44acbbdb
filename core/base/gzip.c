#include "core/base/gzip.h"

#include "core/base/status.h"
#include <string.h>
#include <zlib.h>

// A file is a head of ten bytes, deflated bytes up to a whole byte (Z_SYNC_FLUSH), the empty last block, and eight bytes of sum and length:
// what lies between head and last block can be joined.
enum { HEAD = 10, LAST = 2, TAIL = 8, AROUND = HEAD + LAST + TAIL, RAW = -15, MEMORY = 8 };
static const uint8_t head[HEAD] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff }, last[LAST] = { 0x03, 0x00 };

static void put_u32(uint8_t *to, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(v >> 8 * i);
}

static uint32_t get_u32(const uint8_t *from) { return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24; }

static void add_end(struct buf *out, uint32_t sum, uint32_t len)
{
    uint8_t tail[TAIL];
    put_u32(tail, sum);
    put_u32(tail + 4, len);
    buf_add(out, last, LAST);
    buf_add(out, tail, TAIL);
}

void gzip_add(struct buf *out, const void *bytes, size_t len, int level)
{
    z_stream z = { .next_in = (Bytef *)bytes, .avail_in = (uInt)len };
    must(len <= UINT32_MAX && deflateInit2(&z, level, Z_DEFLATED, RAW, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK);
    size_t most = deflateBound(&z, (uLong)len) + 16;          // the flush adds an empty block
    buf_add(out, head, HEAD);
    char *room = buf_room(out, most);
    if (room != NULL) {
        z.next_out = (Bytef *)room;
        z.avail_out = (uInt)most;
        must(deflate(&z, Z_SYNC_FLUSH) == Z_OK && z.avail_in == 0 && z.avail_out > 0);
        buf_took(out, (char *)z.next_out);
    }
    deflateEnd(&z);
    add_end(out, (uint32_t)crc32(0, bytes, (uInt)len), (uint32_t)len);
}

void gzip_join(struct buf *out, const struct gzip_file *file, int files)
{
    uint32_t len = 0;
    uLong sum = 0;
    buf_add(out, head, HEAD);
    for (int i = 0; i < files; i++) {
        const uint8_t *bytes = file[i].bytes;
        must(file[i].len >= AROUND);
        size_t body = file[i].len - AROUND;
        uint32_t more = get_u32(bytes + HEAD + body + LAST + 4);
        buf_add(out, bytes + HEAD, body);
        sum = crc32_combine(sum, get_u32(bytes + HEAD + body + LAST), more);
        len += more;
    }
    add_end(out, (uint32_t)sum, len);
}

bool gzip_read(struct buf *out, const void *bytes, size_t len)
{
    z_stream z = { .next_in = (Bytef *)bytes, .avail_in = (uInt)len };
    if (inflateInit2(&z, 16 - RAW) != Z_OK)
        return false;
    int s = Z_OK;
    while (s == Z_OK && !out->full) {
        Bytef piece[16384];
        z.next_out = piece;
        z.avail_out = sizeof piece;
        s = inflate(&z, Z_NO_FLUSH);
        buf_add(out, piece, sizeof piece - z.avail_out);
    }
    inflateEnd(&z);
    return s == Z_STREAM_END && z.avail_in == 0 && !out->full;
}
