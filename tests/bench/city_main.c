// city - makes pairs of building layers with known changes and known noise, for the benchmark and the demonstration.
#include "api/options.h"
#include "gis/footprint.h"
#include "tests/bench/city.h"
#include <stdio.h>
#include <string.h>

static int complain(const struct err *e, int exit_status)
{
    fprintf(stderr, "city: %s\n", e->text);
    return exit_status;
}

static int help(enum lang lang)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    options_help(city_option_table, lang, &text);
    printf("city make --out DIR [options]\n\n%s", text.data);
    buf_clear(&text);
    return 0;
}

static enum status make(const struct city_options *o, struct err *e)
{
    struct city c = {0};
    struct field *f = NULL;
    struct drawing *d = NULL;
    enum status status = city_make(o, &c, e);
    if (status != OK)
        goto done;
    f = field_open(&c);
    d = drawing_open(&c, f);
    status = city_write(&c, d, e);
    if (status == OK)
        printf(text_in(e->lang, "%s: %u buildings before, %u after, %u true changes\n"), o->out, c.before_count,
               c.after_count, c.truths);
done:
    drawing_close(d);
    field_close(f);
    city_clear(&c);
    return status;
}

int main(int argc, char **argv)
{
    struct err e = { .lang = text_lang_of_environment() };
    struct city_options o;
    struct operands rest;
    if (argc < 2 || strcmp(argv[1], "make") != 0)
        return help(e.lang), argc < 2 || strcmp(argv[1], "help") == 0 ? 0 : 2;
    city_options_open(&o);
    if (options_read(city_option_table, argc - 2, argv + 2, 0, &o, &rest, &e) != OK ||
        city_options_settle(&o, &e) != OK)
        return complain(&e, 2);
    footprint_open_library();
    enum status status = make(&o, &e);
    return status == OK ? 0 : complain(&e, status == FAILED ? 1 : 3);
}
