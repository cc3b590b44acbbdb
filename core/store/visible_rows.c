#include "core/store/visible_rows.h"

#include <string.h>

enum status record_seen(struct db *db, const char *key, struct looking *l, bool *out, struct err *e)
{
    static const struct { const char *key, *sql; } questions[] = {
        { "case", "SELECT count(*) FROM case_file t WHERE (t.number = $1 OR t.id = $1)" },
        { "lead", "SELECT count(*) FROM lead t WHERE (t.number = $1 OR t.id = $1)" },
        { "finding", "SELECT count(*) FROM finding t WHERE (t.number = $1 OR t.id = $1)" },
        { "change", "SELECT count(*) FROM change t WHERE t.id = $1" },
    };
    int64_t count = 0;
    size_t i = 0;
    while (i < sizeof questions / sizeof questions[0] && strcmp(questions[i].key, key) != 0)
        i++;
    must(i < sizeof questions / sizeof questions[0]);
    buf_text(&l->clause.text, questions[i].sql);
    visible_records_where(&l->viewer, key, "t", &l->clause);
    enum status s = db_integer(db, l->clause.text.data, clause_values(&l->clause), &count, e);
    *out = count > 0;
    return s;
}
