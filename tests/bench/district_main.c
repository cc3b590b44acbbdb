// district - makes a district for the demonstration and the stories: a city surveyed twice, and all an administration knows of it.
#include "gis/footprint.h"
#include "tests/bench/district.h"
#include <stdio.h>
#include <string.h>

static int complain(const struct err *e, int exit_status)
{
    fprintf(stderr, "district: %s\n", e->text);
    return exit_status;
}

static int help(enum lang lang)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    options_help(made_option_table, lang, &text);
    printf("district make --out DIR [options]\ndistrict score DIR CHANGES\n\n%s", text.data);
    buf_clear(&text);
    return 0;
}

static void tell(const struct made *m, const char *folder, enum lang lang)
{
    uint32_t permits = 0;
    for (uint32_t i = 0; i < m->permits; i++)
        permits += !m->permit[i].is_withdrawn;
    printf(text_in(lang, "%s: %u buildings before, %u after, %u true changes\n"), folder, m->city->before_count, m->city->after_count,
           m->city->truths);
    printf(text_in(lang, "%u streets, %u communities, %u zones, %u permits, %u things in the streets\n"), m->streets, m->areas - m->streets,
           m->zones, permits, m->things);
}

static enum status make(const struct city_options *o, uint32_t signs, struct err *e)
{
    struct city c = { 0 };
    struct field *f = NULL;
    struct drawing *d = NULL;
    struct made m = { 0 };
    enum status status = city_make(o, &c, e);
    if (status != OK)
        goto done;
    f = field_open(&c);
    d = drawing_open(&c, f);
    made_make(&c, f, &m);
    status = city_write(&c, d, e);
    if (status == OK)
        status = made_write(&m, o->out, e);
    if (status == OK && signs > 0)
        status = made_write_signs(&m, o->out, signs, e);
    if (status == OK)
        tell(&m, o->out, e->lang);
done:
    made_clear(&m);
    drawing_close(d);
    field_close(f);
    city_clear(&c);
    return status;
}

static int run_make(int argc, char **argv, struct err *e)
{
    struct made_options o = { .buildings = 20000, .seed = 1 };
    struct city_options city;
    struct operands rest;
    if (options_read(made_option_table, argc, argv, 0, &o, &rest, e) != OK || made_settle(&o, &city, e) != OK)
        return complain(e, 2);
    enum status status = make(&city, (uint32_t)o.signs, e);
    return status == OK ? 0 : complain(e, status == FAILED ? 1 : 3);
}

int main(int argc, char **argv)
{
    struct err e = { .lang = text_lang_of_environment() };
    footprint_open_library();
    if (argc >= 2 && strcmp(argv[1], "make") == 0)
        return run_make(argc - 2, argv + 2, &e);
    if (argc == 4 && strcmp(argv[1], "score") == 0)
        return made_score(argv[2], argv[3], &e) == OK ? 0 : complain(&e, 3);
    return help(e.lang), argc >= 2 && strcmp(argv[1], "help") == 0 ? 0 : 2;
}
