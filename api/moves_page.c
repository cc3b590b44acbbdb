#include "api/moves_page.h"

#include "api/answer.h"
#include "api/server.h"
#include <stdio.h>
#include <string.h>

// The field that answers a rule of core/lifecycle_guard.c.
struct asked_field { const char *rule, *name, *label, *type; bool is_long; };
static const struct asked_field fields[] = {
    { "code", "scheme", "scheme of the code", "text", false }, { "code", "code", "Code", "text", false },
    { "agency", "agency", "Agency (key)", "text", false }, { "review-date", "until", "Until", "date", false },
    { "document", "paper", "Number of the paper", "text", false }, { "signature", "receipt", "Number of the receipt", "text", false },
    { "signature", "received_by", "Signed for by", "text", false }, { "return-reason", "reason", "Reason", "reason", false },
    { "inputs-by-hash", "inputs", "Comparison", "text", false }, { "merge-into-open", "master", "Merged into (number)", "text", false },
    { "extension-amount", "amount", "How much more time", "number", false }, { "measured-area", "area_m2", "Area, m²", "number", false },
};

static bool is_asked(struct json needs, const char *rule)
{
    for (size_t i = 0; i < json_count(needs); i++)
        if (strcmp(page_word(json_get(json_at(needs, i), "rule")), rule) == 0)
            return true;
    return false;
}

static void put_label(struct web_page *p, const char *english)
{
    page_raw(p, "<label>");
    page_say(p, english);
}

static void put_reasons(struct web_page *p)
{
    static const char *const reasons[] = { "not_competent", "incomplete", "duplicate", "dealt_with" };
    page_raw(p, "<select name=\"reason\">");
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        buf_printf(p->out, "<option value=\"%s\">", reasons[i]);
        page_say(p, reasons[i]);
        page_raw(p, "</option>");
    }
    page_raw(p, "</select>");
}

static void put_fields(struct web_page *p, struct json needs)
{
    page_raw(p, "<div class=\"fields\">");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!is_asked(needs, fields[i].rule))
            continue;
        put_label(p, fields[i].label);
        if (strcmp(fields[i].type, "reason") == 0)
            put_reasons(p);
        else
            buf_printf(p->out, "<input name=\"%s\" type=\"%s\"%s>", fields[i].name, fields[i].type, strcmp(fields[i].type, "number") == 0 ? " step=\"any\"" : "");
        page_raw(p, "</label>");
    }
    page_raw(p, "</div>");
    put_label(p, "Note");
    page_raw(p, is_asked(needs, "note") ? "<textarea name=\"note\" rows=\"2\" required></textarea></label>" : "<textarea name=\"note\" rows=\"2\"></textarea></label>");
}

static void put_says(struct web_page *p, struct json list)
{
    for (size_t i = 0; i < json_count(list); i++) {
        page_raw(p, "<li>");
        page_text(p, page_word(json_get(json_at(list, i), "says")));
        page_raw(p, "</li>");
    }
}

static void put_form(struct web_page *p, const char *things, const char *id, struct json move)
{
    struct json needs = json_get(move, "needs");
    page_raw(p, "<form method=\"post\" ");
    buf_text(p->out, "action=\"");
    page_text(p, base_url(p->x));
    buf_printf(p->out, "/%s/", things);
    page_text(p, id);
    page_raw(p, "/moves\"><input type=\"hidden\" name=\"csrf\" value=\"");
    page_text(p, p->x->visit.session.csrf);
    page_raw(p, "\"><input type=\"hidden\" name=\"verb\" value=\"");
    page_text(p, page_word(json_get(move, "verb")));
    page_raw(p, "\">");
    put_fields(p, needs);
    page_raw(p, "<p><button>");
    page_text(p, page_word(json_get(move, "title")));
    page_raw(p, "</button></p></form>");
}

static void put_move(struct web_page *p, const char *things, const char *id, struct json move)
{
    struct json waits = json_get(move, "waits_for");
    page_raw(p, "<details><summary>");
    page_text(p, page_word(json_get(move, "title")));
    page_raw(p, json_count(waits) > 0 ? " <span class=\"soft\">" : "");
    if (json_count(waits) > 0) {
        page_say(p, "not yet");
        page_raw(p, "</span>");
    }
    page_raw(p, "</summary><ul>");
    put_says(p, json_get(move, "needs"));
    put_says(p, waits);
    page_raw(p, "</ul>");
    if (p->x->visit.by == BY_SESSION)
        put_form(p, things, id, move);
    page_raw(p, "</details>\n");
}

void page_moves_of(struct web_page *p, const char *things, const char *id, struct json moves)
{
    page_raw(p, "<section class=\"moves\">");
    page_heading(p, "What can be done now");
    if (json_count(moves) == 0) {
        page_raw(p, "<p>");
        page_say(p, "Nothing by you.");
        page_raw(p, "</p>");
    }
    for (size_t i = 0; i < json_count(moves); i++)
        put_move(p, things, id, json_at(moves, i));
    page_raw(p, "</section>");
}

// --- The page of the moves alone ----------------------------------------------------------------------------------------------------

static void put_standing_rows(struct web_page *p)
{
    const char *due = page_word(json_get(p->doc, "due_at"));
    page_raw(p, "<table class=\"record\">");
    page_row(p, text_in(p->x->lang, "state"));
    page_text(p, page_word(json_get(p->doc, "state_title")));
    page_row_end(p);
    if (due[0] != '\0') {
        page_row(p, text_in(p->x->lang, "due at"));
        page_moment(p, due);
        page_row_end(p);
    }
    page_raw(p, "</table>\n");
}

void page_moves(struct web_page *p)
{
    const char *thing = page_word(json_get(p->doc, "thing")), *number = page_word(json_get(p->doc, "number")), *id = page_word(json_get(p->doc, "id"));
    char things[40], record[200];
    snprintf(things, sizeof things, "%.30ss", thing);
    snprintf(record, sizeof record, "/collections/%.40s/items/%.60s", thing, id);
    page_begin(p, number[0] != '\0' ? number : id);
    put_standing_rows(p);
    if (layer_find(&p->x->server->layers, thing) != NULL) {
        page_raw(p, "<p>");
        page_link(p, record, "", text_in(p->x->lang, "The whole record"));
        page_raw(p, "</p>");
    }
    page_moves_of(p, things, id, json_get(p->doc, "moves"));
}
