#include "api/file_text.h"
#include "api/listing.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "core/base/json.h"
#include "core/document.h"
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; struct listing_options list; double version; bool dry_run; };

const struct option document_options[] = {
    { .kind = OPTION_HEADING, .help = "Loading" },
    { .kind = OPTION_FLAG, .name = "dry-run", .letter = 'n', .at = offsetof(struct settings, dry_run), .help = "only read and check it; nothing is taken" },
    { .kind = OPTION_HEADING, .help = "Showing" },
    { .kind = OPTION_NUMBER, .name = "version", .value = "N", .at = offsetof(struct settings, version), .least = 1, .most = 1e9, .help = "this version (default: what is in force)" },
    { .kind = OPTION_HEADING, .help = "Listing" },
    LISTING_OPTIONS(struct settings, list),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

// --- Listing ------------------------------------------------------------------------------------------------------------------------

static const struct list_column columns[] = {
    { "key", LIST_TEXT, 30, false }, { "kind", LIST_TEXT, 0, true }, { "name", LIST_TEXT, 0, true }, { "version", LIST_WHOLE, 0, true },
    { "origin", LIST_TEXT, 12, false }, { "loaded_at", LIST_TIME, 16, false }, { "loaded_by", LIST_TEXT, 12, false }, { "title_zh", LIST_TEXT, 0, true },
    { "title_en", LIST_TEXT, 0, true }, { "title", LIST_TEXT, 0, false }, { "sha256", LIST_TEXT, 0, true },
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static enum status print_document(void *ctx, const struct document *d, struct err *e)
{
    char key[DOCUMENT_NAME * 2], version[40];
    bool own = d->version > 0, withdrawn = own && d->text[0] == '\0';
    snprintf(key, sizeof key, own ? "%s/%s/%lld" : "%s/%s", d->kind, d->name, (long long)d->version);
    snprintf(version, sizeof version, text_in(e->lang, withdrawn ? "withdrawn" : own ? "the station's" : "the program's"));
    const struct list_value v[COLUMNS] = {
        { .text = key }, { .text = d->kind }, { .text = d->name }, { .whole = d->version },
        { .text = withdrawn ? "withdrawn" : own ? "station" : "program", .label = version }, { .whole = own ? d->loaded_at_s : NO_TIME },
        { .text = d->loaded_by }, { .text = d->title_zh }, { .text = d->title_en }, { .text = e->lang == LANG_ZH ? d->title_zh : d->title_en },
        { .text = d->sha256 },
    };
    return listing_row(ctx, v);
}

static enum status list_all(struct work *w, void *ctx)
{
    const struct operands *words = ((struct listing *)ctx)->query;
    return document_list(w, words->count > 2 ? words->item[2] : NULL, print_document, ctx);
}

static enum status list_history(struct work *w, void *ctx)
{
    const struct operands *words = ((struct listing *)ctx)->query;
    struct page p = listing_page(ctx);
    return document_history(w, words->count > 2 ? words->item[2] : NULL, words->count > 3 ? words->item[3] : NULL, &p, print_document, ctx);
}

// --- Loading and taking back ---------------------------------------------------------------------------------------------------------

struct errand { const struct settings *s; struct document_file file; const char *name_given; char name[DOCUMENT_NAME]; int64_t version; bool same; };

static enum status load_one(struct work *w, void *ctx)
{
    struct errand *a = ctx;
    enum status s = document_load(w, &a->file, a->name, &a->version, &a->same);
    return s == OK && a->s->dry_run ? CONFLICT : s;         // undoes what was written; nothing was wrong
}

static void tell_loaded(const struct errand *a, enum lang lang)
{
    const char *sentence = a->same ? text_in(lang, "%s %s: this very text is in force already, as version %lld\n")
                           : a->s->dry_run ? text_in(lang, "%s %s: nothing is wrong with it; it would be version %lld\n")
                                           : text_in(lang, "%s %s: in force from now on, as version %lld\n");
    fprintf(stderr, sentence, a->file.kind, a->name, (long long)a->version);
}

static enum status load(struct settings *s, const struct operands *words, struct err *e)
{
    struct errand a = { .s = s, .file = { .kind = words->item[2], .path = words->item[3] } };
    struct buf text;
    enum status status = file_text_read(a.file.path, JSON_BYTES_MOST, &text, e);
    a.file.text = text.data;
    a.file.bytes = text.len;
    if (status == OK)
        status = station_use_write(&s->use, load_one, &a, e);
    if (status == CONFLICT && s->dry_run && a.version > 0)
        status = OK;
    if (status == OK && !s->use.quiet)
        tell_loaded(&a, e->lang);
    buf_clear(&text);
    return status;
}

static enum status withdraw_one(struct work *w, void *ctx)
{
    const struct errand *a = ctx;
    return document_withdraw(w, a->file.kind, a->name_given);
}

static enum status withdraw(struct settings *s, const struct operands *words, struct err *e)
{
    struct errand a = { .file.kind = words->item[2], .name_given = words->count > 3 ? words->item[3] : NULL };
    enum status status = station_use_write(&s->use, withdraw_one, &a, e);
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "%s: withdrawn; what the program has counts again\n"), words->item[2]);
    return status;
}

// --- Showing ------------------------------------------------------------------------------------------------------------------------

struct asking { const char *kind, *name; int64_t version; struct buf text; };

static enum status read_text(struct work *w, void *ctx)
{
    struct asking *a = ctx;
    return document_text(w, a->kind, a->name, a->version, &a->text);
}

static enum status show(struct settings *s, const struct operands *words, struct err *e)
{
    struct asking a = { words->item[2], words->count > 3 ? words->item[3] : NULL, (int64_t)s->version, { 0 } };
    buf_init(&a.text, JSON_BYTES_MOST + 1);
    enum status status = station_use_read(&s->use, read_text, &a, e);
    if (status == OK)
        fputs(a.text.data, stdout);
    buf_clear(&a.text);
    return status;
}

static enum status list(struct settings *s, const struct operands *words, struct err *e)
{
    return listing_read(&s->use, &(struct listing_plan){ columns, COLUMNS, &s->list, .query = (void *)words, .passes_over = true }, list_all, e);
}

static enum status history(struct settings *s, const struct operands *words, struct err *e)
{
    return listing_read(&s->use, &(struct listing_plan){ columns, COLUMNS, &s->list, .query = (void *)words }, list_history, e);
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    static const struct { const char *word; enum status (*fn)(struct settings *s, const struct operands *words, struct err *e); } deeds[] = {
        { "list", list }, { "history", history }, { "load", load }, { "withdraw", withdraw }, { "show", show },
    };
    size_t i = 0;
    while (strcmp(deeds[i].word, words->item[0]) != 0)
        i++;
    return deeds[i].fn(settings, words, e);
}

int cmd_document(const struct call *call)
{
    static const struct command_form forms[] = { { "list", 2, 3 }, { "load", 4, 4 }, { "show", 3, 4 }, { "history", 2, 4 }, { "withdraw", 3, 4 }, { NULL, 0, 0 } };
    return station_command(call, &(struct station_command){ .form = forms, .run = run }, &(struct settings){ .dry_run = false });
}
