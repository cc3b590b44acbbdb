#include "core/audit.h"

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/lifecycle.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ROW_CEILING = 1 << 20, ROW_USUAL = 600 };

// Lengths before the words: no two different rows have the same text.
static void add_word(struct buf *b, const char *word)
{
    size_t len = strlen(word);
    buf_integer(b, (int64_t)len);
    buf_add(b, ":", 1);
    buf_add(b, word, len);
}

static enum status hash_of(const char *last, int64_t seq, const struct audit_row *r, char out[65], struct err *e)
{
    struct buf b;
    buf_init(&b, ROW_CEILING);
    (void)buf_room(&b, ROW_USUAL);
    add_word(&b, last);
    buf_integer(&b, seq);
    buf_add(&b, ",", 1);
    buf_integer(&b, r->at_s);
    buf_add(&b, ",", 1);
    const char *words[] = { r->actor, r->verb, r->thing, r->thing_id, text_or_empty(r->note), text_or_empty(r->before_sha256),
                            text_or_empty(r->after_sha256) };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        add_word(&b, words[i]);
    enum status s = b.full ? err_set(e, TOO_BIG, "a note of the audit may have %d bytes", ROW_CEILING / 2) : OK;
    if (s == OK)
        hash_sha256(b.data, b.len, out);
    buf_clear(&b);
    return s;
}

static enum status read_head(struct db *d, int64_t *seq, char hash[65], struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(d, "SELECT seq, hash FROM audit_head", NO_VALUES, &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && !more)
        s = err_set(e, FAILED, "the end of the audit chain is missing: the station was tampered with; restore a backup");
    if (s == OK) {
        *seq = rows_integer(r, 0);
        rows_copy(r, 1, hash, 65);
    }
    rows_done(r);
    return s;
}

enum status audit_record(struct db *d, const struct audit_row *row, struct err *e)
{
    int64_t seq = 0;
    char last[65], hash[65];
    enum status s = read_head(d, &seq, last, e);
    if (s == OK)
        s = hash_of(last, seq + 1, row, hash, e);
    if (s != OK)
        return s;
    return db_run(d, "INSERT INTO audit (seq, at_s, actor, verb, thing, thing_id, note, before_sha256, after_sha256, hash) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                  VALUES(value_integer(seq + 1), value_integer(row->at_s), value_text(row->actor), value_text(row->verb),
                         value_text(row->thing), value_text(row->thing_id), value_text(text_or_empty(row->note)),
                         value_text(text_or_empty(row->before_sha256)), value_text(text_or_empty(row->after_sha256)), value_text(hash)), e);
}

static void bad_at(struct audit_report *out, int64_t seq, const char *fault)
{
    out->first_bad = seq;
    snprintf(out->fault, sizeof out->fault, "%s", fault);
}

static struct audit_row row_of(const struct rows *r)
{
    return (struct audit_row){ .at_s = rows_integer(r, 1), .actor = text_or_empty(rows_text(r, 2)), .verb = text_or_empty(rows_text(r, 3)),
                               .thing = text_or_empty(rows_text(r, 4)), .thing_id = text_or_empty(rows_text(r, 5)), .note = rows_text(r, 6),
                               .before_sha256 = rows_text(r, 7), .after_sha256 = rows_text(r, 8) };
}

// One row against the one before it; last is its hash and becomes this one's.
static enum status check_row(const struct rows *r, int64_t expected, char last[65], struct audit_report *out, struct err *e)
{
    int64_t seq = rows_integer(r, 0);
    if (seq != expected) {
        bad_at(out, expected, text_in(e->lang, "a row is missing here, or one was put in out of order"));
        return OK;
    }
    struct audit_row row = row_of(r);
    char hash[65];
    enum status s = hash_of(last, seq, &row, hash, e);
    if (s == OK && strcmp(hash, text_or_empty(rows_text(r, 9))) != 0)
        bad_at(out, seq, text_in(e->lang, "this row is not what was written, or the one before it is not"));
    memcpy(last, hash, sizeof hash);
    return s;
}

