// filter_fuzz.c - a stranger's expression through every road: what is read must be written and read again the same, compile for both
// databases without a value in the SQL, and answer on a row that has no facts.
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/filter.h"
#include "core/store/store.h"
#include "tests/core/filter_scope.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_same_again(struct arena *a, const struct filter *f)
{
    struct buf once, again;
    const struct filter *g;
    struct err e = { 0 };
    buf_init(&once, 8 << 20);
    buf_init(&again, 8 << 20);
    filter_print(f, &once);
    must(!once.full);
    enum status s = filter_parse(a, once.data, &g, &e);
    must(s == OK || s == TOO_BIG);  // brackets and spaces may carry it over a limit
    if (s == OK) {
        filter_print(g, &again);
        must(strcmp(once.data, again.data) == 0);
    }
    buf_clear(&once);
    buf_clear(&again);
}

// No quote of SQL's: whatever the stranger wrote is bound.
static void compile(struct arena *a, const struct filter *f, enum filter_dialect dialect)
{
    struct filter_sql_options how = { .dialect = dialect, .windows = true };
    struct filter_sql sql;
    struct err e = { .lang = LANG_ZH };
    if (filter_compile(f, &filter_all_offered, &how, a, &sql, &e) != OK)
        return;
    must(sql.text[0] == '(' && strstr(sql.text, "--") == NULL && strchr(sql.text, ';') == NULL);
    int asked = 0;
    for (const char *c = sql.text; *c != '\0'; c++)
        asked += *c == '$';
    must(asked == sql.values);
}

static bool no_fact(void *ctx, const char *name, struct filter_value *out)
{
    (void)ctx, (void)name, (void)out;
    return false;
}

static void try_all(struct arena *a, const struct filter *f)
{
    struct filter_facts facts = { .get = no_fact };
    enum filter_truth answer;
    struct err e = { 0 };
    expect_same_again(a, f);
    compile(a, f, FILTER_SPATIALITE);
    compile(a, f, FILTER_POSTGIS);
    if (filter_eval(f, &facts, a, &answer, &e) == OK)
        must(answer == FILTER_TRUE || answer == FILTER_FALSE || answer == FILTER_UNKNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open(FILTER_ARENA_BYTES * (size_t)4);
    char *text = arena_get(a, size + 1);
    if (size > 0)
        memcpy(text, data, size);
    const struct filter *f;
    struct err e = { 0 };
    enum status s = text[0] == '{' ? filter_parse_json(a, text, size, &f, &e) : filter_parse(a, text, &f, &e);
    if (s == OK)
        try_all(a, f);
    else
        must(e.text[0] != '\0');
    arena_close(a);
    return 0;
}
