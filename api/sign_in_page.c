// Pages of signing in, and of who one is.
#include "api/web_page.h"

#include "api/answer.h"
#include "api/params.h"
#include "api/server.h"
#include <string.h>

static void put_hidden(struct web_page *p, const char *name, const char *value)
{
    buf_printf(p->out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
    page_text(p, value);
    page_raw(p, "\">");
}

static void begin_form(struct web_page *p, const char *path)
{
    page_raw(p, "<form class=\"narrow\" method=\"post\" action=\"");
    page_text(p, base_url(p->x));
    page_text(p, path);
    page_raw(p, "\">");
}

static void put_field(struct web_page *p, const char *name, const char *label, const char *type)
{
    static const struct { const char *name, *complete; } known[] = { { "name", "username" }, { "password", "current-password" } };
    page_raw(p, "<label>");
    page_say(p, label);
    buf_printf(p->out, "<input name=\"%s\" type=\"%s\" required autocomplete=\"%s\"></label>", name, type, known[strcmp(name, known[1].name) == 0].complete);
}

void page_sign_in(struct web_page *p)
{
    page_begin(p, text_in(p->x->lang, "Sign in"));
    begin_form(p, "/sign-in");
    put_hidden(p, "next", page_word(json_get(p->doc, "next")));
    put_field(p, "name", "Name", "text");
    put_field(p, "password", "Password", "password");
    page_raw(p, "<p><button>");
    page_say(p, "Sign in");
    page_raw(p, "</button></p></form><p class=\"soft\">");
    page_say(p, "Without signing in you see what is public. Who has forgotten a password asks the administrator of the station.");
    page_raw(p, "</p>");
}

static void put_sign_out(struct web_page *p)
{
    begin_form(p, "/sign-out");
    put_hidden(p, "csrf", p->x->visit.session.csrf);
    page_raw(p, "<p><button>");
    page_say(p, "Sign out");
    page_raw(p, "</button></p></form>");
}

void page_me(struct web_page *p)
{
    const char *name = page_word(json_get(p->doc, "name")), *agency = page_word(json_get(p->doc, "agency"));
    page_begin(p, name[0] != '\0' ? name : text_in(p->x->lang, "Nobody has said who they are"));
    page_raw(p, "<table class=\"record\">");
    page_row(p, text_in(p->x->lang, "role"));
    page_text(p, role_title((enum role)p->x->viewer.role, p->x->lang));
    page_row_end(p);
    if (agency[0] != '\0') {
        page_row(p, text_in(p->x->lang, "agency"));
        page_text(p, agency);
        page_row_end(p);
    }
    if (json_count(json_get(p->doc, "areas")) > 0) {
        page_row(p, text_in(p->x->lang, "areas"));
        page_value(p, json_get(p->doc, "areas"));
        page_row_end(p);
    }
    page_raw(p, "</table>\n");
    if (p->x->visit.by == BY_SESSION)
        put_sign_out(p);
    else if (p->x->viewer.role == ROLE_PUBLIC)
        page_link(p, "/sign-in", "", text_in(p->x->lang, "Sign in"));
}
