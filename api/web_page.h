// web_page.h - pages for people (页面), made from the document that programs get.
//
// A route that offers FORMAT_HTML hands its JSON to answer_document. Who asked for JSON gets it; who asked for a page gets one that was
// made from the same bytes, so a page can tell nothing the document does not. The route's row names the function that lays it out
// (`page`); without one every member is shown as it is. One frame is around all of them: names of places, both languages, the other
// formats. Nothing reaches a page but through page_text and buf_html; scripts and styles come as files (web.h), never inside a page.
// Pages are whole without JavaScript.
#pragma once
#include "api/exchange.h"
#include "core/base/json.h"
#include "core/layer.h"

struct web_page {
    struct exchange *x;
    struct buf *out;
    struct json doc;                                           // what programs get
};
typedef void page_writer(struct web_page *p);

enum { PAGE_HTML_MOST = 64 << 20 };
// The page that fn makes of this JSON, into html (buf_init'ed). fn NULL: every member as it is. TOO_BIG: the JSON or the page.
enum status page_make(struct exchange *x, page_writer *fn, const struct buf *json, struct buf *html);
const char *page_policy(struct exchange *x);                   // Content-Security-Policy of every page

// --- What writers use -----------------------------------------------------------------------------------------------------------

// Head, name of the place, where one is; the writer goes on inside <main>. Each writer calls it once, first.
void page_begin(struct web_page *p, const char *title);
void page_sheet(struct web_page *p, const char *name);            // a style sheet of api/web, besides page.css
void page_script(struct web_page *p, const char *name);            // a module of api/web, run when the page is there
void page_raw(struct web_page *p, const char *html);               // HTML of our own
void page_text(struct web_page *p, const char *utf8);              // escaped
void page_say(struct web_page *p, const char *english);            // in the language of the page, escaped
void page_sayf(struct web_page *p, const char *english, ...) __attribute__((format(printf, 2, 3)));    // the same with arguments
void page_heading(struct web_page *p, const char *english);        // <h2>
// An address of ours, "/collections" and so on, with the language that was asked for by name. page_href writes it as an attribute.
void page_href(struct web_page *p, const char *path, const char *query);
void page_link(struct web_page *p, const char *path, const char *query, const char *text);
void page_column(struct web_page *p, const char *heading_utf8);    // <th> of a column
void page_table(struct web_page *p, const char *const *english);   // a wide table up to its first row; its columns, NULL at their end
void page_row(struct web_page *p, const char *heading_utf8);       // <tr><th>heading</th><td>, which page_row_end ends
void page_row_end(struct web_page *p);
void page_moment(struct web_page *p, const char *rfc3339);         // in the district's time

// The members of the document. "", NaN where there is none of that kind.
const char *page_word(struct json v);
double page_number(struct json v);
void page_property(struct web_page *p, const struct layer *l, const struct property *property, struct json v);   // of a feature; property NULL: as it is
void page_next(struct web_page *p);                            // the document's link to its next page, where there is one
void page_value(struct web_page *p, struct json v);                // whatever it is: lists of objects are tables

// Writers of the routes' pages.
page_writer page_landing, page_conformance, page_api, page_collections, page_collection, page_schema, page_items, page_item, page_problem;
page_writer page_moves, page_me, page_sign_in, page_record, page_change, page_queue;
