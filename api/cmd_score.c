#include "api/command.h"
#include "api/score_options.h"
#include "core/base/buf.h"
#include "gis/score.h"
#include <math.h>
#include <stdio.h>

struct settings { struct score_spec spec; bool json; };

const struct option score_options[] = {
    { .kind = OPTION_FLAG, .name = "json", .at = offsetof(struct settings, json), .help = "the figures as JSON" },
    { .kind = OPTION_TEXT, .name = "changes-layer", .value = "NAME", .at = offsetof(struct settings, spec.changes_layer),
      .help = "layer of CHANGES; else \"changes\" or the only one" },
    { .kind = OPTION_TEXT, .name = "truth-layer", .value = "NAME", .at = offsetof(struct settings, spec.truth_layer),
      .help = "layer of TRUTH; else \"truth\" or the only one" },
    { .kind = OPTION_END },
};

enum { TEXT_CEILING = 1 << 20 };

static double share(int64_t part, int64_t of) { return of > 0 ? (double)part / (double)of : NAN; }

// "0.984 (0.975-0.990)", or a dash where there is nothing to divide by.
static const char *figure(int64_t part, int64_t of, char *out, size_t cap)
{
    struct interval w = score_wilson(part, of);
    if (of <= 0)
        return "-";
    snprintf(out, cap, "%.3f (%.3f-%.3f)", share(part, of), w.low, w.high);
    return out;
}

static const char *number(double value, int decimals, char *out, size_t cap)
{
    if (!isfinite(value))
        return "-";
    snprintf(out, cap, "%.*f", decimals, value);
    return out;
}

static void print_left(const char *text, int places) { printf("%s%*s", text, places - text_columns(text), ""); }
static void print_right(const char *text, int places) { printf("%*s%s", places - text_columns(text), "", text); }

static void print_heading(enum lang lang)
{
    print_left("", 14);
    print_right(text_in(lang, "truth"), 7);
    print_right(text_in(lang, "found"), 8);
    printf("  ");
    print_left(text_in(lang, "recall (95 %)"), 20);
    print_right(text_in(lang, "changes"), 9);
    print_right(text_in(lang, "right"), 8);
    printf("  ");
    print_left(text_in(lang, "precision (95 %)"), 20);
    print_right("F1", 7);
    printf("\n");
}

static void print_row(const struct score_row *r, enum lang lang)
{
    char recall[40], precision[40], f1[16];
    print_left(text_in(lang, r->name), 14);
    printf("%7lld %7lld  %-20s  %7lld %7lld  %-20s %6s\n", (long long)r->truth, (long long)r->found,
           figure(r->found, r->truth, recall, sizeof recall), (long long)r->changes, (long long)r->right,
           figure(r->right, r->changes, precision, sizeof precision), number(score_f1(r), 3, f1, sizeof f1));
}

// The class of a truth and the class of the change that found it may differ, so rows of classes and sizes have no F1 of their
// own where one side is empty; the row "all" is the one to quote.
static void print_table(const struct score *s, enum lang lang)
{
    char a[40], b[40], c[40];
    print_heading(lang);
    for (int i = 0; i < s->classes; i++)
        print_row(&s->per_class[i], lang);
    for (int i = 0; i < SCORE_BINS; i++)
        print_row(&s->per_bin[i], lang);
    print_row(&s->all, lang);
    printf(text_in(lang, "found under a fitting class: %s of the found\nchanges per found truth: %s; found truths per right change: %s\n"),
           number(share(s->class_right, s->all.found), 3, a, sizeof a), number(s->fragmentation, 2, b, sizeof b),
           number(s->under_segmentation, 2, c, sizeof c));
}

static void json_pair(struct buf *out, const char *name, int64_t part, int64_t of)
{
    struct interval w = score_wilson(part, of);
    buf_printf(out, ",\"%s\":", name);
    buf_json_number(out, share(part, of), 6);
    buf_printf(out, ",\"%s_low\":", name);
    buf_json_number(out, w.low, 6);
    buf_printf(out, ",\"%s_high\":", name);
    buf_json_number(out, w.high, 6);
}

static void json_row(struct buf *out, const struct score_row *r)
{
    buf_text(out, "{\"name\":");
    buf_json_text(out, r->name);
    buf_printf(out, ",\"truth\":%lld,\"found\":%lld,\"changes\":%lld,\"right\":%lld", (long long)r->truth, (long long)r->found,
               (long long)r->changes, (long long)r->right);
    json_pair(out, "recall", r->found, r->truth);
    json_pair(out, "precision", r->right, r->changes);
    buf_text(out, ",\"f1\":");
    buf_json_number(out, score_f1(r), 6);
    buf_text(out, "}");
}

static void json_rows(struct buf *out, const char *name, const struct score_row *row, int rows)
{
    buf_printf(out, ",\"%s\":[", name);
    for (int i = 0; i < rows; i++) {
        buf_text(out, i > 0 ? "," : "");
        json_row(out, &row[i]);
    }
    buf_text(out, "]");
}

static void print_json(const struct score *s)
{
    struct buf out;
    buf_init(&out, TEXT_CEILING);
    buf_text(&out, "{\"all\":");
    json_row(&out, &s->all);
    json_rows(&out, "per_class", s->per_class, s->classes);
    json_rows(&out, "per_size", s->per_bin, SCORE_BINS);
    buf_printf(&out, ",\"class_right\":%lld,\"fragmentation\":", (long long)s->class_right);
    buf_json_number(&out, s->fragmentation, 6);
    buf_text(&out, ",\"under_segmentation\":");
    buf_json_number(&out, s->under_segmentation, 6);
    buf_text(&out, "}\n");
    fputs(out.data, stdout);
    buf_clear(&out);
}

int cmd_score(const struct call *call)
{
    struct settings settings = { 0 };
    struct operands operands = { 0 };
    struct err e = { .lang = call->lang };
    if (options_read(score_options, call->argc, call->argv, 2, &settings, &operands, &e) != OK)
        return command_used_wrongly(call, &e);
    if (operands.count != 2) {
        err_set(&e, INVALID, "two layers are needed: CHANGES and TRUTH");
        return command_used_wrongly(call, &e);
    }
    settings.spec.changes = operands.item[0];
    settings.spec.truth = operands.item[1];
    struct score s;
    if (score_files(&settings.spec, &s, &e) != OK)
        return command_failed(call, &e);
    if (settings.json)
        print_json(&s);
    else
        print_table(&s, call->lang);
    return EXIT_DONE;
}
