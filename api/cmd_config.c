// gridpatrol config: how a station would be served, each setting with where that was said.
#include "api/command.h"
#include "api/config.h"
#include "api/serve_settings.h"
#include "core/base/json_write.h"
#include <stdio.h>
#include <string.h>

enum { OUTPUT_CEILING = 1 << 20 };
struct settings { bool json; };
const struct option config_options[] = {
    { .kind = OPTION_FLAG, .name = "json", .at = offsetof(struct settings, json), .help = "for programs: an object a setting, with value and source" },
    { .kind = OPTION_END },
};

static void write_value(const struct option *o, const struct serve_settings *s, char *out, size_t cap)
{
    const char *at = (const char *)s + o->at, *text;
    double number;
    if (o->kind == OPTION_FLAG) {
        snprintf(out, cap, "%s", *(const bool *)at ? "true" : "false");
    } else if (o->kind == OPTION_NUMBER) {
        memcpy(&number, at, sizeof number);
        snprintf(out, cap, "%.15g", number);
    } else {
        memcpy(&text, at, sizeof text);
        snprintf(out, cap, "%s", text_or_empty(text));
    }
}

// A line that a file may have; what nobody said stands there as a comment, so that all of it can be one.
static void put_line(struct buf *out, const struct option *o, const char *value, const char *source, enum lang lang)
{
    buf_printf(out, "# %s\n", text_in(lang, o->help));
    buf_printf(out, source != NULL ? "%s = %s        # %s\n\n" : "# %s = %s\n\n", o->name, value, text_or_empty(source));
}

static void put_object(struct json_writer *j, const struct option *o, const char *value, const char *source)
{
    json_put_object(j, NULL);
    json_put_text(j, "name", o->name);
    json_put_text(j, "value", value);
    json_put_text(j, "source", source);
    json_put_end(j);
}

static void write_all(const struct config *c, const struct serve_settings *s, bool is_json, enum lang lang, struct buf *out)
{
    struct json_writer j = { .to = out };
    if (is_json)
        json_put_list(&j, NULL);
    for (const struct option *o = serve_options; o->kind != OPTION_END; o++) {
        char value[4096];
        if (!config_takes(o))
            continue;
        write_value(o, s, value, sizeof value);
        if (is_json)
            put_object(&j, o, value, config_source(c, o));
        else
            put_line(out, o, value, config_source(c, o), lang);
    }
    if (is_json)
        json_put_end(&j), buf_text(out, "\n");
}

int cmd_config(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings own = { .json = false };
    struct serve_settings s = SERVE_USUAL;
    struct operands words;
    struct config *c = NULL;
    struct buf out;
    if (options_read(config_options, call->argc, call->argv, 1, &own, &words, &e) != OK)
        return command_used_wrongly(call, &e);
    if (config_open(serve_options, words.count > 0 ? words.item[0] : NULL, &s, &c, &e) != OK)
        return command_failed(call, &e);
    buf_init(&out, OUTPUT_CEILING);
    write_all(c, &s, own.json, call->lang, &out);
    fputs(out.data, stdout);
    buf_clear(&out);
    config_close(c);
    return EXIT_DONE;
}
