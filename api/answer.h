// answer.h - what answers have in common: formats, links, problems, conditional requests, compression.
#pragma once
#include "api/exchange.h"
#include "core/base/json_write.h"

const char *format_type(enum format f);             // "application/geo+json"
const char *format_word(enum format f);             // "geojson", as ?f= says it
// Of what the route offers: ?f= first, then Accept with its weights, then the route's default. INVALID: f is not offered (400);
// an Accept that matches nothing is answered with the default (RFC 9110 12.5.1 allows it, and clients are happier).
enum status format_negotiate(struct exchange *x);
enum lang lang_negotiate(const struct request *r);  // ?lang= is a parameter of every route; else Accept-Language

// The base of all links, without a '/' at its end: --public-url, a trusted proxy's headers, or the Host that was asked.
const char *base_url(struct exchange *x);
// An absolute link to a path of ours: printf into the request's arena.
const char *link_to(struct exchange *x, const char *format, ...) __attribute__((format(printf, 2, 3)));
// The query as it was asked without these parameters (NULL ends them): "&a=b&c=d", or "".
const char *query_without(struct exchange *x, const char *const *names);
struct link { const char *rel, *href, *type, *title, *hreflang; bool templated; };
void put_link(struct json_writer *j, struct link l);
void put_next_link(struct exchange *x, struct json_writer *j, const char *href, enum format f);
// self, and an alternate for each other format of the route.
void put_self_links(struct exchange *x, struct json_writer *j);

// The answer is this text, of the negotiated format: takes it over. Sets ETag from the bytes, answers 304 to If-None-Match.
void answer_text(struct exchange *x, struct buf *text);
// The same of JSON; who asked for a page gets one made of it (web_page.h). TOO_BIG: for a page.
enum status answer_document(struct exchange *x, struct buf *json);
// The same for a document j is still in, which has no links but those to itself: they are its last member.
enum status answer_with_self_links(struct exchange *x, struct json_writer *j);
// For answers of another kind: the headers of a 200 with this tag. True: the client has it, and the answer is 304.
bool answer_is_known(struct exchange *x, const char *tag);
const char *answer_tag(struct exchange *x, const void *bytes, size_t len);      // of these bytes
// After a form was done: the page to go on with (303), a path of ours.
void answer_see_other(struct exchange *x, const char *format, ...) __attribute__((format(printf, 2, 3)));
void answer_problem(struct exchange *x, enum status s);                          // of x->err
void answer_refusal(struct exchange *x, int status, const char *sentence);       // HTTP's own: 401, 405, 406, 415, 428, ...
void answer_refusal_of(struct exchange *x, int status, const char *type, const char *sentence);  // of a type that has a name (RFC 9457 3.1.1)
int status_code(enum status s);                                                  // OK 200, NOT_FOUND 404, INVALID 400, ...
