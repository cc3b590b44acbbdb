#include "core/base/resource.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What is compiled in is what stands in the folder, byte for byte.
static void every_resource_is_its_file(void **state)
{
    (void)state;
    int seen = 0;
    for (const struct resource *r = resource_next("", NULL); r != NULL; r = resource_next("", r), seen++) {
        char path[256], *body = malloc(r->bytes + 2);
        snprintf(path, sizeof path, GP_SOURCE_DIR "/data/%s", r->path);
        FILE *f = fopen(path, "rb");
        assert_non_null(f);
        size_t got = fread(body, 1, r->bytes + 1, f);
        fclose(f);
        assert_int_equal(got, r->bytes);
        assert_memory_equal(body, r->text, got);
        assert_int_equal(r->text[r->bytes], '\0');
        free(body);
    }
    assert_true(seen >= 1);
}

static void they_come_in_order_and_by_name(void **state)
{
    (void)state;
    const struct resource *last = NULL;
    for (const struct resource *r = resource_next("schema/", NULL); r != NULL; r = resource_next("schema/", r)) {
        assert_true(last == NULL || strcmp(last->path, r->path) < 0);
        assert_ptr_equal(resource_get(r->path), r);
        last = r;
    }
    assert_non_null(last);
    assert_null(resource_text("schema/none.sql", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_resource_is_its_file),
        cmocka_unit_test(they_come_in_order_and_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
