#include "api/openapi_body.h"

static void put_type(struct json_writer *j, const struct field *f)
{
    static const char *const types[] = {
        [FIELD_TEXT] = "string", [FIELD_WORD] = "string", [FIELD_INTEGER] = "integer", [FIELD_NUMBER] = "number", [FIELD_FLAG] = "boolean",
        [FIELD_TIME] = "string", [FIELD_OBJECT] = "object",
    };
    json_put_text(j, "type", types[f->kind]);
    if (f->kind == FIELD_TEXT)
        json_put_integer(j, "maxLength", f->most > 0 ? (int64_t)f->most : FIELD_TEXT_MOST);
    if (f->kind == FIELD_INTEGER || f->kind == FIELD_NUMBER) {
        json_put_number(j, "minimum", f->least, 9);
        json_put_number(j, "maximum", f->most, 9);
    }
    if (f->kind != FIELD_WORD)
        return;
    json_put_list(j, "enum");
    for (int i = 0; f->word[i] != NULL; i++)
        json_put_text(j, NULL, f->word[i]);
    json_put_end(j);
}

static void put_required(struct json_writer *j, const struct field *rows)
{
    bool any = false;
    for (const struct field *f = rows; f->kind != FIELD_END; f++)
        any = any || f->is_required;
    if (!any)                                   // an empty list is not allowed
        return;
    json_put_list(j, "required");
    for (const struct field *f = rows; f->kind != FIELD_END; f++)
        if (f->is_required)
            json_put_text(j, NULL, f->name);
    json_put_end(j);
}

void put_fields(struct json_writer *j, const char *type, const struct field *rows, enum lang lang)
{
    json_put_object(j, type);
    json_put_object(j, "schema");
    json_put_text(j, "type", "object");
    json_put_bool(j, "additionalProperties", false);
    put_required(j, rows);
    json_put_object(j, "properties");
    for (const struct field *f = rows; f->kind != FIELD_END; f++) {
        json_put_object(j, f->name);
        put_type(j, f);
        json_put_text(j, "description", text_in(lang, f->about));
        json_put_end(j);
    }
    json_put_end(j);
    json_put_end(j);
    json_put_end(j);
}