enum status audit_verify(struct db *d, struct audit_report *out, struct err *e)
{
    *out = (struct audit_report){ 0 };
    char last[65] = "", end[65];
    int64_t head = 0;
    struct rows *r = NULL;
    enum status s = read_head(d, &head, end, e);
    if (s == OK)
        s = db_ask(d, "SELECT seq, at_s, actor, verb, thing, thing_id, note, before_sha256, after_sha256, hash FROM audit ORDER BY seq",
                   NO_VALUES, &r, e);
    for (bool more = true; s == OK && out->first_bad == 0; out->rows++) {
        s = rows_next(r, &more, e);
        if (s != OK || !more)
            break;
        s = check_row(r, out->rows + 1, last, out, e);
    }
    rows_done(r);
    if (s == OK && out->first_bad == 0 && (head != out->rows || strcmp(last, end) != 0))
        bad_at(out, out->rows + 1, text_in(e->lang, "the chain does not end where it should: rows were cut off or added"));
    return s;
}

enum status audit_holds(struct db *d, int64_t seq, const char *hash, struct err *e)
{
    char found[65] = "", end[65];
    int64_t last = 0;
    enum status s = read_head(d, &last, end, e);
    if (s == OK && seq > last)
        return err_set(e, FAILED, "the chain has %" PRId64 " rows, but the copy that was kept ends with row %" PRId64 ": rows are missing", last, seq);
    if (s == OK && seq > 0)
        s = db_text(d, "SELECT hash FROM audit WHERE seq = $1", VALUES(value_integer(seq)), found, sizeof found, e);
    if (s == OK && strcmp(found, hash) != 0)
        s = err_set(e, FAILED, "row %" PRId64 " is not the one that was kept (%.16s..., expected %.16s...): what lies before it was rewritten, or it is "
                               "another station's", seq, found, hash);
    return s;
}

// --- For people -----------------------------------------------------------------------------------------------------------------------

struct title { const char *word, *title; };
static const struct title nobodies[] = { { "system", "the program" }, { "sealed", "(not named)" } };
static const struct title deeds[] = {
    { "add", "add by hand" }, { "edit", "edit" }, { "join_case", "add to an open case" }, { "load", "load" }, { "make", "make" }, { "record", "enter" }, { "rehome", "place anew" },
    { "retire", "retire" }, { "route", "route" }, { "seal", "seal" }, { "see_again", "look again" }, { "take_out", "take out of the register" },
    { "withdraw", "take back" },
};
static const struct title things[] = {
    { "actor", "person" }, { "agency", "agency" }, { "area", "areas" }, { "calendar", "holiday notice" }, { "compartment", "compartment" },
    { "district", "district" }, { "document", "document" }, { "evidence", "evidence" }, { "grid", "patrol grid" }, { "layer", "layer" },
    { "paper", "paper" }, { "sealed", "secret lead" }, { "survey", "survey" }, { "work_period", "hours of work" },
    { "zone", "controlled zone" },
};

static const char *title_in(const struct title *t, size_t count, const char *word, enum lang lang)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(t[i].word, word) == 0)
            return text_in(lang, t[i].title);
    return word;
}

const char *audit_actor_title(const struct audit_row *r, enum lang lang)
{
    return title_in(nobodies, sizeof nobodies / sizeof nobodies[0], r->actor_name, lang);
}

const char *audit_verb_title(const char *thing, const char *verb, enum lang lang)
{
    const char *move = lifecycle_verb_title(thing, verb, lang);
    return move != NULL ? move : title_in(deeds, sizeof deeds / sizeof deeds[0], verb, lang);
}

const char *audit_thing_title(const char *thing, enum lang lang)
{
    const char *title = lifecycle_thing_title(thing, lang);
    return title != NULL ? title : title_in(things, sizeof things / sizeof things[0], thing, lang);
}

enum status audit_each(struct db *d, const struct audit_query *q, audit_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(d, "SELECT seq, at_s, actor, verb, thing, thing_id, note, before_sha256, after_sha256, hash, "
                              "(SELECT name FROM actor WHERE id = actor) FROM audit "
                              "WHERE ($1 IS NULL OR thing = $1) AND ($2 IS NULL OR thing_id = $2) AND "
                              "seq > CAST(coalesce($3, '0') AS INTEGER) AND ($5 = 0 OR thing IN " AUDIT_OF_ACCOUNTS ") ORDER BY seq LIMIT $4",
                           VALUES(value_text(q->thing), value_text(q->thing_id), value_text(page_after(&q->page)), value_integer(page_limit(&q->page)),
                                  value_integer(q->accounts_only)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        struct audit_row row = row_of(r);
        row.hash = rows_text(r, 9);
        row.actor_name = rows_text(r, 10) != NULL ? rows_text(r, 10) : row.actor;
        s = fn(ctx, rows_integer(r, 0), &row, e);
    }
    rows_done(r);
    return s;
}
