#include "core/base/gzip.h"

#include "core/base/status.h"
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <string.h>
#include <zlib.h>

// A file is a head of ten bytes, deflated bytes up to a whole byte (a sync flush), the empty last block, and eight bytes of sum and length:
// what lies between head and last block can be joined.
enum { HEAD = 10, LAST = 2, TAIL = 8, AROUND = HEAD + LAST + TAIL, WINDOW = 15 };
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

// What does not shrink is stored, and each stored block of at most 65535 bytes has five around it; a flush is one more block.
static size_t most_of(size_t len) { return len + (len / 16384 + 2) * 5 + 512; }

void gzip_add(struct buf *out, const void *bytes, size_t len)
{
    static _Thread_local uint8_t work[ISAL_DEF_LVL1_SMALL];
    struct isal_zstream z;
    must(len < UINT32_MAX / 2);
    buf_add(out, head, HEAD);
    char *room = buf_room(out, most_of(len));
    if (room == NULL)
        return;
    isal_deflate_init(&z);
    z.level = 1, z.level_buf = work, z.level_buf_size = sizeof work, z.flush = SYNC_FLUSH;
    z.next_in = (uint8_t *)(uintptr_t)bytes, z.avail_in = (uint32_t)len;
    z.next_out = (uint8_t *)room, z.avail_out = (uint32_t)most_of(len);
    must(isal_deflate(&z) == COMP_OK && z.avail_in == 0 && z.avail_out > 0);
    buf_took(out, (char *)z.next_out);
    add_end(out, crc32_gzip_refl(0, bytes, len), (uint32_t)len);
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
    if (inflateInit2(&z, 16 + WINDOW) != Z_OK)
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
