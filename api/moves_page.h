// moves_page.h - what can be done with a record, as forms: one for each move that is open, with the fields its rules ask for.
#pragma once
#include "api/web_page.h"

// moves: as put_standing of record.h writes them. Forms are there for who is signed in at a page; others read what is open.
void page_moves_of(struct web_page *p, const char *things, const char *id, struct json moves);
