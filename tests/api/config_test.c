// Settings of the service from files and the environment: what goes before what, and that a misspelt one is refused with its place.
#include "api/config.h"
#include "api/serve_settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture { char folder[64], path[100]; struct err e; };

static int open_folder(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/gridpatrol-test-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/gridpatrol.conf", f->folder);
    *state = f;
    return 0;
}

static int close_folder(void **state)
{
    struct fixture *f = *state;
    remove(f->path);
    remove(f->folder);
    free(f);
    return 0;
}

static void write_file(const struct fixture *f, const char *text)
{
    FILE *file = fopen(f->path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static struct config *read_all(struct fixture *f, struct serve_settings *s)
{
    struct config *c = NULL;
    *s = SERVE_USUAL;
    if (config_open(serve_options, f->folder, s, &c, &f->e) != OK)
        fail_msg("%s", f->e.text);
    return c;
}

static void what_nobody_says_is_as_usual(void **state)
{
    struct serve_settings s;
    struct config *c = read_all(*state, &s);
    assert_string_equal(s.listen, "127.0.0.1:8080");
    assert_null(config_source(c, option_named(serve_options, "listen")));
    config_close(c);
}

static void a_file_says_what_the_environment_may_say_otherwise(void **state)
{
    struct fixture *f = *state;
    struct serve_settings s;
    char first_line[120];
    write_file(f, "public-url = https://grid.example.cn   # a comment\n\n# another\n  rate=50\ntrust-proxy = true\nworkers = 3\n");
    setenv("GRIDPATROL_WORKERS", "7", 1);
    struct config *c = read_all(f, &s);
    unsetenv("GRIDPATROL_WORKERS");
    assert_string_equal(s.public_url, "https://grid.example.cn");
    assert_true(s.rate == 50);
    assert_true(s.trusts_proxy);
    assert_true(s.workers == 7);
    snprintf(first_line, sizeof first_line, "%s:1", f->path);
    assert_string_equal(config_source(c, option_named(serve_options, "public-url")), first_line);
    assert_string_equal(config_source(c, option_named(serve_options, "workers")), "GRIDPATROL_WORKERS");
    config_close(c);
}

static void what_cannot_be_is_refused_with_its_place(void **state)
{
    struct fixture *f = *state;
    static const struct { const char *text, *place, *piece; } wrong[] = {
        { "rate = 5\nraet = 5\n", ":2: ", "\"raet\"" }, { "rate = many\n", ":1: ", "needs a number" }, { "rate = -1\n", ":1: ", "between" }, { "rate\n", ":1: ", "name = value" },
        { "trust-proxy = yes\n", ":1: ", "true or false" }, { "listen =\n", ":1: ", "empty" }, { "quiet = true\n", ":1: ", "\"quiet\"" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct serve_settings s = SERVE_USUAL;
        struct config *c = NULL;
        write_file(f, wrong[i].text);
        assert_int_equal(config_open(serve_options, f->folder, &s, &c, &f->e), INVALID);
        assert_null(c);
        if (strstr(f->e.text, wrong[i].place) == NULL || strstr(f->e.text, wrong[i].piece) == NULL)
            fail_msg("%s: %s", wrong[i].text, f->e.text);
    }
}

static void a_line_has_an_end(void **state)
{
    struct fixture *f = *state;
    struct serve_settings s = SERVE_USUAL;
    struct config *c = NULL;
    static char text[6000];
    memset(text, 'x', sizeof text - 1);
    write_file(f, text);
    assert_int_equal(config_open(serve_options, f->folder, &s, &c, &f->e), TOO_BIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_nobody_says_is_as_usual, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(a_file_says_what_the_environment_may_say_otherwise, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_refused_with_its_place, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(a_line_has_an_end, open_folder, close_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
