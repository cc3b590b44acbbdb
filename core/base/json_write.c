#include "core/base/json_write.h"

#include "core/base/status.h"

static void put_key(struct json_writer *j, const char *key)
{
    if (j->more)
        buf_add(j->to, ",", 1);
    j->more = true;
    if (key == NULL)
        return;
    buf_json_text(j->to, key);
    buf_add(j->to, ":", 1);
}

static void open(struct json_writer *j, const char *key, char begin, char end)
{
    must(j->depth < JSON_WRITE_DEPTH);
    put_key(j, key);
    buf_add(j->to, &begin, 1);
    j->end[j->depth++] = end;
    j->more = false;
}

void json_put_object(struct json_writer *j, const char *key) { open(j, key, '{', '}'); }
void json_put_list(struct json_writer *j, const char *key) { open(j, key, '[', ']'); }

void json_put_end(struct json_writer *j)
{
    must(j->depth > 0);
    buf_add(j->to, &j->end[--j->depth], 1);
    j->more = true;
}

void json_put_text(struct json_writer *j, const char *key, const char *utf8)
{
    put_key(j, key);
    if (utf8 == NULL)
        buf_text(j->to, "null");
    else
        buf_json_text(j->to, utf8);
}

void json_put_number(struct json_writer *j, const char *key, double value, int decimals)
{
    put_key(j, key);
    buf_json_number(j->to, value, decimals);
}

void json_put_integer(struct json_writer *j, const char *key, int64_t value)
{
    put_key(j, key);
    buf_integer(j->to, value);
}

void json_put_bool(struct json_writer *j, const char *key, bool value)
{
    put_key(j, key);
    buf_text(j->to, value ? "true" : "false");
}

void json_put_null(struct json_writer *j, const char *key)
{
    put_key(j, key);
    buf_text(j->to, "null");
}

void json_put_raw(struct json_writer *j, const char *key, const char *json, size_t len)
{
    put_key(j, key);
    buf_add(j->to, json, len);
}
