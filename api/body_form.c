// A form of a page as the JSON object a program would have sent: from there on both are one.
#include "api/body.h"

#include "api/params.h"
#include "api/routes.h"
#include "core/base/json_write.h"
#include <stdlib.h>
#include <string.h>

// What is no number goes on as a text, so that the sentence that refuses it shows it.
static void put_number(struct json_writer *j, const char *name, const char *text)
{
    char *end = NULL;
    double number = strtod(text, &end);
    if (*end == '\0' && strspn(text, "+-0123456789.eE") == strlen(text))
        json_put_number(j, name, number, 9);
    else
        json_put_text(j, name, text);
}

// Empty fields of a form are not given; a box that is not ticked is not sent.
void body_of_form(struct exchange *x, struct buf *out)
{
    struct json_writer j = { .to = out };
    json_put_object(&j, NULL);
    for (const struct field *f = x->route->field; f->kind != FIELD_END; f++) {
        const char *text = form_text(x, f->name);
        if (text == NULL || text[0] == '\0')
            continue;
        if (f->kind == FIELD_FLAG)
            json_put_bool(&j, f->name, true);
        else if (f->kind == FIELD_INTEGER || f->kind == FIELD_NUMBER)
            put_number(&j, f->name, text);
        else if (f->kind == FIELD_OBJECT)
            json_put_raw(&j, f->name, text, strlen(text));
        else
            json_put_text(&j, f->name, text);
    }
    json_put_end(&j);
}
